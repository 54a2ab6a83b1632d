-- Reading the collection status, as customer care sees it.

-- name: status
-- A bill unit without a row was never in collections. Its days are told as of today.
select
    coalesce(collection_status.status, 'green') as status,
    coalesce(collection_status.substatus, 'never_in_collections') as substatus,
    coalesce(collection_status.in_collections, false) as in_collections,
    collection_status.since_on,
    coalesce(collection_status.version, 0) as version,
    collection_status.account_id || '-' || collection_status.case_id as case,
    collection_substatus.description,
    collection_substatus.severity
from bill_unit
left join collection_status
    on collection_status.account_id = bill_unit.account_id
    and collection_status.bill_unit_id = bill_unit.id
left join collection_substatus on collection_substatus.name = collection_status.substatus
where bill_unit.account_id = :account_id::bigint and bill_unit.id = :bill_unit_id::bigint

-- name: is_kept
select coalesce(bool_or(value = 'true'), false) from setting where name = 'collection_status'
