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
-- was given an arm by hand is counted apart, as nobody drew it.
with first_case as (
    select distinct on (collection_case.account_id)
        collection_case.account_id, collection_case.id, collection_case.arm,
        collection_case.bill_unit_id, collection_case.entered_on, collection_case.closed_on,
        collection_case.close_reason, collection_case.status,
        collection_case.entry_overdue_amount, collection_case.overdue_amount,
        exists (
            select from arm_choice
            where arm_choice.account_id = collection_case.account_id
                and arm_choice.experiment_id = collection_case.experiment_id
        ) as chosen
    from collection_case
    join account on account.id = collection_case.account_id
    where collection_case.experiment_id = :experiment_id::int
        and collection_case.entered_on <= :business_date::date
    order by collection_case.account_id, collection_case.entered_on, collection_case.id
), judged as (
    select
        first_case.*,
        entered_on + :days::int <= :business_date::date as is_judged,
        coalesce(
            close_reason in ('cured', 'promise_kept', 'agreements_cleared')
                and closed_on <= least(entered_on + :days::int, :business_date::date),
            false
        ) as is_cured,
        -- what was written off, or is owed still, isn't recovered
        case
            when close_reason in ('cured', 'promise_kept') or status = 'open'
                then greatest(
                    0, 1 - least(overdue_amount, entry_overdue_amount) / entry_overdue_amount
                )
            else 0
        end as recovered
    from first_case
    where entry_overdue_amount > 0
), spent as (
    select
        judged.account_id, sum(price.amount) as cost,
        sum(price.amount) filter (
            where action.closed_on <= judged.entered_on + :days::int
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
        and contact.contacted_on between judged.entered_on and judged.entered_on + :days::int
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
    coalesce(sum(recovered) filter (where not chosen and is_judged), 0)::float8 as recovered,
    coalesce(sum(spent.cost) filter (where not chosen), 0) as cost,
    coalesce(
        sum(least(spent.in_its_days, :dearest::numeric)) filter (where not chosen and is_judged), 0
    )::float8 as costs,
    coalesce(sum(complained.complaints) filter (where not chosen), 0)::int as complaints,
    count(complained.complaints) filter (where not chosen and is_judged) as complainers
from judged
left join spent on spent.account_id = judged.account_id
left join complained on complained.account_id = judged.account_id
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

-- name: choose
-- An account's arm from now on; one choice for each experiment.
with chosen as (
    insert into arm_choice (account_id, experiment_id, arm, reason, actor, chosen_on)
    values (
        :account_id::bigint, :experiment_id::int, :arm::text, :reason::text, :actor::text,
        :business_date::date
    )
    on conflict (account_id, experiment_id) do update set
        arm = excluded.arm, reason = excluded.reason, actor = excluded.actor,
        chosen_on = excluded.chosen_on
    returning account_id
)
insert into event (business_date, account_id, bill_unit_id, kind, actor, data)
select
    :business_date::date, account_id, :bill_unit_id::bigint, 'arm_chosen', :actor::text,
    jsonb_build_object(
        'experiment', :experiment::text, 'arm', :arm::text, 'reason', :reason::text
    )
from chosen
