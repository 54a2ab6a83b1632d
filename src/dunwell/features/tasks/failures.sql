-- Actions that failed: what a manager looks through and lets try again.

-- name: failures
-- The oldest first, from the index of what waits for people.
with chosen as (
    select action.account_id, action.case_id, action.id, action.due_on
    from action
    join action_definition on action_definition.id = action.action_definition_id
    join collection_case
        on collection_case.account_id = action.account_id
        and collection_case.id = action.case_id
    where action.status = 'error'
        and (:type::text is null or action_definition.type = :type::text)
        and (:brands::int[] is null or collection_case.brand_id = any(:brands::int[]))
        and (
            :after_due::date is null
            or (action.due_on, action.account_id, action.id)
                > (:after_due::date, :after_account::bigint, :after_id::bigint)
        )
    order by action.due_on, action.account_id, action.id
    limit :limit::int
)
select
    action.account_id, action.id as action_id, action.case_id,
    action_definition.name as action_name, action_definition.type, action.due_on,
    greatest(:business_date::date - action.due_on, 0) as days_late, action.message,
    bill_unit.bill_unit_no, account.account_no, account.name, scenario.name as scenario,
    agent.name as agent,
    round_money(collection_case.overdue_amount, bill_unit.currency) as overdue_amount,
    bill_unit.currency, action.version
from chosen
join action
    on action.account_id = chosen.account_id
    and action.case_id = chosen.case_id
    and action.id = chosen.id
join action_definition on action_definition.id = action.action_definition_id
join collection_case
    on collection_case.account_id = action.account_id and collection_case.id = action.case_id
join account on account.id = action.account_id
join bill_unit
    on bill_unit.account_id = action.account_id and bill_unit.id = action.bill_unit_id
join scenario on scenario.id = collection_case.scenario_id
left join agent on agent.id = collection_case.agent_id
order by action.due_on, action.account_id, action.id

-- name: count
-- How many there are of each type.
select action_definition.type, count(*)
from action
join action_definition on action_definition.id = action.action_definition_id
join collection_case
    on collection_case.account_id = action.account_id and collection_case.id = action.case_id
where action.status = 'error'
    and (:brands::int[] is null or collection_case.brand_id = any(:brands::int[]))
group by action_definition.type
order by action_definition.type
