-- Actions, to-dos and payments in suspense in one list: in the order of their days (`together`), and as an agent narrows and
-- sorts it (`agenda`).

-- piece: told
-- What is told of those in `first`.
first.account_id, action.id as action_id, coalesce(todo.id, statement_entry.id) as to_do_id,
collection_case.id as case_id, agent.name as agent,
case first.kind
    when 2 then coalesce(statement_entry.role, suspense_type.role, 'agent') else todo.role
end as role,
case first.kind when 2 then coalesce(suspense_type.priority, 50) else todo.priority end as priority,
case first.kind when 2 then 'suspense' else coalesce(todo.leads_to, 'case') end as leads_to,
coalesce(action_definition.name, todo.type, 'suspense') as task,
coalesce(action_definition.type, 'to_do') as type,
coalesce(action.status, todo.status, 'open') as status, coalesce(action.due_on, todo.made_on, statement_entry.booked_on) as due_on,
greatest(:business_date::date - coalesce(action.due_on, todo.made_on, statement_entry.booked_on), 0) as days_late,
coalesce(action.mandatory, false) as mandatory,
case first.kind
    when 2 then {{suspense_told}} else coalesce(action.message, nullif(todo.message, ''))
end as message,
bill_unit.bill_unit_no, account.account_no, coalesce(account.name, statement_entry.name) as name,
scenario.name as scenario, profile.name as profile,
round_money(
    coalesce(collection_case.overdue_amount, 0),
    coalesce(bill_unit.currency, statement_entry.currency)
) as overdue_amount,
coalesce(bill_unit.currency, statement_entry.currency) as currency,
case first.kind when 2 then {{suspense_amount}} end as amount,
coalesce(action.version, todo.version, statement_entry.version) as version

-- piece: of_first
from first
left join account on account.id = first.account_id
left join action
    on action.account_id = first.account_id
    and action.case_id = first.case_id
    and action.id = first.id
    and first.kind = 0
left join todo
    on todo.account_id = first.account_id and todo.id = first.id and first.kind = 1
left join statement_entry on statement_entry.id = first.id and first.kind = 2
left join todo_type as suspense_type on suspense_type.name = 'suspense'
left join collection_case
    on collection_case.account_id = first.account_id
    and collection_case.id = coalesce(action.case_id, todo.case_id)
left join bill_unit
    on bill_unit.account_id = first.account_id
    and bill_unit.id = coalesce(action.bill_unit_id, todo.bill_unit_id)
left join action_definition on action_definition.id = action.action_definition_id
left join scenario on scenario.id = collection_case.scenario_id
left join profile on profile.id = scenario.profile_id
left join agent
    on agent.id = case first.kind
        when 0 then collection_case.agent_id when 1 then todo.agent_id
        else statement_entry.agent_id
    end

-- piece: is_theirs
-- A payment in suspense is a to-do of no account, for who may see it (`suspended`).
:suspended::boolean
and statement_entry.status = 'suspense'
and (
    statement_entry.agent_id = any(:agents::int[])
    or :nobodys::boolean and statement_entry.agent_id is null
)

-- name: together
-- The actions of the agents' open cases from a key on: those that are to come, those that wait for
-- a person, and if asked those that wait for others; and the open to-dos, theirs or nobody's, with
-- the payments in suspense for who may see them. Each kind has an index in the list's order, so that
-- everybody's first page is as quick as one agent's.
with chosen as (
    (
        select action.account_id, action.case_id, action.id, action.due_on, 0 as kind {{of_agents}}
            and action.status = 'pending' and action.task_on is null
        order by action.due_on, action.account_id, action.id
        limit :limit::int
    )
    union all
    (
        select action.account_id, action.case_id, action.id, action.due_on, 0 as kind {{of_agents}}
            and (action.status = 'error' or action.status = 'pending' and action.task_on is not null)
        order by action.due_on, action.account_id, action.id
        limit :limit::int
    )
    union all
    (
        select action.account_id, action.case_id, action.id, action.due_on, 0 as kind {{of_agents}}
            and :waiting::boolean and action.status = 'waiting'
        order by action.due_on, action.account_id, action.id
        limit :limit::int
    )
    union all
    (
        select todo.account_id, todo.case_id, todo.id, todo.made_on, 1
        from todo
        join account on account.id = todo.account_id
        where todo.status = 'open'
            and (todo.agent_id = any(:agents::int[]) or :nobodys::boolean and todo.agent_id is null)
            and (:brands::int[] is null or account.brand_id = any(:brands::int[]))
            and todo.made_on >= coalesce(:due_from::date, '-infinity'::date)
            and todo.made_on <= coalesce(:due_until::date, 'infinity'::date)
            and (
                :after_due::date is null
                or (todo.made_on, todo.account_id, todo.id)
                    > (:after_due::date, :after_account::bigint, :after_to_do::bigint)
            )
        order by todo.made_on, todo.account_id, todo.id
        limit :limit::int
    )
    union all
    (
        select 0, null, statement_entry.id, statement_entry.booked_on, 2
        from statement_entry
        where {{is_theirs}}
            and statement_entry.booked_on >= coalesce(:due_from::date, '-infinity'::date)
            and statement_entry.booked_on <= coalesce(:due_until::date, 'infinity'::date)
            and (
                :after_due::date is null
                or (statement_entry.booked_on, 0, statement_entry.id)
                    > (:after_due::date, :after_account::bigint, :after_to_do::bigint)
            )
        order by statement_entry.booked_on, statement_entry.id
        limit :limit::int
    )
), first as (
    select account_id, case_id, id, kind
    from chosen
    order by due_on, account_id, id, kind
    limit :limit::int
)
select {{told}}
{{of_first}}
order by coalesce(action.due_on, todo.made_on, statement_entry.booked_on), first.account_id, first.id, first.kind

-- name: agenda
-- The open actions of the agents' open cases that meet the conditions, and the open to-dos that do,
-- theirs or nobody's, from a key on. An agent has some thousands at most, so all are gathered; only
-- those that are shown are told in full. Of an action the place is twice its number, of a to-do one
-- more.
with first as (
    (
        select action.account_id, action.case_id, action.id, 0 as kind, {{sorted_by}} as sort_key
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
        select todo.account_id, todo.case_id, todo.id, 1, {{todo_sorted_by}}
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
    union all
    (
        select 0, null, statement_entry.id, 2, {{suspense_sorted_by}}
        from statement_entry
        where {{is_theirs}}
            and (:due_until::date is null or statement_entry.booked_on <= :due_until::date)
            and :scenario::text is null
            and (:task::text is null or :task::text = 'suspense')
            and (:status::text is null or :status::text = 'open')
            and {{suspense_after}}
        order by {{suspense_sorted_by}} {{direction}}, statement_entry.id
        limit :limit::int
    )
    order by sort_key {{direction}}, account_id, id, kind
    limit :limit::int
)
select {{told}}, first.sort_key
{{of_first}}
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
union
select 'task', 'suspense'
where exists (select from statement_entry where {{is_theirs}})
order by 1, 2

-- name: names
select name from agent where id = any(:agents::int[]) order by name
