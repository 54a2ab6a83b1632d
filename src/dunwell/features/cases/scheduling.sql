-- Adding, moving and postponing actions of one case by hand. `offset_days` is the place of an action
-- among the dates of its case; the open ones are in the order of their due dates.

-- name: definition
-- An action of the brand, or one of all brands.
select id, type
from action_definition
where name = :name::text
    and (brand_id = :brand_id::int or brand_id is null)
    and retired_version is null
order by brand_id nulls last
limit 1

-- name: digits
select digits from currency where code = :currency::text

-- name: pays
-- Is this a payment method of the bill unit, and not removed?
select exists (
    select from payment_method
    where account_id = :account_id::bigint
        and bill_unit_id = :bill_unit_id::bigint
        and id = :method_id::bigint
        and removed_on is null
)

-- name: lock_cases
-- The cases of several actions, in an order that everybody keeps.
select collection_case.id
from collection_case
where (collection_case.account_id, collection_case.id) in (
    select action.account_id, action.case_id
    from unnest(:account_ids::bigint[], :action_ids::bigint[]) as given (account_id, action_id)
    join action on action.account_id = given.account_id and action.id = given.action_id
)
order by collection_case.account_id, collection_case.id
for update

-- name: add
-- Its place among the dates follows (`place`).
insert into action (
    account_id, case_id, bill_unit_id, action_definition_id, offset_days, interval_days, due_on,
    step, mandatory, status, made_by, parameters
)
select
    collection_case.account_id, collection_case.id, collection_case.bill_unit_id,
    :definition_id::int, 0, 0, add_days(:calendar_id::int, :due_on::date, 0, 'calendar'),
    (
        select coalesce(max(action.step), 0) + 1
        from action
        where action.account_id = collection_case.account_id
            and action.case_id = collection_case.id
    ),
    :mandatory::boolean, 'pending', :actor::text, :own::jsonb
from collection_case
where collection_case.account_id = :account_id::bigint and collection_case.id = :case_id::bigint
returning id

-- name: move
-- A task that moves into the future leaves its agent's list until then; what failed is tried again.
update action
set
    due_on = target.due_on,
    status = case status when 'error' then 'pending' else status end,
    message = case status when 'error' then null else message end,
    task_on = case when target.due_on <= :business_date::date then task_on end,
    version = version + 1
from (
    select add_days(:calendar_id::int, :due_on::date, 0, 'calendar') as due_on
) as target
where account_id = :account_id::bigint and id = :action_id::bigint

-- name: set_own
update action
set parameters = :own::jsonb, version = version + 1
where account_id = :account_id::bigint and id = :action_id::bigint

-- name: place
-- The action joins the date that has its day. Without one it makes a date of its own, right before
-- the next open one; where no number is free between two dates, the later ones move up.
with placed as (
    select account_id, case_id, id, due_on
    from action
    where account_id = :account_id::bigint and id = :action_id::bigint
), other as (
    select action.id, action.offset_days, action.due_on, action.status in ('pending', 'waiting', 'error') as open
    from action
    where action.account_id = :account_id::bigint
        and action.case_id = :case_id::bigint
        and action.id <> :action_id::bigint
        -- instalments of a promise have days of their own
        and action.promise_id is null
), near as (
    select
        (
            select min(other.offset_days) from other
            where other.open and other.due_on = placed.due_on
        ) as same,
        (
            select min(other.offset_days) from other
            where other.open and other.due_on > placed.due_on
        ) as next
    from placed
), found as (
    select
        near.same, near.next,
        coalesce((
            select max(other.offset_days) from other
            where near.next is null or other.offset_days < near.next
        ), 0) as before
    from near
), moved_up as (
    update action
    set offset_days = action.offset_days + 1
    from found
    where action.account_id = :account_id::bigint
        and action.case_id = :case_id::bigint
        and action.id <> :action_id::bigint
        and action.promise_id is null
        and found.same is null
        and found.before + 1 = found.next
        and action.offset_days >= found.next
)
update action
set offset_days = coalesce(found.same, found.before + 1)
from found
where action.account_id = :account_id::bigint and action.id = :action_id::bigint

-- name: postpone
-- Actions move by a number of the scenario's days, each on to a working day. While actions depend
-- on each other two dates never fall on one day: the later moves on.
with dates as (
    select
        action.offset_days,
        add_days(:calendar_id::int, min(action.due_on), :days::int, :day_unit::text) as due_on,
        row_number() over (order by action.offset_days) as position
    from action
    where action.account_id = :account_id::bigint and action.id = any(:action_ids::bigint[])
    group by action.offset_days
), apart as (
    select
        dates.offset_days, dates.due_on,
        max(working_day.no - dates.position) over (order by dates.position) + dates.position as no
    from dates
    join working_day
        on working_day.calendar_id = :calendar_id::int and working_day.day = dates.due_on
), target as (
    select
        apart.offset_days,
        case when :action_dependencies::boolean then (
            select working_day.day
            from working_day
            where working_day.calendar_id = :calendar_id::int
                and working_day.no = apart.no
                and working_day.day = working_day.next_working
        ) else apart.due_on end as due_on
    from apart
)
update action
set
    due_on = target.due_on,
    task_on = case when target.due_on <= :business_date::date then action.task_on end,
    version = action.version + 1
from target
where action.account_id = :account_id::bigint
    and action.id = any(:action_ids::bigint[])
    and action.offset_days = target.offset_days

-- name: measure_intervals
-- The distance of each open date to the one before it, where the one on record no longer leads to
-- its day (a weekend may have stretched it; that is no new distance).
with dates as (
    select
        action.offset_days, max(action.due_on) as due_on, max(action.interval_days) as interval_days,
        bool_or(action.status in ('pending', 'waiting', 'error')) as open
    from action
    where action.account_id = :account_id::bigint
        and action.case_id = :case_id::bigint
        and action.promise_id is null
    group by action.offset_days
), pairs as (
    select
        dates.*, lag(dates.due_on) over (order by dates.offset_days) as day_before
    from dates
), measured as (
    select
        pairs.offset_days,
        case :day_unit::text when 'working' then (
            select day.no - before.no
            from working_day as day, working_day as before
            where day.calendar_id = :calendar_id::int and day.day = pairs.due_on
                and before.calendar_id = :calendar_id::int and before.day = pairs.day_before
        ) else pairs.due_on - pairs.day_before end as interval_days
    from pairs
    where pairs.open
        and pairs.day_before is not null
        and add_days(
            :calendar_id::int, pairs.day_before, pairs.interval_days, :day_unit::text
        ) is distinct from pairs.due_on
)
update action
set interval_days = greatest(measured.interval_days, 1)
from measured
where action.account_id = :account_id::bigint
    and action.case_id = :case_id::bigint
    and action.promise_id is null
    and action.offset_days = measured.offset_days
