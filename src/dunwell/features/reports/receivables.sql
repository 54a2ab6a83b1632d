-- name: receivables
-- By month: what was open before it and at its end, what was billed in it; so days sales outstanding
-- (open at the end, over what was billed, times the days) and the collection effectiveness index
-- (of all that could be collected, how much isn't open any more).
with month as (
    select
        greatest(first::date, :since::date) as first,
        least((first + interval '1 month - 1 day')::date, :until::date) as last
    from generate_series(
        date_trunc('month', :since::date::timestamp), :until::date::timestamp, interval '1 month'
    ) as each (first)
), reckoned as (
    select
        report_movement.brand_id, report_movement.currency, month.first, month.last,
        coalesce(sum(amount) filter (where effective_on < month.first), 0) as beginning,
        coalesce(sum(amount) filter (
            where effective_on between month.first and month.last and credit_kind is null
        ), 0) as billed,
        coalesce(sum(amount) filter (where effective_on <= month.last), 0) as ending,
        coalesce(sum(amount) filter (
            where effective_on <= month.last and due_on >= month.last
        ), 0) as ending_current
    from report_movement
    cross join month
    where (:currency::text is null or report_movement.currency = :currency::text)
    group by report_movement.brand_id, report_movement.currency, month.first, month.last
)
select
    brand.name as brand, currency, first as month, last, first - 1 as before_first, beginning, billed,
    ending, ending_current, last - first + 1 as days,
    round(ending / nullif(billed, 0) * (last - first + 1), 1) as days_outstanding,
    round(
        100 * (beginning + billed - ending) / nullif(beginning + billed - ending_current, 0), 1
    ) as effectiveness
from reckoned
join brand on brand.id = reckoned.brand_id
where (:brand::text is null or brand.name = :brand::text)
order by brand.name, currency, first
