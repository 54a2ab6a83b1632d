-- Who gets which report when.

-- name: create
insert into report_schedule (
    name, brands, report, parameters, format, frequency, on_day, recipients, person_id, made_by,
    sent_for
)
values (
    :name::text, :brands::jsonb, :report::text, :parameters::jsonb, :format::text,
    :frequency::text, :on_day::int, :recipients::jsonb, :person_id::int, :made_by::text,
    :sent_for::date
)
on conflict (name) do nothing
returning id

-- name: listed
select
    id, name, brands, report, parameters, format, frequency, on_day, recipients, made_by, status,
    created_at, sent_for, sent_at, message
from report_schedule
where :id::int is null or id = :id::int
order by name

-- name: change
-- It belongs to who changes it: with somebody else's rights, one could have sent what one mustn't see.
update report_schedule
set name = :name::text, brands = :brands::jsonb, report = :report::text,
    parameters = :parameters::jsonb, format = :format::text, frequency = :frequency::text,
    on_day = :on_day::int, recipients = :recipients::jsonb, person_id = :person_id::int,
    made_by = :made_by::text, message = null, attempts = 0, next_attempt_at = null,
    -- what another rhythm would have made due isn't sent any more
    sent_for = greatest(sent_for, :sent_for::date)
where id = :id::int
    and not exists (
        select from report_schedule as twin
        where twin.name = :name::text and twin.id <> :id::int
    )
returning id

-- name: set_status
update report_schedule
set status = :status::text, message = null, attempts = 0, next_attempt_at = null,
    -- nobody wants what was due while it was paused
    sent_for = case :status::text
        when 'active' then greatest(sent_for, :sent_for::date) else sent_for end
where id = :id::int
returning name

-- name: delete
delete from report_schedule where id = :id::int returning name

-- name: due
-- The next one that a night since it was last sent has made due. Its row is locked: two workers
-- don't send it both.
select
    id, name, brands, report, parameters, format, recipients, person_id, made_by, attempts
from report_schedule
where status = 'active'
    and (sent_for is null or sent_for < :night::date)
    and (next_attempt_at is null or next_attempt_at <= :now::timestamptz)
    and exists (
        select
        from generate_series(
            coalesce(sent_for + 1, :night::date)::timestamp, :night::date::timestamp, '1 day'
        ) as each (day)
        where case frequency
            when 'night' then true
            when 'week' then extract(isodow from each.day) = on_day
            -- the 31st of a shorter month is its last day
            else extract(day from each.day) = least(
                on_day, extract(day from date_trunc('month', each.day) + interval '1 month - 1 day')
            )
        end
    )
order by id
limit 1
for update skip locked

-- name: sent
update report_schedule
set sent_for = :night::date, sent_at = :now::timestamptz, attempts = 0, next_attempt_at = null,
    message = :message::text
where id = :id::int

-- name: failed
update report_schedule
set attempts = attempts + 1, next_attempt_at = :next_attempt_at::timestamptz,
    message = :message::text
where id = :id::int

-- name: stopped
update report_schedule set status = 'paused', message = :message::text where id = :id::int

-- name: person
select login, roles, granted, denied, brands, agent, disabled_at is not null as disabled
from person
where id = :id::int
