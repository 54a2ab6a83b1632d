-- name: ask
-- What is missing of the instalment, and never more than is overdue.
insert into payment_attempt (
    account_id, case_id, action_id, bill_unit_id, made_on, amount, currency, wanted_method_id
)
select
    account_id, case_id, action_id, bill_unit_id, :business_date::date, amount, currency,
    payment_method_id
from (
    select
        due_action.account_id, due_action.case_id, due_action.action_id, due_action.bill_unit_id,
        due_action.currency, instalment.payment_method_id,
        least(
            instalment.amount, due_instalment.wanted - due_instalment.paid,
            due_action.overdue_amount
        ) as amount
    from due_action
    join instalment
        on instalment.account_id = due_action.account_id
        and instalment.action_id = due_action.action_id
    left join due_instalment
        on due_instalment.account_id = due_action.account_id
        and due_instalment.action_id = due_action.action_id
    where due_action.no between :first_no::int and :last_no::int
        and instalment.payment_method_id is not null
) as asked
where amount > 0
order by account_id, action_id
-- one that was postponed may have been asked for before
on conflict do nothing

-- name: become_task
update due_action
set outcome = 'task'
where no between :first_no::int and :last_no::int
