-- What people do with sharing groups.

-- name: lock_group
select sharing_group.name, sharing_group.currency, sharing_group.brand_id, sharing_group.version
from sharing_group
where sharing_group.id = :group_id::int and sharing_group.deleted_on is null
for update of sharing_group

-- name: look_group
select brand_id from sharing_group where id = :group_id::int and deleted_on is null

-- name: current
-- Who is in the group, the parent first.
select
    sharing_member.account_id, sharing_member.bill_unit_id, bill_unit.bill_unit_no,
    sharing_member.role
from sharing_member
join bill_unit
    on bill_unit.account_id = sharing_member.account_id
    and bill_unit.id = sharing_member.bill_unit_id
where sharing_member.sharing_group_id = :group_id::int and sharing_member.left_on is null
order by sharing_member.role desc, bill_unit.bill_unit_no

-- name: facts
-- What the rules ask about a bill unit that is to be in a group.
select
    bill_unit.currency, sharing_group.id as group_id, sharing_group.name as group_name,
    sharing_member.role
from bill_unit
left join sharing_member
    on sharing_member.account_id = bill_unit.account_id
    and sharing_member.bill_unit_id = bill_unit.id
    and sharing_member.left_on is null
left join sharing_group on sharing_group.id = sharing_member.sharing_group_id
where bill_unit.account_id = :account_id::bigint and bill_unit.id = :bill_unit_id::bigint

-- name: named
select id from sharing_group
where brand_id = :brand_id::int and name = :name::text and deleted_on is null

-- name: create
insert into sharing_group (brand_id, name, currency, made_on)
values (:brand_id::int, :name::text, :currency::text, :business_date::date)
returning id

-- name: rename
update sharing_group
set name = :name::text, version = version + 1
where id = :group_id::int

-- name: changed
update sharing_group set version = version + 1 where id = :group_id::int

-- name: delete
update sharing_group
set deleted_on = :business_date::date, version = version + 1
where id = :group_id::int

-- name: join
-- Nobody is in two groups on one day: who left a group tomorrow joins the next one tomorrow.
insert into sharing_member (account_id, bill_unit_id, sharing_group_id, joined_on, role)
select
    :account_id::bigint, :bill_unit_id::bigint, :group_id::int,
    greatest(:business_date::date, (
        select max(left_on) from sharing_member
        where account_id = :account_id::bigint and bill_unit_id = :bill_unit_id::bigint
    )),
    :role::text

-- name: leave
update sharing_member
set left_on = greatest(joined_on, :business_date::date)
where account_id = :account_id::bigint
    and bill_unit_id = :bill_unit_id::bigint
    and sharing_group_id = :group_id::int
    and left_on is null

-- name: in_collections
-- The bill units of the group that are in collections.
select bill_unit.bill_unit_no
from sharing_member
join bill_unit
    on bill_unit.account_id = sharing_member.account_id
    and bill_unit.id = sharing_member.bill_unit_id
where sharing_member.sharing_group_id = :group_id::int
    and sharing_member.left_on is null
    and exists (
        select from collection_case
        where collection_case.account_id = sharing_member.account_id
            and collection_case.bill_unit_id = sharing_member.bill_unit_id
            and collection_case.status = 'open'
    )
order by bill_unit.bill_unit_no

-- name: log
insert into event (business_date, account_id, bill_unit_id, kind, actor, data)
values (
    :business_date::date, :account_id::bigint, :bill_unit_id::bigint, :kind::text,
    :actor::text, :facts::jsonb
)

-- name: touch
insert into touched (account_id, bill_unit_id)
values (:account_id::bigint, :bill_unit_id::bigint)
