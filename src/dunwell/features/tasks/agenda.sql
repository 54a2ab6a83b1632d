-- An agent's list, narrowed and sorted as they like it.

-- name: agenda
-- The open actions of the agents' open cases that meet the conditions, and the open to-dos that do,
-- theirs or nobody's, from a key on. An agent has some thousands at most, so all are gathered; only
-- those that are shown are told in full. Of an action the place is twice its number, of a to-do one
-- more.
with first as (
    (
        select action.account_id, action.id, 0 as kind, {{sorted_by}} as sort_key
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
    union all
    (
        select todo.account_id, todo.id, 1, {{todo_sorted_by}}
        from todo
        join account on account.id = todo.account_id
        join bill_unit
            on bill_unit.account_id = todo.account_id and bill_unit.id = todo.bill_unit_id
        left join collection_case
            on collection_case.account_id = todo.account_id and collection_case.id = todo.case_id
        left join scenario on scenario.id = collection_case.scenario_id
        where todo.status = 'open'
            and (todo.agent_id = any(:agents::int[]) or :nobodys::boolean and todo.agent_id is null)
            and (:brands::int[] is null or account.brand_id = any(:brands::int[]))
            and (:due_until::date is null or todo.made_on <= :due_until::date)
            and (:scenario::text is null or scenario.name = :scenario::text)
            and (:task::text is null or todo.type = :task::text)
            and (:status::text is null or todo.status = :status::text)
            and {{todo_after}}
        order by {{todo_sorted_by}} {{direction}}, todo.account_id, todo.id
        limit :limit::int
    )
    order by sort_key {{direction}}, account_id, id, kind
    limit :limit::int
)
select
    first.account_id, action.id as action_id, todo.id as to_do_id, collection_case.id as case_id,
    agent.name as agent, todo.role, todo.priority, coalesce(todo.leads_to, 'case') as leads_to,
    coalesce(action_definition.name, todo.type) as task,
    coalesce(action_definition.type, 'to_do') as type, coalesce(action.status, todo.status) as status,
    coalesce(action.due_on, todo.made_on) as due_on,
    greatest(:business_date::date - coalesce(action.due_on, todo.made_on), 0) as days_late,
    coalesce(action.mandatory, false) as mandatory,
    coalesce(action.message, nullif(todo.message, '')) as message, bill_unit.bill_unit_no,
    account.account_no, account.name, scenario.name as scenario, profile.name as profile,
    round_money(coalesce(collection_case.overdue_amount, 0), bill_unit.currency) as overdue_amount,
    bill_unit.currency, coalesce(action.version, todo.version) as version, first.sort_key
from first
join account on account.id = first.account_id
left join action
    on action.account_id = first.account_id and action.id = first.id and first.kind = 0
left join todo
    on todo.account_id = first.account_id and todo.id = first.id and first.kind = 1
left join collection_case
    on collection_case.account_id = first.account_id
    and collection_case.id = coalesce(action.case_id, todo.case_id)
join bill_unit
    on bill_unit.account_id = first.account_id
    and bill_unit.id = coalesce(action.bill_unit_id, todo.bill_unit_id)
left join action_definition on action_definition.id = action.action_definition_id
left join scenario on scenario.id = collection_case.scenario_id
left join profile on profile.id = scenario.profile_id
left join agent
    on agent.id = case first.kind when 0 then collection_case.agent_id else todo.agent_id end
order by first.sort_key {{direction}}, first.account_id, first.id, first.kind

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
union
select 'task', todo.type
from todo
join account on account.id = todo.account_id
where todo.status = 'open'
    and (todo.agent_id = any(:agents::int[]) or :nobodys::boolean and todo.agent_id is null)
    and (:brands::int[] is null or account.brand_id = any(:brands::int[]))
order by 1, 2

-- name: names
select name from agent where id = any(:agents::int[]) order by name
