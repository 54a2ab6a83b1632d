-- name: letters
select
    brand.name as brand, currency, template, coalesce(channel, 'none') as channel, sum(letters)::bigint as letters,
    coalesce(sum(letters) filter (where status in ('sent', 'uncertain')), 0)::bigint as sent,
    coalesce(sum(letters) filter (where status = 'withdrawn'), 0)::bigint as withdrawn,
    coalesce(sum(letters) filter (where status = 'error'), 0)::bigint as failed,
    sum(answered)::bigint as answered,
    round(
        100.0 * sum(answered)
        / nullif(sum(letters) filter (where status in ('sent', 'uncertain')), 0), 1
    ) as effect,
    sum(paid_amount) as paid, :since::date as since, :until::date as until
from report_letter
join brand on brand.id = report_letter.brand_id
where made_on between :since::date and :until::date
    and (:brand::text is null or brand.name = :brand::text)
    and (:currency::text is null or currency = :currency::text)
group by brand.name, currency, template, channel
order by brand.name, currency, template, channel
