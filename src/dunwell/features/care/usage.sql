-- Usage that isn't billed yet.

-- name: place
select bill_unit.currency, currency.digits, debt_class.id
from bill_unit
join currency on currency.code = bill_unit.currency
cross join debt_class
where bill_unit.account_id = :account_id::bigint
    and bill_unit.id = :bill_unit_id::bigint
    and debt_class.name = :debt_class::text

-- name: put
-- What is older than what is known, or the same, changes nothing: news may come late, or twice.
insert into unbilled_usage (account_id, bill_unit_id, debt_class_id, amount, as_of, details)
values (
    :account_id::bigint, :bill_unit_id::bigint, :debt_class_id::int, :amount::numeric,
    :as_of::timestamptz, :details::text
)
on conflict (account_id, bill_unit_id, debt_class_id) do update
set amount = excluded.amount, as_of = excluded.as_of, details = excluded.details,
    recorded_at = now()
where unbilled_usage.as_of < excluded.as_of
