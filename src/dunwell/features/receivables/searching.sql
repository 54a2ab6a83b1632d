-- Finding a customer or a bill unit by whatever somebody has at hand.

-- name: terms
-- What was typed, as it is compared.
select search_terms(:query::text), folded(:query::text)

-- name: by_account_no
-- The number itself, in any letters, then those that begin with it; in the order of the index.
select number, account_id
from (
    select account.account_no as number, account.id as account_id
    from account
    where account.account_no = any(:spellings::text[])
        and (:brand_ids::int[] is null or account.brand_id = any(:brand_ids::int[]))
) as exact
union all
select number, account_id
from (
    select account.account_no as number, account.id as account_id
    from account
    where :beginning::text is not null
        and account.account_no > :beginning::text
        and account.account_no < :beginning::text || chr(1114111)
        and (:brand_ids::int[] is null or account.brand_id = any(:brand_ids::int[]))
    order by account.account_no
    limit :limit::int
) as begins
where starts_with(number, :beginning::text)

-- name: by_bill_unit_no
-- The same for bill units.
select number, account_id, bill_unit_id
from (
    select bill_unit.bill_unit_no as number, bill_unit.account_id, bill_unit.id as bill_unit_id
    from bill_unit
    where bill_unit.bill_unit_no = any(:spellings::text[])
) as exact
union all
select number, account_id, bill_unit_id
from (
    select bill_unit.bill_unit_no as number, bill_unit.account_id, bill_unit.id as bill_unit_id
    from bill_unit
    where :beginning::text is not null
        and bill_unit.bill_unit_no > :beginning::text
        and bill_unit.bill_unit_no < :beginning::text || chr(1114111)
    order by bill_unit.bill_unit_no
    limit :limit::int
) as begins
where starts_with(number, :beginning::text)

-- name: by_bill_no
-- Bills by their whole number only: their index is the busiest of the loader's.
select bill.bill_no as number, bill.account_id, bill.bill_unit_id
from bill
where bill.bill_no = any(:spellings::text[])

-- name: by_word
-- One range of the index for each brand; the other words must begin a word of the same customer.
select found.account_id, found.word
from unnest(:brand_ids::int[]) as mine (brand_id)
cross join lateral (
    select search_word.account_id, search_word.word
    from search_word
    where search_word.brand_id = mine.brand_id
        and search_word.word >= :word::text
        and search_word.word < :word::text || chr(1114111)
        and (
            :others::text[] = '{}'
            or not exists (
                select from unnest(:others::text[]) as other (word)
                where strpos(' ' || search_word.word, ' ' || other.word) = 0
            )
        )
    order by search_word.word, search_word.account_id
    limit :limit::int
) as found
order by found.word, found.account_id
limit :limit::int

-- name: how_many
-- How many entries begin with each word, counted no further than asked.
select (
    select count(*)
    from (
        select
        from unnest(:brand_ids::int[]) as mine (brand_id)
        cross join lateral (
            select
            from search_word
            where search_word.brand_id = mine.brand_id
                and search_word.word >= asked.word
                and search_word.word < asked.word || chr(1114111)
            limit :most::int
        ) as begins
        limit :most::int
    ) as counted
)
from unnest(:words::text[]) with ordinality as asked (word, place)
order by asked.place

-- name: brands
select id from brand

-- name: shown
-- The accounts that were found with their bill units: what is overdue, and who is in collections.
select
    account.id as account_id, account.account_no, account.name, account.company, account.status,
    account.brand_id, bill_unit.id as bill_unit_id, bill_unit.bill_unit_no,
    bill_unit.status as bill_unit_status, bill_unit.currency,
    round_money(coalesce((
        select sum(balance.overdue_amount)
        from balance
        where balance.account_id = account.id and balance.bill_unit_id = bill_unit.id
    ), 0), bill_unit.currency)::text as overdue,
    (
        select count(*) > 0
        from collection_case
        where collection_case.account_id = account.id
            and collection_case.bill_unit_id = bill_unit.id
            and collection_case.status = 'open'
    ) as in_collections
from unnest(:account_ids::bigint[]) as found (account_id)
join account on account.id = found.account_id
left join lateral (
    select bill_unit.id, bill_unit.bill_unit_no, bill_unit.status, bill_unit.currency
    from bill_unit
    where bill_unit.account_id = account.id
        and (:bill_unit_ids::bigint[] is null or bill_unit.id = any(:bill_unit_ids::bigint[]))
    order by bill_unit.bill_unit_no
    limit :units::int
) as bill_unit on true
order by bill_unit.bill_unit_no
