-- Adjustments: negative ones are credits, positive ones further items. One whose sign has changed
-- leaves a zero on its old side.

-- name: draft
-- Each row with the bill that it names, and what is wrong with it.
create temp table draft on commit drop as
select
    given.line,
    coalesce(existing_credit.id, existing_item.id) is not null as existing,
    existing_credit.id as credit_id,
    existing_item.id as item_id,
    bill_unit.account_id,
    bill_unit.id as bill_unit_id,
    given.adjustment_no,
    given.made_on,
    given.amount,
    named.bill_id,
    greatest(given.made_on, root.due_on) as due_on,
    coalesce(root.debt_class_id, (select id from debt_class where name = 'standard'))
        as debt_class_id,
    case when given.has_reason then given.reason else existing_credit.reason end as reason,
    concat_ws('|', given.malformed,
        case
            when given.bill_unit_no is not null and bill_unit.id is null
                then 'bill_unit_no: is not a known bill unit'
        end,
        case
            when coalesce(existing_credit.bill_unit_id, existing_item.bill_unit_id) <> bill_unit.id
                then 'bill_unit_no: differs; the adjustment belongs to another bill unit'
        end,
        case
            when min_scale(given.amount) > currency.digits
                then 'amount: has more decimals than ' || currency.code
        end,
        case when given.amount = 0 then 'amount: is zero' end,
        case
            when given.bill_no is not null and bill.id is null then 'bill_no: is not a known bill'
            when bill.bill_unit_id <> bill_unit.id then 'bill_no: is a bill of another bill unit'
        end
    ) as problems
from given
left join bill_unit on bill_unit.bill_unit_no = given.bill_unit_no
left join currency on currency.code = bill_unit.currency
left join bill on bill.bill_no = given.bill_no
left join credit as existing_credit
    on existing_credit.kind = 'adjustment' and existing_credit.number = given.adjustment_no
left join item as existing_item
    on existing_item.kind = 'adjustment' and existing_item.number = given.adjustment_no
cross join lateral (
    select
        case
            when given.has_bill_no then bill.root_id
            else coalesce(existing_credit.bill_id, existing_item.bill_id)
        end as bill_id
) as named
left join bill as root on root.account_id = bill_unit.account_id and root.id = named.bill_id;

-- name: merge_new_credits
-- In the order of the accounts, so that the night reads neighbours together.
insert into credit (
    account_id, bill_unit_id, bill_id, effective_on, amount, open_amount, kind, number, reason
)
select
    account_id, bill_unit_id, bill_id, made_on, -amount, -amount, 'adjustment', adjustment_no,
    reason
from draft
where amount < 0 and credit_id is null
order by account_id, line;

-- name: merge_new_items
-- A debit adjustment is as old as the bill that it names, but never older than itself.
insert into item (
    account_id, bill_unit_id, bill_id, debt_class_id, issued_on, due_on, amount, open_amount, kind,
    number
)
select
    account_id, bill_unit_id, bill_id, debt_class_id, made_on, due_on, amount, amount,
    'adjustment', adjustment_no
from draft
where amount > 0 and item_id is null
order by account_id, line;

-- name: merge_changed_credits
-- The open amount moves with the amount; another day or bill has the credit applied anew.
with changed as (
    update credit
    set amount = greatest(-draft.amount, 0),
        open_amount = credit.open_amount + greatest(-draft.amount, 0) - credit.amount,
        effective_on = draft.made_on,
        bill_id = draft.bill_id,
        reason = draft.reason,
        reapply = credit.reapply
            or (credit.effective_on, credit.bill_id)
                is distinct from (draft.made_on, draft.bill_id)
    from draft
    where credit.account_id = draft.account_id
        and credit.id = draft.credit_id
        and (credit.amount, credit.effective_on, credit.bill_id, credit.reason)
            is distinct from
            (greatest(-draft.amount, 0), draft.made_on, draft.bill_id, draft.reason)
    returning draft.line, credit.account_id, credit.bill_unit_id
)
insert into change
select line, account_id, bill_unit_id from changed;

-- name: merge_changed_items
-- The open amount moves with the amount; below zero, the night releases what was applied.
with changed as (
    update item
    set amount = greatest(draft.amount, 0),
        open_amount = item.open_amount + greatest(draft.amount, 0) - item.amount,
        issued_on = draft.made_on,
        due_on = draft.due_on,
        debt_class_id = draft.debt_class_id,
        bill_id = draft.bill_id
    from draft
    where item.account_id = draft.account_id
        and item.id = draft.item_id
        and (
            item.amount, item.issued_on, item.due_on, item.debt_class_id, item.bill_id
        ) is distinct from (
            greatest(draft.amount, 0), draft.made_on, draft.due_on, draft.debt_class_id,
            draft.bill_id
        )
    returning draft.line, item.account_id, item.bill_unit_id
)
insert into change
select line, account_id, bill_unit_id from changed;
