-- Measuring: one row of `work` for each bill unit and debt class whose fate may change tonight.

-- name: disputed_items
-- What is under dispute on the business date, spread over the open items of the disputed bill.
insert into disputed_item (account_id, item_id, amount)
select account_id, id, least(open_amount, amount - before)
from (
    select
        item.account_id, item.id, item.open_amount, disputed.amount,
        sum(item.open_amount) over (
            partition by item.account_id, item.bill_id order by item.due_on, item.issued_on, item.id
        ) - item.open_amount as before
    from (
        select account_id, bill_unit_id, bill_id, sum(amount) as amount
        from dispute
        where account_id between :first_account::bigint and :last_account::bigint
            and disputed_on <= :business_date::date
            and (resolved_on is null or resolved_on > :business_date::date)
            {{disputes_of}}
        group by account_id, bill_unit_id, bill_id
    ) as disputed
    join item
        on item.account_id = disputed.account_id
        and item.bill_unit_id = disputed.bill_unit_id
        and item.bill_id = disputed.bill_id
    where item.account_id between :first_account::bigint and :last_account::bigint
        and {{is_overdue}}
) as spread
where before < amount

-- name: measure
-- The overdue balance of the examined bill units, beside the balance that is stored and the open
-- case. Only what may lead to something becomes a row of `work`: a balance that differs, a case
-- that may leave, be replaced or finish or has an action due, a bill unit that may enter. Due cases
-- and exemptions are asked with `in`: that is a hash, however few the planner expects.
insert into work (
    account_id, bill_unit_id, debt_class_id, overdue_amount, earliest_due_on, latest_due_on,
    has_balance, changed, case_id, scenario_id, exempt, held, member
)
with overdue as (
    select
        {{debtor_account}} as account_id, {{debtor_bill_unit}} as bill_unit_id,
        item.debt_class_id,
        sum(item.open_amount{{less_disputed}}) as overdue_amount,
        min(item.due_on) as earliest_due_on,
        max(item.due_on) as latest_due_on
    from item
    {{of_debts}}
    {{with_disputed}}
    where item.account_id between :first_account::bigint and :last_account::bigint
        and {{is_overdue}}
        {{not_wholly_disputed}}
    group by {{debtor_account}}, {{debtor_bill_unit}}, item.debt_class_id
), stored as (
    select
        balance.account_id, balance.bill_unit_id, balance.debt_class_id, true as has_balance,
        balance.overdue_amount, balance.earliest_due_on, balance.latest_due_on
    from balance
    {{of_examined}}
    where balance.account_id between :first_account::bigint and :last_account::bigint
), open_case as (
    select
        collection_case.account_id, collection_case.bill_unit_id, collection_case.debt_class_id,
        collection_case.id as case_id, collection_case.scenario_id,
        collection_case.overdue_amount as shown_amount
    from collection_case
    {{of_examined}}
    where collection_case.account_id between :first_account::bigint and :last_account::bigint
        and collection_case.status = 'open'
), exempted as (
    select exemption.account_id, exemption.bill_unit_id
    from exemption
    where exemption.account_id between :first_account::bigint and :last_account::bigint
        and exemption.exempt_from <= :business_date::date
        and (exemption.exempt_until is null or exemption.exempt_until >= :business_date::date)
), on_hold as (
    select hold.account_id, hold.bill_unit_id
    from hold
    where hold.account_id between :first_account::bigint and :last_account::bigint
        and hold.held_from <= :business_date::date
        and hold.held_until >= :business_date::date
)
select
    account_id, bill_unit_id, debt_class_id, coalesce(overdue.overdue_amount, 0),
    overdue.earliest_due_on, overdue.latest_due_on, coalesce(stored.has_balance, false),
    (overdue.overdue_amount, overdue.earliest_due_on, overdue.latest_due_on)
        is distinct from (stored.overdue_amount, stored.earliest_due_on, stored.latest_due_on)
        or coalesce(open_case.shown_amount <> coalesce(overdue.overdue_amount, 0), false),
    open_case.case_id, open_case.scenario_id,
    (account_id, bill_unit_id) in (select exempted.account_id, exempted.bill_unit_id from exempted),
    (account_id, bill_unit_id) in (select on_hold.account_id, on_hold.bill_unit_id from on_hold),
    {{is_member}}
from overdue
full join stored using (account_id, bill_unit_id, debt_class_id)
full join open_case using (account_id, bill_unit_id, debt_class_id)
left join (
    select id, exit_amount, when_finished from scenario
) as scenario on scenario.id = open_case.scenario_id
where (
    (overdue.overdue_amount, overdue.earliest_due_on, overdue.latest_due_on)
        is distinct from (stored.overdue_amount, stored.earliest_due_on, stored.latest_due_on)
    or (
        open_case.case_id is null
        and overdue.overdue_amount >= :least_entry_amount::numeric
        and overdue.earliest_due_on <= :business_date::date - :least_entry_days::int
    )
    or open_case.case_id is not null and (
        coalesce(overdue.overdue_amount, 0) <= scenario.exit_amount
        or (account_id, open_case.case_id) in (select due_case.account_id, due_case.case_id from due_case)
        or (account_id, bill_unit_id) in (select exempted.account_id, exempted.bill_unit_id from exempted)
        or :cases_replaced::boolean
        or scenario.when_finished = 'close'
    )
) {{outside_groups}}

-- name: measure_again
-- After acting: the overdue balance of the bill units whose actions may have lowered it.
update work
set
    overdue_amount = coalesce(overdue.overdue_amount, 0),
    earliest_due_on = overdue.earliest_due_on,
    latest_due_on = overdue.latest_due_on,
    changed = true
from ({{acted}}) as debtor
left join lateral (
    select
        sum(item.open_amount{{less_disputed}}) as overdue_amount,
        min(item.due_on) as earliest_due_on,
        max(item.due_on) as latest_due_on
    from item
    {{shared}}
    {{with_disputed}}
    where {{of_debtor}}
        and item.debt_class_id = debtor.debt_class_id
        and item.account_id between :first_account::bigint and :last_account::bigint
        and {{is_overdue}}
        {{not_wholly_disputed}}
) as overdue on true
where work.account_id = debtor.account_id
    and work.bill_unit_id = debtor.bill_unit_id
    and work.debt_class_id = debtor.debt_class_id

-- name: count_changed
select count(*) from work where changed

-- name: carry_to_cases
-- Open cases show their balance, because lists of cases are searched and sorted by it.
update collection_case
set overdue_amount = work.overdue_amount
from work
where collection_case.account_id = work.account_id
    and collection_case.id = work.case_id
    and collection_case.account_id between :first_account::bigint and :last_account::bigint
    and work.changed
    and collection_case.overdue_amount <> work.overdue_amount

-- name: forget_balances
-- What is no longer overdue has no balance row.
delete from balance
using work
where balance.account_id = work.account_id
    and balance.bill_unit_id = work.bill_unit_id
    and balance.debt_class_id = work.debt_class_id
    and balance.account_id between :first_account::bigint and :last_account::bigint
    and work.changed
    and work.has_balance
    and work.overdue_amount = 0

-- name: change_balances
update balance
set
    overdue_amount = work.overdue_amount,
    earliest_due_on = work.earliest_due_on,
    latest_due_on = work.latest_due_on,
    changed_on = :business_date::date
from work
where balance.account_id = work.account_id
    and balance.bill_unit_id = work.bill_unit_id
    and balance.debt_class_id = work.debt_class_id
    and balance.account_id between :first_account::bigint and :last_account::bigint
    and work.changed
    and work.overdue_amount > 0
    and (balance.overdue_amount, balance.earliest_due_on, balance.latest_due_on)
        is distinct from (work.overdue_amount, work.earliest_due_on, work.latest_due_on)

-- name: add_balances
insert into balance (
    account_id, bill_unit_id, debt_class_id, currency, overdue_amount, earliest_due_on,
    latest_due_on, changed_on
)
select
    work.account_id, work.bill_unit_id, work.debt_class_id, bill_unit.currency,
    work.overdue_amount, work.earliest_due_on, work.latest_due_on, :business_date::date
from work
join bill_unit
    on bill_unit.account_id = work.account_id and bill_unit.id = work.bill_unit_id
where bill_unit.account_id between :first_account::bigint and :last_account::bigint
    and not work.has_balance
    and work.overdue_amount > 0
order by work.account_id, work.bill_unit_id, work.debt_class_id
