-- Due deliveries and their events, in a temporary table where hooks say more about them.

-- name: create_publishing
create temp table if not exists publishing (
    no int primary key,
    delivery_id bigint not null,
    stream bigint not null,
    attempts int not null,
    parts_sent int not null,
    first_failed_at timestamptz,
    event_id bigint not null,
    business_date date not null,
    recorded_at timestamptz,
    account_id bigint,
    bill_unit_id bigint,
    case_id bigint,
    kind text,
    actor text,
    details jsonb not null,
    data jsonb not null
)

-- name: clear
truncate publishing

-- name: gather
-- The next deliveries in order. What is behind a delivery of its stream that waits for its next
-- attempt isn't due; what is parked blocks nothing.
insert into publishing
select
    row_number() over (order by next.id), next.id, next.stream, next.attempts, next.parts_sent,
    next.first_failed_at, next.event_id, next.business_date, event.recorded_at, event.account_id,
    event.bill_unit_id, event.case_id, event.kind, event.actor, coalesce(event_data(event.data), '{}'), '{}'
from (
    select *
    from delivery
    where subscription_id = :subscription_id::int
        and id > :after_id::bigint
        and parked_at is null
        and next_attempt_at <= :now::timestamptz
        and not exists (
            select from delivery as earlier
            where earlier.subscription_id = delivery.subscription_id
                and earlier.stream = delivery.stream
                and earlier.id < delivery.id
                and earlier.parked_at is null
                and earlier.next_attempt_at > :now::timestamptz
        )
    order by id
    limit :at_most::int
) as next
left join event on event.business_date = next.business_date and event.id = next.event_id

-- name: gathered
select * from publishing order by no
