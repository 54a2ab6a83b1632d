-- Demerits that actions make.

-- name: demerits
-- One for each account that is reached.
select distinct on (due_action.account_id, due_action.action_id)
    due_action.account_id, due_action.bill_unit_id, due_action.case_id, due_action.action_id,
    (action_definition.parameters ->> 'days')::int as days,
    (action_definition.parameters ->> 'points')::int as points,
    action_definition.parameters ->> 'rating' as rating,
    coalesce(nullif(action_definition.parameters ->> 'reason', ''), action_definition.name) as reason
from due_action
join action_definition on action_definition.id = due_action.action_definition_id
where due_action.no between :first_no::int and :last_no::int
order by due_action.account_id, due_action.action_id, due_action.bill_unit_id
