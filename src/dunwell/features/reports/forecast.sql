-- name: forecast
select
    brand.name as brand, forecast.currency, forecast.due_on, action_definition.name as action,
    action_definition.type,
    coalesce(sum(actions) filter (where status = 'pending'), 0)::bigint as pending,
    coalesce(sum(actions) filter (where status = 'waiting'), 0)::bigint as waiting,
    sum(forecast.overdue_amount) as overdue
from report_forecast as forecast
join brand on brand.id = forecast.brand_id
join action_definition on action_definition.id = forecast.action_definition_id
where (:brand::text is null or brand.name = :brand::text)
    and (:currency::text is null or forecast.currency = :currency::text)
group by
    brand.name, forecast.currency, forecast.due_on, action_definition.name, action_definition.type
order by brand.name, forecast.currency, forecast.due_on, action_definition.name
