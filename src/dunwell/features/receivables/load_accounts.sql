-- Accounts: customers, their brand and their free attributes.

-- name: outside_resolve
-- Which customer a row is about that names none: the one of what the system called so before; a new
-- customer is called by their identifier.
update stage
set account_no = coalesce(
    (
        select account.account_no
        from outside_identifier as known
        join account on account.id = known.account_id
        where known.system = stage.system
            and known.kind = :kind::text
            and known.outside_id = stage.outside_id
    ),
    case when :kind::text = 'accounts' then stage.system || ':' || stage.outside_id end
)
where stage.account_no is null and stage.account_outside_id is null;

-- name: outside_reject
-- An identifier stays with its customer.
insert into reject (line, "column", value, reason)
select
    stage.line, 'outside_id', stage.outside_id,
    'is known as that of the account ' || account.account_no || ', not of ' || stage.account_no
from stage
join outside_identifier as known
    on known.system = stage.system
    and known.kind = :kind::text
    and known.outside_id = stage.outside_id
join account on account.id = known.account_id
where account.account_no <> stage.account_no;

-- name: outside_discard
delete from stage using reject where stage.line = reject.line;

-- name: part_reject
-- A part is of a customer who is known.
insert into reject (line, "column", value, reason)
select
    stage.line,
    case when stage.account_no is null then 'account_outside_id' else 'account_no' end,
    coalesce(stage.account_no, stage.account_outside_id, ''),
    'is not a known account'
from stage
left join account on account.account_no = stage.account_no
where account.id is null and stage.misfit is null;

-- name: part_discard
delete from stage using reject where stage.line = reject.line;

-- name: draft
-- Each row as the account that it makes: an absent column keeps the value, an empty cell clears it.
create temp table draft on commit drop as
select
    given.line,
    account.id is not null as existing,
    account.id as account_id,
    given.account_no,
    case when given.has_name then given.name else account.name end as name,
    case
        when account.id is not null and not given.has_brand then account.brand_id
        when given.brand is null then (select id from brand where is_default)
        else brand.id
    end as brand_id,
    case when given.has_company then given.company else account.company end as company,
    case when given.has_email then given.email else account.email end as email,
    case when given.has_phone then given.phone else account.phone end as phone,
    case when given.has_address then given.address else account.address end as address,
    case when given.has_city then given.city else account.city end as city,
    case when given.has_postal_code then given.postal_code else account.postal_code end
        as postal_code,
    case when given.has_country then given.country else account.country end as country,
    case when given.has_locale then given.locale else account.locale end as locale,
    coalesce(case when given.has_status then given.status else account.status end, 'active')
        as status,
    case when given.has_account_type then given.account_type else account.account_type end
        as account_type,
    case when given.has_customer_class then given.customer_class else account.customer_class end
        as customer_class,
    case when given.has_jurisdiction then given.jurisdiction else account.jurisdiction end
        as jurisdiction,
    case when given.has_credit_score then given.credit_score else account.credit_score end
        as credit_score,
    coalesce(
        case when given.has_life_support then given.life_support else account.life_support end,
        false
    ) as life_support,
    coalesce(
        case
            when given.has_sensitive_load then given.sensitive_load else account.sensitive_load
        end,
        false
    ) as sensitive_load,
    case
        when given.attributes is null then coalesce(account.attributes, '{}')
        else jsonb_strip_nulls(coalesce(account.attributes, '{}') || given.attributes)
    end as attributes,
    concat_ws('|', given.malformed,
        case
            when given.brand is not null and brand.id is null
                then 'brand: is not a brand of the policy'
        end,
        case when not given.has_name and account.id is null then 'name: is missing' end
    ) as problems
from given
left join account on account.account_no = given.account_no
left join brand on brand.name = given.brand;

-- name: merge_new
-- New accounts get their numbers in the order of the file.
insert into account (
    account_no, brand_id, name, company, email, phone, address, city, postal_code, country,
    locale, status, account_type, customer_class, jurisdiction, credit_score, attributes,
    life_support, sensitive_load
)
select
    account_no, brand_id, name, company, email, phone, address, city, postal_code, country,
    locale, status, account_type, customer_class, jurisdiction, credit_score, attributes,
    life_support, sensitive_load
from draft
where not existing
order by line;

-- name: merge_new_words
-- What they are found by; in the order of the index, which spares half of its time.
insert into search_word (account_id, brand_id, word)
select account.id, account.brand_id, word
from draft
join account on account.account_no = draft.account_no
cross join search_words(draft.name, draft.company, draft.email, draft.phone) as word
where not draft.existing
order by account.brand_id, word;

-- name: merge_changed
-- Only what differs is written.
with changed as (
    update account
    set brand_id = draft.brand_id, name = draft.name, company = draft.company,
        email = draft.email, phone = draft.phone, address = draft.address, city = draft.city,
        postal_code = draft.postal_code, country = draft.country, locale = draft.locale,
        status = draft.status, account_type = draft.account_type,
        customer_class = draft.customer_class, jurisdiction = draft.jurisdiction,
        credit_score = draft.credit_score, attributes = draft.attributes,
        life_support = draft.life_support, sensitive_load = draft.sensitive_load
    from draft
    where draft.existing
        and account.id = draft.account_id
        and (
            account.brand_id, account.name, account.company, account.email, account.phone,
            account.address, account.city, account.postal_code, account.country, account.locale,
            account.status, account.account_type, account.customer_class, account.jurisdiction,
            account.credit_score, account.attributes, account.life_support,
            account.sensitive_load
        ) is distinct from (
            draft.brand_id, draft.name, draft.company, draft.email, draft.phone,
            draft.address, draft.city, draft.postal_code, draft.country, draft.locale,
            draft.status, draft.account_type, draft.customer_class, draft.jurisdiction,
            draft.credit_score, draft.attributes, draft.life_support,
            draft.sensitive_load
        )
    returning draft.line, account.id
)
insert into change (line, account_id)
select line, id from changed;

-- name: merge_old_words
-- A changed account is found by what it says now, in the brand that it has now.
delete from search_word
using change
where search_word.account_id = change.account_id;

-- name: merge_changed_words
insert into search_word (account_id, brand_id, word)
select account.id, account.brand_id, word
from change
join account on account.id = change.account_id
cross join search_words(account.name, account.company, account.email, account.phone) as word
order by account.brand_id, word;

-- name: merge_touched
-- A changed account can change the fate of each of its bill units.
insert into touched (account_id, bill_unit_id)
select bill_unit.account_id, bill_unit.id
from change
join bill_unit on bill_unit.account_id = change.account_id
order by bill_unit.account_id, bill_unit.id;

-- name: merge_cases
-- What a case shows of its account, so that lists can be searched by it; the brand is also the wall
-- of those that are closed.
update collection_case
set brand_id = account.brand_id, account_status = account.status
from change
join account on account.id = change.account_id
where collection_case.account_id = change.account_id
    and (collection_case.brand_id, collection_case.account_status)
        is distinct from (account.brand_id, account.status);

-- name: link_outside
-- What the system calls the customer, and the version that was taken.
insert into outside_identifier (account_id, system, kind, outside_id, version, version_order)
select
    account.id, stage.system, :kind::text, stage.outside_id, stage.version,
    version_order(stage.version)
from draft
join stage on stage.line = draft.line
join account on account.account_no = draft.account_no
where stage.outside_id is not null
order by account.id, stage.line
on conflict (system, kind, outside_id) do update
set version = excluded.version, version_order = excluded.version_order, taken_at = now()
where excluded.version is not null;
