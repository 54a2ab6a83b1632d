-- Entries in suspense as to-dos.

-- name: find
-- One of them.
select
    statement_entry.id, statement_entry.booked_on as made_on, statement_entry.status,
    {{suspense_role}} as role, agent.name as agent,
    coalesce(todo_type.priority, 50) as priority, statement_entry.reason,
    statement_entry.version, {{suspense_told}} as message, {{suspense_amount}} as amount,
    statement_entry.currency
from statement_entry
left join todo_type on todo_type.name = 'suspense'
left join agent on agent.id = statement_entry.agent_id
where statement_entry.id = :id::bigint

-- name: lock
select id from statement_entry where id = :id::bigint for update

-- name: change
update statement_entry
set role = :role::text, agent_id = :agent_id::int, version = version + 1
where id = :id::bigint

-- name: log
insert into event (business_date, kind, actor, data)
values (:business_date::date, :kind::text, :actor::text, :facts::jsonb)
