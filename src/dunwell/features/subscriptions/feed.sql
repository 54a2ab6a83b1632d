-- The log as a feed.

-- name: read
select
    event.id, event.business_date, event.recorded_at, event.kind, event.actor, event.run_id,
    event.account_id || '-' || event.case_id as case, event_data(event.data) as data, event.txid::text as position, account.account_no,
    bill_unit.bill_unit_no
from event
left join account on account.id = event.account_id
left join bill_unit
    on bill_unit.account_id = event.account_id and bill_unit.id = event.bill_unit_id
where (event.txid, event.id) > (:after_transaction::bigint::text::xid8, :after_event::bigint)
    -- what is written by transactions that are still going on, and all after them, comes later
    and event.txid < pg_snapshot_xmin(pg_current_snapshot())
    and event.business_date >= :since::date
    and (:kinds::text[] is null or event.kind = any(:kinds::text[]))
    and (:account_id::bigint is null or event.account_id = :account_id::bigint)
    and (:bill_unit_id::bigint is null or event.bill_unit_id = :bill_unit_id::bigint)
    and (:brands::int[] is null or account.brand_id = any(:brands::int[]))
order by event.txid, event.id
limit :most::int
