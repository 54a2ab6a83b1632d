-- The event log itself: what belongs to no step of the night, and its monthly parts.

-- name: record
-- One event that concerns the installation, not a bill unit.
insert into event (business_date, kind, actor, data)
values (:business_date::date, :kind::text, :actor::text, :data::jsonb)

-- name: partitions
-- The parts of the log, oldest first, with an estimate of their rows and their size on disk.
select
    partition.relname, pg_get_expr(partition.relpartbound, partition.oid),
    greatest(partition.reltuples, 0)::bigint, pg_total_relation_size(partition.oid)
from pg_inherits
join pg_class as partition on partition.oid = pg_inherits.inhrelid
where pg_inherits.inhparent = 'event'::regclass
order by partition.relname
