-- Posting: credits dated on or before the posting date meet open items, oldest due date first
-- unless they name a bill. A credit occupies an interval of its bill unit's credits in order of
-- date, an item one of the open items in order of due date; an allocation is the overlap
-- (DESIGN section 10, point 2). Each statement leaves the bill units that it changed in `examined`.

-- name: put_right
-- Did the loader leave anything that must give back what it paid? On most nights it didn't.
select
    exists (
        select from item
        where account_id between :first_account::bigint and :last_account::bigint
            and open_amount < 0
    ) or exists (
        select from credit
        where account_id between :first_account::bigint and :last_account::bigint
            and (open_amount < 0 or reapply)
            and (reverses_id is null or effective_on <= :business_date::date)
    )

-- name: any_credit
-- Is there a credit with something left, dated by now?
select exists (
    select from credit
    where account_id between :first_account::bigint and :last_account::bigint
        and open_amount > 0
        and effective_on <= :business_date::date
)

-- name: posting_days
-- The days after the last night on which something can be posted, in order; the night's own last.
-- Credits that were loaded with an earlier date are posted on the first of them.
select distinct day
from (
    select credit.effective_on as day
    from credit
    where credit.account_id between :first_account::bigint and :last_account::bigint
        and (credit.open_amount > 0 or credit.open_amount < 0)
    union
    select item.issued_on
    from credit
    join item on item.account_id = credit.account_id and item.bill_unit_id = credit.bill_unit_id
    where credit.account_id between :first_account::bigint and :last_account::bigint
        and item.account_id between :first_account::bigint and :last_account::bigint
        and credit.open_amount > 0
        and credit.effective_on < :business_date::date
        and item.open_amount > 0
) as postable
where day < :business_date::date and (:last_date::date is null or day > :last_date::date)
order by day

-- name: give_back
-- A bounced payment, or a credit whose date or named bill changed, gives back all that it paid.
-- A bounce counts from its own date; a changed credit is treated as never applied.
with returned as (
    select
        credit.account_id, credit.bill_unit_id, credit.id as credit_id,
        null::date as returned_on, null::bigint as reversal_id
    from credit
    where credit.account_id between :first_account::bigint and :last_account::bigint
        and credit.reapply
        and not exists (
            select from credit as reversal
            where reversal.account_id = credit.account_id and reversal.reverses_id = credit.id
                and reversal.open_amount < 0 and reversal.effective_on <= :posting_date::date
        )
    union all
    select
        credit.account_id, credit.bill_unit_id, credit.id, reversal.effective_on, reversal.id
    from credit as reversal
    join credit
        on credit.account_id = reversal.account_id and credit.id = reversal.reverses_id
    where reversal.account_id between :first_account::bigint and :last_account::bigint
        and credit.account_id between :first_account::bigint and :last_account::bigint
        and reversal.open_amount < 0
        and reversal.effective_on <= :posting_date::date
), paid as (
    select
        returned.account_id, returned.credit_id, allocation.item_id,
        greatest(returned.returned_on, allocation.effective_on) as effective_on,
        sum(allocation.amount) as amount
    from returned
    join allocation
        on allocation.account_id = returned.account_id
        and allocation.credit_id = returned.credit_id
    where allocation.account_id between :first_account::bigint and :last_account::bigint
    group by 1, 2, 3, 4
    having sum(allocation.amount) <> 0
), reversed as (
    insert into allocation (account_id, credit_id, item_id, effective_on, posted_on, amount)
    select account_id, credit_id, item_id, effective_on, :posting_date::date, -amount
    from paid
), reopened as (
    update item
    set open_amount = item.open_amount + given.amount
    from (
        select account_id, item_id, sum(amount) as amount from paid group by account_id, item_id
    ) as given
    where item.account_id = given.account_id and item.id = given.item_id
        and item.account_id between :first_account::bigint and :last_account::bigint
), emptied as (
    -- a bounced payment is worth nothing; a changed one is whole again
    update credit
    set open_amount = case when returned.reversal_id is null then credit.amount else 0 end,
        reapply = false
    from returned
    where credit.account_id = returned.account_id and credit.id = returned.credit_id
        and credit.account_id between :first_account::bigint and :last_account::bigint
), posted as (
    update credit as reversal
    set open_amount = 0
    from returned
    where reversal.account_id = returned.account_id and reversal.id = returned.reversal_id
        and reversal.account_id between :first_account::bigint and :last_account::bigint
)
insert into examined (account_id, bill_unit_id)
select account_id, bill_unit_id from returned

-- name: release
-- An item that was reduced below what had been paid on it gives back the excess, latest first; a
-- credit that was reduced below what it had paid takes it back the same way. {{over}} is the side
-- that shrank, {{other}} the one that gets its part back.
with excessive as (
    select account_id, bill_unit_id, id, -open_amount as excess
    from {{over}}
    where account_id between :first_account::bigint and :last_account::bigint
        and open_amount < 0
        and {{released}}
), paid as (
    select
        excessive.account_id, excessive.excess, allocation.item_id, allocation.credit_id,
        allocation.effective_on, sum(allocation.amount) as amount
    from excessive
    join allocation
        on allocation.account_id = excessive.account_id
        and allocation.{{over}}_id = excessive.id
    where allocation.account_id between :first_account::bigint and :last_account::bigint
    group by 1, 2, 3, 4, 5
    having sum(allocation.amount) > 0
), ranked as (
    select
        paid.*,
        sum(amount) over (
            partition by account_id, {{over}}_id order by effective_on desc, {{other}}_id desc
        ) as through
    from paid
), part as (
    select
        account_id, item_id, credit_id, effective_on,
        least(amount, excess - (through - amount)) as amount
    from ranked
    where through - amount < excess
), reversed as (
    insert into allocation (account_id, credit_id, item_id, effective_on, posted_on, amount)
    select account_id, credit_id, item_id, effective_on, :posting_date::date, -amount
    from part
), items_raised as (
    update item
    set open_amount = item.open_amount + given.amount
    from (
        select account_id, item_id, sum(amount) as amount from part group by account_id, item_id
    ) as given
    where item.account_id = given.account_id and item.id = given.item_id
        and item.account_id between :first_account::bigint and :last_account::bigint
), credits_raised as (
    update credit
    set open_amount = credit.open_amount + given.amount
    from (
        select account_id, credit_id, sum(amount) as amount
        from part group by account_id, credit_id
    ) as given
    where credit.account_id = given.account_id and credit.id = given.credit_id
        and credit.account_id between :first_account::bigint and :last_account::bigint
)
insert into examined (account_id, bill_unit_id)
select account_id, bill_unit_id from excessive

-- name: postable
-- The credits of the day: dated by now, with something left, and not waiting for a bill that isn't
-- issued yet. How many there are, and how many of them name a bill.
with found as (
    insert into postable (account_id, bill_unit_id, bill_id, id, effective_on, number, open_amount)
    select account_id, bill_unit_id, bill_id, id, effective_on, number, open_amount
    from credit
    where account_id between :first_account::bigint and :last_account::bigint
        and open_amount > 0
        and effective_on <= :posting_date::date
        -- a value, not a condition: few credits are asked, and a join would read all bills for them
        and coalesce((
            select bill.issued_on
            from bill
            where bill.account_id = credit.account_id and bill.id = credit.bill_id
        ), effective_on) <= :posting_date::date
    returning bill_id
)
select count(*), count(bill_id) from found

-- name: apply (planned each time)
-- Credits pay open items: those that name a bill pay that bill ({{debt}} is `bill_id`), then all
-- that is left pays the bill unit's items ({{debt}} is `bill_unit_id`).
with credits as (
    select
        account_id, bill_unit_id, bill_id, id, effective_on, open_amount,
        sum(open_amount) over (
            partition by account_id, {{debt}} order by effective_on, number, id
        ) as through
    from postable
    where {{debt}} is not null and open_amount > 0
), items as (
    select
        account_id, bill_unit_id, bill_id, id, issued_on, open_amount,
        sum(open_amount) over (
            partition by account_id, {{debt}} order by due_on, issued_on, id
        ) as through
    from item
    where account_id between :first_account::bigint and :last_account::bigint
        and open_amount > 0
        and issued_on <= :posting_date::date
        and (account_id, {{debt}}) in (select account_id, {{debt}} from credits)
), overlap as (
    select
        credits.account_id, credits.bill_unit_id, credits.id as credit_id, items.id as item_id,
        greatest(credits.effective_on, items.issued_on) as effective_on,
        least(credits.through, items.through)
            - greatest(credits.through - credits.open_amount, items.through - items.open_amount)
            as amount
    from credits
    join items on items.account_id = credits.account_id and items.{{debt}} = credits.{{debt}}
    where credits.through > items.through - items.open_amount
        and items.through > credits.through - credits.open_amount
), allocated as (
    insert into allocation (account_id, credit_id, item_id, effective_on, posted_on, amount)
    select account_id, credit_id, item_id, effective_on, :posting_date::date, amount
    from overlap
), items_reduced as (
    update item
    set open_amount = item.open_amount - part.amount
    from (
        select account_id, item_id, sum(amount) as amount from overlap group by account_id, item_id
    ) as part
    where item.account_id = part.account_id and item.id = part.item_id
        and item.account_id between :first_account::bigint and :last_account::bigint
), spent as (
    select account_id, credit_id, sum(amount) as amount from overlap group by account_id, credit_id
), credits_reduced as (
    update credit
    set open_amount = credit.open_amount - spent.amount
    from spent
    where credit.account_id = spent.account_id and credit.id = spent.credit_id
        and credit.account_id between :first_account::bigint and :last_account::bigint
), left_over as (
    update postable
    set open_amount = postable.open_amount - spent.amount
    from spent
    where postable.account_id = spent.account_id and postable.id = spent.credit_id
)
insert into examined (account_id, bill_unit_id)
select distinct account_id, bill_unit_id from overlap

-- name: clear_postable
delete from postable
