-- An agent's list, narrowed and sorted as they like it.

-- name: agenda
-- The open actions of the agents' open cases that meet the conditions, from a key on. An agent has
-- some thousands at most, so all are gathered; only those that are shown are told in full.
with first as (
    select action.account_id, action.id, {{sorted_by}} as sort_key
    from collection_case
    join action
        on action.account_id = collection_case.account_id
        and action.case_id = collection_case.id
    join account on account.id = collection_case.account_id
    join bill_unit
        on bill_unit.account_id = collection_case.account_id
        and bill_unit.id = collection_case.bill_unit_id
    join scenario on scenario.id = collection_case.scenario_id
    join action_definition on action_definition.id = action.action_definition_id
    where collection_case.status = 'open'
        and collection_case.agent_id = any(:agents::int[])
        and (:brands::int[] is null or scenario.brand_id = any(:brands::int[]))
        and (
            action.status in ('pending', 'error')
            or :waiting::boolean and action.status = 'waiting'
        )
        and (:due_until::date is null or action.due_on <= :due_until::date)
        and (:scenario::text is null or scenario.name = :scenario::text)
        and (:task::text is null or action_definition.name = :task::text)
        and (:status::text is null or action.status = :status::text)
        and {{after}}
    order by {{sorted_by}} {{direction}}, action.account_id, action.id
    limit :limit::int
)
select
    action.account_id, action.id as action_id, action.case_id, agent.name as agent,
    action_definition.name as task, action_definition.type, action.status, action.due_on,
    greatest(:business_date::date - action.due_on, 0) as days_late, action.mandatory,
    action.message, bill_unit.bill_unit_no, account.account_no, account.name,
    scenario.name as scenario, profile.name as profile,
    round_money(collection_case.overdue_amount, bill_unit.currency) as overdue_amount,
    bill_unit.currency, action.version, first.sort_key
from first
join action on action.account_id = first.account_id and action.id = first.id
join collection_case
    on collection_case.account_id = action.account_id and collection_case.id = action.case_id
join account on account.id = action.account_id
join bill_unit
    on bill_unit.account_id = action.account_id and bill_unit.id = action.bill_unit_id
join action_definition on action_definition.id = action.action_definition_id
join scenario on scenario.id = collection_case.scenario_id
join profile on profile.id = scenario.profile_id
join agent on agent.id = collection_case.agent_id
order by first.sort_key {{direction}}, action.account_id, action.id

-- name: choices
-- By what the list of these agents can be narrowed: what their open cases have at all.
select 'scenario', scenario.name
from scenario
where (:brands::int[] is null or scenario.brand_id = any(:brands::int[]))
    and scenario.id in (
        select collection_case.scenario_id from collection_case
        where collection_case.status = 'open' and collection_case.agent_id = any(:agents::int[])
    )
union
select 'task', action_definition.name
from scenario_step
join action_definition on action_definition.id = scenario_step.action_definition_id
where scenario_step.scenario_id in (
        select collection_case.scenario_id from collection_case
        where collection_case.status = 'open' and collection_case.agent_id = any(:agents::int[])
    )
order by 1, 2

-- name: names
select name from agent where id = any(:agents::int[]) order by name
