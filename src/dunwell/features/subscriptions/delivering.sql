-- What becomes of deliveries, and how receivers do.

-- name: due
-- Active subscriptions with something to send, unless their receiver is being given a rest.
select id
from subscription
where status = 'active'
    and (retry_at is null or retry_at <= :now::timestamptz)
    and exists (
        select from delivery
        where delivery.subscription_id = subscription.id
            and delivery.parked_at is null
            and delivery.next_attempt_at <= :now::timestamptz
    )
order by id

-- name: subscription
select id, name, url, kinds, hub, status, secret_salt, key_check, secret_no, old_secret_until, failures,
    failing_since
from subscription
where id = :subscription_id::int

-- name: forget
-- What was taken is done with.
delete from delivery
where subscription_id = :subscription_id::int and id = any(:sent::bigint[])

-- name: postpone
-- What wasn't taken waits longer, or is parked.
update delivery
set
    attempts = attempts + 1,
    parts_sent = failed.parts_sent,
    first_failed_at = coalesce(first_failed_at, :now::timestamptz),
    next_attempt_at = failed.next_attempt_at,
    parked_at = case when failed.parked then :now::timestamptz end,
    last_error = failed.reason
from jsonb_to_recordset(:failed::jsonb) as failed (
    id bigint, parts_sent int, next_attempt_at timestamptz, parked boolean, reason text
)
where delivery.subscription_id = :subscription_id::int and delivery.id = failed.id

-- name: park_waiting
-- The receiver has taken nothing for as long as we are patient: neither has what waited as long.
update delivery
set parked_at = :now::timestamptz, last_error = coalesce(last_error, :reason::text)
where subscription_id = :subscription_id::int
    and parked_at is null
    and created_at <= :waiting_since::timestamptz

-- name: healthy
update subscription
set failures = 0, failing_since = null, retry_at = null, sent = sent + :count::int,
    last_sent_at = :now::timestamptz, last_error = :reason::text
where id = :subscription_id::int

-- name: failing
update subscription
set failures = failures + 1, failing_since = coalesce(failing_since, :now::timestamptz),
    retry_at = :retry_at::timestamptz, last_error = :reason::text
where id = :subscription_id::int

-- name: note_error
update subscription set last_error = :reason::text where id = :subscription_id::int

-- name: gone
update subscription
set status = 'paused', last_error = :reason::text
where id = :subscription_id::int

-- name: today
select (:now::timestamptz at time zone time_zone)::date from brand where is_default
