-- Idempotency keys.

-- name: forget
-- After a day a key is free again; a few old ones at a time, whoever they belong to.
delete from idempotency_key
where (actor, key) in (
    select actor, key
    from idempotency_key
    where created_at < now() - interval '1 day'
    order by created_at
    limit 10
    for update skip locked
)

-- name: claim
insert into idempotency_key (actor, key, fingerprint)
values (:actor::text, :key::text, :fingerprint::bytea)
on conflict do nothing

-- name: answer
select fingerprint, status, headers, body
from idempotency_key
where actor = :actor::text and key = :key::text

-- name: keep
update idempotency_key
set status = :status::smallint, headers = :headers::jsonb, body = :body::bytea
where actor = :actor::text and key = :key::text
