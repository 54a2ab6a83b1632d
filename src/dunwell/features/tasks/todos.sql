-- A bill unit's to-dos.

-- name: todos
select
    todo.id, bill_unit.bill_unit_no, collection_case.id as case_id, todo.type, todo.role,
    agent.name as agent, todo.priority, todo.leads_to, todo.message, todo.status, todo.made_on,
    todo.made_by, todo.completed_on, todo.completed_by, todo.comment, todo.version
from todo
join bill_unit
    on bill_unit.account_id = todo.account_id and bill_unit.id = todo.bill_unit_id
left join collection_case
    on collection_case.account_id = todo.account_id and collection_case.id = todo.case_id
left join agent on agent.id = todo.agent_id
where todo.account_id = :account_id::bigint
    and todo.bill_unit_id = :bill_unit_id::bigint
    and (
        :after_id::bigint is null
        or (todo.status = 'completed', todo.priority, date '2000-01-01' - todo.made_on, -todo.id)
            > (
                :after_completed::boolean, :after_priority::bigint,
                date '2000-01-01' - :after_day::date, -:after_id::bigint
            )
    )
order by todo.status = 'completed', todo.priority, todo.made_on desc, todo.id desc
limit :most::bigint

-- name: to_do
select
    todo.id, bill_unit.bill_unit_no, collection_case.id as case_id, todo.type, todo.role,
    agent.name as agent, todo.priority, todo.leads_to, todo.message, todo.status, todo.made_on,
    todo.made_by, todo.completed_on, todo.completed_by, todo.comment, todo.version, account.brand_id
from todo
join account on account.id = todo.account_id
join bill_unit
    on bill_unit.account_id = todo.account_id and bill_unit.id = todo.bill_unit_id
left join collection_case
    on collection_case.account_id = todo.account_id and collection_case.id = todo.case_id
left join agent on agent.id = todo.agent_id
where todo.account_id = :account_id::bigint and todo.id = :id::bigint
