-- Reading sharing groups.

-- name: groups
select id as group_id, name, currency, brand_id, version
from sharing_group
where name = :name::text and deleted_on is null
order by id

-- name: page
-- The groups of some brands after one, by id.
select id, name, currency, version
from sharing_group
where deleted_on is null
    and id > :after::bigint
    and (:name::text is null or name = :name::text)
    and (:brand_ids::int[] is null or brand_id = any(:brand_ids::int[]))
order by id
limit :limit::int

-- name: detail
-- One group with its parent's number.
select
    sharing_group.id, sharing_group.name, sharing_group.currency, sharing_group.brand_id,
    sharing_group.version, bill_unit.bill_unit_no as parent
from sharing_group
join sharing_member
    on sharing_member.sharing_group_id = sharing_group.id
    and sharing_member.role = 'parent'
    and sharing_member.left_on is null
join bill_unit
    on bill_unit.account_id = sharing_member.account_id
    and bill_unit.id = sharing_member.bill_unit_id
where sharing_group.id = :group_id::int and sharing_group.deleted_on is null

-- name: receivables
-- Everybody in the bill unit's group with what they owe: all that is open, and what of it is
-- overdue.
select
    sharing_group.id as group_id, sharing_group.name as group_name, sharing_group.currency,
    sharing_member.role, bill_unit.bill_unit_no, account.account_no,
    round_money(coalesce(owed.open_amount, 0), sharing_group.currency)::text as open,
    round_money(coalesce(owed.overdue_amount, 0), sharing_group.currency)::text as overdue
from sharing_member as own
join sharing_group on sharing_group.id = own.sharing_group_id
join sharing_member on sharing_member.sharing_group_id = own.sharing_group_id
join bill_unit
    on bill_unit.account_id = sharing_member.account_id
    and bill_unit.id = sharing_member.bill_unit_id
join account on account.id = sharing_member.account_id
left join lateral (
    select
        sum(item.open_amount) as open_amount,
        sum(item.open_amount) filter (where item.due_on < :business_date::date)
            as overdue_amount
    from item
    where item.account_id = sharing_member.account_id
        and item.bill_unit_id = sharing_member.bill_unit_id
        and item.open_amount > 0
        and item.issued_on <= :business_date::date
) as owed on true
where own.account_id = :account_id::bigint
    and own.bill_unit_id = :bill_unit_id::bigint
    and own.joined_on <= :business_date::date
    and (own.left_on is null or own.left_on > :business_date::date)
    and sharing_member.joined_on <= :business_date::date
    and (sharing_member.left_on is null or sharing_member.left_on > :business_date::date)
order by sharing_member.role desc, bill_unit.bill_unit_no
