-- name: recovery
-- By month of entry and policy version. A share is shown once the youngest case is old enough.
with entered as (
    select
        brand_id, currency, policy_version_id, date_trunc('month', entered_on)::date as month,
        max(entered_on) as youngest, sum(cases) as cases, sum(entry_overdue_amount) as amount
    from report_case
    where entered_on between :since::date and :until::date
        and (:currency::text is null or currency = :currency::text)
    group by brand_id, currency, policy_version_id, month
), recovered as (
    select
        brand_id, currency, policy_version_id, date_trunc('month', entered_on)::date as month,
        sum(amount) filter (where posted_on - entered_on <= 30) as within_30,
        sum(amount) filter (where posted_on - entered_on <= 60) as within_60,
        sum(amount) filter (where posted_on - entered_on <= 90) as within_90,
        sum(amount) filter (where posted_on - entered_on <= 180) as within_180,
        sum(amount) as amount
    from report_recovery
    where kind = 'payment' and posted_on <= :until::date
        and entered_on between :since::date and :until::date
    group by brand_id, currency, policy_version_id, month
)
select
    brand.name as brand, entered.currency, entered.month,
    least((entered.month + interval '1 month - 1 day')::date, :until::date) as last,
    greatest(entered.month, :since::date) as first,
    entered.policy_version_id as policy_version, entered.cases::bigint as cases,
    entered.amount as entered_amount, coalesce(recovered.amount, 0) as recovered,
    round(100 * coalesce(recovered.amount, 0) / nullif(entered.amount, 0), 1) as so_far,
    case when :until::date - youngest >= 30 then
        round(100 * coalesce(within_30, 0) / nullif(entered.amount, 0), 1) end as days_30,
    case when :until::date - youngest >= 60 then
        round(100 * coalesce(within_60, 0) / nullif(entered.amount, 0), 1) end as days_60,
    case when :until::date - youngest >= 90 then
        round(100 * coalesce(within_90, 0) / nullif(entered.amount, 0), 1) end as days_90,
    case when :until::date - youngest >= 180 then
        round(100 * coalesce(within_180, 0) / nullif(entered.amount, 0), 1) end as days_180,
    :until::date as until
from entered
join brand on brand.id = entered.brand_id
left join recovered
    on recovered.brand_id = entered.brand_id and recovered.currency = entered.currency
    and recovered.policy_version_id = entered.policy_version_id and recovered.month = entered.month
where (:brand::text is null or brand.name = :brand::text)
order by brand.name, entered.currency, entered.month, entered.policy_version_id
