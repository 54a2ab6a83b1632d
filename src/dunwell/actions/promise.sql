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
-- one that was postponed may have been asked for before: what wasn't collected then is asked for anew
on conflict (account_id, action_id, bill_unit_id) do update
set
    status = 'ready', made_on = excluded.made_on, amount = excluded.amount,
    wanted_method_id = excluded.wanted_method_id, tries = 0, next_attempt_on = null,
    charged_amount = null, idempotency_key = null, outgoing_file_id = null, code = null,
    message = null
where payment_attempt.status not in ('charging', 'pending', 'succeeded')

-- name: ask_once_known
-- One whose earlier charge has no answer yet: should that be a refusal, it is charged again.
update payment_attempt
set next_attempt_on = :business_date::date
from due_action
where payment_attempt.account_id = due_action.account_id
    and payment_attempt.action_id = due_action.action_id
    and payment_attempt.account_id between :first_account::bigint and :last_account::bigint
    and due_action.no between :first_no::int and :last_no::int
    and payment_attempt.status in ('charging', 'pending')

-- name: become_task
update due_action
set outcome = 'task'
where no between :first_no::int and :last_no::int
