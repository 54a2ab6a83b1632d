-- How the dates of a case move: with its overdue date, and with what was done early or late.

-- name: follow_overdue_date
-- With the overdue date of the earliest item: the case follows it while it is in collections, a
-- computed entry date follows too, and every open action moves by the same number of days (also
-- one that was rescheduled by hand), on to the next working day.
with moved as (
    select
        collection_case.account_id, collection_case.id as case_id, collection_case.bill_unit_id,
        collection_case.overdue_date as old_overdue_date, work.earliest_due_on as overdue_date,
        collection_case.entry_date as old_entry_date,
        case :entry_date::text
            when 'computed' then work.earliest_due_on - collection_case.overdue_date else 0
        end as days,
        -- while a promise to pay is active, the actions start again when it says so
        exists (
            select from promise
            where promise.account_id = work.account_id
                and promise.case_id = work.case_id
                and promise.status = 'active'
        ) as promised,
        brand.calendar_id
    from work
    join collection_case
        on collection_case.account_id = work.account_id and collection_case.id = work.case_id
    join scenario on scenario.id = collection_case.scenario_id
    join brand on brand.id = scenario.brand_id
    where collection_case.account_id between :first_account::bigint and :last_account::bigint
        and work.earliest_due_on is not null
        and collection_case.overdue_date <> work.earliest_due_on
), dated as (
    update collection_case
    set overdue_date = moved.overdue_date, entry_date = entry_date + moved.days,
        version = version + 1
    from moved
    where collection_case.account_id = moved.account_id and collection_case.id = moved.case_id
        and collection_case.account_id between :first_account::bigint and :last_account::bigint
), shifted as (
    update action
    set due_on = working_day.next_working, version = action.version + 1,
        -- a task that moves into the future leaves its agent's list until then
        task_on = case when working_day.next_working <= :business_date::date then task_on end
    from moved
    join working_day on working_day.calendar_id = moved.calendar_id
    where action.account_id = moved.account_id
        and action.case_id = moved.case_id
        and action.account_id between :first_account::bigint and :last_account::bigint
        and action.status in ('pending', 'waiting', 'error')
        and moved.days <> 0
        and not moved.promised
        and working_day.day = action.due_on + moved.days
)
insert into event (business_date, account_id, bill_unit_id, case_id, kind, actor, run_id, data)
select
    :business_date::date, account_id, bill_unit_id, case_id, 'case_dates_moved', :actor::text,
    :run_id::int,
    jsonb_build_object(
        'reason', 'the earliest overdue item is another one now',
        'overdue_date', jsonb_build_object('from', old_overdue_date, 'to', overdue_date),
        'entry_date', jsonb_build_object('from', old_entry_date, 'to', old_entry_date + days),
        'actions_moved_by_days', case when promised then 0 else days end
    )
from moved

-- name: release_date
-- Dependencies: where all actions of a date are closed, the next date's become pending, moved by
-- the difference between the day the date before was closed and the day it was due, in the
-- scenario's days. For a slice, or for one case.
insert into moving (account_id, case_id, calendar_id, day_unit, offset_days, due_on, moved_days)
select
    next_date.account_id, next_date.case_id, brand.calendar_id, scenario.day_unit,
    next_date.offset_days,
    case when difference.days = 0 or not :moves::boolean then next_date.due_on
        else add_days(brand.calendar_id, next_date.due_on, difference.days, scenario.day_unit) end,
    case when :moves::boolean then difference.days else 0 end
from (
    select
        action.account_id, action.case_id,
        min(action.offset_days) as offset_days,
        min(action.due_on) as due_on
    from action
    join collection_case
        on collection_case.account_id = action.account_id
        and collection_case.id = action.case_id
    where action.account_id between :first_account::bigint and :last_account::bigint
        and collection_case.account_id between :first_account::bigint and :last_account::bigint
        and collection_case.status = 'open'
        and action.status = 'waiting'
        and (action.account_id, action.case_id) in ({{cases}})
        and not exists (
            select from action as blocking
            where blocking.account_id = action.account_id
                and blocking.case_id = action.case_id
                and blocking.promise_id is null
                and blocking.status in ('pending', 'error')
        )
    group by action.account_id, action.case_id
) as next_date
join collection_case
    on collection_case.account_id = next_date.account_id
    and collection_case.id = next_date.case_id
join scenario on scenario.id = collection_case.scenario_id
join brand on brand.id = scenario.brand_id
cross join lateral (
    select max(closed.due_on) as due_on, max(closed.closed_on) as closed_on
    from action as closed
    where closed.account_id = next_date.account_id
        and closed.case_id = next_date.case_id
        and closed.promise_id is null
        and closed.offset_days = (
            select max(before.offset_days)
            from action as before
            where before.account_id = next_date.account_id
                and before.case_id = next_date.case_id
                and before.promise_id is null
                and before.offset_days < next_date.offset_days
        )
) as done
cross join lateral (
    select coalesce(
        case scenario.day_unit
            when 'working' then closed_day.no - due_day.no
            else done.closed_on - done.due_on
        end,
        0
    ) as days
    from (select) as one
    left join working_day as closed_day
        on closed_day.calendar_id = brand.calendar_id and closed_day.day = done.closed_on
    left join working_day as due_day
        on due_day.calendar_id = brand.calendar_id and due_day.day = done.due_on
) as difference

-- name: move_released
update action
set status = 'pending', due_on = moving.due_on, version = version + 1
from moving
where action.account_id = moving.account_id
    and action.case_id = moving.case_id
    and action.account_id between :first_account::bigint and :last_account::bigint
    and action.offset_days = moving.offset_days
    and action.status = 'waiting'

-- name: log_released
-- One event for each case whose next date has come into reach.
insert into event (business_date, account_id, bill_unit_id, case_id, kind, actor, run_id, data)
select
    :business_date::date, moving.account_id, action.bill_unit_id, moving.case_id,
    'actions_released', :actor::text, :run_id::int,
    jsonb_build_object(
        'moved_by_days', moving.moved_days,
        'day_unit', moving.day_unit,
        'actions', jsonb_agg(
            jsonb_build_object(
                'step', action.step, 'action', action_definition.name, 'due_on', action.due_on
            ) order by action.step
        )
    )
from moving
join action
    on action.account_id = moving.account_id and action.case_id = moving.case_id
    and action.offset_days = moving.offset_days
join action_definition on action_definition.id = action.action_definition_id
where action.account_id between :first_account::bigint and :last_account::bigint
    and action.status = 'pending'
group by
    moving.account_id, action.bill_unit_id, moving.case_id, moving.moved_days, moving.day_unit

-- name: stop_unmoved
-- Cases whose date was closed on the day it was due keep the dates of what follows.
delete from moving where moved_days = 0

-- name: next_moving
-- The date after the one that moved last: its interval after it. Moves on until none is left.
with following as (
    select
        moving.account_id, moving.case_id, action.offset_days,
        add_days(moving.calendar_id, moving.due_on, min(action.interval_days), moving.day_unit)
            as due_on
    from moving
    join lateral (
        select min(later.offset_days) as offset_days
        from action as later
        where later.account_id = moving.account_id and later.case_id = moving.case_id
            and later.status = 'waiting' and later.offset_days > moving.offset_days
    ) as next_date on true
    join action
        on action.account_id = moving.account_id and action.case_id = moving.case_id
        and action.offset_days = next_date.offset_days
    where action.account_id between :first_account::bigint and :last_account::bigint
    group by
        moving.account_id, moving.case_id, moving.calendar_id, moving.due_on, moving.day_unit,
        action.offset_days
), gone as (
    delete from moving
    where (account_id, case_id) not in (select account_id, case_id from following)
), moved as (
    update action
    set due_on = following.due_on, version = version + 1
    from following
    where action.account_id = following.account_id
        and action.case_id = following.case_id
        and action.account_id between :first_account::bigint and :last_account::bigint
        and action.offset_days = following.offset_days
        and action.status = 'waiting'
)
update moving
set offset_days = following.offset_days, due_on = following.due_on
from following
where moving.account_id = following.account_id and moving.case_id = following.case_id

-- name: drop_dependencies
-- The setting was switched off: nothing waits any longer.
update action
set status = 'pending', version = version + 1
where account_id between :first_account::bigint and :last_account::bigint
    and (account_id, case_id) in ({{cases}})
    and status = 'waiting'

-- name: impose_dependencies
-- The setting was switched on, or a person changed the order of dates: of each open case only the
-- first open date is pending; what waits is nobody's task until its date has come.
update action
set
    status = case action.offset_days when first_open.offset_days then 'pending' else 'waiting' end,
    task_on = case action.offset_days when first_open.offset_days then task_on end,
    version = version + 1
from (
    select account_id, case_id, min(offset_days) as offset_days
    from action
    where account_id between :first_account::bigint and :last_account::bigint
        and status in ('pending', 'waiting', 'error')
        and (account_id, case_id) in ({{cases}})
        and promise_id is null
    group by account_id, case_id
) as first_open
where action.account_id = first_open.account_id
    and action.case_id = first_open.case_id
    and action.account_id between :first_account::bigint and :last_account::bigint
    and action.status
        = case action.offset_days when first_open.offset_days then 'waiting' else 'pending' end
    and action.promise_id is null
