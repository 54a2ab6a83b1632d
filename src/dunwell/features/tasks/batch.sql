-- The night's batch: to-dos that the policy's rules make of what was logged.

-- name: make
-- Events since the slice's last night, those of its day among them, as people work on after it; one
-- to-do for each event and type. A failed action is told by the event of its case.
with made as (
    insert into todo (
        account_id, bill_unit_id, case_id, event_id, made_on, priority, agent_id, type, role,
        leads_to, message, made_by
    )
    select
        event.account_id, event.bill_unit_id, event.case_id, event.id, :business_date::date,
        todo_type.priority, collection_case.agent_id, todo_type.name, todo_type.role,
        todo_type.leads_to,
        coalesce(
            event.data ->> 'message', event.data ->> 'reason',
            jsonb_path_query_first(
                event.data, '$.actions[*] ? (@.status == "error").message'
            ) #>> array[]::text[],
            ''
        ),
        'night'
    from event
    join todo_type on todo_type.events ?| array[
        event.kind,
        case
            when event.kind = 'actions_performed'
                and event.data @? '$.actions[*] ? (@.status == "error")'
            then 'action_failed'
        end
    ]
    join account on account.id = event.account_id
    join bill_unit
        on bill_unit.account_id = event.account_id and bill_unit.id = event.bill_unit_id
    left join collection_case
        on collection_case.account_id = event.account_id
        and collection_case.id = event.case_id
        and collection_case.account_id between :first_account::bigint and :last_account::bigint
    where event.account_id between :first_account::bigint and :last_account::bigint
        and account.id between :first_account::bigint and :last_account::bigint
        and bill_unit.account_id between :first_account::bigint and :last_account::bigint
        and event.business_date >= coalesce(:last_date::date, :business_date::date)
        and event.business_date <= :business_date::date
        and event.kind = any(:to_do_kinds::text[])
        and {{to_do_expression}}
        {{to_dos_of}}
        and not exists (
            select from todo
            where todo.account_id = event.account_id
                and todo.event_id = event.id
                and todo.type = todo_type.name
        )
    order by event.account_id, event.id
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
