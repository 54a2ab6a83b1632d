-- name: payments
select
    credit.id, bill_unit.bill_unit_no, credit.number as payment_no, credit.effective_on as paid_on,
    round_money(credit.amount, bill_unit.currency) as amount,
    round_money(credit.open_amount, bill_unit.currency) as unapplied, bill_unit.currency,
    credit.method, bill.bill_no, bounced.number as reverses,
    exists (
        select from credit as reversal
        where reversal.account_id = credit.account_id and reversal.reverses_id = credit.id
    ) as reversed
from credit
join bill_unit
    on bill_unit.account_id = credit.account_id and bill_unit.id = credit.bill_unit_id
left join bill on bill.account_id = credit.account_id and bill.id = credit.bill_id
left join credit as bounced
    on bounced.account_id = credit.account_id and bounced.id = credit.reverses_id
where credit.account_id = :account_id::bigint
    {{of_unit}}
    and credit.kind = 'payment'
    and (:id::bigint is null or credit.id = :id::bigint)
    and (:number::text is null or credit.number = :number::text)
    and (
        :after_day::date is null
        or (credit.effective_on, credit.id) < (:after_day::date, :after_id::bigint)
    )
order by credit.effective_on desc, credit.id desc
limit :limit::int

-- name: currency
select bill_unit.currency, currency.digits
from bill_unit
join currency on currency.code = bill_unit.currency
where bill_unit.account_id = :account_id::bigint and bill_unit.id = :bill_unit_id::bigint

-- name: bill
-- The first bill of the chain that a number belongs to.
select root_id
from bill
where bill_no = :bill_no::text
    and account_id = :account_id::bigint
    and bill_unit_id = :bill_unit_id::bigint

-- name: take
-- The number comes from the form's key: sent twice, it is one payment.
insert into credit (
    account_id, bill_unit_id, bill_id, effective_on, amount, open_amount, kind, number, method
)
values (
    :account_id::bigint, :bill_unit_id::bigint, :bill_id::bigint, :paid_on::date, :amount::numeric,
    :amount::numeric, 'payment', :number::text, :method::text
)
on conflict (kind, number) where number is not null do nothing

-- name: taken
-- Whether the payment with this number is this one.
select amount = :amount::numeric and effective_on = :paid_on::date
    and bill_id is not distinct from :bill_id::bigint
from credit
where account_id = :account_id::bigint
    and bill_unit_id = :bill_unit_id::bigint
    and kind = 'payment'
    and number = :number::text

-- name: log_taken
insert into event (business_date, account_id, bill_unit_id, kind, actor, data)
values (
    :date::date, :account_id::bigint, :bill_unit_id::bigint, 'payment_taken', :actor::text,
    :data::jsonb
)

-- name: touch
insert into touched (account_id, bill_unit_id)
values (:account_id::bigint, :bill_unit_id::bigint)
