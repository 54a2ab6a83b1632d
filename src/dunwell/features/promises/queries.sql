-- Reading promises to pay.

-- name: promises
-- A bill unit's promises with their instalments, the newest first.
select
    promise.id as promise_id, promise.case_id, promise.status, promise.made_on,
    promise.ended_on, bill_unit.currency, debt_class.name as debt_class,
    round_money(promise.total, bill_unit.currency)::text as total,
    promise.payment_method_id, promise.actor, promise.version,
    max(action.due_on) filter (where action.status <> 'cancelled') as until,
    jsonb_agg(
        jsonb_build_object(
            'step', action.step, 'handle', action.account_id || '-' || action.id,
            'due_on', action.due_on,
            'amount', round_money(instalment.amount, bill_unit.currency)::text,
            'payment_method_id', instalment.payment_method_id,
            'status', action.status, 'closed_on', action.closed_on, 'version', action.version
        )
        order by action.due_on, action.step
    ) as instalments
from promise
join bill_unit
    on bill_unit.account_id = promise.account_id and bill_unit.id = promise.bill_unit_id
join collection_case
    on collection_case.account_id = promise.account_id
    and collection_case.id = promise.case_id
join debt_class on debt_class.id = collection_case.debt_class_id
join action
    on action.account_id = promise.account_id
    and action.case_id = promise.case_id
    and action.promise_id = promise.id
join instalment
    on instalment.account_id = action.account_id and instalment.action_id = action.id
where promise.account_id = :account_id::bigint
    and promise.bill_unit_id = :bill_unit_id::bigint
    and (
        :after_id::bigint is null
        or (promise.made_on, promise.id) < (:after_day::date, :after_id::bigint)
    )
group by promise.account_id, promise.id, bill_unit.currency, debt_class.name
order by promise.made_on desc, promise.id desc
limit :most::bigint
