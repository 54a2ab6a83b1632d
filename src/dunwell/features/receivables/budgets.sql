-- Budgets: levelised payments of a bill unit.

-- name: cancel
-- Cancel the active budgets of these bill units: what was used beyond what was paid becomes an item
-- due at once, what was paid beyond it a credit. The item is of the class that most of the bill
-- unit's agreements have, so that it is chased with them. One event for each tells the settlement.
with wanted as (
    select distinct account_id, bill_unit_id
    from unnest(:account_ids::bigint[], :bill_unit_ids::bigint[])
        as given (account_id, bill_unit_id)
), cancelled as (
    update budget
    set status = 'cancelled', ended_on = greatest(:business_date::date, budget.started_on)
    from wanted
    where budget.account_id = wanted.account_id
        and budget.bill_unit_id = wanted.bill_unit_id
        and budget.status = 'active'
    returning
        budget.account_id, budget.bill_unit_id, budget.budget_no, budget.difference,
        budget.adjustment_type
), owed as (
    insert into item (
        account_id, bill_unit_id, debt_class_id, issued_on, due_on, amount, open_amount, kind,
        number
    )
    select
        account_id, bill_unit_id,
        coalesce((
            select service_agreement.debt_class_id
            from service_agreement
            where service_agreement.account_id = cancelled.account_id
                and service_agreement.bill_unit_id = cancelled.bill_unit_id
                and service_agreement.debt_class_id is not null
            group by service_agreement.debt_class_id
            order by count(*) desc, service_agreement.debt_class_id
            limit 1
        ), (select id from debt_class where name = 'standard')),
        :business_date::date, :business_date::date, difference, difference, 'adjustment',
        'budget-' || budget_no
    from cancelled
    where difference > 0
), given_back as (
    insert into credit (
        account_id, bill_unit_id, effective_on, amount, open_amount, kind, number, reason
    )
    select
        account_id, bill_unit_id, :business_date::date, -difference, -difference, 'adjustment',
        'budget-' || budget_no, adjustment_type
    from cancelled
    where difference < 0
), flagged as (
    update bill_unit
    set on_budget = false
    from cancelled
    where bill_unit.account_id = cancelled.account_id and bill_unit.id = cancelled.bill_unit_id
), marked as (
    insert into touched (account_id, bill_unit_id)
    select account_id, bill_unit_id from cancelled
), told as (
    insert into event (business_date, account_id, bill_unit_id, kind, actor, run_id, data)
    select
        :business_date::date, account_id, bill_unit_id, 'budget_cancelled', :actor::text,
        :run_id::int,
        jsonb_build_object(
            'budget_no', budget_no, 'settled', difference::text,
            'adjustment_type', adjustment_type,
            'adjustment_no', case when difference <> 0 then 'budget-' || budget_no end,
            'reason', :reason::text
        )
    from cancelled
)
select account_id, bill_unit_id, budget_no, difference from cancelled

-- name: budgets
-- All of a bill unit, the newest first.
select
    budget.budget_no, round_money(budget.amount, bill_unit.currency)::text as amount,
    round_money(budget.difference, bill_unit.currency)::text as difference,
    bill_unit.currency, budget.started_on, budget.ended_on, budget.status, budget.adjustment_type
from budget
join bill_unit
    on bill_unit.account_id = budget.account_id and bill_unit.id = budget.bill_unit_id
where budget.account_id = :account_id::bigint and budget.bill_unit_id = :bill_unit_id::bigint
order by budget.started_on desc, budget.id desc
