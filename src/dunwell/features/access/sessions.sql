-- Logging in and out.

-- name: count_attempt
-- Count an attempt as failed until it has succeeded; no row: it is too early for another. The first
-- three are free, the next wait 2, 4, … 128 s, and from the tenth on a quarter of an hour. A day
-- without one forgets them.
insert into failed_login (login, failures)
values (:login::text, 1)
on conflict (login) do update
set failures = case
        when failed_login.last_failed_at < now() - interval '1 day' then 1
        else failed_login.failures + 1
    end,
    last_failed_at = now()
where failed_login.last_failed_at + make_interval(secs => case
        when failed_login.failures < 3 then 0
        when failed_login.failures < 10 then 2 ^ (failed_login.failures - 2)
        else 900
    end) <= now()
returning failures

-- name: wait
-- How many seconds are left of the pause.
select ceil(extract(epoch from last_failed_at - now()) + case
        when failures < 3 then 0
        when failures < 10 then 2 ^ (failures - 2)
        else 900
    end)::int
from failed_login
where login = :login::text

-- name: find_person
select id, password_hash, disabled_at is not null from person where login = :login::text

-- name: forgive
-- The login has succeeded; what strangers typed in the past is forgotten too.
delete from failed_login
where login = :login::text or last_failed_at < now() - interval '1 day'

-- name: bind_subject
-- By subject; else the person with that login who hasn't got one yet.
update person
set oidc_subject = :subject::text
where disabled_at is null
    and id = coalesce(
        (select known.id from person as known where known.oidc_subject = :subject::text),
        (
            select known.id from person as known
            where known.login = :login::text and known.oidc_subject is null
        )
    )
returning id, login

-- name: start
insert into token (kind, hash, person_id, created_by, expires_at)
values (
    'web', :hash::bytea, :person_id::int, :login::text,
    now() + make_interval(secs => 3600 * :hours::float8)
)
returning expires_at

-- name: find_token
select
    token.id, token.kind, token.name, token.scopes, token.expires_at, token.person_id,
    coalesce(token.last_used_at < now() - interval '1 minute', true) as unused,
    case when token.kind = 'key' then token.brands else person.brands end as brands,
    person.login, person.roles, person.granted, person.denied, person.agent
from token
left join person on person.id = token.person_id
where token.hash = :hash::bytea
    and token.revoked_at is null
    and token.expires_at > now()
    and person.disabled_at is null

-- name: use
update token set last_used_at = now() where id = :id::int

-- name: end
update token set revoked_at = now() where id = :id::int and revoked_at is null

-- name: discard
update token set revoked_at = now() where hash = :hash::bytea

-- name: end_all
update token set revoked_at = now() where person_id = :person_id::int and revoked_at is null
