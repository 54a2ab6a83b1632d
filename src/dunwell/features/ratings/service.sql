-- Demerits. All bill units of the account are looked at again: conditions may ask for its rating.

-- piece: facts
jsonb_strip_nulls(jsonb_build_object(
    'demerit', account_id || '-' || id, 'rating', kind, 'points', points,
    'from', effective_from, 'until', effective_until, 'reason', reason
))

-- name: add_due
-- Those that the night makes; the next one is the first that counts them.
with added as (
    insert into demerit (
        account_id, bill_unit_id, case_id, action_id, effective_from, effective_until, points,
        kind, reason, actor
    )
    select
        account_id, bill_unit_id, case_id, action_id, :business_date::date,
        :business_date::date + days - 1, points, rating, reason, :actor::text
    from ({{demerits}}) as due
    returning
        account_id, id, bill_unit_id, case_id, effective_from, effective_until, points, kind, reason
), examined_tomorrow as (
    insert into touched (account_id, bill_unit_id, examine_from)
    select bill_unit.account_id, bill_unit.id, :business_date::date + 1
    from (select distinct account_id from added) as rated
    join bill_unit on bill_unit.account_id = rated.account_id
    where bill_unit.account_id between :first_account::bigint and :last_account::bigint
)
insert into event (business_date, account_id, bill_unit_id, case_id, kind, actor, run_id, data)
select
    :business_date::date, account_id, bill_unit_id, case_id, 'demerit_added', :actor::text,
    :run_id::int, {{facts}}
from added

-- name: add
-- One by hand.
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
        {{facts}}
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
