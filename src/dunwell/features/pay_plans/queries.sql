-- Reading pay plans.

-- name: pay_plans
-- A bill unit's plans, the newest first. What an ended plan still wants insulates nothing.
select
    plan.id, bill_unit.bill_unit_no, plan.type, plan.status, plan.made_on, plan.ended_on,
    plan.ended_reason, plan.third_party, plan.payer, plan.grace_days, bill_unit.currency,
    plan.actor, plan.version,
    array(
        select debt_class.name
        from debt_class
        where debt_class.id = any(plan.debt_class_ids)
        order by debt_class.name
    ) as debt_classes,
    round_money(scheduled.total, bill_unit.currency) as total,
    round_money(received.amount, bill_unit.currency) as paid,
    round_money(
        case plan.status when 'active' then greatest(scheduled.total - received.amount, 0) else 0 end,
        bill_unit.currency
    ) as remaining,
    scheduled.payments
from (
    select
        pay_plan.*, least(pay_plan.ended_on, :business_date::date) as counted_until
    from pay_plan
    where pay_plan.account_id = :account_id::bigint
        and pay_plan.bill_unit_id = :bill_unit_id::bigint
        and (:id::bigint is null or pay_plan.id = :id::bigint)
        and (
            :after_id::bigint is null
            or (pay_plan.made_on, pay_plan.id) < (:after_day::date, :after_id::bigint)
        )
) as plan
join bill_unit
    on bill_unit.account_id = plan.account_id and bill_unit.id = plan.bill_unit_id
cross join lateral (
    select
        coalesce(sum(scheduled_payment.amount), 0) as total,
        coalesce(
            jsonb_agg(
                jsonb_build_object(
                    'due_on', scheduled_payment.due_on,
                    'amount', round_money(scheduled_payment.amount, bill_unit.currency)::text,
                    'met_on', scheduled_payment.met_on
                )
                order by scheduled_payment.due_on, scheduled_payment.id
            ),
            '[]'
        ) as payments
    from scheduled_payment
    where scheduled_payment.account_id = plan.account_id
        and scheduled_payment.pay_plan_id = plan.id
) as scheduled
cross join lateral ({{paid_on_plan}}) as received
order by plan.made_on desc, plan.id desc
limit :most::bigint
