-- Payments as people look at them.

-- name: attempts
select
    id, case_id, action_id, made_on, status, amount, charged_amount, currency, tries,
    next_attempt_on, payment_method_id, gateway, gateway_reference, code, message
from payment_attempt
where account_id = :account_id::bigint and bill_unit_id = :bill_unit_id::bigint
order by id
