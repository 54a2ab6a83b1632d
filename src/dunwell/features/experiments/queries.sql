-- Experiments, and how their arms compare.

-- name: experiments
-- Those of the policy and those that were, the newest first.
select
    experiment.id, experiment.name, experiment.brand_id, brand.name as brand, experiment.champion,
    experiment.challengers, experiment.starts_on, experiment.ends_on, experiment.days,
    experiment.costs, experiment.retired_version is null as in_policy
from experiment
join brand on brand.id = experiment.brand_id
where :name::text is null or experiment.name = :name::text
order by experiment.ends_on desc, experiment.name

-- name: arms
-- By arm, over the first case of each account: what became of those that have had their days. Who
-- was given an arm by hand is counted apart, as nobody drew it. A customer is judged once: after the
-- first night that came behind their days, when nothing can be posted or closed within them any more.
with first_case as (
    select distinct on (collection_case.account_id)
        collection_case.account_id, collection_case.id, collection_case.arm,
        collection_case.bill_unit_id, collection_case.debt_class_id, collection_case.entered_on,
        collection_case.closed_on, collection_case.close_reason,
        collection_case.entry_overdue_amount,
        exists (
            select from arm_choice
            where arm_choice.account_id = collection_case.account_id
                and arm_choice.experiment_id = collection_case.experiment_id
                and arm_choice.chosen_on <= collection_case.entered_on
        ) as chosen
    from collection_case
    join account on account.id = collection_case.account_id
    where collection_case.experiment_id = :experiment_id::int
        and collection_case.entered_on <= :business_date::date
    order by collection_case.account_id, collection_case.entered_on, collection_case.id
), judged as (
    select
        first_case.*, entered_on + :days::int as last_day,
        coalesce(
            entered_on + :days::int < (
                select max(business_date) from run
                where status = 'completed' and business_date <= :business_date::date
            ), false
        ) as is_judged,
        coalesce(
            close_reason in ('cured', 'promise_kept', 'agreements_cleared')
                and closed_on <= entered_on + :days::int,
            false
        ) as is_cured
    from first_case
    where entry_overdue_amount > 0
), unit as (
    -- whose payments count: its own, and those of its sharing group on the day it entered
    select
        account_id as debtor, account_id, bill_unit_id, debt_class_id, entered_on, last_day
    from judged
    where is_judged
    union all
    select
        judged.account_id, member.account_id, member.bill_unit_id, judged.debt_class_id,
        judged.entered_on, judged.last_day
    from judged
    join sharing_member as parent
        on parent.account_id = judged.account_id and parent.bill_unit_id = judged.bill_unit_id
        and parent.role = 'parent'
    join sharing_member as member
        on member.sharing_group_id = parent.sharing_group_id and member.role = 'member'
    where judged.is_judged
        and parent.joined_on <= judged.entered_on
        and coalesce(parent.left_on > judged.entered_on, true)
        and member.joined_on <= judged.entered_on
        and coalesce(member.left_on > judged.entered_on, true)
), paid as (
    -- on what was overdue when it entered, after that night
    select unit.debtor as account_id, sum(allocation.amount) as amount
    from unit
    join item
        on item.account_id = unit.account_id and item.bill_unit_id = unit.bill_unit_id
        and item.debt_class_id = unit.debt_class_id and item.due_on < unit.entered_on
    join allocation
        on allocation.account_id = item.account_id and allocation.item_id = item.id
        and allocation.posted_on > unit.entered_on and allocation.posted_on <= unit.last_day
    join credit
        on credit.account_id = allocation.account_id and credit.id = allocation.credit_id
    where credit.kind = 'payment'
    group by unit.debtor
), spent as (
    select
        judged.account_id, sum(price.amount) as cost,
        sum(price.amount) filter (
            where action.closed_on <= judged.last_day
        ) as in_its_days
    from judged
    join action on action.account_id = judged.account_id and action.case_id = judged.id
    join action_definition on action_definition.id = action.action_definition_id
    cross join lateral (
        select (:costs::jsonb ->> action_definition.name)::numeric as amount
    ) as price
    where action.status = 'completed' and action.closed_on <= :business_date::date
    group by judged.account_id
), complained as (
    select judged.account_id, count(*) as complaints
    from judged
    join contact on contact.account_id = judged.account_id
    where contact.contact_class = 'complaint'
        and contact.contacted_on between judged.entered_on and judged.last_day
        and contact.contacted_on <= :business_date::date
        and (contact.bill_unit_id is null or contact.bill_unit_id = judged.bill_unit_id)
    group by judged.account_id
)
select
    judged.arm,
    count(*) filter (where not chosen) as entries,
    count(*) filter (where chosen) as chosen_by_hand,
    count(*) filter (where not chosen and is_judged) as judged,
    count(*) filter (where not chosen and is_judged and is_cured) as cured,
    coalesce(
        sum(closed_on - entered_on) filter (where not chosen and is_judged and is_cured), 0
    )::float8 as days_to_cure,
    coalesce(
        sum(greatest(0, least(1, coalesce(paid.amount, 0) / entry_overdue_amount)))
            filter (where not chosen and is_judged), 0
    )::float8 as recovered,
    coalesce(sum(spent.cost) filter (where not chosen), 0) as cost,
    coalesce(
        -- who cost nothing has no row, and `least` passes over what is null
        sum(least(coalesce(spent.in_its_days, 0), :dearest::numeric))
            filter (where not chosen and is_judged), 0
    )::float8 as costs,
    coalesce(sum(complained.complaints) filter (where not chosen), 0)::int as complaints,
    count(complained.complaints) filter (where not chosen and is_judged) as complainers
from judged
left join spent on spent.account_id = judged.account_id
left join complained on complained.account_id = judged.account_id
left join paid on paid.account_id = judged.account_id
group by judged.arm
order by judged.arm

-- name: dearest
-- What all steps of the dearest arm cost, each done once.
select coalesce(max(arm.cost), 0)
from (
    select scenario.id, sum((:costs::jsonb ->> action_definition.name)::numeric) as cost
    from scenario
    join scenario_step on scenario_step.scenario_id = scenario.id
    join action_definition on action_definition.id = scenario_step.action_definition_id
    where scenario.name = any(:arms::text[]) and scenario.brand_id = :brand_id::int
    group by scenario.id
) as arm

-- name: treatments
-- The experiments that may give an account its treatment, and what somebody has chosen for it.
select
    experiment.name as experiment, profile.name as profile,
    array_prepend(
        experiment.champion,
        array(
            select challenger ->> 'scenario'
            from jsonb_array_elements(experiment.challengers) as challenger
        )
    ) as arms,
    arm_choice.arm as chosen, arm_choice.reason, arm_choice.actor
from experiment
join account on account.brand_id = experiment.brand_id
join scenario
    on scenario.brand_id = experiment.brand_id and scenario.name = experiment.champion
    and scenario.retired_version is null
join profile on profile.id = scenario.profile_id
left join arm_choice
    on arm_choice.account_id = account.id and arm_choice.experiment_id = experiment.id
where account.id = :account_id::bigint
    and experiment.retired_version is null
    and experiment.ends_on >= :business_date::date
order by experiment.name

-- name: choose
-- An account's arm from now on; one choice for each experiment, dated when somebody first chose:
-- since then nobody draws for it.
with chosen as (
    insert into arm_choice (account_id, experiment_id, arm, reason, actor, chosen_on)
    values (
        :account_id::bigint, :experiment_id::int, :arm::text, :reason::text, :actor::text,
        :business_date::date
    )
    on conflict (account_id, experiment_id) do update set
        arm = excluded.arm, reason = excluded.reason, actor = excluded.actor
    returning account_id
)
insert into event (business_date, account_id, bill_unit_id, kind, actor, data)
select
    :business_date::date, account_id, :bill_unit_id::bigint, 'arm_chosen', :actor::text,
    jsonb_build_object(
        'experiment', :experiment::text, 'arm', :arm::text, 'reason', :reason::text
    )
from chosen
