-- To-dos that actions make.

-- name: refuse_unknown_types
update due_action
set outcome = 'error',
    message = 'The policy has no such to-do type any more; add it, then retry.'
from action_definition
where due_action.no between :first_no::int and :last_no::int
    and action_definition.id = due_action.action_definition_id
    and not exists (
        select from todo_type
        where todo_type.name = action_definition.parameters ->> 'to_do_type'
    )

-- name: make
-- It is the case's agent's, if there is one; else of whoever has the role.
with made as (
    insert into todo (
        account_id, bill_unit_id, case_id, action_id, made_on, priority, agent_id, type, role,
        leads_to, message, made_by
    )
    select
        due_action.account_id, due_action.bill_unit_id, due_action.case_id, due_action.action_id,
        :business_date::date, todo_type.priority, collection_case.agent_id, todo_type.name,
        todo_type.role, todo_type.leads_to,
        coalesce(action_definition.parameters ->> 'message', ''), :actor::text
    from due_action
    join action_definition on action_definition.id = due_action.action_definition_id
    join todo_type on todo_type.name = action_definition.parameters ->> 'to_do_type'
    left join collection_case
        on collection_case.account_id = due_action.case_account_id
        and collection_case.id = due_action.case_id
        and collection_case.account_id between :first_account::bigint and :last_account::bigint
    where due_action.no between :first_no::int and :last_no::int
        and due_action.outcome is null
    order by due_action.account_id, due_action.action_id
    returning account_id, id, bill_unit_id, case_id, type, role, priority
)
insert into event (business_date, account_id, bill_unit_id, case_id, kind, actor, run_id, data)
select
    :business_date::date, account_id, bill_unit_id, case_id, 'to_do_made', :actor::text,
    :run_id::int,
    jsonb_build_object(
        'to_do', account_id || '-' || id, 'type', type, 'role', role, 'priority', priority
    )
from made
