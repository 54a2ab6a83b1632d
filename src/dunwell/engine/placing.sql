-- Placing a bill unit into a scenario by hand.

-- name: keep_own_debt
-- Other debt classes, and a group's other bill units, are left for the night.
delete from work
using debt_class
where debt_class.id = work.debt_class_id
    and (
        debt_class.name <> :debt_class::text
        or (work.account_id, work.bill_unit_id) <> (:account_id::bigint, :bill_unit_id::bigint)
    )

-- name: free_to_choose
-- A person asks for the best scenario: what was placed by hand before is free again.
update collection_case
set placed_by = null
where account_id = :account_id::bigint and id = :case_id::bigint

-- name: open_cases
select count(*)
from collection_case
join debt_class on debt_class.id = collection_case.debt_class_id
where collection_case.account_id = :account_id::bigint
    and collection_case.bill_unit_id = :bill_unit_id::bigint
    and collection_case.status = 'open'
    and debt_class.name = :debt_class::text

-- name: scenario
-- One that is in force, of the brand, the debt class and the bill unit's currency.
select
    scenario.id, scenario.name, scenario.exit_amount, scenario.day_unit, profile.currency
from scenario
join profile on profile.id = scenario.profile_id
join debt_class on debt_class.id = scenario.debt_class_id
join bill_unit
    on bill_unit.account_id = :account_id::bigint and bill_unit.id = :bill_unit_id::bigint
where scenario.brand_id = :brand_id::int
    and scenario.name = :scenario::text
    and scenario.retired_version is null
    and debt_class.name = :debt_class::text
    and profile.currency = bill_unit.currency

-- name: facts
select overdue_amount, exempt, held, member from work

-- name: place
-- What the night would have chosen itself, a person chose. It counts from today; nothing is
-- back-dated.
insert into entry (
    account_id, bill_unit_id, debt_class_id, case_id, scenario_id, replaces_case_id, placed_by,
    brand_id, pay_type, bill_unit_status, account_status,
    overdue_amount, ripe_amount, overdue_date, entry_date
)
select
    debtor.account_id, debtor.bill_unit_id, debtor.debt_class_id,
    nextval('collection_case_id_seq'), scenario.id, debtor.case_id, :actor::text,
    account.brand_id, bill_unit.pay_type, bill_unit.status, account.status,
    debtor.overdue_amount, coalesce(ripe.amount, 0),
    case :overdue_date::text
        when 'earliest' then debtor.earliest_due_on
        else coalesce(ripe.latest_due_on, debtor.latest_due_on)
    end,
    :business_date::date
from work as debtor
join scenario on scenario.id = :scenario_id::int
join account on account.id = debtor.account_id
join bill_unit
    on bill_unit.account_id = debtor.account_id
    and bill_unit.account_id between :first_account::bigint and :last_account::bigint
    and bill_unit.id = debtor.bill_unit_id
left join lateral (
    select
        sum(item.open_amount{{less_disputed}}) as amount,
        max(item.due_on) as latest_due_on
    from item
    {{shared}}
    {{with_disputed}}
    where {{of_debtor}}
        and item.debt_class_id = debtor.debt_class_id
        and item.account_id between :first_account::bigint and :last_account::bigint
        and {{is_overdue}}
        and item.due_on <= :business_date::date - scenario.entry_days
        {{not_wholly_disputed}}
) as ripe on true

-- name: definitions
-- Actions by name: the brand's own before those of all brands.
select distinct on (name) name, id, type
from action_definition
where name = any(:names::text[])
    and (brand_id = :brand_id::int or brand_id is null)
    and retired_version is null
order by name, brand_id nulls last

-- name: opened
select account_id, case_id from entry

-- name: agreements
select id
from service_agreement
where account_id = :account_id::bigint
    and bill_unit_id = :bill_unit_id::bigint
    and service_agreement_no = any(:numbers::text[])

-- name: taken_agreements
select service_agreement.service_agreement_no
from case_agreement
join service_agreement
    on service_agreement.account_id = case_agreement.account_id
    and service_agreement.id = case_agreement.service_agreement_id
where case_agreement.account_id = :account_id::bigint
    and case_agreement.case_id = :case_id::bigint
