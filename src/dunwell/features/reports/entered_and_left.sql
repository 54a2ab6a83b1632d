-- name: entered_and_left
with month as (
    select
        greatest(first::date, :since::date) as first,
        least((first + interval '1 month - 1 day')::date, :until::date) as last
    from generate_series(
        date_trunc('month', :since::date::timestamp), :until::date::timestamp, interval '1 month'
    ) as each (first)
)
select
    brand.name as brand, report_case.currency, month.first as month, month.last,
    coalesce(sum(cases) filter (where entered_on between month.first and month.last), 0)::bigint
        as entered,
    coalesce(
        sum(entry_overdue_amount) filter (where entered_on between month.first and month.last), 0
    ) as entered_amount,
    coalesce(sum(cases) filter (
        where closed_on between month.first and month.last and close_reason = 'cured'
    ), 0)::bigint as cured,
    coalesce(sum(cases) filter (
        where closed_on between month.first and month.last and close_reason = 'promise_kept'
    ), 0)::bigint as promise_kept,
    coalesce(sum(cases) filter (
        where closed_on between month.first and month.last and close_reason = 'written_off'
    ), 0)::bigint as written_off,
    coalesce(sum(cases) filter (
        where closed_on between month.first and month.last and close_reason = 'replaced'
    ), 0)::bigint as replaced,
    coalesce(sum(cases) filter (
        where closed_on between month.first and month.last
            and close_reason not in ('cured', 'promise_kept', 'written_off', 'replaced')
    ), 0)::bigint as otherwise,
    coalesce(sum(cases) filter (
        where closed_on between month.first and month.last
    ), 0)::bigint as "left",
    coalesce(sum(cases) filter (
        where entered_on <= month.last and (closed_on is null or closed_on > month.last)
    ), 0)::bigint as remaining
from report_case
join brand on brand.id = report_case.brand_id
cross join month
where (:brand::text is null or brand.name = :brand::text)
    and (:currency::text is null or report_case.currency = :currency::text)
group by brand.name, report_case.currency, month.first, month.last
order by brand.name, report_case.currency, month.first
