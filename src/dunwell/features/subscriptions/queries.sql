-- Subscriptions as people and monitoring see them.

-- name: subscriptions
select
    subscription.id, subscription.name, subscription.url, subscription.kinds,
    (
        select jsonb_agg(brand.name order by brand.name)
        from brand
        where subscription.brands @> to_jsonb(brand.id)
    ) as brands,
    subscription.brands as brand_ids,
    subscription.bill_units as bill_unit_ids, subscription.hub,
    subscription.status, subscription.secret_no, subscription.created_by,
    subscription.created_at, subscription.sent,
    subscription.last_sent_at, subscription.failures, subscription.failing_since,
    subscription.retry_at, subscription.last_error,
    counted.waiting, counted.parked, counted.oldest
from subscription
cross join lateral (
    select
        count(*) filter (where parked_at is null) as waiting,
        count(*) filter (where parked_at is not null) as parked,
        min(created_at) filter (where parked_at is null) as oldest
    from delivery
    where delivery.subscription_id = subscription.id
) as counted
where :name::text is null or subscription.name = :name::text
order by subscription.name

-- name: bill_unit_numbers
select bill_unit_no from bill_unit where id = any(:ids::bigint[]) order by bill_unit_no

-- name: parked
-- What a subscriber didn't take, oldest first, after the last one seen.
select
    delivery.event_id, delivery.business_date, event.kind, delivery.attempts, delivery.parked_at,
    delivery.last_error
from delivery
left join event
    on event.business_date = delivery.business_date and event.id = delivery.event_id
where delivery.subscription_id = :subscription_id::int
    and delivery.parked_at is not null
    and delivery.event_id > :after_event::bigint
order by delivery.event_id
limit :at_most::int

-- name: health
-- For monitoring: of each subscription what waits, for how long, and what is parked.
select
    subscription.name, subscription.status, subscription.failures > 0 as failing, counted.waiting,
    counted.parked, coalesce(extract(epoch from :now::timestamptz - counted.oldest), 0)::float8
        as waiting_seconds
from subscription
cross join lateral (
    select
        count(*) filter (where parked_at is null) as waiting,
        count(*) filter (where parked_at is not null) as parked,
        min(created_at) filter (where parked_at is null) as oldest
    from delivery
    where delivery.subscription_id = subscription.id
) as counted
order by subscription.name

-- name: log_age
-- Seconds since the log was last read for new events.
select extract(epoch from :now::timestamptz - read_at)::float8 from log_reading
