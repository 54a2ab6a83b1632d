-- Accounts and bill units, for people and systems.

-- name: accounts
select
    account.account_no, brand.name as brand, account.name, account.company, account.email,
    account.phone, account.address, account.city, account.postal_code, account.country,
    account.locale, account.status, account.account_type, account.customer_class,
    account.jurisdiction, account.credit_score, account.attributes
from account
join brand on brand.id = account.brand_id
where account.account_no > :after::text
    and (:number::text is null or account.account_no = :number::text)
    and (:status::text is null or account.status = :status::text)
    and (:brand_ids::integer[] is null or account.brand_id = any(:brand_ids::integer[]))
order by account.account_no
limit :limit::int

-- name: bill_units
-- With the overdue balances of the last night, and whether it is in collections. The page is chosen
-- first, so that these are asked for its rows alone.
with page as materialized (
    select
        bill_unit.account_id, bill_unit.id, bill_unit.bill_unit_no, account.account_no,
        account.name as account_name, bill_unit.currency, bill_unit.pay_type, bill_unit.delivery,
        bill_unit.status, bill_unit.attributes
    from bill_unit
    join account on account.id = bill_unit.account_id
    where bill_unit.bill_unit_no > :after::text
        and (:number::text is null or bill_unit.bill_unit_no = :number::text)
        and (:status::text is null or bill_unit.status = :status::text)
        and (:account_no::text is null or account.account_no = :account_no::text)
        and (:brand_ids::integer[] is null or account.brand_id = any(:brand_ids::integer[]))
        and (
            :in_collections::boolean is null
            -- counted, because `exists` would be answered from a table of all open cases
            or :in_collections::boolean = (
                select count(*) > 0 from collection_case
                where collection_case.account_id = bill_unit.account_id
                    and collection_case.bill_unit_id = bill_unit.id
                    and collection_case.status = 'open'
            )
        )
    order by bill_unit.bill_unit_no
    limit :limit::int
)
select
    page.bill_unit_no, page.account_no, page.account_name, page.currency, page.pay_type,
    page.delivery, page.status, page.attributes,
    (
        select count(*) > 0
        from collection_case
        where collection_case.account_id = page.account_id
            and collection_case.bill_unit_id = page.id
            and collection_case.status = 'open'
    ) as in_collections,
    coalesce((
        select jsonb_agg(
            jsonb_build_object(
                'debt_class', debt_class.name,
                'overdue', jsonb_build_object(
                    'amount', round_money(balance.overdue_amount, page.currency)::text,
                    'currency', page.currency
                ),
                'earliest_due_on', balance.earliest_due_on,
                'latest_due_on', balance.latest_due_on
            )
            order by debt_class.name
        )
        from balance
        join debt_class on debt_class.id = balance.debt_class_id
        where balance.account_id = page.account_id and balance.bill_unit_id = page.id
    ), '[]') as balances
from page
order by page.bill_unit_no
