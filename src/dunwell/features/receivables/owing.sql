-- Where bills and payments are, and what bill units owe in all.

-- name: of_bill
-- Whose a bill is, and the bill that it corrects in the end.
select bill_unit.bill_unit_no, root.bill_no, account.brand_id
from bill
join bill as root on root.account_id = bill.account_id and root.id = bill.root_id
join bill_unit on bill_unit.account_id = bill.account_id and bill_unit.id = bill.bill_unit_id
join account on account.id = bill.account_id
where bill.bill_no = :bill_no::text

-- name: of_payment
select bill_unit.bill_unit_no, account.brand_id
from credit
join bill_unit on bill_unit.account_id = credit.account_id and bill_unit.id = credit.bill_unit_id
join account on account.id = credit.account_id
where credit.account_id = :account_id::bigint
    and credit.id = :id::bigint
    and credit.kind = 'payment'

-- name: owing
-- What is open, and what was credited and has met no debt yet.
select
    bill_unit.bill_unit_no,
    round_money(coalesce(owed.amount, 0), bill_unit.currency) as open_amount,
    round_money(coalesce(credited.amount, 0), bill_unit.currency) as unapplied
from bill_unit
join account on account.id = bill_unit.account_id
cross join lateral (
    select sum(item.open_amount) as amount
    from item
    where item.account_id = bill_unit.account_id
        and item.bill_unit_id = bill_unit.id
        and item.open_amount > 0
) as owed
cross join lateral (
    select sum(credit.open_amount) as amount
    from credit
    where credit.account_id = bill_unit.account_id
        and credit.bill_unit_id = bill_unit.id
        and credit.open_amount > 0
) as credited
where bill_unit.bill_unit_no = any(:numbers::text[])
    and (:brands::int[] is null or account.brand_id = any(:brands::int[]))
