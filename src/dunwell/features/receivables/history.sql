-- The whole history of a bill unit.

-- name: history
-- What happened to it from a key on, the newest first: its cases, and what concerns no case. The
-- page is chosen first, so that only its rows are read in full.
with page as materialized (
    select
        event.id, event.account_id, event.bill_unit_id, event.business_date, event.recorded_at,
        event.kind, event.actor, event.case_id, event.data
    from event
    where event.account_id = :account_id::bigint
        {{of_unit}}
        and (
            :after_date::date is null
            or (event.business_date, event.id) < (:after_date::date, :after_id::bigint)
        )
    order by event.business_date desc, event.id desc
    limit :limit::int
)
select
    page.id, bill_unit.bill_unit_no, bill_unit.currency, page.business_date as date,
    page.recorded_at, page.kind, page.actor, page.case_id, event_data(page.data) as data
from page
left join bill_unit
    on bill_unit.account_id = page.account_id and bill_unit.id = page.bill_unit_id
order by page.business_date desc, page.id desc
