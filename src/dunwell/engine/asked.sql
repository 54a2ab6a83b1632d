-- Nights that somebody asked for, and what became of them.

-- name: ask
insert into run_request (business_date, full_night, workers, asked_by)
values (:business_date::date, :full_night::boolean, :workers::int, :asked_by::text)
returning id

-- name: request
select
    id, business_date, full_night, workers, status, asked_by, asked_at, started_at, finished_at,
    run_id as run, message
from run_request
where id = :id::int

-- name: is_waiting
select from run_request where status in ('queued', 'running') limit 1

-- name: take
-- The oldest that isn't done. Whoever asks has the lock: one that is running was left by the dead.
update run_request
set status = 'running', started_at = coalesce(started_at, now()), attempts = attempts + 1
where id = (
    select id from run_request where status in ('queued', 'running') order by id limit 1
)
returning id, business_date, full_night, workers, asked_by, attempts

-- name: put_back
update run_request
set status = 'queued', started_at = null, attempts = attempts - 1
where id = :id::int

-- name: end
update run_request
set status = :status::text, finished_at = now(), message = :message::text,
    run_id = (
        select max(run.id) from run where run.business_date = run_request.business_date
    )
where id = :id::int
