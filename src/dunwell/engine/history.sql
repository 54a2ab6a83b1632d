-- What nights did, from their stored reports.

-- name: nights
-- The newest first; or one. A run on which nobody works any more was broken off.
select
    run.id, run.business_date, run.full_night, run.policy_version_id as policy_version,
    run.started_at, run.finished_at, run.report,
    case
        when run.status = 'running' and not exists (
            select from pg_locks
            where locktype = 'advisory' and classid = 0 and objid = 68000 and objsubid = 1 and granted
                and database = (select oid from pg_database where datname = current_database())
        ) then 'broken off'
        else run.status
    end as status,
    (select count(*) from run_slice where run_slice.run_id = run.id) as slices_done
from run
where run.id < :before::bigint and (:id::int is null or run.id = :id::int)
order by run.id desc
limit :limit::int
