-- What becomes of promises to pay: on a night of all that are active, and by hand of one.

-- name: any_active
select exists (
    select from promise
    where account_id between :first_account::bigint and :last_account::bigint
        and status = 'active'
)

-- name: due_instalments
-- The instalments that are due and open, each beside what the promise wants by then and what has
-- been paid in time: payments that were posted after it was made and went to the case's debt
-- class. What a payment gave back, because it bounced, no longer counts.
insert into due_instalment (
    account_id, promise_id, case_id, bill_unit_id, action_id, step, due_on, amount, too_late,
    wanted, paid
)
select
    debtor.account_id, debtor.promise_id, debtor.case_id, debtor.bill_unit_id, debtor.action_id,
    debtor.step, debtor.due_on, debtor.amount, debtor.last_day < :business_date::date,
    debtor.wanted, coalesce(received.amount, 0)
from (
    select
        promise.account_id, promise.id as promise_id, promise.case_id, promise.bill_unit_id,
        promise.posted_until, collection_case.debt_class_id, action.id as action_id,
        action.step, action.due_on, action.status, instalment.amount,
        action.due_on + :promise_grace_days::int as last_day,
        sum(instalment.amount) over (
            partition by promise.account_id, promise.id order by action.due_on, action.step
        ) as wanted
    from promise
    join collection_case
        on collection_case.account_id = promise.account_id
        and collection_case.id = promise.case_id
    join action
        on action.account_id = promise.account_id
        and action.case_id = promise.case_id
        and action.promise_id = promise.id
    join instalment
        on instalment.account_id = action.account_id and instalment.action_id = action.id
    where promise.account_id between :first_account::bigint and :last_account::bigint
        and promise.status = 'active'
        {{of_promises}}
        and action.status <> 'cancelled'
) as debtor
left join lateral (
    select sum(greatest(by_payment.amount, 0)) as amount
    from (
        select sum(allocation.amount) as amount
        from item
        {{shared}}
        join allocation
            on allocation.account_id = item.account_id and allocation.item_id = item.id
        join credit
            on credit.account_id = allocation.account_id and credit.id = allocation.credit_id
        where {{of_debtor}}
            and item.debt_class_id = debtor.debt_class_id
            and item.account_id between :first_account::bigint and :last_account::bigint
            and credit.kind = 'payment'
            and allocation.effective_on <= least(debtor.last_day, :business_date::date)
            and (debtor.posted_until is null or allocation.posted_on > debtor.posted_until)
        group by credit.account_id, credit.id
    ) as by_payment
) as received on true
where debtor.status in ('pending', 'waiting', 'error')
    and debtor.due_on <= :business_date::date

-- name: complete_paid
with completed as (
    update action
    set status = 'completed', closed_on = :business_date::date, message = null,
        version = action.version + 1
    from due_instalment
    where action.account_id = due_instalment.account_id
        and action.case_id = due_instalment.case_id
        and action.id = due_instalment.action_id
        and action.account_id between :first_account::bigint and :last_account::bigint
        and due_instalment.paid >= due_instalment.wanted
    returning
        action.account_id, action.bill_unit_id, action.case_id, action.step, action.due_on,
        due_instalment.amount, due_instalment.wanted, due_instalment.paid
)
insert into event (business_date, account_id, bill_unit_id, case_id, kind, actor, run_id, data)
select
    :business_date::date, completed.account_id, completed.bill_unit_id, completed.case_id,
    'instalments_paid', :actor::text, :run_id::int,
    jsonb_build_object(
        'wanted', max(completed.wanted)::text,
        'paid', max(completed.paid)::text,
        'instalments', jsonb_agg(
            jsonb_build_object(
                'step', completed.step, 'due_on', completed.due_on,
                'amount', completed.amount::text
            ) order by completed.due_on, completed.step
        )
    )
from completed
group by completed.account_id, completed.bill_unit_id, completed.case_id

-- name: broken
-- An instalment that wasn't paid by its last day breaks the promise.
insert into ended_promise (
    account_id, promise_id, case_id, bill_unit_id, status, resume_on, facts
)
select distinct on (account_id, promise_id)
    account_id, promise_id, case_id, bill_unit_id, 'broken', :business_date::date + 1,
    jsonb_build_object(
        'due_on', due_on, 'grace_days', :promise_grace_days::int, 'wanted', wanted::text,
        'paid', paid::text
    )
from due_instalment
where too_late and paid < wanted
order by account_id, promise_id, due_on, step

-- name: kept
-- Nothing is left to pay: the actions start again the day after the last instalment.
insert into ended_promise (
    account_id, promise_id, case_id, bill_unit_id, status, resume_on, facts
)
select
    promise.account_id, promise.id, promise.case_id, promise.bill_unit_id, 'kept',
    max(action.due_on) filter (where action.status <> 'cancelled') + 1, '{}'
from promise
join action
    on action.account_id = promise.account_id
    and action.case_id = promise.case_id
    and action.promise_id = promise.id
where promise.account_id between :first_account::bigint and :last_account::bigint
    and action.account_id between :first_account::bigint and :last_account::bigint
    and promise.status = 'active'
    {{of_promises}}
group by promise.account_id, promise.id, promise.case_id, promise.bill_unit_id
having not bool_or(action.status in ('pending', 'waiting', 'error'))

-- name: end
-- The promises in `ended_promise`: one event for each says how it ended and when the actions
-- start again.
with ended as (
    update promise
    set status = ended_promise.status, ended_on = :business_date::date,
        version = promise.version + 1
    from ended_promise
    where promise.account_id = ended_promise.account_id
        and promise.id = ended_promise.promise_id
        and promise.account_id between :first_account::bigint and :last_account::bigint
        and promise.status = 'active'
    returning
        promise.account_id, promise.bill_unit_id, promise.case_id, promise.status,
        promise.made_on, promise.total, ended_promise.resume_on, ended_promise.facts
), cancelled as (
    update action
    set status = 'cancelled', closed_on = :business_date::date, version = action.version + 1
    from ended_promise
    where action.account_id = ended_promise.account_id
        and action.case_id = ended_promise.case_id
        and action.promise_id = ended_promise.promise_id
        and action.account_id between :first_account::bigint and :last_account::bigint
        and action.status in ('pending', 'waiting', 'error')
)
insert into event (business_date, account_id, bill_unit_id, case_id, kind, actor, run_id, data)
select
    :business_date::date, account_id, bill_unit_id, case_id, 'promise_' || status,
    :actor::text, :run_id::int,
    jsonb_build_object(
        'made_on', made_on, 'total', total::text, 'actions_start_on', resume_on
    ) || facts
from ended

-- name: resume_ended
-- Also earlier than they were put to, unless the promise was kept.
insert into resuming (account_id, case_id, resume_on, earlier)
select account_id, case_id, resume_on, status <> 'kept' from ended_promise

-- name: examine_ended
insert into examined (account_id, bill_unit_id)
select account_id, bill_unit_id from ended_promise

-- name: resume
-- The first open action of each case in `resuming` starts on that day, or on the next working day,
-- and the others keep their distance to it; instalments stay where they are. Without `earlier` a
-- case whose first action is later than that stays as it is.
with first_open as (
    select
        resuming.account_id, resuming.case_id, resuming.resume_on, resuming.earlier,
        min(action.due_on) as due_on
    from resuming
    join action
        on action.account_id = resuming.account_id and action.case_id = resuming.case_id
    where action.account_id between :first_account::bigint and :last_account::bigint
        and action.promise_id is null
        and action.status in ('pending', 'waiting', 'error')
    group by resuming.account_id, resuming.case_id, resuming.resume_on, resuming.earlier
), shift as (
    select
        first_open.account_id, first_open.case_id, brand.calendar_id, scenario.day_unit,
        case scenario.day_unit
            when 'working' then first_day.no - old_day.no
            else first_day.day - first_open.due_on
        end as days
    from first_open
    join collection_case
        on collection_case.account_id = first_open.account_id
        and collection_case.id = first_open.case_id
    join scenario on scenario.id = collection_case.scenario_id
    join brand on brand.id = scenario.brand_id
    -- looked up one by one: joined, the planner may go through all pairs of days
    cross join lateral (
        select day, no, next_working from working_day
        where calendar_id = brand.calendar_id and day = first_open.resume_on
        offset 0
    ) as wanted_day
    cross join lateral (
        select day, no from working_day
        where calendar_id = brand.calendar_id and day = wanted_day.next_working
        offset 0
    ) as first_day
    cross join lateral (
        select day, no from working_day
        where calendar_id = brand.calendar_id and day = first_open.due_on
        offset 0
    ) as old_day
    where collection_case.account_id between :first_account::bigint and :last_account::bigint
        and (first_open.earlier or first_day.day > first_open.due_on)
)
update action
set
    due_on = moved.due_on,
    -- a task that moves into the future leaves its agent's list until then
    task_on = case when moved.due_on <= :business_date::date then action.task_on end,
    version = action.version + 1
from (
    select
        action.account_id, action.case_id, action.id,
        add_days(shift.calendar_id, action.due_on, shift.days, shift.day_unit) as due_on
    from shift
    join action on action.account_id = shift.account_id and action.case_id = shift.case_id
    where action.account_id between :first_account::bigint and :last_account::bigint
        and action.promise_id is null
        and action.status in ('pending', 'waiting', 'error')
        and shift.days <> 0
) as moved
where action.account_id = moved.account_id
    and action.case_id = moved.case_id
    and action.id = moved.id
    and action.account_id between :first_account::bigint and :last_account::bigint

-- name: clear_resuming
delete from resuming

-- name: clear_ended
delete from ended_promise
