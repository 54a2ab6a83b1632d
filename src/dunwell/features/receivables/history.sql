-- The whole history of a bill unit.

-- name: history
-- What happened to it from a key on, the newest first: its cases, and what concerns no case.
select
    event.id, event.business_date as date, event.recorded_at, event.kind, event.actor, event.case_id,
    event_data(event.data) as data
from event
where event.account_id = :account_id::bigint
    and event.bill_unit_id = :bill_unit_id::bigint
    and (
        :after_date::date is null
        or (event.business_date, event.id) < (:after_date::date, :after_id::bigint)
    )
order by event.business_date desc, event.id desc
limit :limit::int
