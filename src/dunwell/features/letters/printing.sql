-- Printed letters: a batch of files for the print shop.

-- name: claim
-- Some rendered letters for print, locked until the transaction ends.
select letter.account_id, letter.id
from letter
where letter.status = 'rendered' and letter.channel = 'print'
order by letter.account_id, letter.id
limit :most::int
for update of letter skip locked

-- name: put_in_batch
update letter
set status = 'sending', batch = :batch::text
from unnest(:account_ids::bigint[], :ids::bigint[]) as given (account_id, id)
where letter.account_id = given.account_id
    and letter.id = given.id
    and letter.status = 'rendered'

-- name: unfinished
-- Batches whose files may be missing: of this delivery, or of one that ended too soon.
select distinct batch
from letter
where status = 'sending' and channel = 'print'
order by batch

-- name: documents
select
    letter.id as letter_id, account.account_no, bill_unit.bill_unit_no, account.name,
    account.country, account.postal_code, letter.template, letter_document.facts ->> 'locale'
    as locale, letter.made_on, letter_document.media_type, letter_document.sha256,
    letter_document.content
from letter
join letter_document
    on letter_document.account_id = letter.account_id and letter_document.letter_id = letter.id
join account on account.id = letter.account_id
join bill_unit
    on bill_unit.account_id = letter.account_id and bill_unit.id = letter.bill_unit_id
where letter.status = 'sending' and letter.batch = :batch::text
order by letter.account_id, letter.id

-- name: finish
with sent as (
    update letter
    set status = 'sent', sent_at = now()
    where status = 'sending' and batch = :batch::text
    returning account_id, id, bill_unit_id, case_id, template
)
insert into event (business_date, account_id, bill_unit_id, case_id, kind, actor, data)
select
    :business_date::date, account_id, bill_unit_id, case_id, 'letter_sent', 'delivery',
    jsonb_build_object('id', id, 'template', template, 'channel', 'print', 'batch', :batch::text)
from sent
