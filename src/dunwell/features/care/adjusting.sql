-- Adjustments by people, and the disputes that they resolve.

-- name: currency
select bill_unit.currency, currency.digits
from bill_unit
join currency on currency.code = bill_unit.currency
where bill_unit.account_id = :account_id::bigint and bill_unit.id = :bill_unit_id::bigint

-- name: bill
-- The first bill of the chain that a number belongs to.
select root_id
from bill
where bill_no = :bill_no::text
    and account_id = :account_id::bigint
    and bill_unit_id = :bill_unit_id::bigint

-- name: have
-- Locked, so that of two forms with one key the second sees what the first has asked for.
select id
from bill_unit
where account_id = :account_id::bigint and id = :bill_unit_id::bigint
for update

-- name: requested_before
-- The adjustment that the same form has asked for already.
select
    data ->> 'adjustment',
    (data ->> 'amount')::numeric = :amount::numeric and data ->> 'direction' = :direction::text
from event
where account_id = :account_id::bigint
    and bill_unit_id = :bill_unit_id::bigint
    and kind in ('adjustment_requested', 'adjustment_posted')
    and data ->> 'key' = :key::text

-- name: request
insert into adjustment (
    account_id, bill_unit_id, bill_id, dispute_id, requested_on, amount, direction, reason, note,
    requested_by
)
values (
    :account_id::bigint, :bill_unit_id::bigint, :bill_id::bigint, :dispute_id::bigint,
    :business_date::date, :amount::numeric, :direction::text, :reason::text, :note::text,
    :actor::text
)
returning id

-- name: is_waiting
-- Whether something that was granted for a dispute waits to be approved.
select exists (
    select from adjustment
    where account_id = :account_id::bigint
        and bill_unit_id = :bill_unit_id::bigint
        and dispute_id = :dispute_id::bigint
        and status = 'waiting'
)

-- name: bill_unit_of
select bill_unit.bill_unit_no
from adjustment
join bill_unit
    on bill_unit.account_id = adjustment.account_id and bill_unit.id = adjustment.bill_unit_id
where adjustment.account_id = :account_id::bigint and adjustment.id = :id::bigint

-- name: lock
-- One adjustment with what its events tell, locked: of two who decide, the second one sees it.
select
    adjustment.account_id, adjustment.id, adjustment.bill_unit_id, adjustment.bill_id,
    adjustment.dispute_id, adjustment.version, adjustment.amount, adjustment.direction,
    adjustment.status, adjustment.reason, adjustment.note, adjustment.requested_by,
    adjustment.decided_by, bill_unit.currency, currency.digits,
    (
        select bill.bill_no
        from bill
        where bill.account_id = adjustment.account_id and bill.id = adjustment.bill_id
    ) as bill_no
from adjustment
join bill_unit
    on bill_unit.account_id = adjustment.account_id and bill_unit.id = adjustment.bill_unit_id
join currency on currency.code = bill_unit.currency
where adjustment.account_id = :account_id::bigint and adjustment.id = :id::bigint
for update of adjustment

-- name: decide
update adjustment
set status = :status::text, decided_by = :decided_by::text, decided_on = :business_date::date,
    decision_note = :decision_note::text, number = :number::text, version = version + 1
where account_id = :account_id::bigint and id = :id::bigint

-- name: post_credit
-- As the loader does for a negative adjustment: the night applies it, the named bill first.
insert into credit (
    account_id, bill_unit_id, bill_id, effective_on, amount, open_amount, kind, number, reason
)
values (
    :account_id::bigint, :bill_unit_id::bigint, :bill_id::bigint, :business_date::date,
    :amount::numeric, :amount::numeric, 'adjustment', :number::text, :reason::text
)

-- name: post_item
-- As the loader does for a positive one: as old as the bill that it names, but never older than
-- itself.
insert into item (
    account_id, bill_unit_id, bill_id, debt_class_id, issued_on, due_on, amount, open_amount, kind,
    number
)
select
    bill_unit.account_id, bill_unit.id, root.id,
    coalesce(
        root.debt_class_id, (select debt_class.id from debt_class where debt_class.name = 'standard')
    ),
    :business_date::date, greatest(:business_date::date, root.due_on), :amount::numeric,
    :amount::numeric, 'adjustment', :number::text
from bill_unit
left join bill as root on root.account_id = bill_unit.account_id and root.id = :bill_id::bigint
where bill_unit.account_id = :account_id::bigint and bill_unit.id = :bill_unit_id::bigint

-- name: touch
insert into touched (account_id, bill_unit_id)
values (:account_id::bigint, :bill_unit_id::bigint)

-- name: resolve_dispute
-- It is over from this day on.
update dispute
set resolved_on = :business_date::date,
    resolved_by = :actor::text,
    outcome = case
        when :granted::numeric = 0 then 'refused'
        when :granted::numeric < amount then 'partly_granted'
        else 'granted'
    end
where account_id = :account_id::bigint
    and id = :dispute_id::bigint
    and (resolved_on is null or resolved_on > :business_date::date)
    and disputed_on <= :business_date::date
    -- it may be another, smaller one by now than the one for which it was granted
    and :granted::numeric <= amount
returning amount, outcome

-- name: log
insert into event (business_date, account_id, bill_unit_id, kind, actor, data)
values (
    :business_date::date, :account_id::bigint, :bill_unit_id::bigint, :kind::text, :actor::text,
    :facts::jsonb
)

-- name: disputable
-- A bill with its latest amount, and the dispute that its chain has; locked, so that two don't raise
-- two.
select
    root.id as bill_id, root.bill_no, latest.amount, dispute.id as dispute_id,
    dispute.disputed_on <= :business_date::date
        and (dispute.resolved_on is null or dispute.resolved_on > :business_date::date)
        as is_disputed
from bill as root
cross join lateral (
    select bill.amount
    from bill
    where bill.account_id = root.account_id
        and bill.root_id = root.id
        and bill.issued_on <= :business_date::date
    order by bill.issued_on desc, bill.id desc
    limit 1
) as latest
left join dispute
    on dispute.account_id = root.account_id and dispute.bill_id = root.id
where root.account_id = :account_id::bigint
    and root.bill_unit_id = :bill_unit_id::bigint
    and root.id = :bill_id::bigint
for update of root

-- name: raise
insert into dispute (
    account_id, bill_unit_id, bill_id, amount, disputed_on, reason, note, raised_by
)
values (
    :account_id::bigint, :bill_unit_id::bigint, :bill_id::bigint, :amount::numeric,
    :business_date::date, :reason::text, :note::text, :actor::text
)
returning id

-- name: raise_again
-- A bill has one dispute; what became of the one before stands in the log.
update dispute
set amount = :amount::numeric, disputed_on = :business_date::date, resolved_on = null,
    reason = :reason::text, note = :note::text, raised_by = :actor::text, resolved_by = null,
    outcome = null
where account_id = :account_id::bigint and id = :dispute_id::bigint
returning id

-- name: dispute
-- A dispute with what its events tell, locked.
select
    dispute.account_id, dispute.bill_unit_id, dispute.id as dispute_id, dispute.bill_id,
    dispute.amount, dispute.reason, dispute.note, bill_unit.currency, currency.digits,
    (
        select bill.bill_no
        from bill
        where bill.account_id = dispute.account_id and bill.id = dispute.bill_id
    ) as bill_no,
    dispute.disputed_on <= :business_date::date
        and (dispute.resolved_on is null or dispute.resolved_on > :business_date::date)
        as is_disputed
from dispute
join bill_unit
    on bill_unit.account_id = dispute.account_id and bill_unit.id = dispute.bill_unit_id
join currency on currency.code = bill_unit.currency
where dispute.account_id = :account_id::bigint
    and dispute.bill_unit_id = :bill_unit_id::bigint
    and dispute.id = :id::bigint
for update of dispute
