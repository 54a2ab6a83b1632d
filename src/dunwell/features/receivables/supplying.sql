-- Service agreements and households by hand.

-- name: household
select life_support, sensitive_load from account where id = :account_id::bigint

-- name: find
select
    service_agreement.account_id, service_agreement.id, service_agreement.bill_unit_id,
    service_agreement.service_agreement_no, service_agreement.status,
    service_agreement.started_on, service_agreement.stopped_on, account.brand_id,
    bill_unit.bill_unit_no
from service_agreement
join account on account.id = service_agreement.account_id
join bill_unit
    on bill_unit.account_id = service_agreement.account_id
    and bill_unit.id = service_agreement.bill_unit_id
where service_agreement.service_agreement_no = :service_agreement_no::text

-- name: lock
select id
from service_agreement
where account_id = :account_id::bigint and id = :id::bigint
for update

-- name: change
-- What is said anew is written and told; its bill unit is looked at again, and bills for others only
-- while one of its agreements that isn't closed is a third party's.
with changed as (
    update service_agreement
    set status = :new_status::text, started_on = :started_on::date,
        stopped_on = :stopped_on::date,
        life_support = coalesce(:life_support::boolean, service_agreement.life_support),
        sensitive_load = coalesce(:sensitive_load::boolean, service_agreement.sensitive_load)
    where account_id = :account_id::bigint and id = :id::bigint
    returning account_id, id, bill_unit_id, service_agreement_no, status, stopped_on
), touching as (
    insert into touched (account_id, bill_unit_id) select account_id, bill_unit_id from changed
), flagged as (
    update bill_unit
    set bills_for_others = exists (
        select from service_agreement
        where service_agreement.account_id = bill_unit.account_id
            and service_agreement.bill_unit_id = bill_unit.id
            and service_agreement.third_party_supplier is not null
            and case service_agreement.id
                when :id::bigint then :new_status::text else service_agreement.status
            end <> 'closed'
    )
    where account_id = :account_id::bigint and id = :bill_unit_id::bigint
)
insert into event (business_date, account_id, bill_unit_id, kind, actor, data)
select
    :business_date::date, account_id, bill_unit_id, 'agreement_changed', :actor::text,
    jsonb_strip_nulls(jsonb_build_object(
        'service_agreement_no', service_agreement_no, 'from', :status::text, 'to', status,
        'stopped_on', stopped_on, 'life_support', :life_support::boolean,
        'sensitive_load', :sensitive_load::boolean
    )) || :told::jsonb
from changed

-- name: change_household
-- All bill units of the account are looked at again: conditions may ask for it.
with changed as (
    update account
    set life_support = coalesce(:life_support::boolean, life_support),
        sensitive_load = coalesce(:sensitive_load::boolean, sensitive_load)
    where id = :account_id::bigint
    returning id, life_support, sensitive_load
), touching as (
    insert into touched (account_id, bill_unit_id)
    select bill_unit.account_id, bill_unit.id
    from bill_unit
    where bill_unit.account_id = :account_id::bigint
), told as (
    insert into event (business_date, account_id, kind, actor, data)
    select
        :business_date::date, id, 'household_changed', :actor::text,
        jsonb_build_object('life_support', life_support, 'sensitive_load', sensitive_load)
            || :told::jsonb
    from changed
)
select life_support, sensitive_load from changed
