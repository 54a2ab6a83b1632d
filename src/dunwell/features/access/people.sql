-- People. `shown` columns are those of `dunwell.features.access.people.Person`.

-- name: add
insert into person (login, name, password_hash, roles, granted, denied, brands, agent)
values (
    :login::text, :name::text, :password_hash::text, :roles::text[], :granted::text[],
    :denied::text[], :brands::integer[], :agent::text
)
on conflict (login) do nothing
returning id

-- name: find
select
    id, login, name, roles, granted, denied,
    case when brands is not null then array(
        select brand.name from brand where brand.id = any(person.brands) order by brand.name
    ) end as brands,
    agent, disabled_at is not null as disabled, password_hash is not null as has_password, version
from person
where id = :id::int or login = :login::text

-- name: list
select
    id, login, name, roles, granted, denied,
    case when brands is not null then array(
        select brand.name from brand where brand.id = any(person.brands) order by brand.name
    ) end as brands,
    agent, disabled_at is not null as disabled, password_hash is not null as has_password, version
from person
where login > :after::text
order by login
limit :limit::int

-- name: lock
select pg_advisory_xact_lock(68041)

-- name: change
update person
set name = :name::text, roles = :roles::text[], granted = :granted::text[],
    denied = :denied::text[], brands = :brands::integer[], agent = :agent::text,
    version = version + 1
where id = :id::int

-- name: set_disabled
update person
set disabled_at = case when :disabled::boolean then now() end, version = version + 1
where id = :id::int

-- name: set_password
update person set password_hash = :password_hash::text, version = version + 1 where id = :id::int

-- name: end_sessions
update token set revoked_at = now() where person_id = :id::int and revoked_at is null

-- name: forgive
delete from failed_login where login = :login::text

-- name: administrator_left
-- Somebody who can still manage people.
select 1
from person
where disabled_at is null
    and brands is null
    and 'administer' <> all(denied)
    and ('administrator' = any(roles) or 'administer' = any(granted))
limit 1

-- name: history
-- What was done to a person, in order; what concerns no account is little.
select event.recorded_at, event.actor, event.kind, event.data
from event
where event.account_id is null
    and event.kind = any(
        array['person_added', 'person_changed', 'person_disabled', 'person_enabled', 'password_set']
    )
    and event.data ->> 'person' = :id::int::text
order by event.id

-- name: lately
-- What was done to anybody, the newest first. Materialized, so that the order isn't looked for in
-- the whole log.
with done as materialized (
    select event.id, event.recorded_at, event.actor, event.kind, event.data
    from event
    where event.account_id is null
        and event.kind = any(
            array[
                'person_added', 'person_changed', 'person_disabled', 'person_enabled',
                'password_set'
            ]
        )
)
select
    done.recorded_at as at, done.actor, done.kind, done.data ->> 'reason' as reason,
    person.id as person, person.login
from done
join person on person.id = (done.data ->> 'person')::int
order by done.id desc
limit :limit::int
