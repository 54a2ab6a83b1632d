-- What actions brought, for one bill unit.

-- name: charges
select
    charge.id, charge.case_id, charge.action_id, charge.kind, charge.made_on,
    round_money(charge.amount, charge.currency) as amount,
    round_money(item.open_amount, charge.currency) as open_amount, charge.currency,
    charge.calculation
from charge
join item on item.account_id = charge.account_id and item.id = charge.item_id
where charge.account_id = :account_id::bigint
    and charge.bill_unit_id = :bill_unit_id::bigint
    and (
        :after_id::bigint is null
        or (charge.made_on, charge.id) < (:after_day::date, :after_id::bigint)
    )
order by charge.made_on desc, charge.id desc
limit :most::bigint

-- name: attempts
select
    id, case_id, action_id, made_on, round_money(amount, currency) as amount, currency, status,
    round_money(charged_amount, currency) as charged_amount, tries, next_attempt_on,
    payment_method_id, gateway, gateway_reference, code, message
from payment_attempt
where account_id = :account_id::bigint
    and bill_unit_id = :bill_unit_id::bigint
    and (:id::bigint is null or id = :id::bigint)
    and (:after_id::bigint is null or (made_on, id) < (:after_day::date, :after_id::bigint))
order by made_on desc, id desc
limit :most::bigint
