-- name: payments
select
    credit.id, credit.number as payment_no, credit.effective_on as paid_on,
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
    and credit.bill_unit_id = :bill_unit_id::bigint
    and credit.kind = 'payment'
    and (
        :after_day::date is null
        or (credit.effective_on, credit.id) < (:after_day::date, :after_id::bigint)
    )
order by credit.effective_on desc, credit.id desc
limit :limit::int
