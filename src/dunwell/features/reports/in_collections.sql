-- name: in_collections
select
    brand.name as brand, standing.currency, profile.name as profile, scenario.name as scenario,
    standing.bill_unit_status, sum(standing.cases)::bigint as bill_units,
    sum(standing.overdue_amount) as delinquent, sum(standing.total_amount) as total_balance
from report_standing as standing
join brand on brand.id = standing.brand_id
join scenario on scenario.id = standing.scenario_id
join profile on profile.id = scenario.profile_id
where (:brand::text is null or brand.name = :brand::text)
    and (:currency::text is null or standing.currency = :currency::text)
group by brand.name, standing.currency, profile.name, scenario.name, standing.bill_unit_status
order by brand.name, standing.currency, profile.name, scenario.name, standing.bill_unit_status
