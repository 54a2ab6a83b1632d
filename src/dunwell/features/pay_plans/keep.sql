-- What becomes of pay plans on a night.

-- name: any_active
select exists (
    select from pay_plan
    where account_id between :first_account::bigint and :last_account::bigint
        and status = 'active'
        and made_on <= :business_date::date
)

-- name: due_payments
-- The scheduled payments that are due and not met, and each plan's last, beside what the plan wants
-- by then and what was paid in time.
insert into due_scheduled_payment (
    account_id, pay_plan_id, bill_unit_id, scheduled_payment_id, due_on, amount, is_last, too_late,
    wanted, paid
)
select
    plan.account_id, plan.id, plan.bill_unit_id, plan.scheduled_payment_id, plan.due_on,
    plan.amount, plan.is_last, plan.last_day < :business_date::date, plan.wanted, received.amount
from (
    select
        pay_plan.account_id, pay_plan.id, pay_plan.bill_unit_id, pay_plan.debt_class_ids,
        pay_plan.posted_until, scheduled_payment.id as scheduled_payment_id,
        scheduled_payment.due_on, scheduled_payment.amount, scheduled_payment.met_on,
        scheduled_payment.due_on + pay_plan.grace_days as last_day,
        least(scheduled_payment.due_on + pay_plan.grace_days, :business_date::date)
            as counted_until,
        sum(scheduled_payment.amount) over in_order as wanted,
        row_number() over (
            partition by pay_plan.account_id, pay_plan.id
            order by scheduled_payment.due_on desc, scheduled_payment.id desc
        ) = 1 as is_last
    from pay_plan
    join scheduled_payment
        on scheduled_payment.account_id = pay_plan.account_id
        and scheduled_payment.pay_plan_id = pay_plan.id
    where pay_plan.account_id between :first_account::bigint and :last_account::bigint
        and scheduled_payment.account_id between :first_account::bigint and :last_account::bigint
        and pay_plan.status = 'active'
        and pay_plan.made_on <= :business_date::date
    window in_order as (
        partition by pay_plan.account_id, pay_plan.id
        order by scheduled_payment.due_on, scheduled_payment.id
    )
) as plan
cross join lateral ({{paid_on_plan}}) as received
where plan.is_last or plan.met_on is null and plan.due_on <= :business_date::date

-- name: meet
-- What is paid is met; one event for each plan.
with met as (
    update scheduled_payment
    set met_on = :business_date::date
    from due_scheduled_payment as due
    where scheduled_payment.account_id = due.account_id
        and scheduled_payment.pay_plan_id = due.pay_plan_id
        and scheduled_payment.account_id between :first_account::bigint and :last_account::bigint
        and scheduled_payment.met_on is null
        and due.paid >= due.wanted
        -- with the last all are
        and (due.is_last or scheduled_payment.id = due.scheduled_payment_id)
    returning
        scheduled_payment.account_id, due.bill_unit_id, scheduled_payment.pay_plan_id,
        scheduled_payment.due_on, scheduled_payment.amount
)
insert into event (business_date, account_id, bill_unit_id, kind, actor, run_id, data)
select
    :business_date::date, account_id, bill_unit_id, 'pay_plan_payments_met', :actor::text,
    :run_id::int,
    jsonb_build_object(
        'pay_plan', account_id || '-' || pay_plan_id,
        'payments', jsonb_agg(
            jsonb_build_object('due_on', due_on, 'amount', amount::text) order by due_on
        )
    )
from met
group by account_id, bill_unit_id, pay_plan_id

-- name: ended
-- A scheduled payment that wasn't made by the end of its grace breaks the plan; one whose last is
-- met is kept.
insert into ended_pay_plan (account_id, pay_plan_id, bill_unit_id, status, facts)
select distinct on (account_id, pay_plan_id)
    account_id, pay_plan_id, bill_unit_id,
    case when too_late and paid < wanted then 'broken' else 'kept' end,
    jsonb_build_object('due_on', due_on, 'wanted', wanted::text, 'paid', paid::text)
from due_scheduled_payment
where too_late and paid < wanted or is_last and paid >= wanted
order by account_id, pay_plan_id, too_late and paid < wanted desc, due_on, scheduled_payment_id

-- name: end
-- One event for each says how it ended. A bill unit has broken a plan until it keeps one.
with ended as (
    update pay_plan
    set
        status = ended_pay_plan.status, ended_on = :business_date::date,
        version = pay_plan.version + 1
    from ended_pay_plan
    where pay_plan.account_id = ended_pay_plan.account_id
        and pay_plan.id = ended_pay_plan.pay_plan_id
        and pay_plan.account_id between :first_account::bigint and :last_account::bigint
        and pay_plan.status = 'active'
    returning
        pay_plan.account_id, pay_plan.id, pay_plan.bill_unit_id, pay_plan.status,
        pay_plan.made_on, pay_plan.type, pay_plan.grace_days, pay_plan.broken_points,
        pay_plan.broken_days, ended_pay_plan.facts
), flagged as (
    update bill_unit
    set broken_pay_plan = ended.status = 'broken'
    from (
        select account_id, bill_unit_id, max(status) as status
        from ended
        -- kept, if one was kept and another broken on one day
        group by account_id, bill_unit_id
    ) as ended
    where bill_unit.account_id = ended.account_id
        and bill_unit.id = ended.bill_unit_id
        and bill_unit.account_id between :first_account::bigint and :last_account::bigint
        and bill_unit.broken_pay_plan <> (ended.status = 'broken')
), demerits as (
    insert into demerit (
        account_id, bill_unit_id, pay_plan_id, effective_from, effective_until, points, kind,
        reason, actor
    )
    select
        account_id, bill_unit_id, id, :business_date::date,
        :business_date::date + broken_days - 1, broken_points, 'credit_rating',
        'The pay plan of ' || made_on || ' was broken', :actor::text
    from ended
    where status = 'broken' and broken_points <> 0
    returning account_id, id, bill_unit_id, effective_from, effective_until, points, kind, reason
), told as (
    insert into event (business_date, account_id, bill_unit_id, kind, actor, run_id, data)
    select
        :business_date::date, account_id, bill_unit_id, 'demerit_added', :actor::text, :run_id::int,
        jsonb_strip_nulls(jsonb_build_object(
            'demerit', account_id || '-' || id, 'rating', kind, 'points', points,
            'from', effective_from, 'until', effective_until, 'reason', reason
        ))
    from demerits
)
insert into event (business_date, account_id, bill_unit_id, kind, actor, run_id, data)
select
    :business_date::date, account_id, bill_unit_id, 'pay_plan_' || status, :actor::text,
    :run_id::int,
    jsonb_build_object(
        'pay_plan', account_id || '-' || id, 'type', type, 'made_on', made_on,
        'grace_days', grace_days
    ) || facts
from ended

-- name: examine_ended
-- All bill units of the account: a demerit counts for all of them.
insert into examined (account_id, bill_unit_id)
select bill_unit.account_id, bill_unit.id
from (select distinct account_id from ended_pay_plan) as ended
join bill_unit on bill_unit.account_id = ended.account_id
where bill_unit.account_id between :first_account::bigint and :last_account::bigint

-- name: clear_due
delete from due_scheduled_payment

-- name: clear_ended
delete from ended_pay_plan
