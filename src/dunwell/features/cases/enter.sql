-- Entering collections, and changing to a scenario that fits better: who may, which scenario is
-- chosen, and the case with its schedule.

-- name: candidates
-- Overdue bill units without a case that the system-wide conditions let in; with cases replaced,
-- also those that have one.
insert into candidate (
    account_id, bill_unit_id, debt_class_id, currency, pay_type, bill_unit_status,
    overdue_amount, earliest_due_on, latest_due_on, case_id, scenario_id
)
select
    work.account_id, work.bill_unit_id, work.debt_class_id, bill_unit.currency,
    bill_unit.pay_type, bill_unit.status,
    work.overdue_amount, work.earliest_due_on, work.latest_due_on, work.case_id, work.scenario_id
from work
join bill_unit
    on bill_unit.account_id = work.account_id and bill_unit.id = work.bill_unit_id
where bill_unit.account_id between :first_account::bigint and :last_account::bigint
    and (
        work.case_id is null
        or :cases_replaced::boolean
        and not exists (
            -- what a person chose stays
            select from collection_case
            where collection_case.account_id = work.account_id
                and collection_case.id = work.case_id
                and collection_case.placed_by is not null
        )
        and not exists (
            -- a promise to pay holds the case in its scenario
            select from promise
            where promise.account_id = work.account_id
                and promise.case_id = work.case_id
                and promise.status = 'active'
        )
    )
    and work.overdue_amount >= :least_entry_amount::numeric
    and work.earliest_due_on <= :business_date::date - :least_entry_days::int
    and not work.exempt
    and not work.held
    and not work.member
    and bill_unit.pay_type = any(:pay_types::text[])
    and work.overdue_amount >= coalesce((:minimum_due::jsonb ->> bill_unit.currency)::numeric, 0)
    and not exists (
        -- what was closed today for another reason than its balance waits a day
        select from collection_case
        where collection_case.account_id = work.account_id
            and collection_case.account_id between :first_account::bigint and :last_account::bigint
            and collection_case.bill_unit_id = work.bill_unit_id
            and collection_case.debt_class_id = work.debt_class_id
            and collection_case.closed_on = :business_date::date
            and collection_case.close_reason in (
                'exhausted', 'written_off', 'stopped', 'agreements_cleared'
            )
    )

-- name: offers
-- The scenarios whose amounts and days a candidate meets: the part of its balance that is at least
-- `entry_days` overdue reaches the entry amount. That part needs a look at the items only when
-- some of them are younger.
insert into offer (
    candidate_no, account_id, bill_unit_id, scenario_id, rank, ripe_amount, latest_ripe_due_on
)
select
    debtor.no, debtor.account_id, debtor.bill_unit_id, scenario.id, scenario.rank,
    coalesce(ripe.amount, debtor.overdue_amount),
    coalesce(ripe.latest_due_on, debtor.latest_due_on)
from candidate as debtor
join scenario
    on scenario.profile_id = debtor.profile_id
    and scenario.debt_class_id = debtor.debt_class_id
    and scenario.retired_version is null
    and scenario.challenges is null
    and debtor.overdue_amount >= scenario.entry_amount
    and debtor.earliest_due_on <= :business_date::date - scenario.entry_days
left join lateral (
    select
        sum(item.open_amount{{less_disputed}}) as amount,
        max(item.due_on) as latest_due_on
    from item
    {{shared}}
    {{with_disputed}}
    where {{of_debtor}}
        and item.debt_class_id = debtor.debt_class_id
        and item.account_id between :first_account::bigint and :last_account::bigint
        and {{is_overdue}}
        and item.due_on <= :business_date::date - scenario.entry_days
        {{not_wholly_disputed}}
) as ripe on debtor.latest_due_on > :business_date::date - scenario.entry_days
where coalesce(ripe.amount, debtor.overdue_amount) >= scenario.entry_amount

-- name: choose
-- The best-ranked offer of each candidate. One that is in a scenario of the same name stays.
insert into entry (
    account_id, bill_unit_id, debt_class_id, case_id, scenario_id, replaces_case_id,
    brand_id, pay_type, bill_unit_status, account_status,
    overdue_amount, ripe_amount, overdue_date, entry_date
)
select
    account_id, bill_unit_id, debt_class_id, nextval('collection_case_id_seq'), scenario_id,
    case_id, brand_id, pay_type, bill_unit_status, account_status, overdue_amount, ripe_amount, overdue_date,
    case
        when :entry_date::text = 'processing' or case_id is not null then :business_date::date
        else overdue_date + entry_days
    end
from (
    select distinct on (candidate.account_id, candidate.bill_unit_id, candidate.debt_class_id)
        candidate.account_id, candidate.bill_unit_id, candidate.debt_class_id,
        candidate.case_id, candidate.overdue_amount,
        -- a challenger stands in for its champion
        coalesce(current_scenario.challenges, current_scenario.name) as current_name,
        scenario.id as scenario_id, scenario.name, scenario.entry_days, scenario.brand_id,
        candidate.pay_type, candidate.bill_unit_status, candidate.account_status,
        offer.ripe_amount,
        case :overdue_date::text
            when 'earliest' then candidate.earliest_due_on
            else offer.latest_ripe_due_on
        end as overdue_date
    from candidate
    join offer
        on offer.account_id = candidate.account_id and offer.candidate_no = candidate.no
    join scenario on scenario.id = offer.scenario_id
    left join scenario as current_scenario on current_scenario.id = candidate.scenario_id
    order by
        candidate.account_id, candidate.bill_unit_id, candidate.debt_class_id, offer.rank
) as chosen
where current_name is distinct from name

-- name: assign_arms
-- Entries into a champion are shared out by a hash of the account and the experiment, so that a
-- customer always gets the same treatment, unless somebody chose another. `lower` and `upper` are
-- percentages of all accounts; the champion has what the challengers leave.
update entry
set scenario_id = drawn.scenario_id, experiment_id = drawn.experiment_id, arm = drawn.arm
from (
    select entry.no, arm.experiment_id, arm.scenario_id, arm.arm
    from entry
    join account on account.id = entry.account_id
    join jsonb_to_recordset(:experiments::jsonb) as arm (
        experiment_id int, seed text, champion_id int, scenario_id int, arm text,
        lower numeric, upper numeric
    ) on arm.champion_id = entry.scenario_id
    left join arm_choice
        on arm_choice.account_id = entry.account_id
        and arm_choice.account_id between :first_account::bigint and :last_account::bigint
        and arm_choice.experiment_id = arm.experiment_id
    cross join lateral (
        select
            ('x' || encode(
                substring(
                    sha256(convert_to(arm.seed || ':' || account.account_no, 'UTF8'))
                    from 1 for 4
                ),
                'hex'
            ))::bit(32)::bigint * 100 / 4294967296.0 as percent
    ) as place
    where account.id between :first_account::bigint and :last_account::bigint
        and case
            when arm_choice.arm is not null then arm.arm = arm_choice.arm
            else place.percent >= arm.lower and place.percent < arm.upper
        end
) as drawn
where entry.no = drawn.no

-- name: replace
-- The case in the scenario that no longer fits best ends; its successor starts tonight.
insert into closed_case (
    account_id, case_id, bill_unit_id, debt_class_id, scenario_id, reason, overdue_amount
)
select
    work.account_id, work.case_id, work.bill_unit_id, work.debt_class_id, work.scenario_id,
    'replaced', work.overdue_amount
from entry
join work on work.account_id = entry.account_id and work.case_id = entry.replaces_case_id

-- name: open_cases
-- Who worked on a case goes on with its successor, unless a plug-in assigned somebody else. What
-- lists are searched by comes along from the customer.
insert into collection_case (
    account_id, id, bill_unit_id, debt_class_id, scenario_id, policy_version_id, agent_id,
    overdue_date, entry_date, entered_on, entry_overdue_amount, overdue_amount, brand_id,
    pay_type, bill_unit_status, account_status, placed_by, experiment_id, arm
)
select
    account_id, case_id, bill_unit_id, debt_class_id, scenario_id, :policy_version_id::int,
    case when agent_id is null and replaces_case_id is not null then (
        select replaced.agent_id
        from collection_case as replaced
        where replaced.account_id = entry.account_id and replaced.id = entry.replaces_case_id
    ) else agent_id end,
    overdue_date, entry_date, :business_date::date, overdue_amount, overdue_amount,
    brand_id, pay_type, bill_unit_status, account_status, placed_by, experiment_id, arm
from entry
order by account_id, case_id

-- name: schedule
-- The entries stand in the order of their accounts, and so does what is made of them, without a
-- sort. The actions of the new cases, and one event for each case with the reason that it entered and
-- its schedule. The dates are worked out once for each scenario and entry date. Steps with the
-- same offset form a date; under dependencies a later date never falls on the day of an earlier
-- one, so it moves on: day number minus position may not fall. Days before the calendar begins
-- count as its first: they are long past, and what was due then is due now.
with plan as (
    select
        entry.scenario_id, entry.entry_date, scenario.day_unit, brand.calendar_id,
        (
            select min(working_day.day) from working_day
            where working_day.calendar_id = brand.calendar_id
        ) as first_day
    from (select distinct scenario_id, entry_date from entry) as entry
    join scenario on scenario.id = entry.scenario_id
    join brand on brand.id = scenario.brand_id
), dated as (
    select
        plan.*, step.offset_days,
        dense_rank() over (
            partition by plan.scenario_id, plan.entry_date order by step.offset_days
        ) as position,
        add_days(
            plan.calendar_id,
            greatest(
                plan.entry_date,
                plan.first_day
                    - case plan.day_unit when 'working' then 0 else step.offset_days end
            ),
            step.offset_days,
            plan.day_unit
        ) as due_on
    from plan
    join (
        select distinct scenario_step.scenario_id, scenario_step.offset_days
        from {{steps}} as scenario_step
    ) as step
        on step.scenario_id = plan.scenario_id
), numbered as (
    select
        dated.*,
        case when :action_dependencies::boolean then (
            select working_day.no
            from working_day
            where working_day.calendar_id = dated.calendar_id and working_day.day = dated.due_on
        ) - position end as distance
    from dated
), apart as (
    select
        scenario_id, entry_date, calendar_id, offset_days, position,
        case when :action_dependencies::boolean then (
            select working_day.day
            from working_day
            where working_day.calendar_id = furthest.calendar_id
                and working_day.no = furthest.position + furthest.distance_so_far
                and working_day.day = working_day.next_working
        ) else due_on end as due_on
    from (
        select
            numbered.*,
            max(distance) over (
                partition by scenario_id, entry_date order by position
            ) as distance_so_far
        from numbered
    ) as furthest
), planned as (
    select
        apart.scenario_id, apart.entry_date, scenario_step.step,
        scenario_step.action_definition_id, scenario_step.mandatory, apart.offset_days,
        apart.offset_days - coalesce(previous.offset_days, 0) as interval_days,
        apart.due_on,
        case
            when :action_dependencies::boolean and apart.position > 1 then 'waiting'
            else 'pending'
        end as status
    from apart
    join {{steps}} as scenario_step
        on scenario_step.scenario_id = apart.scenario_id
        and scenario_step.offset_days = apart.offset_days
    left join apart as previous
        on previous.scenario_id = apart.scenario_id
        and previous.entry_date = apart.entry_date
        and previous.position = apart.position - 1
), scheduled as (
    insert into action (
        account_id, case_id, bill_unit_id, action_definition_id, offset_days, interval_days,
        due_on, step, mandatory, status
    )
    select
        entry.account_id, entry.case_id, entry.bill_unit_id, planned.action_definition_id,
        planned.offset_days, planned.interval_days, planned.due_on, planned.step,
        planned.mandatory, planned.status
    from entry
    join planned
        on planned.scenario_id = entry.scenario_id and planned.entry_date = entry.entry_date
), made as (
    -- written once for all cases with this scenario and entry date, not into each one's event
    insert into schedule (brand_id, scenario_id, entry_date, actions)
    select
        scenario.brand_id, planned.scenario_id, planned.entry_date,
        jsonb_agg(
            jsonb_build_object(
                'step', planned.step, 'action', action_definition.name,
                'due_on', planned.due_on, 'status', planned.status
            )
            order by planned.step
        )
    from planned
    join scenario on scenario.id = planned.scenario_id
    join action_definition on action_definition.id = planned.action_definition_id
    group by scenario.brand_id, planned.scenario_id, planned.entry_date
    returning id, scenario_id, entry_date
), told as (
    -- what the events of all these cases have in common; a scenario without steps has no schedule
    select
        plan.scenario_id, plan.entry_date,
        jsonb_strip_nulls(jsonb_build_object(
            'scenario', scenario.name,
            'profile', profile.name,
            'entry_amount', scenario.entry_amount::text,
            'entry_days', scenario.entry_days,
            'entry_date', plan.entry_date,
            'schedule', made.id
        )) as facts
    from plan
    join scenario on scenario.id = plan.scenario_id
    join profile on profile.id = scenario.profile_id
    left join made
        on made.scenario_id = plan.scenario_id and made.entry_date = plan.entry_date
)
insert into event (business_date, account_id, bill_unit_id, case_id, kind, actor, run_id, data)
select
    :business_date::date, entry.account_id, entry.bill_unit_id, entry.case_id, 'case_opened',
    :actor::text, :run_id::int,
    told.facts || jsonb_build_object(
        'overdue_amount', entry.overdue_amount::text,
        'ripe_amount', entry.ripe_amount::text,
        'overdue_date', entry.overdue_date,
        'replaces_case_id', entry.replaces_case_id
    ) || case when entry.experiment_id is null then '{}' else jsonb_build_object(
        'arm', entry.arm,
        'experiment', (select name from experiment where experiment.id = entry.experiment_id)
    ) end
from entry
join told on told.scenario_id = entry.scenario_id and told.entry_date = entry.entry_date

-- name: override_profile
-- A plug-in's profile takes the place of the one that the rules selected.
update candidate
set profile_id = profile.id
from profile, account
where candidate.no = :no::int
    and account.id = candidate.account_id
    and account.id between :first_account::bigint and :last_account::bigint
    and profile.brand_id = account.brand_id
    and profile.currency = candidate.currency
    and profile.name = :profile::text
    and profile.retired_version is null

-- name: refuse_offers
delete from offer where no = any(:refused::int[])

-- name: assign_agent
update entry set agent_id = agent.id
from agent
where entry.no = :no::int and agent.name = :agent::text
