-- name: scenarios
-- The least demands of all current scenarios, and after how many days overdue an item may change
-- its bill unit's fate.
select
    (select min(entry_amount) from scenario where retired_version is null) as least_entry_amount,
    (select min(entry_days) from scenario where retired_version is null) as least_entry_days,
    (
        select array_agg(distinct days)
        from (
            select entry_days as days from scenario where retired_version is null
            union
            select 1
        ) as threshold
    ) as thresholds

-- name: experiments
-- The arms of the experiments that share out entries on the business date, each with its range of
-- percentages; the last is the champion's. Null if there is none.
select jsonb_agg(
    jsonb_build_object(
        'experiment_id', experiment_id, 'seed', seed, 'champion_id', champion_id,
        'scenario_id', scenario_id, 'arm', arm, 'lower', upper - share, 'upper', upper
    )
)
from (
    select
        shared.*,
        sum(share) over (partition by experiment_id order by position) as upper
    from (
        select
            experiment.id as experiment_id, brand.name || '/' || experiment.name as seed,
            champion.id as champion_id, scenario.id as scenario_id, scenario.name as arm,
            arm.share, arm.position
        from experiment
        join brand on brand.id = experiment.brand_id
        cross join lateral (
            select given.scenario as name, given.share, given.position
            from rows from (
                jsonb_to_recordset(experiment.challengers) as (scenario text, share numeric)
            ) with ordinality as given (scenario, share, position)
            union all
            select
                experiment.champion,
                100 - (
                    select sum(given.share)
                    from jsonb_to_recordset(experiment.challengers) as given (share numeric)
                ),
                1000
        ) as arm
        join scenario as champion
            on champion.brand_id = experiment.brand_id
            and champion.name = experiment.champion
            and champion.retired_version is null
        join scenario
            on scenario.brand_id = experiment.brand_id
            and scenario.name = arm.name
            and scenario.retired_version is null
        where experiment.retired_version is null
            and coalesce(experiment.starts_on, :business_date::date) <= :business_date::date
            and experiment.ends_on >= :business_date::date
    ) as shared
) as ranged

-- name: agreement_classes
-- The debt classes whose cases list their agreements; null if there is none.
select array_agg(id) from debt_class where by_agreement
