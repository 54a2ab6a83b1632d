-- name: ask
insert into payment_attempt (
    account_id, case_id, action_id, bill_unit_id, made_on, amount, currency
)
select
    account_id, case_id, action_id, bill_unit_id, :business_date::date, overdue_amount, currency
from due_action
where no between :first_no::int and :last_no::int and overdue_amount > 0
order by account_id, action_id
