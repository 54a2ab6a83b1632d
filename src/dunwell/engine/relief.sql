-- Relief: whose severance a transaction may have ended, asked before it commits.

-- name: severed_and_touched
-- Bill units with an active process that ends by itself or has nothing left to do, which this
-- transaction has touched, or another bill unit of whose sharing group it has. Processes are few and
-- touched rows may be many (after a load): so each process looks its own up, which the limits keep
-- the planner to.
select severance.account_id, severance.bill_unit_id
from severance
join service_agreement
    on service_agreement.account_id = severance.account_id
    and service_agreement.id = severance.service_agreement_id
cross join lateral (
    select touched.id
    from touched
    where touched.account_id = severance.account_id
        and touched.bill_unit_id = severance.bill_unit_id
        and touched.txid = pg_current_xact_id_if_assigned()
    limit 1
) as own
where severance.status = 'active' and severance.auto_cancel or {{nothing_left}}
union
select severance.account_id, severance.bill_unit_id
from severance
join sharing_member as own
    on own.account_id = severance.account_id and own.bill_unit_id = severance.bill_unit_id
join sharing_member as other on other.sharing_group_id = own.sharing_group_id
cross join lateral (
    select touched.id
    from touched
    where touched.account_id = other.account_id
        and touched.bill_unit_id = other.bill_unit_id
        and touched.txid = pg_current_xact_id_if_assigned()
    limit 1
) as of_group
where severance.status = 'active'
    and severance.auto_cancel
    and own.left_on is null
    and other.left_on is null
order by 1, 2

-- name: any_active
-- Has this transaction written anything, and is anybody being severed?
select pg_current_xact_id_if_assigned() is not null
    and exists (select from severance where status = 'active')

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
