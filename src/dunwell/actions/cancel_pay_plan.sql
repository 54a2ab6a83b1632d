-- Pay plans that actions cancel.

-- name: cancel
-- What they insulated counts from the next night on. A third party's plan stays: it isn't the
-- customer who pays late.
with cancelled as (
    update pay_plan
    set
        status = 'cancelled', ended_on = :business_date::date, ended_reason = due.action,
        version = pay_plan.version + 1
    from (
        select distinct
            due_action.account_id, due_action.bill_unit_id, due_action.debt_class_id,
            action_definition.name as action
        from due_action
        join action_definition on action_definition.id = due_action.action_definition_id
        where due_action.no between :first_no::int and :last_no::int
    ) as due
    where pay_plan.account_id = due.account_id
        and pay_plan.bill_unit_id = due.bill_unit_id
        and pay_plan.account_id between :first_account::bigint and :last_account::bigint
        and pay_plan.status = 'active'
        and not pay_plan.third_party
        and (
            pay_plan.debt_class_ids is null or due.debt_class_id = any(pay_plan.debt_class_ids)
        )
    returning
        pay_plan.account_id, pay_plan.id, pay_plan.bill_unit_id, pay_plan.type, pay_plan.made_on,
        pay_plan.ended_reason
), examined_tomorrow as (
    insert into touched (account_id, bill_unit_id, examine_from)
    select account_id, bill_unit_id, :business_date::date + 1 from cancelled
)
insert into event (business_date, account_id, bill_unit_id, kind, actor, run_id, data)
select
    :business_date::date, account_id, bill_unit_id, 'pay_plan_cancelled', :actor::text,
    :run_id::int,
    jsonb_build_object(
        'pay_plan', account_id || '-' || id, 'type', type, 'made_on', made_on,
        'reason', ended_reason
    )
from cancelled
