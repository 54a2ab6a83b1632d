-- How the scheduled nights do.

-- name: last_night
select max(business_date) from run where status = 'completed'

-- name: noticed
-- What was noticed about the night of a date; a row that is there already stays.
select attempts, failed_at, late_at, retry_at, message
from scheduled_night
where business_date = :business_date::date

-- name: failed
insert into scheduled_night (business_date, attempts, failed_at, retry_at, message)
values (:business_date::date, 1, :now::timestamptz, :retry_at::timestamptz, :message::text)
on conflict (business_date) do update
set attempts = scheduled_night.attempts + 1, failed_at = excluded.failed_at,
    retry_at = excluded.retry_at, message = excluded.message

-- name: late
-- No row if it was noticed before.
insert into scheduled_night (business_date, late_at)
values (:business_date::date, :now::timestamptz)
on conflict (business_date) do update
set late_at = excluded.late_at
where scheduled_night.late_at is null
returning business_date
