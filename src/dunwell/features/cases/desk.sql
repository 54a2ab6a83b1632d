-- A person at one case.

-- name: case_of_action
select action.case_id, account.brand_id
from action
join account on account.id = action.account_id
where action.account_id = :account_id::bigint and action.id = :action_id::bigint

-- name: lock
-- Case before action: whoever changes an action has its case first, so a second person waits here.
select id from collection_case
where account_id = :account_id::bigint and id = :case_id::bigint
for update

-- name: last_change
-- What happened last to the step (or to the case), by whom.
select kind, actor, business_date
from event
where account_id = :account_id::bigint
    and bill_unit_id = :bill_unit_id::bigint
    and case_id = :case_id::bigint
    and (
        :step::int is null
        or data -> 'step' = to_jsonb(:step::int)
        or event_data(data) -> 'actions' @> jsonb_build_array(jsonb_build_object('step', :step::int))
        or data -> 'others' @> jsonb_build_array(jsonb_build_object('step', :step::int))
        or kind in ('case_closed', 'case_dates_moved')
    )
order by id desc
limit 1

-- name: log
insert into event (business_date, account_id, bill_unit_id, case_id, kind, actor, data)
values (
    :business_date::date, :account_id::bigint, :bill_unit_id::bigint, :case_id::bigint,
    :kind::text, :actor::text, :data::jsonb
)

-- name: touch
insert into touched (account_id, bill_unit_id)
values (:account_id::bigint, :bill_unit_id::bigint)
