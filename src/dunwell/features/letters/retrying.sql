-- Letters and reminders that a person looks at together: those in error, those that are uncertain.

-- name: find
-- Those of the given ones that have this status, locked, with their brand.
select {{table}}.account_id, {{table}}.id, account.brand_id
from {{table}}
join account on account.id = {{table}}.account_id
join unnest(:account_ids::bigint[], :ids::bigint[]) as given (account_id, id)
    on given.account_id = {{table}}.account_id and given.id = {{table}}.id
where {{table}}.status = :status::text
    and (:brands::int[] is null or account.brand_id = any(:brands::int[]))
order by {{table}}.account_id, {{table}}.id
for update of {{table}}

-- name: retry_letter
-- One that was rendered goes out again as it is, another is rendered anew.
with retried as (
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
    from unnest(:account_ids::bigint[], :ids::bigint[]) as given (account_id, id)
    where letter.account_id = given.account_id and letter.id = given.id
    returning letter.account_id, letter.id, bill_unit_id, case_id, template
)
insert into event (business_date, account_id, bill_unit_id, case_id, kind, actor, data)
select
    :business_date::date, account_id, bill_unit_id, case_id, 'letter_retried', :actor::text,
    jsonb_strip_nulls(jsonb_build_object(
        'id', id, 'template', template, 'reason', :reason::text, 'note', :note::text
    ))
from retried

-- name: retry_reminder_message
with retried as (
    update reminder_message
    set status = 'ready', message = null
    from unnest(:account_ids::bigint[], :ids::bigint[]) as given (account_id, id)
    where reminder_message.account_id = given.account_id and reminder_message.id = given.id
    returning reminder_message.account_id, reminder_message.id, bill_unit_id, case_id, template
)
insert into event (business_date, account_id, bill_unit_id, case_id, kind, actor, data)
select
    :business_date::date, account_id, bill_unit_id, case_id, 'reminder_retried', :actor::text,
    jsonb_strip_nulls(jsonb_build_object(
        'id', id, 'template', template, 'reason', :reason::text, 'note', :note::text
    ))
from retried

-- name: numbers
select letter.id, bill_unit.bill_unit_no
from letter
join bill_unit
    on bill_unit.account_id = letter.account_id and bill_unit.id = letter.bill_unit_id
join unnest(:account_ids::bigint[], :ids::bigint[]) as given (account_id, id)
    on given.account_id = letter.account_id and given.id = letter.id
order by letter.account_id, letter.id
