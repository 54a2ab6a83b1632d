-- Demerits that actions make.

-- name: add_demerits
-- One for each account that is reached; all its bill units are looked at in the next night, which
-- is the first that counts it.
with added as (
    insert into demerit (
        account_id, bill_unit_id, case_id, action_id, effective_from, effective_until, points,
        kind, reason, actor
    )
    select distinct on (due_action.account_id, due_action.action_id)
        due_action.account_id, due_action.bill_unit_id, due_action.case_id, due_action.action_id,
        :business_date::date,
        :business_date::date + (action_definition.parameters ->> 'days')::int - 1,
        (action_definition.parameters ->> 'points')::int,
        action_definition.parameters ->> 'rating',
        coalesce(nullif(action_definition.parameters ->> 'reason', ''), action_definition.name),
        :actor::text
    from due_action
    join action_definition on action_definition.id = due_action.action_definition_id
    where due_action.no between :first_no::int and :last_no::int
    order by due_action.account_id, due_action.action_id, due_action.bill_unit_id
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
    :run_id::int,
    jsonb_strip_nulls(jsonb_build_object(
        'demerit', account_id || '-' || id, 'rating', kind, 'points', points,
        'from', effective_from, 'until', effective_until, 'reason', reason
    ))
from added
