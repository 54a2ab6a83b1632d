-- Ageing: what is owed on a date, by currency and age.

-- name: ageing
-- What is open on a date is what is open now, plus what was applied with a later date; so only
-- later allocations are summed. A bucket holds what is up to its boundary overdue; bucket 0 is what
-- is not due yet, the one after the last boundary has no end.
with later as (
    select account_id, item_id, sum(amount) as amount
    from allocation
    where effective_on > :date::date
        and (:account_id::bigint is null or account_id = :account_id::bigint)
    group by account_id, item_id
),
open as (
    select
        item.account_id,
        bill_unit.currency,
        case
            when item.due_on >= :date::date then 0
            -- how many boundaries the age has passed
            else 1 + width_bucket(:date::date - item.due_on - 1, :boundaries::integer[])
        end as bucket,
        item.open_amount + coalesce(later.amount, 0) as amount
    from item
    join bill_unit on bill_unit.account_id = item.account_id and bill_unit.id = item.bill_unit_id
    left join later on later.account_id = item.account_id and later.item_id = item.id
    where item.issued_on <= :date::date
        and item.open_amount + coalesce(later.amount, 0) > 0
        and (:account_id::bigint is null or item.account_id = :account_id::bigint)
        and (:bill_unit_id::bigint is null or item.bill_unit_id = :bill_unit_id::bigint)
),
-- accounts are counted by grouping twice, which needs no sorting
per_account as (
    select currency, bucket, account_id, count(*) as items, sum(amount) as amount
    from open
    group by currency, bucket, account_id
),
total as (
    select currency, bucket, sum(items) as items, sum(amount) as amount, count(*) as accounts
    from per_account
    group by currency, bucket
)
select
    currency.code,
    currency.digits,
    bucket.no,
    coalesce(total.items, 0)::bigint,
    coalesce(total.amount, 0),
    coalesce(total.accounts, 0)
from currency
cross join generate_series(0, cardinality(:boundaries::integer[]) + 1) as bucket (no)
left join total on total.currency = currency.code and total.bucket = bucket.no
where exists (
    select from bill_unit
    where bill_unit.currency = currency.code
        and (:account_id::bigint is null or bill_unit.account_id = :account_id::bigint)
        and (
            bill_unit.id = :bill_unit_id::bigint
            or :bill_unit_id::bigint is null and exists (
                select from item
                where item.account_id = bill_unit.account_id and item.bill_unit_id = bill_unit.id
            )
        )
)
order by currency.code, bucket.no;

-- name: boundaries
-- The system-wide aging buckets of the policy.
select up_to_days from aging_bucket order by up_to_days;

-- name: bill_unit
-- The bill unit with this number.
select account_id, id from bill_unit where bill_unit_no = :bill_unit_no::text;
