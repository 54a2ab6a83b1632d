-- Bill units, as people name them.

-- name: find
select bill_unit.account_id, bill_unit.id, account.brand_id
from bill_unit
join account on account.id = bill_unit.account_id
where bill_unit.bill_unit_no = :bill_unit_no::text

-- name: find_many
select bill_unit.bill_unit_no, bill_unit.account_id, bill_unit.id, account.brand_id
from bill_unit
join account on account.id = bill_unit.account_id
where bill_unit.bill_unit_no = any(:bill_unit_nos::text[])
order by bill_unit.account_id, bill_unit.id

-- name: find_customer
select account.id, account.brand_id
from account
where account.account_no = :account_no::text
