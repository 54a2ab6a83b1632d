-- Adjustments and disputes, for people and systems. {{adjustment}} is an adjustment as it is shown.

-- name: adjustments
-- Of a bill unit, or of all bill units of an account; the newest first.
{{adjustment}}
where adjustment.account_id = :account_id::bigint
    and (:bill_unit_id::bigint is null or adjustment.bill_unit_id = :bill_unit_id::bigint)
    and (
        :after_day::date is null
        or (adjustment.requested_on, adjustment.account_id, adjustment.id)
            < (:after_day::date, :after_account::bigint, :after_id::bigint)
    )
order by adjustment.requested_on desc, adjustment.account_id desc, adjustment.id desc
limit :limit::int

-- name: waiting
-- What a second person has to decide about, the oldest first.
{{adjustment}}
where adjustment.status = 'waiting'
    and (:brand_ids::int[] is null or account.brand_id = any(:brand_ids::int[]))
    and (
        :after_day::date is null
        or (adjustment.requested_on, adjustment.account_id, adjustment.id)
            > (:after_day::date, :after_account::bigint, :after_id::bigint)
    )
order by adjustment.requested_on, adjustment.account_id, adjustment.id
limit :limit::int

-- name: adjustment
{{adjustment}}
where adjustment.account_id = :account_id::bigint
    and adjustment.id = :id::bigint
    and (:brand_ids::int[] is null or account.brand_id = any(:brand_ids::int[]))

-- name: disputes
-- Of a bill unit, or of all bill units of an account; the newest first.
select
    dispute.account_id, dispute.id, bill_unit.bill_unit_no, bill.bill_no,
    round_money(dispute.amount, bill_unit.currency) as amount, bill_unit.currency,
    dispute.disputed_on, dispute.resolved_on, dispute.reason, dispute.note, dispute.raised_by,
    dispute.resolved_by, dispute.outcome,
    (
        select round_money(adjustment.amount, bill_unit.currency)
        from adjustment
        where adjustment.account_id = dispute.account_id
            and adjustment.dispute_id = dispute.id
            and adjustment.status = 'waiting'
    ) as granting
from dispute
join bill_unit
    on bill_unit.account_id = dispute.account_id and bill_unit.id = dispute.bill_unit_id
join bill on bill.account_id = dispute.account_id and bill.id = dispute.bill_id
where dispute.account_id = :account_id::bigint
    and (:bill_unit_id::bigint is null or dispute.bill_unit_id = :bill_unit_id::bigint)
    and (:id::bigint is null or dispute.id = :id::bigint)
    and (
        :after_id::bigint is null
        or (dispute.disputed_on, dispute.id) < (:after_day::date, :after_id::bigint)
    )
order by dispute.disputed_on desc, dispute.id desc
limit :limit::int
