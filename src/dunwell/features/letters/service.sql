-- Letters as people look at them, and what they do about those that are stuck.

-- name: listed
select
    letter.id, bill_unit.bill_unit_no, letter.made_on, letter.template, letter.status,
    letter.channel, letter.message, letter.attempts, letter.next_attempt_at, letter.sent_at,
    letter.batch, letter_document.media_type, letter_document.sha256, letter_document.message_id,
    letter_document.facts ->> 'locale' as locale
from letter
join account on account.id = letter.account_id
join bill_unit
    on bill_unit.account_id = letter.account_id and bill_unit.id = letter.bill_unit_id
left join letter_document
    on letter_document.account_id = letter.account_id and letter_document.letter_id = letter.id
where (:bill_unit_no::text is null or bill_unit.bill_unit_no = :bill_unit_no::text)
    and (:status::text is null or letter.status = :status::text)
    and (:brands::int[] is null or account.brand_id = any(:brands::int[]))
    and (:id::bigint is null or letter.id = :id::bigint)
    -- of one bill unit
    and (
        :after_id::bigint is null
        or (letter.made_on, letter.id) > (:after_day::date, :after_id::bigint)
    )
order by letter.made_on, letter.account_id, letter.id
limit :most::bigint

-- name: document
select letter_document.content, letter_document.media_type, letter_document.sha256
from letter
join letter_document
    on letter_document.account_id = letter.account_id and letter_document.letter_id = letter.id
where letter.account_id = :account_id::bigint
    and letter.bill_unit_id = :bill_unit_id::bigint
    and letter.id = :id::bigint

-- name: data
select letter.data, letter.template, letter.locale, account.brand_id, brand.sender
from letter
join account on account.id = letter.account_id
join brand on brand.id = account.brand_id
join bill_unit
    on bill_unit.account_id = letter.account_id and bill_unit.id = letter.bill_unit_id
where letter.account_id = :account_id::bigint and letter.bill_unit_id = :bill_unit_id::bigint
order by letter.made_on desc, letter.id desc
limit 1

-- name: uncertain
select
    letter.account_id, letter.id, bill_unit.bill_unit_no, account.brand_id,
    letter_document.message_id
from letter
join account on account.id = letter.account_id
join bill_unit
    on bill_unit.account_id = letter.account_id and bill_unit.id = letter.bill_unit_id
join letter_document
    on letter_document.account_id = letter.account_id and letter_document.letter_id = letter.id
where letter.status = 'uncertain'
    and (:brands::int[] is null or account.brand_id = any(:brands::int[]))
    and (:id::bigint is null or letter.id = :id::bigint)
    and (:bill_unit_no::text is null or bill_unit.bill_unit_no = :bill_unit_no::text)
order by letter.account_id, letter.id
for update of letter

-- name: send_again
-- The server doesn't have it: it is rendered, and due.
with settled as (
    update letter
    set status = 'rendered', message = null, next_attempt_at = null
    where account_id = :account_id::bigint and id = :id::bigint and status = 'uncertain'
    returning account_id, id, bill_unit_id, case_id, template
)
insert into event (business_date, account_id, bill_unit_id, case_id, kind, actor, data)
select
    :business_date::date, account_id, bill_unit_id, case_id, 'letter_not_sent', :actor::text,
    jsonb_build_object('id', id, 'template', template)
from settled
