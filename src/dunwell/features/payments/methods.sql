-- Payment methods: added, replaced as the default, removed; never changed.

-- name: find_twin
-- The same method, added before.
select id
from payment_method
where account_id = :account_id::bigint
    and bill_unit_id = :bill_unit_id::bigint
    and removed_on is null
    and kind = :kind::text
    and (
        kind = 'card' and token = :token::text
        or kind = 'direct_debit' and mandate_reference = :mandate_reference::text
    )

-- name: mandate_is_taken
select bill_unit.bill_unit_no
from payment_method
join bill_unit
    on bill_unit.account_id = payment_method.account_id
    and bill_unit.id = payment_method.bill_unit_id
where payment_method.mandate_reference = :mandate_reference::text
    and payment_method.removed_on is null

-- name: no_default
update payment_method
set is_default = false
where account_id = :account_id::bigint
    and bill_unit_id = :bill_unit_id::bigint
    and is_default
    and removed_on is null

-- name: add
insert into payment_method (
    account_id, bill_unit_id, added_on, expires_on, mandate_signed_on, is_default, kind, token,
    customer, brand, last_four, holder, mandate_reference
)
values (
    :account_id::bigint, :bill_unit_id::bigint, :date::date, :expires_on::date,
    :mandate_signed_on::date, :is_default::boolean, :kind::text, :token::text, :customer::text,
    :brand::text, :last_four::text, :holder::text, :mandate_reference::text
)
returning id

-- name: remove
update payment_method
set removed_on = :date::date, is_default = false, token = '', customer = null
where account_id = :account_id::bigint
    and bill_unit_id = :bill_unit_id::bigint
    and id = :id::bigint
    and removed_on is null
    -- a charge under way is asked about with its method
    and not exists (
        select from payment_attempt
        where payment_attempt.account_id = payment_method.account_id
            and payment_attempt.payment_method_id = payment_method.id
            and payment_attempt.status in ('charging', 'pending')
    )

-- name: list
select id, account_id || '-' || id as handle, kind, brand, last_four, holder, expires_on, mandate_reference, mandate_signed_on,
    is_default, added_on
from payment_method
where account_id = :account_id::bigint
    and bill_unit_id = :bill_unit_id::bigint
    and removed_on is null
order by is_default desc, id

-- name: log
insert into event (business_date, account_id, bill_unit_id, kind, actor, data)
values (
    :date::date, :account_id::bigint, :bill_unit_id::bigint, :kind::text, :actor::text,
    :data::jsonb
)

-- name: slices
select distinct account_id / :slice_width::bigint
from bill_unit
where bill_unit_no = any(:bill_units::text[])
order by 1
