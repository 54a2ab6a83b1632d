-- Where bill units stand under the policy in force and under a draft, and what differs.

-- name: create_temporary_table
-- Once for each connection; it empties itself with the transaction.
create temp table if not exists placement (
    question text not null, with_draft boolean not null,
    account_id bigint not null, bill_unit_id bigint not null, debt_class_id integer not null,
    -- the scenario of the open case; where it is afterwards; why a case ends
    was text, place text, reason text, amount numeric not null
) on commit delete rows

-- name: last_account
select max(id) from account

-- name: accounts
-- How many accounts there are in some ranges.
select count(*)
from unnest(:firsts::bigint[], :lasts::bigint[]) as looked_at (first, last)
join account on account.id between looked_at.first and looked_at.last

-- name: any_group
select exists (select from sharing_group)

-- name: groups
-- The sharing groups whose parents are in the range.
select distinct sharing_member.sharing_group_id
from sharing_member
where sharing_member.account_id between :first_account::bigint and :last_account::bigint
    and sharing_member.role = 'parent'
    and sharing_member.joined_on <= :business_date::date
    and (sharing_member.left_on is null or sharing_member.left_on > :business_date::date)

-- name: every_bill_unit
-- Everybody is asked for their profile, whether they owe something or not.
insert into candidate (
    account_id, bill_unit_id, debt_class_id, currency, overdue_amount, earliest_due_on,
    latest_due_on
)
select account_id, id, 0, currency, 0, :business_date::date, :business_date::date
from bill_unit
where account_id between :first_account::bigint and :last_account::bigint

-- name: place_profiles
insert into placement (
    question, with_draft, account_id, bill_unit_id, debt_class_id, was, place, reason, amount
)
select
    'profiles', :with_draft::boolean, candidate.account_id, candidate.bill_unit_id, 0, null,
    coalesce(profile.name, ''), null, 0
from candidate
left join profile on profile.id = candidate.profile_id

-- name: place_next_night
-- Where the next night leaves each: in its case, in another, in a new one, or out.
insert into placement (
    question, with_draft, account_id, bill_unit_id, debt_class_id, was, place, reason, amount
)
select
    'next_night', :with_draft::boolean, work.account_id, work.bill_unit_id, work.debt_class_id,
    own.name, coalesce(entered.name, case when closed_case.reason is null then own.name end),
    closed_case.reason, work.overdue_amount
from work
left join closed_case
    on closed_case.account_id = work.account_id
    and closed_case.bill_unit_id = work.bill_unit_id
    and closed_case.debt_class_id = work.debt_class_id
left join entry
    on entry.account_id = work.account_id
    and entry.bill_unit_id = work.bill_unit_id
    and entry.debt_class_id = work.debt_class_id
left join scenario as own on own.id = coalesce(work.scenario_id, closed_case.scenario_id)
left join scenario as entered on entered.id = entry.scenario_id
where own.id is not null or entered.id is not null

-- name: forget_cases
-- As if nobody were in collections.
update work set case_id = null, scenario_id = null

-- name: place_afresh
insert into placement (
    question, with_draft, account_id, bill_unit_id, debt_class_id, was, place, reason, amount
)
select
    'afresh', :with_draft::boolean, entry.account_id, entry.bill_unit_id, entry.debt_class_id,
    null, scenario.name, null, entry.overdue_amount
from entry
join scenario on scenario.id = entry.scenario_id

-- name: moves
-- What differs between the two, by how it differs, the most bill units first, with examples.
with compared as (
    select
        account_id, bill_unit_id, current.was,
        nullif(current.place, '') as before, nullif(draft.place, '') as after,
        coalesce(draft.amount, current.amount) as amount
    from (select * from placement where question = :question::text and not with_draft) as current
    full join (select * from placement where question = :question::text and with_draft) as draft
        using (account_id, bill_unit_id, debt_class_id)
    where nullif(current.place, '') is distinct from nullif(draft.place, '')
), moved as (
    select
        compared.*, bill_unit.bill_unit_no, bill_unit.currency,
        case
            when :question::text = 'profiles' then 'profile'
            when before is null and was is not null then 'stays'
            when before is null then 'enters'
            when after is null and was is not null then 'leaves'
            when after is null then 'not_chased'
            when was is not null then 'replaced'
            else 'other_scenario'
        end as kind,
        row_number() over (
            partition by before, after, was is null
            order by amount desc, bill_unit.bill_unit_no
        ) as number
    from compared
    join bill_unit
        on bill_unit.account_id = compared.account_id and bill_unit.id = compared.bill_unit_id
), counted as (
    select kind, before, after, currency, count(*) as bill_units, sum(amount) as amount
    from moved
    group by kind, before, after, currency
)
select
    kind, before, after, sum(bill_units) as bill_units,
    jsonb_object_agg(currency, round_money(amount, currency)::text order by currency)
        filter (where amount > 0) as amounts,
    (
        select jsonb_agg(
            jsonb_build_object(
                'bill_unit_no', moved.bill_unit_no, 'currency', moved.currency,
                'overdue', round_money(moved.amount, moved.currency)::text
            )
            order by moved.number
        )
        from moved
        where moved.kind = counted.kind
            and moved.before is not distinct from counted.before
            and moved.after is not distinct from counted.after
            and moved.number <= :examples::int
    ) as examples
from counted
group by kind, before, after
order by sum(bill_units) desc, kind, before, after
limit :most::int

-- name: kept
-- Open cases under a scenario that the draft changes or takes away: they keep its old version.
select scenario.name as scenario, count(*) as cases
from scenario
join collection_case on collection_case.scenario_id = scenario.id
where scenario.retired_version = :version::int and collection_case.status = 'open'
group by scenario.name
order by count(*) desc, scenario.name
