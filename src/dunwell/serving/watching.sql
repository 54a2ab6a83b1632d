-- What the metrics say about nights.

-- name: runs
-- A run that nobody works on any more was broken off.
select
    case when status = 'running' and not held then 'broken off' else status end, count(*)
from run
cross join (
    select exists (
        select from pg_locks
        where locktype = 'advisory' and classid = 0 and objid = 68000 and objsubid = 1
            and database = (select oid from pg_database where datname = current_database())
            and granted
    ) as held
) as lock
group by 1

-- name: last_night
select
    (now() at time zone brand.time_zone)::date - run.business_date,
    extract(epoch from run.finished_at - run.started_at)::float8
from run
cross join brand
where run.status = 'completed' and brand.is_default
order by run.business_date desc, run.id desc
limit 1
