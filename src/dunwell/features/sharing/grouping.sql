-- A group on its way through the night: left out of the slices of its accounts, then one debtor.

-- name: any_members
select exists (
    select from sharing_member
    where account_id between :first_account::bigint and :last_account::bigint
)

-- name: examine_memberships
-- Who joined or left a group by the passing of days; the group that was left looks again too.
with changed as (
    select account_id, bill_unit_id, sharing_group_id
    from sharing_member
    where account_id between :first_account::bigint and :last_account::bigint
        and (
            joined_on > :last_date::date and joined_on <= :business_date::date
            or left_on > :last_date::date and left_on <= :business_date::date
        )
), examined_groups as (
    insert into touched (account_id, bill_unit_id)
    select distinct parent.account_id, parent.bill_unit_id
    from changed
    join sharing_member as parent on parent.sharing_group_id = changed.sharing_group_id
    where parent.role = 'parent' and parent.left_on is null
)
insert into examined (account_id, bill_unit_id)
select account_id, bill_unit_id from changed

-- name: hand_over
-- Those of the examined that are in a group are for the group's turn, later in the night.
with handed as (
    delete from examined
    where (account_id, bill_unit_id) in ({{grouped}})
    returning account_id, bill_unit_id
)
insert into touched (account_id, bill_unit_id)
select distinct account_id, bill_unit_id from handed

-- name: hand_over_everything
insert into touched (account_id, bill_unit_id)
{{grouped}}

-- name: accounts
-- The accounts of the groups of a slice, on the business date.
select distinct sharing_member.account_id
from sharing_member
where sharing_member.sharing_group_id between :first_group::int and :last_group::int
    and sharing_member.joined_on <= :business_date::date
    and (sharing_member.left_on is null or sharing_member.left_on > :business_date::date)
order by sharing_member.account_id

-- name: claim_touched
-- The groups with a bill unit that somebody wrote to, or that its slice handed over.
with claimed as (
    delete from touched
    using sharing_member
    where sharing_member.sharing_group_id between :first_group::int and :last_group::int
        and sharing_member.joined_on <= :business_date::date
        and (sharing_member.left_on is null or sharing_member.left_on > :business_date::date)
        and touched.account_id = sharing_member.account_id
        and touched.bill_unit_id = sharing_member.bill_unit_id
        and (touched.examine_from is null or touched.examine_from <= :business_date::date)
    returning sharing_member.sharing_group_id
)
insert into examined_group (sharing_group_id)
select distinct sharing_group_id from claimed

-- name: every_group
insert into examined_group (sharing_group_id)
select id from sharing_group where id between :first_group::int and :last_group::int

-- name: units
-- All bill units of the examined groups.
insert into unit (account_id, bill_unit_id, member)
select sharing_member.account_id, sharing_member.bill_unit_id, sharing_member.role = 'member'
from examined_group
join sharing_member on sharing_member.sharing_group_id = examined_group.sharing_group_id
where sharing_member.joined_on <= :business_date::date
    and (sharing_member.left_on is null or sharing_member.left_on > :business_date::date)

-- name: shares
-- Whose debts count for which parent: an exempt bill unit's don't.
insert into group_share (account_id, bill_unit_id, parent_account_id, parent_bill_unit_id)
select
    sharing_member.account_id, sharing_member.bill_unit_id, parent.account_id,
    parent.bill_unit_id
from examined_group
join sharing_member on sharing_member.sharing_group_id = examined_group.sharing_group_id
join sharing_member as parent on parent.sharing_group_id = examined_group.sharing_group_id
where sharing_member.joined_on <= :business_date::date
    and (sharing_member.left_on is null or sharing_member.left_on > :business_date::date)
    and parent.role = 'parent'
    and parent.joined_on <= :business_date::date
    and (parent.left_on is null or parent.left_on > :business_date::date)
    and not exists (
        select from exemption
        where exemption.account_id = sharing_member.account_id
            and exemption.bill_unit_id = sharing_member.bill_unit_id
            and exemption.exempt_from <= :business_date::date
            and (
                exemption.exempt_until is null
                or exemption.exempt_until >= :business_date::date
            )
    )

-- name: leave_others_touched
-- Posting for one group may have changed other bill units of its accounts: for the next night.
insert into touched (account_id, bill_unit_id)
select distinct account_id, bill_unit_id
from examined
where (account_id, bill_unit_id) not in (select unit.account_id, unit.bill_unit_id from unit)

-- name: totals
-- What stands after the night, of the groups of the slice.
select jsonb_build_object(
    'in_collections', (
        select count(*)
        from sharing_member
        join collection_case
            on collection_case.account_id = sharing_member.account_id
            and collection_case.bill_unit_id = sharing_member.bill_unit_id
        where sharing_member.sharing_group_id between :first_group::int and :last_group::int
            and sharing_member.joined_on <= :business_date::date
            and (sharing_member.left_on is null or sharing_member.left_on > :business_date::date)
            and collection_case.status = 'open'
    ),
    'overdue', (
        select coalesce(jsonb_object_agg(currency, round_money(amount, currency)::text), '{}')
        from (
            select balance.currency, sum(balance.overdue_amount) as amount
            from sharing_member
            join balance
                on balance.account_id = sharing_member.account_id
                and balance.bill_unit_id = sharing_member.bill_unit_id
            where sharing_member.sharing_group_id between :first_group::int and :last_group::int
                and sharing_member.joined_on <= :business_date::date
                and (
                    sharing_member.left_on is null
                    or sharing_member.left_on > :business_date::date
                )
            group by balance.currency
        ) as by_currency
    )
)

-- name: group_of
-- The group that a bill unit is in on the business date.
select sharing_group_id
from sharing_member
where account_id = :account_id::bigint
    and bill_unit_id = :bill_unit_id::bigint
    and joined_on <= :business_date::date
    and (left_on is null or left_on > :business_date::date)
