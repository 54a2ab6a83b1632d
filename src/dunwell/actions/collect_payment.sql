-- name: ask
insert into payment_attempt (
    account_id, case_id, action_id, bill_unit_id, made_on, amount, currency, wanted_method_id
)
select
    due_action.account_id, due_action.case_id, due_action.action_id, due_action.bill_unit_id,
    :business_date::date,
    coalesce((action.parameters ->> 'amount')::numeric, due_action.overdue_amount),
    due_action.currency,
    -- a handle: the account's number, then the method's
    split_part(action.parameters ->> 'payment_method', '-', 2)::bigint
from due_action
join action
    on action.account_id = due_action.account_id
    and action.case_id = due_action.case_id
    and action.id = due_action.action_id
where due_action.no between :first_no::int and :last_no::int and due_action.overdue_amount > 0
order by due_action.account_id, due_action.action_id
