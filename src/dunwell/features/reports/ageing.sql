-- name: ageing
-- Each movement counts from its date, so what was open on a past day is what had moved until then.
with open as (
    select
        brand_id, currency,
        case
            when due_on >= :until::date then 0
            -- how many boundaries the age has passed
            else 1 + width_bucket(:until::date - due_on - 1, :boundaries::int[])
        end as bucket,
        sum(amount) as amount
    from report_movement
    where effective_on <= :until::date
        and (:currency::text is null or currency = :currency::text)
    group by brand_id, currency, bucket
), whole as (
    select brand_id, currency, sum(amount) as amount from open group by brand_id, currency
), bucket as (
    select
        no,
        case when no = 0 then null else coalesce((:boundaries::int[])[no - 1], 0) + 1 end as from_days,
        case when no = 0 then 0 else (:boundaries::int[])[no] end as to_days
    from generate_series(0, cardinality(:boundaries::int[]) + 1) as each (no)
)
select
    brand.name as brand, whole.currency,
    case
        when bucket.no = 0 then 'not due'
        when bucket.to_days is null then 'over ' || (bucket.from_days - 1)::text
        else bucket.from_days || '–' || bucket.to_days
    end as days_overdue,
    bucket.from_days, bucket.to_days, coalesce(open.amount, 0) as owed,
    round(100 * coalesce(open.amount, 0) / nullif(whole.amount, 0), 1) as share,
    :until::date as until
from whole
join brand on brand.id = whole.brand_id
cross join bucket
left join open
    on open.brand_id = whole.brand_id and open.currency = whole.currency and open.bucket = bucket.no
where (:brand::text is null or brand.name = :brand::text)
order by brand.name, whole.currency, bucket.no
