-- Reading contacts. What an action of another account's case made names no case here.

-- name: contacts
select
    contact.id, account.account_no, bill_unit.bill_unit_no, collection_case.id as case_id,
    contact.letter_id, contact.contacted_on, contact.recorded_at, contact.contact_class,
    contact.contact_type, contact.direction, contact.channel, contact.text, contact.author
from contact
join account on account.id = contact.account_id
left join bill_unit
    on bill_unit.account_id = contact.account_id and bill_unit.id = contact.bill_unit_id
left join collection_case
    on collection_case.account_id = contact.account_id and collection_case.id = contact.case_id
where contact.account_id = :account_id::bigint
    and (:contact_id::bigint is null or contact.id = :contact_id::bigint)
    and (
        :bill_unit_id::bigint is null or contact.bill_unit_id is null
        or contact.bill_unit_id = :bill_unit_id::bigint
    )
    and (:contact_class::text is null or contact.contact_class = :contact_class::text)
    and (
        :after_day::date is null
        or (contact.contacted_on, contact.id) < (:after_day::date, :after_id::bigint)
    )
order by contact.contacted_on desc, contact.id desc
limit :limit::int

-- name: counts
select contact_class, contact_type, count(*), max(contacted_on)
from contact
where account_id = :account_id::bigint
    and (bill_unit_id is null or bill_unit_id = :bill_unit_id::bigint)
group by contact_class, contact_type
order by contact_class, contact_type
