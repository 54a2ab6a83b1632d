-- The list of open to-dos.

-- name: open
-- In the order of their index, from a key on.
select
    todo.account_id, todo.id, todo.type, todo.role, agent.name as agent, todo.priority,
    todo.leads_to, todo.message, todo.made_on, todo.made_by, bill_unit.bill_unit_no,
    account.account_no, account.name
from todo
join account on account.id = todo.account_id
join bill_unit
    on bill_unit.account_id = todo.account_id and bill_unit.id = todo.bill_unit_id
left join agent on agent.id = todo.agent_id
where todo.status = 'open'
    and (:role::text is null or todo.role = :role::text)
    and (:type::text is null or todo.type = :type::text)
    and (:agent::text is null or agent.name = :agent::text)
    and (:brands::int[] is null or account.brand_id = any(:brands::int[]))
    and (
        :after_day::date is null
        or (todo.made_on, todo.account_id, todo.id)
            > (:after_day::date, :after_account::bigint, :after_id::bigint)
    )
order by todo.made_on, todo.account_id, todo.id
limit :limit::int

-- name: heaps
select todo.type, todo.role, count(*)
from todo
join account on account.id = todo.account_id
where todo.status = 'open'
    and (:brands::int[] is null or account.brand_id = any(:brands::int[]))
group by todo.type, todo.role
order by min(todo.priority), todo.type, todo.role
