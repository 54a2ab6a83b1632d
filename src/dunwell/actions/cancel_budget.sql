-- name: reached
-- The bill units that each definition's actions reach: accounts and ids side by side.
select
    action_definition.name, array_agg(due_action.account_id order by due_action.no),
    array_agg(due_action.bill_unit_id order by due_action.no)
from due_action
join action_definition on action_definition.id = due_action.action_definition_id
where due_action.no between :first_no::int and :last_no::int
group by action_definition.name
