-- name: promises
-- By the month in which they were made. Kept of those that came to an end by themselves.
with made as (
    select *, date_trunc('month', made_on)::date as month
    from report_promise
    where made_on between :since::date and :until::date
        and (:currency::text is null or currency = :currency::text)
)
select
    brand.name as brand, made.currency, made.month,
    greatest(made.month, :since::date) as first,
    least((made.month + interval '1 month - 1 day')::date, :until::date) as last,
    sum(promises)::bigint as made, sum(promised_amount) as promised,
    coalesce(sum(promises) filter (where status = 'kept'), 0)::bigint as kept,
    coalesce(sum(promises) filter (where status = 'broken'), 0)::bigint as broken,
    coalesce(sum(promises) filter (where status = 'revoked'), 0)::bigint as revoked,
    coalesce(sum(promises) filter (where status = 'active'), 0)::bigint as active,
    sum(paid_amount) as paid,
    round(
        100.0 * sum(promises) filter (where status = 'kept')
        / nullif(sum(promises) filter (where status in ('kept', 'broken')), 0), 1
    ) as kept_rate
from made
join brand on brand.id = made.brand_id
where (:brand::text is null or brand.name = :brand::text)
group by brand.name, made.currency, made.month
order by brand.name, made.currency, made.month
