-- What other systems call our customers and bill units.

-- name: find
select
    known.system, known.kind, known.outside_id, account.account_no, bill_unit.bill_unit_no,
    known.version, known.taken_at
from outside_identifier as known
join account on account.id = known.account_id
left join bill_unit
    on bill_unit.account_id = known.account_id and bill_unit.id = known.bill_unit_id
where known.system = :system::text
    and known.kind = :kind::text
    and known.outside_id = :outside_id::text;
