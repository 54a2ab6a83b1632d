-- name: agents
-- The cases that agents have now, and what has been paid in the period of the cases that they have.
with standing as (
    select
        brand_id, currency, agent_id, sum(cases)::bigint as cases,
        sum(overdue_amount) as overdue_amount
    from report_standing
    where agent_id is not null
    group by brand_id, currency, agent_id
), recovered as (
    select brand_id, currency, agent_id, sum(amount) as amount
    from report_recovery
    where agent_id is not null and kind = 'payment'
        and posted_on between :since::date and :until::date
    group by brand_id, currency, agent_id
)
select
    brand.name as brand, currency, agent.name as agent, agent.supervisor,
    coalesce(standing.cases, 0) as cases, coalesce(standing.overdue_amount, 0) as overdue,
    coalesce(recovered.amount, 0) as recovered, :since::date as since, :until::date as until
from standing
full join recovered using (brand_id, currency, agent_id)
join agent on agent.id = agent_id
join brand on brand.id = brand_id
where (:brand::text is null or brand.name = :brand::text)
    and (:currency::text is null or currency = :currency::text)
    and (:own_agent::text is null or agent.name = :own_agent::text)
order by brand.name, currency, agent.name
