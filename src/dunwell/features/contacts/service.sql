-- Recording a contact.

-- name: types
select contact_class, name from contact_type

-- name: case_of
select id from collection_case
where account_id = :account_id::bigint
    and bill_unit_id = :bill_unit_id::bigint
    and id = :id::bigint

-- name: letter_of
select id from letter
where account_id = :account_id::bigint
    and bill_unit_id = :bill_unit_id::bigint
    and id = :id::bigint

-- name: record
-- The log says that there is a contact, not what it says: that may be personal.
with recorded as (
    insert into contact (
        account_id, bill_unit_id, case_id, letter_id, contacted_on, contact_class, contact_type,
        direction, channel, text, author
    )
    values (
        :account_id::bigint, :bill_unit_id::bigint, :case_id::bigint, :letter_id::bigint,
        :contacted_on::date, :contact_class::text, :contact_type::text, :direction::text,
        :channel::text, :text::text, :actor::text
    )
    returning
        account_id, id, bill_unit_id, case_id, contact_class, contact_type, direction, channel,
        contacted_on
), told as (
    insert into event (business_date, account_id, bill_unit_id, case_id, kind, actor, data)
    select
        :business_date::date, account_id, bill_unit_id, case_id, 'contact_recorded', :actor::text,
        jsonb_build_object(
            'contact', account_id || '-' || id, 'contact_class', contact_class,
            'contact_type', contact_type, 'direction', direction, 'channel', channel,
            'contacted_on', contacted_on
        )
    from recorded
)
select id from recorded
