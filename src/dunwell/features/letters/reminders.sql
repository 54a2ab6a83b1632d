-- Invoice reminders: rendered, waiting for the bill unit's next invoice, claimed, confirmed.

-- name: claim_ready
select
    reminder_message.account_id, reminder_message.id, reminder_message.case_id,
    reminder_message.bill_unit_id, reminder_message.template, reminder_message.locale,
    reminder_message.data, account.brand_id
from reminder_message
join account on account.id = reminder_message.account_id
where reminder_message.status = 'ready' and reminder_message.made_on <= :business_date::date
order by reminder_message.account_id, reminder_message.id
limit :most::int
for update of reminder_message skip locked

-- name: rendered
update reminder_message
set status = 'waiting', content = :content::text, message = null
where account_id = :account_id::bigint and id = :id::bigint

-- name: set_aside
with failed as (
    update reminder_message
    set status = 'error', message = :message::text
    where account_id = :account_id::bigint and id = :id::bigint
    returning account_id, id, bill_unit_id, case_id, template
)
insert into event (business_date, account_id, bill_unit_id, case_id, kind, actor, data)
select
    :business_date::date, account_id, bill_unit_id, case_id, 'reminder_failed', 'delivery',
    jsonb_build_object('id', id, 'template', template, 'message', :message::text)
from failed

-- name: try_again
update reminder_message set status = 'ready', message = null where status = 'error'

-- name: keys_of_waiting
-- Those that wait for an invoice, of one bill unit or of all, to ask once more if they are wanted.
select reminder_message.account_id, reminder_message.id
from reminder_message
join bill_unit
    on bill_unit.account_id = reminder_message.account_id
    and bill_unit.id = reminder_message.bill_unit_id
join account on account.id = reminder_message.account_id
where reminder_message.status = 'waiting'
    and (:bill_unit_no::text is null or bill_unit.bill_unit_no = :bill_unit_no::text)
    and (:brands::int[] is null or account.brand_id = any(:brands::int[]))
order by reminder_message.account_id, reminder_message.id
limit :most::int
for update of reminder_message skip locked

-- name: listed
select
    reminder_message.account_id, reminder_message.id, account.account_no, bill_unit.bill_unit_no, reminder_message.made_on,
    reminder_message.template, reminder_message.content, reminder_message.status,
    reminder_message.claimed_at, reminder_message.invoice_no, reminder_message.message
from reminder_message
join account on account.id = reminder_message.account_id
join bill_unit
    on bill_unit.account_id = reminder_message.account_id
    and bill_unit.id = reminder_message.bill_unit_id
where reminder_message.status = any(:statuses::text[])
    and (:bill_unit_no::text is null or bill_unit.bill_unit_no = :bill_unit_no::text)
    and (:brands::int[] is null or account.brand_id = any(:brands::int[]))
    and (reminder_message.account_id, reminder_message.id)
        > (:after_account::bigint, :after_id::bigint)
order by reminder_message.account_id, reminder_message.id
limit :most::bigint

-- name: claim
update reminder_message
set status = 'claimed', claimed_at = now()
from unnest(:account_ids::bigint[], :ids::bigint[]) as given (account_id, id)
where reminder_message.account_id = given.account_id
    and reminder_message.id = given.id
    and reminder_message.status = 'waiting'
returning reminder_message.account_id, reminder_message.id

-- name: of_bill_unit
select id, status, invoice_no
from reminder_message
where account_id = :account_id::bigint
    and bill_unit_id = :bill_unit_id::bigint
    and id = :id::bigint
for update

-- name: confirm
with confirmed as (
    update reminder_message
    set status = 'confirmed', invoice_no = :invoice_no::text, confirmed_at = now()
    where account_id = :account_id::bigint and id = :id::bigint
    returning account_id, id, bill_unit_id, case_id, template
)
insert into event (business_date, account_id, bill_unit_id, case_id, kind, actor, data)
select
    :business_date::date, account_id, bill_unit_id, case_id, 'reminder_confirmed', :actor::text,
    jsonb_build_object('id', id, 'template', template, 'invoice_no', :invoice_no::text)
from confirmed

-- name: release
-- The invoice that it was claimed for didn't come about.
update reminder_message
set status = 'waiting', claimed_at = null
where account_id = :account_id::bigint and id = :id::bigint
