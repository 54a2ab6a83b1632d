-- name: promises
-- By the month in which they were made. Kept of those that came to an end by themselves.
with made as (
    select
        scenario.brand_id, profile.currency, date_trunc('month', promise.made_on)::date as month,
        promise.status, promise.total,
        case when promise.status = 'kept' then promise.total else (
            select sum(instalment.amount)
            from action
            join instalment
                on instalment.account_id = action.account_id and instalment.action_id = action.id
            where action.account_id = promise.account_id and action.case_id = promise.case_id
                and action.promise_id = promise.id and action.status = 'completed'
        ) end as paid
    from promise
    join collection_case
        on collection_case.account_id = promise.account_id and collection_case.id = promise.case_id
    join scenario on scenario.id = collection_case.scenario_id
    join profile on profile.id = scenario.profile_id
    where promise.made_on between :since::date and :until::date
        and (:currency::text is null or profile.currency = :currency::text)
)
select
    brand.name as brand, made.currency, made.month,
    greatest(made.month, :since::date) as first,
    least((made.month + interval '1 month - 1 day')::date, :until::date) as last,
    count(*) as made, sum(total) as promised,
    count(*) filter (where status = 'kept') as kept,
    count(*) filter (where status = 'broken') as broken,
    count(*) filter (where status = 'revoked') as revoked,
    count(*) filter (where status = 'active') as active,
    coalesce(sum(paid), 0) as paid,
    round(
        100.0 * count(*) filter (where status = 'kept')
        / nullif(count(*) filter (where status in ('kept', 'broken')), 0), 1
    ) as kept_rate
from made
join brand on brand.id = made.brand_id
where (:brand::text is null or brand.name = :brand::text)
group by brand.name, made.currency, made.month
order by brand.name, made.currency, made.month
