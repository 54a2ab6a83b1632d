-- Letters on their way: ready, rendered, sending, sent.

-- name: claim_ready
-- Some letters to render, locked until the transaction ends; others that render skip them.
select
    letter.account_id, letter.id, letter.case_id, letter.bill_unit_id, letter.template,
    letter.locale, letter.data, account.brand_id, account.email, bill_unit.pay_type,
    bill_unit.delivery, bill_unit.bill_unit_no
from letter
join account on account.id = letter.account_id
join bill_unit
    on bill_unit.account_id = letter.account_id and bill_unit.id = letter.bill_unit_id
where letter.status = 'ready' and letter.made_on <= :business_date::date
order by letter.account_id, letter.id
limit :most::int
for update of letter skip locked

-- name: keep_document
insert into letter_document (
    account_id, letter_id, content, media_type, sha256, message_id, facts
)
values (
    :account_id::bigint, :id::bigint, :content::bytea, :media_type::text, :digest::text,
    :message_id::text, :facts::jsonb
)
on conflict (account_id, letter_id) do update set
    content = excluded.content,
    media_type = excluded.media_type,
    sha256 = excluded.sha256,
    message_id = excluded.message_id,
    facts = excluded.facts,
    rendered_at = now()

-- name: rendered
update letter
set status = 'rendered', channel = :channel::text, message = null
where account_id = :account_id::bigint and id = :id::bigint

-- name: set_aside
-- In error, with the reason; only this letter.
with failed as (
    update letter
    set status = 'error', message = :message::text
    where account_id = :account_id::bigint and id = :id::bigint
    returning account_id, id, bill_unit_id, case_id, template
)
insert into event (business_date, account_id, bill_unit_id, case_id, kind, actor, data)
select
    :business_date::date, account_id, bill_unit_id, case_id, 'letter_failed', 'delivery',
    jsonb_build_object('id', id, 'template', template, 'message', :message::text)
from failed

-- name: try_again
-- Letters in error: those that were rendered go out again, the others are rendered anew.
update letter
set
    status = case
        when exists (
            select from letter_document
            where letter_document.account_id = letter.account_id
                and letter_document.letter_id = letter.id
        ) then 'rendered'
        else 'ready'
    end,
    message = null, attempts = 0, next_attempt_at = null
where status = 'error'

-- name: orphans
-- E-mails that a process which is gone was sending: nobody knows whether the server has them.
with orphaned as (
    update letter
    set status = 'uncertain', message = 'the process ended while the mail server was taking it'
    where status = 'sending' and channel = 'email'
    returning account_id, id, bill_unit_id, case_id, template
)
insert into event (business_date, account_id, bill_unit_id, case_id, kind, actor, data)
select
    :business_date::date, account_id, bill_unit_id, case_id, 'letter_uncertain', 'delivery',
    jsonb_build_object('id', id, 'template', template)
from orphaned

-- name: standing
-- How many letters are where, for the report.
select status, count(*) from letter
where status in ('ready', 'rendered', 'uncertain', 'error')
group by status
