-- Policy versions for those who look back.

-- name: newest
select id, applied_at, applied_by, note
from policy_version
where id < :before::bigint
order by id desc
limit :limit::int

-- name: get
-- One version, or the one in force.
select id, applied_at, applied_by, note, document
from policy_version
where :id::int is null or id = :id::int
order by id desc
limit 1
