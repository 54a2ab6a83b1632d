-- E-mailed letters.

-- name: due
-- Some rendered letters whose pause is over.
select
    letter.account_id, letter.id, letter.attempts, account.email,
    bill_unit.bill_unit_no, letter_document.content, letter_document.media_type,
    letter_document.message_id, letter_document.facts
from letter
join letter_document
    on letter_document.account_id = letter.account_id and letter_document.letter_id = letter.id
join account on account.id = letter.account_id
join bill_unit
    on bill_unit.account_id = letter.account_id and bill_unit.id = letter.bill_unit_id
where letter.status = 'rendered'
    and letter.channel = 'email'
    and (letter.next_attempt_at is null or letter.next_attempt_at <= :moment::timestamptz)
order by letter.account_id, letter.id
limit :most::int

-- name: waiting
select count(*) from letter where status = 'rendered' and channel = 'email'

-- name: sending
-- From here on until its answer nobody knows whether the server has it.
update letter
set status = 'sending'
where account_id = :account_id::bigint and id = :id::bigint and status = 'rendered'

-- name: sent
with sent as (
    update letter
    set status = 'sent', sent_at = now(), message = null
    where account_id = :account_id::bigint
        and id = :id::bigint
        and status in ('sending', 'uncertain')
    returning account_id, id, bill_unit_id, case_id, template
)
insert into event (business_date, account_id, bill_unit_id, case_id, kind, actor, data)
select
    :business_date::date, account_id, bill_unit_id, case_id, 'letter_sent', :actor::text,
    jsonb_build_object(
        'id', id, 'template', template, 'channel', 'email', 'message_id', :message_id::text
    )
from sent

-- name: uncertain
with uncertain as (
    update letter
    set status = 'uncertain', message = :message::text
    where account_id = :account_id::bigint and id = :id::bigint and status = 'sending'
    returning account_id, id, bill_unit_id, case_id, template
)
insert into event (business_date, account_id, bill_unit_id, case_id, kind, actor, data)
select
    :business_date::date, account_id, bill_unit_id, case_id, 'letter_uncertain', 'delivery',
    jsonb_build_object('id', id, 'template', template, 'message', :message::text)
from uncertain

-- name: defer
-- The server didn't take this one; it is tried again after a pause.
update letter
set
    status = 'rendered', attempts = attempts + 1, message = :message::text,
    next_attempt_at = :next_attempt_at::timestamptz
where account_id = :account_id::bigint
    and id = :id::bigint
    and status in ('rendered', 'sending')

-- name: defer_all
-- The server can't be used at all: every letter that is due waits, longer each time.
update letter
set
    attempts = attempts + 1, message = :message::text,
    next_attempt_at = :moment::timestamptz
        + least(power(4, least(attempts, 6)), 360) * interval '1 minute'
where status = 'rendered'
    and channel = 'email'
    and (next_attempt_at is null or next_attempt_at <= :moment::timestamptz)
