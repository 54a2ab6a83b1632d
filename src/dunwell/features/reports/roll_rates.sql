-- name: roll_rates
-- What was open on the first day, by its age then, and what of just that is still open on the last
-- day, by its age now. What is no longer open was paid, credited or written off.
with debt as (
    select
        brand_id, currency,
        case
            when due_on >= :since::date then 0
            else 1 + width_bucket(:since::date - due_on - 1, :boundaries::int[])
        end as bucket_then,
        case
            when due_on >= :until::date then 0
            else 1 + width_bucket(:until::date - due_on - 1, :boundaries::int[])
        end as bucket_now,
        sum(amount) filter (where effective_on <= :since::date) as amount_then,
        sum(amount) as amount_now
    from report_movement
    where issued_on <= :since::date and effective_on <= :until::date
        and (:currency::text is null or currency = :currency::text)
    group by brand_id, currency, bucket_then, bucket_now
), outcome as (
    select brand_id, currency, bucket_then, bucket_now, amount_now from debt
    union all
    select brand_id, currency, bucket_then, null, sum(amount_then) - sum(amount_now)
    from debt
    group by brand_id, currency, bucket_then
), whole as (
    select brand_id, currency, bucket_then, sum(amount_then) as amount
    from debt
    group by brand_id, currency, bucket_then
), bucket as (
    select
        no,
        case when no = 0 then null else coalesce((:boundaries::int[])[no - 1], 0) + 1 end as from_days,
        case when no = 0 then 0 else (:boundaries::int[])[no] end as to_days
    from generate_series(0, cardinality(:boundaries::int[]) + 1) as each (no)
), named as (
    select
        no, from_days, to_days,
        case
            when no = 0 then 'not due'
            when to_days is null then 'over ' || (from_days - 1)::text
            else from_days || '–' || to_days
        end as name
    from bucket
)
select
    brand.name as brand, whole.currency, was.name as days_then, whole.amount as owed_then,
    coalesce(becomes.name, 'settled') as days_now, outcome.amount_now as owed_now,
    round(100 * outcome.amount_now / nullif(whole.amount, 0), 1) as rate,
    was.from_days as then_from, was.to_days as then_to, becomes.from_days as now_from,
    becomes.to_days as now_to, :since::date as since, :until::date as until,
    case when becomes.no is null then 'yes' end as settled
from whole
join outcome
    on outcome.brand_id = whole.brand_id and outcome.currency = whole.currency
    and outcome.bucket_then = whole.bucket_then
join brand on brand.id = whole.brand_id
join named as was on was.no = whole.bucket_then
left join named as becomes on becomes.no = outcome.bucket_now
where (:brand::text is null or brand.name = :brand::text)
    and (whole.amount <> 0 or outcome.amount_now <> 0)
order by brand.name, whole.currency, was.no, becomes.no nulls last
