-- What people do with to-dos.

-- name: types
select name from todo_type order by name

-- name: type
select name as type, role, priority, leads_to from todo_type where name = :name::text

-- name: agent
select id from agent where name = :name::text

-- name: make
with made as (
    insert into todo (
        account_id, bill_unit_id, made_on, priority, agent_id, type, role, leads_to, message,
        made_by
    )
    values (
        :account_id::bigint, :bill_unit_id::bigint, :business_date::date, :priority::int,
        :agent_id::int, :type::text, :role::text, :leads_to::text, :message::text, :actor::text
    )
    returning account_id, id, bill_unit_id, type, role, priority
), told as (
    insert into event (business_date, account_id, bill_unit_id, kind, actor, data)
    select
        :business_date::date, account_id, bill_unit_id, 'to_do_made', :actor::text,
        jsonb_build_object(
            'to_do', account_id || '-' || id, 'type', type, 'role', role, 'priority', priority
        )
    from made
)
select id from made

-- name: find
select
    todo.account_id, todo.id, todo.bill_unit_id, todo.case_id, todo.type, todo.role, todo.status,
    todo.completed_on, todo.completed_by, todo.version, account.brand_id
from todo
join account on account.id = todo.account_id
where todo.account_id = :account_id::bigint and todo.id = :id::bigint
for update of todo

-- name: change
update todo
set role = :role::text, agent_id = :agent_id::int, version = version + 1
where account_id = :account_id::bigint and id = :id::bigint
returning id

-- name: complete
update todo
set status = 'completed', completed_on = :business_date::date, completed_by = :actor::text,
    comment = :comment::text, version = version + 1
where account_id = :account_id::bigint and id = :id::bigint
returning id

-- name: log
insert into event (business_date, account_id, bill_unit_id, case_id, kind, actor, data)
values (
    :business_date::date, :account_id::bigint, :bill_unit_id::bigint, :case_id::bigint,
    :kind::text, :actor::text, :facts::jsonb
)
