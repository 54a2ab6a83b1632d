-- Bill units: the billing relationships of accounts.

-- name: outside_resolve
-- Which bill unit a system means, and whose it is; a new one is called by its identifier.
update stage
set bill_unit_no = coalesce(
        stage.bill_unit_no, bill_unit.bill_unit_no, stage.system || ':' || stage.outside_id
    ),
    account_no = coalesce(
        stage.account_no, case when stage.account_outside_id is null then account.account_no end
    )
from stage as named
left join outside_identifier as known
    on known.system = named.system
    and known.kind = 'bill_units'
    and known.outside_id = named.outside_id
left join bill_unit on bill_unit.account_id = known.account_id and bill_unit.id = known.bill_unit_id
left join account on account.id = known.account_id
where named.line = stage.line;

-- name: outside_reject
-- An identifier stays with its bill unit.
insert into reject (line, "column", value, reason)
select
    stage.line, 'outside_id', stage.outside_id,
    'is known as that of the bill unit ' || bill_unit.bill_unit_no || ', not of '
        || stage.bill_unit_no
from stage
join outside_identifier as known
    on known.system = stage.system
    and known.kind = 'bill_units'
    and known.outside_id = stage.outside_id
join bill_unit on bill_unit.account_id = known.account_id and bill_unit.id = known.bill_unit_id
where bill_unit.bill_unit_no <> stage.bill_unit_no;

-- name: outside_reject_ownerless
-- A bill unit is somebody's.
insert into reject (line, "column", value, reason)
select
    line, 'account_outside_id', coalesce(account_outside_id, ''), 'is not a known account'
from stage
where account_no is null and outside_id is not null;

-- name: outside_discard
delete from stage using reject where stage.line = reject.line;

-- name: draft
-- Each row as the bill unit that it makes, and what is wrong with it.
create temp table draft on commit drop as
select
    given.line,
    bill_unit.id is not null as existing,
    account.id as account_id,
    coalesce(bill_unit.id, nextval('bill_unit_id_seq')) as bill_unit_id,
    given.bill_unit_no,
    case when given.has_currency then given.currency else bill_unit.currency end as currency,
    coalesce(case when given.has_pay_type then given.pay_type else bill_unit.pay_type end, 'invoice')
        as pay_type,
    case when given.has_delivery then given.delivery else bill_unit.delivery end as delivery,
    coalesce(case when given.has_status then given.status else bill_unit.status end, 'active')
        as status,
    case
        when given.attributes is null then coalesce(bill_unit.attributes, '{}')
        else jsonb_strip_nulls(coalesce(bill_unit.attributes, '{}') || given.attributes)
    end as attributes,
    concat_ws('|', given.malformed,
        case
            when given.account_no is not null and account.id is null
                then 'account_no: is not a known account'
        end,
        case when not given.has_currency and bill_unit.id is null then 'currency: is missing' end,
        case
            when bill_unit.account_id <> account.id
                then 'account_no: differs; the bill unit belongs to another account'
        end,
        case
            when given.currency is not null and currency.code is null
                then 'currency: is not an ISO 4217 currency'
        end,
        case
            when given.currency <> bill_unit.currency and (
                exists (
                    select from item
                    where item.account_id = bill_unit.account_id
                        and item.bill_unit_id = bill_unit.id
                )
                or exists (
                    select from credit
                    where credit.account_id = bill_unit.account_id
                        and credit.bill_unit_id = bill_unit.id
                )
            )
                then 'currency: differs; the bill unit has items in ' || bill_unit.currency
        end
    ) as problems
from given
left join account on account.account_no = given.account_no
left join bill_unit on bill_unit.bill_unit_no = given.bill_unit_no
left join currency on currency.code = given.currency;

-- name: merge_new
-- In the order of the accounts, so that the night reads neighbours together.
insert into bill_unit (
    account_id, id, bill_unit_no, currency, pay_type, delivery, status, attributes
)
select account_id, bill_unit_id, bill_unit_no, currency, pay_type, delivery, status, attributes
from draft
where not existing
order by account_id, line;

-- name: merge_changed
-- Only what differs is written.
with changed as (
    update bill_unit
    set currency = draft.currency, pay_type = draft.pay_type, delivery = draft.delivery,
        status = draft.status, attributes = draft.attributes
    from draft
    where draft.existing
        and bill_unit.account_id = draft.account_id
        and bill_unit.id = draft.bill_unit_id
        and (
            bill_unit.currency, bill_unit.pay_type, bill_unit.delivery,
            bill_unit.status, bill_unit.attributes
        ) is distinct from (
            draft.currency, draft.pay_type, draft.delivery, draft.status, draft.attributes
        )
    returning draft.line, bill_unit.account_id, bill_unit.id
)
insert into change
select line, account_id, id from changed;

-- name: merge_cases
-- What an open case shows of its bill unit, so that lists can be searched by it.
update collection_case
set pay_type = bill_unit.pay_type, bill_unit_status = bill_unit.status
from change
join bill_unit
    on bill_unit.account_id = change.account_id and bill_unit.id = change.bill_unit_id
where collection_case.account_id = change.account_id
    and collection_case.bill_unit_id = change.bill_unit_id
    and collection_case.status = 'open'
    and (collection_case.pay_type, collection_case.bill_unit_status)
        is distinct from (bill_unit.pay_type, bill_unit.status);

-- name: link_outside
-- What the system calls the bill unit, and the version that was taken.
insert into outside_identifier (
    account_id, bill_unit_id, system, kind, outside_id, version, version_order
)
select
    draft.account_id, draft.bill_unit_id, stage.system, :kind::text, stage.outside_id,
    stage.version, version_order(stage.version)
from draft
join stage on stage.line = draft.line
where stage.outside_id is not null
order by draft.account_id, stage.line
on conflict (system, kind, outside_id) do update
set version = excluded.version, version_order = excluded.version_order, taken_at = now()
where excluded.version is not null;
