-- Payments, and the reversals of those that bounced; the night applies them.

-- name: draft
-- Each row as the credit that it makes (a reversal is negative), and what is wrong with it.
create temp table draft on commit drop as
select
    given.line,
    existing.id is not null as existing,
    bill_unit.account_id,
    bill_unit.id as bill_unit_id,
    coalesce(existing.id, nextval('credit_id_seq')) as id,
    given.payment_no,
    given.paid_on,
    case when reversal.number is null then given.amount else -abs(given.amount) end as amount,
    case when given.has_bill_no then bill.root_id else existing.bill_id end as bill_id,
    case when given.has_method then given.method else existing.method end as method,
    reversal.number as reverses_no,
    null::bigint as reverses_id,
    null::bigint as original_bill_unit_id,
    null::date as original_paid_on,
    null::numeric as original_amount,
    null::boolean as original_reverses,
    concat_ws('|', given.malformed,
        case
            when given.bill_unit_no is not null and bill_unit.id is null
                then 'bill_unit_no: is not a known bill unit'
        end,
        case
            when existing.bill_unit_id <> bill_unit.id
                then 'bill_unit_no: differs; the payment belongs to another bill unit: reverse it'
        end,
        case
            when min_scale(given.amount) > currency.digits
                then 'amount: has more decimals than ' || currency.code
        end,
        case
            when given.amount = 0 then 'amount: is zero'
            when given.amount < 0 and reversal.number is null
                then 'amount: is negative; name the payment that it reverses'
        end,
        case
            when given.bill_no is not null and bill.id is null then 'bill_no: is not a known bill'
            when bill.bill_unit_id <> bill_unit.id then 'bill_no: is a bill of another bill unit'
        end,
        case when reversal.number = given.payment_no then 'reverses: is the payment itself' end,
        case
            when existing.id is not null
                and (existing.reverses_id is null) <> (reversal.number is null)
                then 'reverses: can''t be changed afterwards; load a new payment'
        end
    ) as problems
from given
left join bill_unit on bill_unit.bill_unit_no = given.bill_unit_no
left join currency on currency.code = bill_unit.currency
left join bill on bill.bill_no = given.bill_no
left join credit as existing on existing.kind = 'payment' and existing.number = given.payment_no
cross join lateral (
    select
        case
            when given.has_reverses then given.reverses
            when existing.reverses_id is not null then (
                select original.number
                from credit as original
                where original.account_id = existing.account_id
                    and original.id = existing.reverses_id
            )
        end as number
) as reversal;

-- name: prepare_reversals
-- Look everything up afresh: rows may have been rejected since.
update draft set reverses_id = null where reverses_id is not null;

-- name: prepare_originals
-- Find each reversed payment: its row in this file …
update draft
set reverses_id = original.id, original_bill_unit_id = original.bill_unit_id,
    original_paid_on = original.paid_on, original_amount = original.amount,
    original_reverses = original.reverses_no is not null
from draft as original
where draft.reverses_no is not null
    and draft.reverses_no = original.payment_no
    and draft.id <> original.id;

-- name: prepare_known_originals
-- … else the one that is known; but not if its row in this file is rejected.
update draft
set reverses_id = original.id, original_bill_unit_id = original.bill_unit_id,
    original_paid_on = original.effective_on, original_amount = original.amount,
    original_reverses = original.reverses_id is not null
from credit as original
where draft.reverses_id is null
    and draft.reverses_no <> draft.payment_no
    and original.kind = 'payment'
    and original.number = draft.reverses_no
    and not exists (select from stage where stage.payment_no = draft.reverses_no);

-- name: check_original
-- A reversal must find its payment.
update draft
set problems = concat_ws('|', draft.problems, case
    when exists (select from stage where stage.payment_no = draft.reverses_no)
        then 'reverses: names a row that is rejected'
    else 'reverses: is not a known payment'
end)
where draft.reverses_no <> draft.payment_no and draft.reverses_id is null;

-- name: check_reversal
-- A reversal undoes one whole payment of its bill unit, once it was made.
update draft
set problems = concat_ws('|', draft.problems,
    case
        when original_bill_unit_id <> bill_unit_id
            then 'reverses: is a payment of another bill unit'
    end,
    case when original_reverses then 'reverses: is a reversal itself' end,
    case
        when not original_reverses and -amount <> original_amount
            then 'amount: differs from the reversed payment''s, ' || trim_scale(original_amount)
    end,
    case when paid_on < original_paid_on then 'paid_on: is before the reversed payment' end
)
where reverses_id is not null;

-- name: check_reversed_twice
-- A payment bounces once: the known reversal counts, else the first of the file.
update draft
set problems = concat_ws('|', draft.problems, 'reverses: is already reversed')
from (
    select
        draft.line,
        row_number() over (
            partition by draft.reverses_id order by not draft.existing, draft.line
        ) as place,
        other.id is not null as known
    from draft
    left join credit as other
        on other.account_id = draft.account_id
            and other.reverses_id = draft.reverses_id
            and other.id <> draft.id
    where draft.reverses_id is not null
) as reversal
where draft.line = reversal.line and (reversal.known or reversal.place > 1);

-- name: check_settled
-- A bounced payment and its reversal stay as they are.
update draft
set problems = concat_ws('|', draft.problems,
    case
        when known.amount <> draft.amount
            then 'amount: can''t be changed once the payment is reversed'
    end,
    case
        when known.effective_on <> draft.paid_on
            then 'paid_on: can''t be changed once the payment is reversed'
    end,
    case
        when known.reverses_id <> draft.reverses_id
            then 'reverses: can''t be changed afterwards; load a new payment'
    end
)
from credit as known
left join credit as reversal
    on reversal.account_id = known.account_id and reversal.reverses_id = known.id
where draft.existing
    and known.account_id = draft.account_id
    and known.id = draft.id
    and (known.reverses_id is not null or reversal.id is not null);

-- name: merge_new
-- In the order of the accounts, so that the night reads neighbours together.
insert into credit (
    account_id, id, bill_unit_id, bill_id, reverses_id, effective_on, amount, open_amount, kind,
    number, method
)
select
    account_id, id, bill_unit_id, bill_id, reverses_id, paid_on, amount, amount, 'payment',
    payment_no, method
from draft
where not existing
order by account_id, line;

-- name: merge_changed
-- The open amount moves with the amount; another day or bill has the payment applied anew.
with changed as (
    update credit
    set amount = draft.amount,
        open_amount = credit.open_amount + draft.amount - credit.amount,
        effective_on = draft.paid_on,
        bill_id = draft.bill_id,
        method = draft.method,
        reapply = credit.reapply
            or (credit.effective_on, credit.bill_id)
                is distinct from (draft.paid_on, draft.bill_id)
    from draft
    where draft.existing
        and credit.account_id = draft.account_id
        and credit.id = draft.id
        and (credit.amount, credit.effective_on, credit.bill_id, credit.method)
            is distinct from (draft.amount, draft.paid_on, draft.bill_id, draft.method)
    returning draft.line, credit.account_id, credit.bill_unit_id
)
insert into change
select line, account_id, bill_unit_id from changed;
