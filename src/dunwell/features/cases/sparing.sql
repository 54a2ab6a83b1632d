-- Exemptions and holds, of one bill unit.

-- name: exempt
insert into exemption (
    account_id, bill_unit_id, exempt_from, exempt_until, reason, note, actor
)
values (
    :account_id::bigint, :bill_unit_id::bigint, :since::date, :until::date, :reason::text,
    :note::text, :actor::text
)
returning id, exempt_from, exempt_until, reason, note, actor

-- name: lift_exemptions
-- The last exempt day is the one before; what was yet to come never begins.
update exemption
set exempt_until = :business_date::date - 1
where account_id = :account_id::bigint
    and bill_unit_id = :bill_unit_id::bigint
    and (exempt_until is null or exempt_until >= :business_date::date)
returning id, exempt_from, exempt_until, reason, note, actor

-- name: exemptions
select id, exempt_from, exempt_until, reason, note, actor
from exemption
where account_id = :account_id::bigint
    and bill_unit_id = :bill_unit_id::bigint
    and (:after_id::bigint is null or (exempt_from, id) < (:after_day::date, :after_id::bigint))
order by exempt_from desc, id desc
limit :most::bigint

-- name: hold
insert into hold (account_id, bill_unit_id, held_from, held_until, reason, note, actor)
values (
    :account_id::bigint, :bill_unit_id::bigint, :business_date::date, :until::date,
    :reason::text, :note::text, :actor::text
)
returning id, held_from, held_until, reason, note, actor

-- name: lift_holds
update hold
set held_until = :business_date::date - 1
where account_id = :account_id::bigint
    and bill_unit_id = :bill_unit_id::bigint
    and held_until >= :business_date::date
returning id, held_from, held_until, reason, note, actor

-- name: holds
select id, held_from, held_until, reason, note, actor
from hold
where account_id = :account_id::bigint
    and bill_unit_id = :bill_unit_id::bigint
    and (:after_id::bigint is null or (held_from, id) < (:after_day::date, :after_id::bigint))
order by held_from desc, id desc
limit :most::bigint
