-- Demerits by hand. All bill units of the account are looked at again: conditions may ask for it.

-- name: add
with added as (
    insert into demerit (
        account_id, bill_unit_id, effective_from, effective_until, points, kind, reason, actor
    )
    values (
        :account_id::bigint, :bill_unit_id::bigint, :since::date, :until::date, :points::int,
        :kind::text, :reason::text, :actor::text
    )
    returning
        account_id, id, bill_unit_id, effective_from, effective_until, points, kind, reason
), examined_again as (
    insert into touched (account_id, bill_unit_id)
    select bill_unit.account_id, bill_unit.id
    from added
    join bill_unit on bill_unit.account_id = added.account_id
), told as (
    insert into event (business_date, account_id, bill_unit_id, kind, actor, data)
    select
        :business_date::date, account_id, bill_unit_id, 'demerit_added', :actor::text,
        jsonb_strip_nulls(jsonb_build_object(
            'demerit', account_id || '-' || id, 'rating', kind, 'points', points,
            'from', effective_from, 'until', effective_until, 'reason', reason
        ))
    from added
)
select id from added

-- name: exists
select id from demerit where account_id = :account_id::bigint and id = :id::bigint

-- name: end
with ended as (
    update demerit
    set effective_until = :business_date::date - 1
    where account_id = :account_id::bigint
        and id = :id::bigint
        and (effective_until is null or effective_until >= :business_date::date)
    returning account_id, id, kind, points
), examined_again as (
    insert into touched (account_id, bill_unit_id)
    select bill_unit.account_id, bill_unit.id
    from ended
    join bill_unit on bill_unit.account_id = ended.account_id
), told as (
    insert into event (business_date, account_id, bill_unit_id, kind, actor, data)
    select
        :business_date::date, account_id, :bill_unit_id::bigint, 'demerit_ended', :actor::text,
        jsonb_strip_nulls(jsonb_build_object(
            'demerit', account_id || '-' || id, 'rating', kind, 'points', points,
            'reason', :reason::text, 'note', :note::text
        ))
    from ended
)
select id from ended
