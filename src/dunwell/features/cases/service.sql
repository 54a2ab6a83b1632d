-- What people do with cases and actions.

-- name: find_action
-- The action of the open case with this step; locked, case before action, until the end.
select
    collection_case.id as case_id, action.id as action_id, action.status, action.mandatory,
    action.promise_id,
    action_definition.name, action_definition.type
from collection_case
join action
    on action.account_id = collection_case.account_id and action.case_id = collection_case.id
join action_definition on action_definition.id = action.action_definition_id
where collection_case.account_id = :account_id::bigint
    and collection_case.bill_unit_id = :bill_unit_id::bigint
    and collection_case.status = 'open'
    and action.step = :step::int
order by collection_case.id, action.id
limit 1
for update of collection_case, action

-- name: close_action
with closed as (
    update action
    set status = :status::text, closed_on = :business_date::date, version = version + 1
    where account_id = :account_id::bigint and id = :action_id::bigint
    returning account_id, case_id, bill_unit_id, step, due_on
)
insert into event (business_date, account_id, bill_unit_id, case_id, kind, actor, data)
select
    :business_date::date, account_id, bill_unit_id, case_id, 'action_' || :status::text,
    :actor::text,
    jsonb_build_object(
        'step', step, 'action', :name::text, 'type', :type::text, 'due_on', due_on,
        'status', :status::text
    )
from closed

-- name: touch
insert into touched (account_id, bill_unit_id)
values (:account_id::bigint, :bill_unit_id::bigint)

-- name: exempt
with exempted as (
    insert into exemption (account_id, bill_unit_id, exempt_from, exempt_until, reason, actor)
    values (
        :account_id::bigint, :bill_unit_id::bigint, :business_date::date, :until::date,
        :reason::text, :actor::text
    )
    returning account_id, bill_unit_id, exempt_from, exempt_until, reason
)
insert into event (business_date, account_id, bill_unit_id, kind, actor, data)
select
    :business_date::date, account_id, bill_unit_id, 'exempted', :actor::text,
    jsonb_build_object('from', exempt_from, 'until', exempt_until, 'reason', reason)
from exempted
