-- Agents' tasks and workload.

-- name: agents
select id, name, supervisor from agent order by name

-- name: tasks
-- The actions of the agents' open cases from a key on: those that are to come, those that wait for
-- a person, and if asked those that wait for others. Each kind has an index in the list's order, so
-- that the first page of everybody's tasks is as quick as that of one agent's.
with chosen as (
    (
        select action.account_id, action.case_id, action.id, action.due_on {{of_agents}}
            and action.status = 'pending' and action.task_on is null
        order by action.due_on, action.account_id, action.id
        limit :limit::int
    )
    union all
    (
        select action.account_id, action.case_id, action.id, action.due_on {{of_agents}}
            and (action.status = 'error' or action.status = 'pending' and action.task_on is not null)
        order by action.due_on, action.account_id, action.id
        limit :limit::int
    )
    union all
    (
        select action.account_id, action.case_id, action.id, action.due_on {{of_agents}}
            and :waiting::boolean and action.status = 'waiting'
        order by action.due_on, action.account_id, action.id
        limit :limit::int
    )
), first as (
    select account_id, case_id, id from chosen order by due_on, account_id, id limit :limit::int
)
select
    action.account_id, action.id as action_id, action.case_id, agent.name as agent,
    action_definition.name as task, action_definition.type, action.status, action.due_on,
    greatest(:business_date::date - action.due_on, 0) as days_late, action.mandatory,
    action.message, bill_unit.bill_unit_no, account.account_no, account.name,
    scenario.name as scenario, profile.name as profile,
    round_money(collection_case.overdue_amount, bill_unit.currency) as overdue_amount,
    bill_unit.currency, action.version
from first
join action
    on action.account_id = first.account_id
    and action.case_id = first.case_id
    and action.id = first.id
join collection_case
    on collection_case.account_id = action.account_id and collection_case.id = action.case_id
join account on account.id = action.account_id
join bill_unit
    on bill_unit.account_id = action.account_id and bill_unit.id = action.bill_unit_id
join action_definition on action_definition.id = action.action_definition_id
join scenario on scenario.id = collection_case.scenario_id
join profile on profile.id = scenario.profile_id
join agent on agent.id = collection_case.agent_id
order by action.due_on, action.account_id, action.id

-- name: workload
-- The open cases of the agents once, from their covering index, and beside them what waits for a
-- person and what falls due soon: two indexes that hold nothing else.
with own_case as materialized (
    select
        collection_case.account_id, collection_case.id, collection_case.agent_id,
        collection_case.scenario_id, collection_case.overdue_amount
    from collection_case
    where collection_case.status = 'open'
        and collection_case.agent_id = any(:agents::int[])
        and (:brands::int[] is null or collection_case.brand_id = any(:brands::int[]))
), owed as (
    select
        own_case.agent_id, profile.currency, count(*) as cases,
        sum(own_case.overdue_amount) as amount
    from own_case
    join scenario on scenario.id = own_case.scenario_id
    join profile on profile.id = scenario.profile_id
    group by own_case.agent_id, profile.currency
), opened as (
    select action.account_id, action.case_id, action.due_on, action.status
    from action
    where action.status = 'pending' and action.task_on is null
        and action.due_on <= :business_date::date + :days_ahead::int
    union all
    select action.account_id, action.case_id, action.due_on, action.status
    from action
    where (action.status = 'error' or action.status = 'pending' and action.task_on is not null)
        and action.due_on <= :business_date::date + :days_ahead::int
), counted as (
    select
        own_case.agent_id,
        count(*) filter (where opened.due_on < :business_date::date) as late,
        count(*) filter (where opened.due_on = :business_date::date) as due_today,
        count(*) filter (where opened.due_on > :business_date::date) as to_come,
        count(*) filter (where opened.status = 'error') as failed,
        min(opened.due_on) as next_due_on
    from own_case
    join opened on opened.account_id = own_case.account_id and opened.case_id = own_case.id
    group by own_case.agent_id
)
select
    agent.name as agent, agent.supervisor,
    coalesce((
        select sum(owed.cases) from owed where owed.agent_id = agent.id
    ), 0)::bigint as cases,
    coalesce(counted.late, 0) as late,
    coalesce(counted.due_today, 0) as due_today,
    coalesce(counted.to_come, 0) as to_come,
    coalesce(counted.failed, 0) as failed,
    counted.next_due_on,
    coalesce((
        select jsonb_object_agg(owed.currency, round_money(owed.amount, owed.currency)::text)
        from owed
        where owed.agent_id = agent.id
    ), '{}') as overdue
from agent
left join counted on counted.agent_id = agent.id
where agent.id = any(:agents::int[])
order by agent.name
