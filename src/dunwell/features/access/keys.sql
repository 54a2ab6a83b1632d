-- API keys.

-- name: in_use
select 1
from token
where kind = 'key' and name = :name::text and revoked_at is null and expires_at > now()
limit 1

-- name: add
insert into token (kind, name, hash, scopes, brands, created_by, expires_at)
values (
    'key', :name::text, :hash::bytea, :scopes::text[], :brands::integer[], :created_by::text,
    now() + make_interval(days => :days::int)
)
returning id

-- name: find
select
    id, name, scopes,
    case when brands is not null then array(
        select brand.name from brand where brand.id = any(token.brands) order by brand.name
    ) end as brands,
    created_by, created_at, least(expires_at, revoked_at) as expires_at, last_used_at,
    revoked_at is null and expires_at > now() as active
from token
where kind = 'key' and id = :id::int

-- name: list
select
    id, name, scopes,
    case when brands is not null then array(
        select brand.name from brand where brand.id = any(token.brands) order by brand.name
    ) end as brands,
    created_by, created_at, least(expires_at, revoked_at) as expires_at, last_used_at,
    revoked_at is null and expires_at > now() as active
from token
where kind = 'key' and id > :after::bigint
order by id
limit :limit::int

-- name: retire
-- A key that still works ends after the overlap, if it doesn't end before anyway.
update token
set expires_at = least(expires_at, now() + make_interval(hours => :hours::int))
where kind = 'key' and id = :id::int and revoked_at is null and expires_at > now()
returning name, scopes, brands

-- name: revoke
update token set revoked_at = now() where kind = 'key' and id = :id::int and revoked_at is null
