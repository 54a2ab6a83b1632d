-- What people do with pay plans.

-- name: types
-- The types of the policy, with the debt classes that they cover; none: all.
select
    pay_plan_type.name, pay_plan_type.grace_days, pay_plan_type.third_party,
    pay_plan_type.broken_points, pay_plan_type.broken_days,
    (
        select array_agg(debt_class.id order by debt_class.id)
        from debt_class
        where pay_plan_type.debt_classes ? debt_class.name
    ) as debt_class_ids
from pay_plan_type
order by pay_plan_type.name

-- name: standing
-- What is open of the debt that a plan would cover, and the promise or plan that covers some of it;
-- the bill unit is locked, so that two people don't make two plans.
select
    bill_unit.currency, currency.digits,
    (
        select coalesce(sum(item.open_amount), 0)
        from item
        where item.account_id = bill_unit.account_id
            and item.bill_unit_id = bill_unit.id
            and item.open_amount > 0
            and item.issued_on <= :business_date::date
            and (:debt_class_ids::int[] is null or item.debt_class_id = any(:debt_class_ids::int[]))
    ) as open_amount,
    (
        select min(promise.made_on)
        from promise
        join collection_case
            on collection_case.account_id = promise.account_id
            and collection_case.id = promise.case_id
        where promise.account_id = bill_unit.account_id
            and promise.bill_unit_id = bill_unit.id
            and promise.status = 'active'
            and (
                :debt_class_ids::int[] is null
                or collection_case.debt_class_id = any(:debt_class_ids::int[])
            )
    ) as promised_on,
    (
        select min(pay_plan.made_on)
        from pay_plan
        where pay_plan.account_id = bill_unit.account_id
            and pay_plan.bill_unit_id = bill_unit.id
            and pay_plan.status = 'active'
            and (
                :debt_class_ids::int[] is null or pay_plan.debt_class_ids is null
                or pay_plan.debt_class_ids && :debt_class_ids::int[]
            )
    ) as planned_on
from bill_unit
join currency on currency.code = bill_unit.currency
where bill_unit.account_id = :account_id::bigint and bill_unit.id = :bill_unit_id::bigint
for update of bill_unit

-- name: make
insert into pay_plan (
    account_id, bill_unit_id, made_on, posted_until, debt_class_ids, grace_days, broken_points,
    broken_days, third_party, type, payer, actor
)
select
    :account_id::bigint, :bill_unit_id::bigint, :business_date::date,
    (
        select max(run_slice.business_date)
        from run_slice
        join run on run.id = run_slice.run_id
        where run_slice.slice_no = :account_id::bigint / :slice_width::bigint
            and run.slice_width = :slice_width::bigint
    ),
    :debt_class_ids::int[], :grace_days::int, :broken_points::int, :broken_days::int,
    :third_party::boolean, :type::text, :payer::text, :actor::text
returning id

-- name: add_payments
insert into scheduled_payment (account_id, pay_plan_id, due_on, amount)
select :account_id::bigint, :id::bigint, given.due_on, given.amount
from unnest(:dates::date[], :amounts::numeric[]) with ordinality
    as given (due_on, amount, ordinality)
order by given.due_on, given.ordinality

-- name: find
select id, type, made_on, status, ended_on, debt_class_ids, version
from pay_plan
where account_id = :account_id::bigint
    and bill_unit_id = :bill_unit_id::bigint
    and id = :id::bigint
for update

-- name: forget_unmet
delete from scheduled_payment
where account_id = :account_id::bigint and pay_plan_id = :id::bigint and met_on is null

-- name: keep_paid
-- What was paid beyond the payments that are met stays in the plan as one that is met today: those
-- that follow are about what is left.
insert into scheduled_payment (account_id, pay_plan_id, due_on, amount, met_on)
select
    plan.account_id, plan.id, :business_date::date, received.amount - met.amount,
    :business_date::date
from (
    select pay_plan.*, :business_date::date as counted_until
    from pay_plan
    where account_id = :account_id::bigint and id = :id::bigint
) as plan
cross join lateral ({{paid_on_plan}}) as received
cross join lateral (
    select coalesce(sum(scheduled_payment.amount), 0) as amount
    from scheduled_payment
    where scheduled_payment.account_id = plan.account_id
        and scheduled_payment.pay_plan_id = plan.id
        and scheduled_payment.met_on is not null
) as met
where received.amount > met.amount

-- name: changed
update pay_plan
set version = version + 1
where account_id = :account_id::bigint and id = :id::bigint

-- name: cancel
update pay_plan
set status = 'cancelled', ended_on = :business_date::date, ended_reason = :reason::text,
    version = version + 1
where account_id = :account_id::bigint and id = :id::bigint

-- name: log
insert into event (business_date, account_id, bill_unit_id, kind, actor, data)
values (
    :business_date::date, :account_id::bigint, :bill_unit_id::bigint, :kind::text, :actor::text,
    jsonb_strip_nulls(:facts::jsonb)
)

-- name: touch
insert into touched (account_id, bill_unit_id)
values (:account_id::bigint, :bill_unit_id::bigint)
