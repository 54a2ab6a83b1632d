-- The list of open to-dos.

-- name: open
-- In the order of their indexes, from a key on: to-dos, and payments in suspense for who may see
-- them (`suspended`).
(
    select
        todo.account_id, todo.id, todo.type, todo.role, agent.name as agent, todo.priority,
        todo.leads_to, todo.message, todo.made_on, todo.made_by, bill_unit.bill_unit_no,
        account.account_no, account.name, null::numeric as amount, null::text as currency
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
)
union all
(
    select
        0, statement_entry.id, 'suspense', {{suspense_role}}, agent.name,
        coalesce(todo_type.priority, 50), 'suspense', {{suspense_told}},
        statement_entry.booked_on, 'bank statement', null, null, statement_entry.name,
        {{suspense_amount}}, statement_entry.currency
    from statement_entry
    left join todo_type on todo_type.name = 'suspense'
    left join agent on agent.id = statement_entry.agent_id
    where :suspended::boolean
        and statement_entry.status = 'suspense'
        and (:role::text is null or {{suspense_role}} = :role::text)
        and (:type::text is null or :type::text = 'suspense')
        and (:agent::text is null or agent.name = :agent::text)
        and (
            :after_day::date is null
            or (statement_entry.booked_on, 0, statement_entry.id)
                > (:after_day::date, :after_account::bigint, :after_id::bigint)
        )
    order by statement_entry.booked_on, statement_entry.id
    limit :limit::int
)
order by made_on, account_id, id
limit :limit::int

-- name: heaps
with each as (
    select todo.type, todo.role, todo.priority
    from todo
    join account on account.id = todo.account_id
    where todo.status = 'open'
        and (:brands::int[] is null or account.brand_id = any(:brands::int[]))
    union all
    select 'suspense', {{suspense_role}}, coalesce(todo_type.priority, 50)
    from statement_entry
    left join todo_type on todo_type.name = 'suspense'
    where :suspended::boolean and statement_entry.status = 'suspense'
)
select type, role, count(*)
from each
group by type, role
order by min(priority), type, role
