-- Relief: whose severance a transaction may have ended, asked before it commits.

-- name: severed_and_touched
-- Bill units with an active process that ends by itself, which this transaction has touched, or
-- another bill unit of whose sharing group it has. Nothing was written: nothing is asked.
select distinct severance.account_id, severance.bill_unit_id
from severance
join touched on touched.account_id = severance.account_id
    and touched.bill_unit_id = severance.bill_unit_id
where severance.status = 'active'
    and severance.auto_cancel
    and touched.txid = pg_current_xact_id_if_assigned()
union
select severance.account_id, severance.bill_unit_id
from severance
join sharing_member as own
    on own.account_id = severance.account_id and own.bill_unit_id = severance.bill_unit_id
join sharing_member as other on other.sharing_group_id = own.sharing_group_id
join touched
    on touched.account_id = other.account_id and touched.bill_unit_id = other.bill_unit_id
where severance.status = 'active'
    and severance.auto_cancel
    and own.left_on is null
    and other.left_on is null
    and touched.txid = pg_current_xact_id_if_assigned()
order by 1, 2

-- name: any_active
select exists (select from severance where status = 'active' and auto_cancel)

-- name: last_night
select max(business_date) from run_slice

-- name: lock_account
-- Before its processes: two that post for one account take turns.
select id from account where id = :account_id::bigint for no key update

-- name: lock_processes
select id
from severance
where account_id = :account_id::bigint
    and bill_unit_id = :bill_unit_id::bigint
    and status = 'active'
order by id
for update
