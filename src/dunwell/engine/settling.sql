-- Settling between nights: named bill units are posted, measured, and leave if they may.

-- name: last_nights
-- The last night of the slice, and the last of all.
select
    (
        select max(run_slice.business_date)
        from run_slice
        join run on run.id = run_slice.run_id
        where run_slice.slice_no = :slice_no::int and run.slice_width = :slice_width::bigint
    ),
    (select max(business_date) from run_slice)

-- name: examine
insert into examined (account_id, bill_unit_id)
select account_id, bill_unit_id
from unnest(:accounts::bigint[], :bill_units::bigint[]) as named (account_id, bill_unit_id)

-- name: leave_others_touched
-- Posting may have changed others of the same accounts: they are for the next night.
with others as (
    delete from examined
    where (account_id, bill_unit_id) not in (
        select named.account_id, named.bill_unit_id
        from unnest(:accounts::bigint[], :bill_units::bigint[]) as named (account_id, bill_unit_id)
    )
    returning account_id, bill_unit_id
)
insert into touched (account_id, bill_unit_id)
select distinct account_id, bill_unit_id from others
