-- What explain shows beside the night's own decision.

-- name: find
select
    bill_unit.account_id, bill_unit.id as bill_unit_id, bill_unit.bill_unit_no,
    bill_unit.currency, bill_unit.pay_type,
    account.account_no, account.name,
    exists (
        select from exemption
        where exemption.account_id = bill_unit.account_id
            and exemption.bill_unit_id = bill_unit.id
            and exemption.exempt_from <= :business_date::date
            and (exemption.exempt_until is null or exemption.exempt_until >= :business_date::date)
    ) as exempt,
    exists (
        select from hold
        where hold.account_id = bill_unit.account_id
            and hold.bill_unit_id = bill_unit.id
            and hold.held_from <= :business_date::date
            and hold.held_until >= :business_date::date
    ) as held
from bill_unit
join account on account.id = bill_unit.account_id
where bill_unit.bill_unit_no = :bill_unit_no::text

-- name: recall_items
-- The items as they stood on the date: what was posted later isn't seen.
update item
set open_amount = item.amount - coalesce((
    select sum(allocation.amount)
    from allocation
    where allocation.account_id = item.account_id
        and allocation.item_id = item.id
        and allocation.posted_on <= :business_date::date
), 0)
where item.account_id = :account_id::bigint and item.issued_on <= :business_date::date

-- name: forget_later_items
update item set open_amount = 0
where account_id = :account_id::bigint and issued_on > :business_date::date

-- name: forget_cases
update collection_case
set status = 'closed'
where account_id = :account_id::bigint and bill_unit_id = :bill_unit_id::bigint

-- name: recall_cases
-- A case that was closed later is open; one that was opened later doesn't exist. (All were closed
-- before: never may two be open at once, not even within a statement.)
update collection_case
set status = 'open'
where account_id = :account_id::bigint
    and bill_unit_id = :bill_unit_id::bigint
    and entered_on <= :business_date::date
    and (closed_on is null or closed_on > :business_date::date)

-- name: forget_decisions
-- The night shall decide afresh: as if nothing were stored and no case open.
with forgotten as (
    delete from balance where account_id = :account_id::bigint
)
update collection_case set status = 'closed' where account_id = :account_id::bigint

-- name: balances
-- By debt class: the overdue balance, what of it is disputed, what a pay plan insulates, and its
-- ages.
select
    debt_class.name as debt_class,
    round_money(sum(aged.amount), :currency::text)::text as overdue,
    round_money(sum(aged.disputed), :currency::text)::text as disputed,
    round_money(sum(aged.insulated), :currency::text)::text as insulated,
    jsonb_agg(
        jsonb_build_object(
            'bucket', aged.bucket,
            'amount', round_money(aged.amount, :currency::text)::text
        )
        order by aged.position
    ) as ages
from (
    select
        owed.debt_class_id, bucket.position, bucket.label as bucket,
        coalesce(sum(item.open_amount), 0) as amount,
        coalesce(sum(disputed_item.amount - disputed_item.insulated), 0) as disputed,
        coalesce(sum(disputed_item.insulated), 0) as insulated
    from (
        select distinct debt_class_id
        from item
        where {{debts}}
            and {{is_overdue}}
    ) as owed
    cross join (
        select
            position, up_to_days::text as label,
            coalesce(lag(up_to_days) over (order by position), 0) as after_days, up_to_days
        from aging_bucket
        union all
        select 99, '>' || max(up_to_days), max(up_to_days), 1000000 from aging_bucket
    ) as bucket
    left join item
        on {{debts}}
        and item.debt_class_id = owed.debt_class_id
        and {{is_overdue}}
        and :business_date::date - item.due_on > bucket.after_days
        and :business_date::date - item.due_on <= bucket.up_to_days
    left join disputed_item
        on disputed_item.account_id = item.account_id and disputed_item.item_id = item.id
    group by owed.debt_class_id, bucket.position, bucket.label
) as aged
join debt_class on debt_class.id = aged.debt_class_id
group by debt_class.name
order by debt_class.name

-- name: open_cases
select
    debt_class.name as debt_class, scenario.name as scenario, collection_case.id as case_id,
    collection_case.entered_on, collection_case.entry_date, collection_case.overdue_date,
    (
        -- the last day of the promise that was active on the date
        select max(action.due_on)
        from promise
        join action
            on action.account_id = promise.account_id
            and action.case_id = promise.case_id
            and action.promise_id = promise.id
            and (action.status <> 'cancelled' or promise.status <> 'active')
        where promise.account_id = collection_case.account_id
            and promise.case_id = collection_case.id
            and promise.made_on <= :business_date::date
            and (promise.ended_on is null or promise.ended_on > :business_date::date)
    ) as promised_until,
    round_money(scenario.exit_amount, :currency::text)::text as exit_amount
from collection_case
join scenario on scenario.id = collection_case.scenario_id
join debt_class on debt_class.id = collection_case.debt_class_id
where collection_case.account_id = :account_id::bigint
    and collection_case.bill_unit_id = :bill_unit_id::bigint
    and collection_case.status = 'open'
order by debt_class.name

-- name: profile
-- By the rules; a plug-in's choice stands in `candidate`.
select profile.id, profile.name
from account, bill_unit, profile
where account.id = :account_id::bigint
    and bill_unit.account_id = :account_id::bigint
    and bill_unit.id = :bill_unit_id::bigint
    and profile.id = coalesce(
        (
            select candidate.profile_id from candidate
            where candidate.bill_unit_id = :bill_unit_id::bigint
            limit 1
        ),
        {{profile_expression}}
    )

-- name: scenarios
-- Every scenario of the profile in the order in which they are asked, with the part of the balance
-- that is old enough for it and whether that part and the balance reach the entry amount.
select
    scenario.id, scenario.name as scenario, debt_class.name as debt_class, scenario.severity,
    scenario.entry_days,
    round_money(scenario.entry_amount, :currency::text)::text as entry_amount,
    round_money(coalesce(ripe.amount, 0), :currency::text)::text as ripe_amount,
    ripe.amount is not null and ripe.amount >= scenario.entry_amount as ripe_enough,
    oldest.days as oldest_days,
    coalesce(oldest.days >= scenario.entry_days, false) as old_enough
from scenario
join debt_class on debt_class.id = scenario.debt_class_id
left join lateral (
    select sum(item.open_amount - coalesce(disputed_item.amount, 0)) as amount
    from item
    left join disputed_item
        on disputed_item.account_id = item.account_id and disputed_item.item_id = item.id
    where {{debts}}
        and item.debt_class_id = scenario.debt_class_id
        and {{is_overdue}}
        and item.open_amount > coalesce(disputed_item.amount, 0)
        and item.due_on <= :business_date::date - scenario.entry_days
) as ripe on true
left join lateral (
    select :business_date::date - min(item.due_on) as days
    from item
    left join disputed_item
        on disputed_item.account_id = item.account_id and disputed_item.item_id = item.id
    where {{debts}}
        and item.debt_class_id = scenario.debt_class_id
        and {{is_overdue}}
        and item.open_amount > coalesce(disputed_item.amount, 0)
) as oldest on true
where scenario.profile_id = :profile_id::int
    and scenario.retired_version is null
order by debt_class.name, scenario.rank

-- name: criterion
select {{value}}, {{holds}}
from account, bill_unit
where account.id = :account_id::bigint
    and bill_unit.account_id = :account_id::bigint
    and bill_unit.id = :bill_unit_id::bigint

-- name: criteria_hold
select {{criteria_expression}}
from account, bill_unit, scenario
where account.id = :account_id::bigint
    and bill_unit.account_id = :account_id::bigint
    and bill_unit.id = :bill_unit_id::bigint
    and scenario.id = :scenario_id::int

-- name: chosen
-- The scenarios that the night's own statements would choose.
select entry.scenario_id from entry where entry.bill_unit_id = :bill_unit_id::bigint

-- name: decided
-- What the night measured for the bill unit: in and out of the system-wide conditions.
select
    debt_class.name as debt_class, work.overdue_amount as amount,
    round_money(work.overdue_amount, :currency::text)::text as overdue_amount
from work
join debt_class on debt_class.id = work.debt_class_id
where work.bill_unit_id = :bill_unit_id::bigint

-- name: group
-- The sharing group that it is in on the date, as what, and who answers for it.
select sharing_group.name as group, own.role, parent_unit.bill_unit_no as parent
from sharing_member as own
join sharing_group on sharing_group.id = own.sharing_group_id
left join sharing_member as parent
    on parent.sharing_group_id = own.sharing_group_id
    and parent.role = 'parent'
    and parent.joined_on <= :business_date::date
    and (parent.left_on is null or parent.left_on > :business_date::date)
left join bill_unit as parent_unit
    on parent_unit.account_id = parent.account_id and parent_unit.id = parent.bill_unit_id
where own.account_id = :account_id::bigint
    and own.bill_unit_id = :bill_unit_id::bigint
    and own.joined_on <= :business_date::date
    and (own.left_on is null or own.left_on > :business_date::date)
