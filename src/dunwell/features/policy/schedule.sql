-- The dates of a scenario that isn't in force yet.

-- name: same_calendar
-- A calendar that works on the same days, whatever its name.
select id
from calendar
where country is not distinct from :country::text
    and subdivision is not distinct from :subdivision::text
    and weekend = :weekend::jsonb
    and own_days = :own_days::jsonb
limit 1

-- name: calendar
-- One for this transaction; its days are made by the caller.
insert into calendar (name, country, subdivision, weekend, own_days)
values (
    'draft ' || gen_random_uuid()::text, :country::text, :subdivision::text, :weekend::jsonb,
    :own_days::jsonb
)
returning id

-- name: dates
-- The steps' dates in their order. Under dependencies a later date never falls on the day of an
-- earlier one: the day number minus the position may not fall (as in the night's schedule).
with dated as (
    select
        step.no, dense_rank() over (order by step.day) as position,
        add_days(:calendar_id::int, :entry_date::date, step.day, :unit::text) as due_on
    from unnest(:days::int[]) with ordinality as step (day, no)
), numbered as (
    select
        dated.*,
        working_day.no - dated.position as distance
    from dated
    join working_day
        on working_day.calendar_id = :calendar_id::int and working_day.day = dated.due_on
), apart as (
    select
        no,
        position,
        due_on,
        max(distance) over (order by position) + position as working_no
    from numbered
)
select
    case when :apart::boolean then (
        select target.day
        from working_day as target
        where target.calendar_id = :calendar_id::int
            and target.no = apart.working_no
            and target.day = target.next_working
    ) else due_on end
from apart
order by no

-- name: closed
-- The days that aren't worked.
select day
from working_day
where calendar_id = :calendar_id::int
    and day between :entry_date::date - 31 and :last::date
    and day <> next_working
