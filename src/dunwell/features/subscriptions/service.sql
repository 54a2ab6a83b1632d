-- What people do with subscriptions.

-- name: find
-- Locked, so that two who change it come one after the other.
select id, name, url, kinds, brands, bill_units, status, secret_salt, secret_no
from subscription
where name = :name::text
for update

-- name: create
insert into subscription (
    name, url, kinds, brands, bill_units, hub, created_by, secret_salt, key_check
)
values (
    :name::text, :url::text, :kinds::jsonb, :brands::jsonb, :bill_units::jsonb, :hub::jsonb,
    :actor::text, :secret_salt::text, :key_check::text
)
on conflict (name) do nothing
returning id

-- name: set_status
-- A resumed one is tried at once.
update subscription
set status = :status::text, failures = 0, failing_since = null, retry_at = null
where id = :subscription_id::int

-- name: rotate
update subscription
set secret_no = secret_no + 1, old_secret_until = :old_secret_until::timestamptz,
    secret_salt = :secret_salt::text, key_check = :key_check::text,
    failures = 0, failing_since = null, retry_at = null
where id = :subscription_id::int
returning secret_no

-- name: delete_deliveries
delete from delivery where subscription_id = :subscription_id::int

-- name: delete
delete from subscription where id = :subscription_id::int

-- name: replay
-- Everything that was in the log when it was last read, from a business date or an event on, unless
-- it waits to be sent anyway; what was parked starts afresh.
with again as (
    select event.id, event.business_date, event.bill_unit_id, event.account_id
    from event
    cross join log_reading
    left join account on account.id = event.account_id
    where event.business_date >= :since::date
        and (:from_event::bigint is null or event.id >= :from_event::bigint)
        and (
            event.id <= log_reading.settled_event_id
            or pg_visible_in_snapshot(event.txid, log_reading.seen)
        )
        and (:kinds::text[] is null or event.kind = any(:kinds::text[]))
        and (:bill_units::bigint[] is null or event.bill_unit_id = any(:bill_units::bigint[]))
        and (:brands::int[] is null or account.brand_id = any(:brands::int[]))
)
insert into delivery (
    subscription_id, event_id, business_date, stream, created_at, next_attempt_at
)
select
    :subscription_id::int, again.id, again.business_date,
    coalesce(again.bill_unit_id, -again.account_id, 0), :now::timestamptz, :now::timestamptz
from again
where not exists (
    select from delivery
    where delivery.subscription_id = :subscription_id::int and delivery.event_id = again.id
)
order by again.id

-- name: unpark
-- All parked ones, or those that are named, with the patience that new ones get.
update delivery
set parked_at = null, attempts = 0, first_failed_at = null, created_at = :now::timestamptz,
    next_attempt_at = :now::timestamptz
where subscription_id = :subscription_id::int
    and parked_at is not null
    and (:events::bigint[] is null or event_id = any(:events::bigint[]))

-- name: discard
delete from delivery
where subscription_id = :subscription_id::int
    and parked_at is not null
    and event_id = any(:events::bigint[])

-- name: brand_id
select id from brand where name = :brand::text

-- name: find_event
select 1 from event where id = :from_event::bigint
