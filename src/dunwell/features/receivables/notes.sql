-- What people write down about accounts and bill units.

-- name: write
-- The log says that there is a note, not what it says: that may be personal.
with written as (
    insert into note (account_id, bill_unit_id, noted_on, category, text, author)
    values (
        :account_id::bigint, :bill_unit_id::bigint, :noted_on::date, :category::text, :text::text,
        :actor::text
    )
    returning account_id, id, bill_unit_id, category, noted_on
), told as (
    insert into event (business_date, account_id, bill_unit_id, kind, actor, data)
    select
        :business_date::date, account_id, bill_unit_id, 'note_written', :actor::text,
        jsonb_build_object(
            'note', account_id || '-' || id, 'category', category, 'noted_on', noted_on
        )
    from written
)
select id from written

-- name: notes
select
    note.id, account.account_no, bill_unit.bill_unit_no, note.category, note.noted_on,
    note.recorded_at, note.text, note.author
from note
join account on account.id = note.account_id
left join bill_unit
    on bill_unit.account_id = note.account_id and bill_unit.id = note.bill_unit_id
where note.account_id = :account_id::bigint
    and (:note_id::bigint is null or note.id = :note_id::bigint)
    and (
        :bill_unit_id::bigint is null or note.bill_unit_id is null
        or note.bill_unit_id = :bill_unit_id::bigint
    )
    and (
        :after_day::date is null
        or (note.noted_on, note.id) < (:after_day::date, :after_id::bigint)
    )
order by note.noted_on desc, note.id desc
limit :limit::int
