-- An account at a glance.

-- name: bill_units
-- Its bill units by number, with what was paid and not applied yet.
select
    bill_unit.id, bill_unit.bill_unit_no, bill_unit.currency, bill_unit.status,
    bill_unit.pay_type, bill_unit.delivery,
    round_money(coalesce((
        select sum(credit.open_amount)
        from credit
        where credit.account_id = bill_unit.account_id
            and credit.bill_unit_id = bill_unit.id
            and credit.open_amount > 0
            and credit.effective_on <= :business_date::date
    ), 0), bill_unit.currency) as credit,
    -- counted, because `exists` would be answered from a table of all open cases
    (
        select count(*) > 0
        from collection_case
        where collection_case.account_id = bill_unit.account_id
            and collection_case.bill_unit_id = bill_unit.id
            and collection_case.status = 'open'
    ) as in_collections,
    (
        select count(*) > 0
        from payment_method
        where payment_method.account_id = bill_unit.account_id
            and payment_method.bill_unit_id = bill_unit.id
            and payment_method.removed_on is null
    ) as has_method
from bill_unit
where bill_unit.account_id = :account_id::bigint and bill_unit.bill_unit_no > :after::text
order by bill_unit.bill_unit_no
limit :limit::int

-- name: groups
-- What these bill units owe, by debt class, and what isn't billed yet.
with owed as (
    select
        item.bill_unit_id, item.debt_class_id,
        sum(item.open_amount) as open_amount,
        sum(item.open_amount) filter (where item.due_on < :business_date::date) as overdue,
        min(item.due_on) as oldest_due_on
    from item
    where item.account_id = :account_id::bigint
        and item.bill_unit_id = any(:bill_unit_ids::bigint[])
        and item.open_amount > 0
        and item.issued_on <= :business_date::date
    group by item.bill_unit_id, item.debt_class_id
), contested as (
    select dispute.bill_unit_id, bill.debt_class_id, sum(dispute.amount) as amount
    from dispute
    join bill on bill.account_id = dispute.account_id and bill.id = dispute.bill_id
    where dispute.account_id = :account_id::bigint
        and dispute.bill_unit_id = any(:bill_unit_ids::bigint[])
        and dispute.disputed_on <= :business_date::date
        and (dispute.resolved_on is null or dispute.resolved_on > :business_date::date)
    group by dispute.bill_unit_id, bill.debt_class_id
), used as (
    select
        unbilled_usage.bill_unit_id, unbilled_usage.debt_class_id, unbilled_usage.amount,
        unbilled_usage.as_of, unbilled_usage.recorded_at, unbilled_usage.details
    from unbilled_usage
    where unbilled_usage.account_id = :account_id::bigint
        and unbilled_usage.bill_unit_id = any(:bill_unit_ids::bigint[])
), known as (
    select owed.bill_unit_id, owed.debt_class_id from owed
    union
    select used.bill_unit_id, used.debt_class_id from used
    union
    select contested.bill_unit_id, contested.debt_class_id from contested
)
select
    known.bill_unit_id, debt_class.name as debt_class,
    round_money(coalesce(owed.open_amount, 0), bill_unit.currency) as open_amount,
    round_money(coalesce(owed.overdue, 0), bill_unit.currency) as overdue,
    round_money(coalesce(contested.amount, 0), bill_unit.currency) as disputed,
    owed.oldest_due_on,
    round_money(used.amount, bill_unit.currency) as unbilled, used.as_of, used.recorded_at,
    used.details
from known
join bill_unit
    on bill_unit.account_id = :account_id::bigint and bill_unit.id = known.bill_unit_id
join debt_class on debt_class.id = known.debt_class_id
left join owed
    on owed.bill_unit_id = known.bill_unit_id and owed.debt_class_id = known.debt_class_id
left join contested
    on contested.bill_unit_id = known.bill_unit_id
    and contested.debt_class_id = known.debt_class_id
left join used
    on used.bill_unit_id = known.bill_unit_id and used.debt_class_id = known.debt_class_id
order by known.bill_unit_id, debt_class.name

-- name: cases
-- Open cases first, then the newest; each with what comes next.
select
    collection_case.id, bill_unit.bill_unit_no, debt_class.name as debt_class,
    scenario.name as scenario, collection_case.status, collection_case.entered_on,
    collection_case.closed_on, collection_case.close_reason,
    round_money(collection_case.overdue_amount, bill_unit.currency) as overdue_amount,
    bill_unit.currency, agent.name as agent, following.name as next_action,
    following.due_on as next_due_on
from collection_case
join bill_unit
    on bill_unit.account_id = collection_case.account_id
    and bill_unit.id = collection_case.bill_unit_id
join debt_class on debt_class.id = collection_case.debt_class_id
join scenario on scenario.id = collection_case.scenario_id
left join agent on agent.id = collection_case.agent_id
left join lateral (
    select action_definition.name, action.due_on
    from action
    join action_definition on action_definition.id = action.action_definition_id
    where action.account_id = collection_case.account_id
        and action.case_id = collection_case.id
        and action.status = 'pending'
    order by action.due_on, action.step
    limit 1
) as following on collection_case.status = 'open'
where collection_case.account_id = :account_id::bigint
order by collection_case.status desc, collection_case.entered_on desc, collection_case.id desc
limit :limit::int

-- name: agreements
-- Promises to pay and pay plans, active ones first, then the newest.
select
    agreed.id, agreed.kind, bill_unit.bill_unit_no, agreed.status, agreed.made_on, agreed.until,
    round_money(agreed.total, bill_unit.currency) as total, bill_unit.currency
from (
    select
        promise.account_id, promise.id, 'promise' as kind, promise.bill_unit_id, promise.status,
        promise.made_on, promise.total,
        (
            select max(action.due_on)
            from action
            where action.account_id = promise.account_id
                and action.case_id = promise.case_id
                and action.promise_id = promise.id
                and action.status <> 'cancelled'
        ) as until
    from promise
    where promise.account_id = :account_id::bigint
    union all
    select
        pay_plan.account_id, pay_plan.id, 'pay_plan', pay_plan.bill_unit_id, pay_plan.status,
        pay_plan.made_on, scheduled.total, scheduled.until
    from pay_plan
    cross join lateral (
        select sum(scheduled_payment.amount) as total, max(scheduled_payment.due_on) as until
        from scheduled_payment
        where scheduled_payment.account_id = pay_plan.account_id
            and scheduled_payment.pay_plan_id = pay_plan.id
    ) as scheduled
    where pay_plan.account_id = :account_id::bigint
) as agreed
join bill_unit
    on bill_unit.account_id = agreed.account_id and bill_unit.id = agreed.bill_unit_id
order by agreed.status <> 'active', agreed.made_on desc, agreed.id desc
limit :limit::int
