-- What active pay plans insulate: their scheduled payments count as if they were made already.

-- name: any_pay_plan
select exists (
    select from pay_plan
    where account_id between :first_account::bigint and :last_account::bigint
        and made_on <= :business_date::date
        and (ended_on is null or ended_on > :business_date::date)
)

-- name: insulated_items
-- What is still to be paid on each plan, spread over the overdue items of the debt classes that it
-- covers, the oldest due date first, as a payment would be; what is disputed is left out.
with plan as (
    select
        pay_plan.account_id, pay_plan.id, pay_plan.bill_unit_id, pay_plan.debt_class_ids,
        pay_plan.posted_until, :business_date::date as counted_until,
        (
            select sum(scheduled_payment.amount)
            from scheduled_payment
            where scheduled_payment.account_id = pay_plan.account_id
                and scheduled_payment.pay_plan_id = pay_plan.id
        ) as total
    from pay_plan
    where pay_plan.account_id between :first_account::bigint and :last_account::bigint
        and pay_plan.made_on <= :business_date::date
        and (pay_plan.ended_on is null or pay_plan.ended_on > :business_date::date)
        {{plans_of}}
), insulating as (
    select
        plan.account_id, plan.id, plan.bill_unit_id, plan.debt_class_ids,
        plan.total - received.amount as amount
    from plan
    cross join lateral ({{paid_on_plan}}) as received
    where plan.total > received.amount
), spread as (
    select
        owed.account_id, owed.item_id, least(owed.amount, owed.insulated - owed.before) as amount
    from (
        select
            item.account_id, item.id as item_id, insulating.amount as insulated,
            item.open_amount - coalesce(disputed_item.amount, 0) as amount,
            sum(item.open_amount - coalesce(disputed_item.amount, 0)) over (
                partition by item.account_id, insulating.id
                order by item.due_on, item.issued_on, item.id
            ) - (item.open_amount - coalesce(disputed_item.amount, 0)) as before
        from insulating
        join item
            on item.account_id = insulating.account_id
            and item.bill_unit_id = insulating.bill_unit_id
            and (
                insulating.debt_class_ids is null
                or item.debt_class_id = any(insulating.debt_class_ids)
            )
        left join disputed_item
            on disputed_item.account_id = item.account_id and disputed_item.item_id = item.id
        where item.account_id between :first_account::bigint and :last_account::bigint
            and {{is_overdue}}
            and item.open_amount > coalesce(disputed_item.amount, 0)
    ) as owed
    where owed.before < owed.insulated
), joined as (
    update disputed_item
    set amount = disputed_item.amount + spread.amount, insulated = spread.amount
    from spread
    where disputed_item.account_id = spread.account_id and disputed_item.item_id = spread.item_id
    returning disputed_item.account_id, disputed_item.item_id
)
insert into disputed_item (account_id, item_id, amount, insulated)
select spread.account_id, spread.item_id, spread.amount, spread.amount
from spread
where not exists (
    select from joined
    where joined.account_id = spread.account_id and joined.item_id = spread.item_id
)
