-- From the log to the deliveries: what is new, and who wants it.

-- name: reading
-- How far the log has been read, and whether the database has moved to another server since.
select
    pg_snapshot_xmin(seen)::text as oldest, seen::text, last_event_id, settled_event_id,
    server <> (select system_identifier from pg_control_system()) as moved
from log_reading

-- name: wanted
-- The subscriptions; nobody deletes one before the deliveries made for it are there to be deleted.
select id, kinds, brands, bill_units from subscription order by id for key share

-- name: fan_out
-- New are the events whose transaction had not ended when the log was last read. One statement, so
-- one snapshot: what it doesn't see yet, the next one will.
with fresh as materialized (
    select event.id, event.business_date, event.account_id, event.bill_unit_id, event.kind
    from event
    where {{new}}
), wanted as (
    select *
    from jsonb_to_recordset(:wanted::jsonb)
        as wanted (subscription_id int, kinds text[], brands int[], bill_units bigint[])
), told as (
    insert into delivery (
        subscription_id, event_id, business_date, stream, created_at, next_attempt_at
    )
    select
        wanted.subscription_id, fresh.id, fresh.business_date, coalesce(fresh.bill_unit_id, -fresh.account_id, 0),
        :now::timestamptz, :now::timestamptz
    from fresh
    join wanted
        on (wanted.kinds is null or fresh.kind = any(wanted.kinds))
        and (wanted.bill_units is null or fresh.bill_unit_id = any(wanted.bill_units))
    left join account on account.id = fresh.account_id
    where wanted.brands is null or account.brand_id = any(wanted.brands)
    order by wanted.subscription_id, fresh.id
    returning 1
), read as (
    update log_reading
    set
        server = (select system_identifier from pg_control_system()),
        seen = pg_current_snapshot(),
        last_event_id = greatest(last_event_id, (select max(id) from fresh)),
        settled_event_id = {{settled}},
        read_at = :now::timestamptz
    returning 1
)
select (select count(*) from fresh), (select count(*) from told), (select count(*) from read)
