-- Reading cases, for people and systems.

-- name: find_bill_unit
select account_id, id from bill_unit where bill_unit_no = :bill_unit_no::text

-- name: case_files
-- The cases of a bill unit with everything that belongs to them, the newest first.
select
    collection_case.id as case_id,
    collection_case.account_id || '-' || collection_case.id as handle, collection_case.version + (
        select coalesce(sum(action.version), 0)
        from action
        where action.account_id = collection_case.account_id
            and action.case_id = collection_case.id
    )::int as version,
    account.account_no, account.name, bill_unit.bill_unit_no,
    bill_unit.currency, debt_class.name as debt_class, profile.name as profile,
    scenario.name as scenario, collection_case.policy_version_id as policy_version,
    agent.name as agent, collection_case.placed_by, collection_case.status, collection_case.close_reason,
    collection_case.overdue_date, collection_case.entry_date, collection_case.entered_on,
    collection_case.closed_on,
    round_money(collection_case.entry_overdue_amount, bill_unit.currency)::text
        as entry_overdue_amount,
    round_money(scenario.exit_amount, bill_unit.currency)::text as exit_amount,
    round_money(coalesce(balance.overdue_amount, 0), bill_unit.currency)::text as overdue_amount,
    (
        -- the bill that gives the overdue date, by the number of its latest correction
        select bill.bill_no
        from item
        join bill on bill.account_id = item.account_id and bill.root_id = item.bill_id
        where item.account_id = collection_case.account_id
            and item.bill_unit_id = collection_case.bill_unit_id
            and item.debt_class_id = collection_case.debt_class_id
            and item.due_on = collection_case.overdue_date
            and bill.issued_on <= greatest(
                collection_case.entered_on, coalesce(collection_case.closed_on, last_night.date)
            )
        -- `+ 0`: not by walking every bill of that day and before
        order by bill.issued_on + 0 desc, bill.id desc
        limit 1
    ) as bill_no,
    coalesce((
        select jsonb_agg(
            jsonb_build_object(
                'handle', action.account_id || '-' || action.id, 'version', action.version,
                'step', action.step, 'action', action_definition.name,
                'type', action_definition.type, 'status', action.status,
                'due_on', action.due_on, 'task_on', action.task_on,
                'closed_on', action.closed_on, 'mandatory', action.mandatory,
                'message', action.message, 'made_by', action.made_by,
                'parameters', coalesce(action.parameters, '{}'),
                'skipped', action.status = 'pending' and action.due_on <= skips.until
            )
            order by action.due_on, action.step
        )
        from action
        join action_definition on action_definition.id = action.action_definition_id
        where action.account_id = collection_case.account_id
            and action.case_id = collection_case.id
    ), '[]') as actions,
    coalesce((
        select jsonb_agg(
            jsonb_build_object(
                'date', event.business_date, 'kind', event.kind, 'actor', event.actor,
                'data', event_data(event.data)
            )
            order by event.business_date, event.id
        )
        from event
        where event.account_id = collection_case.account_id
            and event.bill_unit_id = collection_case.bill_unit_id
            and event.case_id = collection_case.id
    ), '[]') as events
from collection_case
join account on account.id = collection_case.account_id
join bill_unit
    on bill_unit.account_id = collection_case.account_id
    and bill_unit.id = collection_case.bill_unit_id
join debt_class on debt_class.id = collection_case.debt_class_id
join scenario on scenario.id = collection_case.scenario_id
join profile on profile.id = scenario.profile_id
left join agent on agent.id = collection_case.agent_id
left join balance
    on balance.account_id = collection_case.account_id
    and balance.bill_unit_id = collection_case.bill_unit_id
    and balance.debt_class_id = collection_case.debt_class_id
cross join (select max(business_date) as date from run_slice) as last_night
cross join (
    select case
        when (select value from setting where name = 'run_everything_missed') = 'true' then null
        else (select value #>> '{}' from setting where name = 'installed_on')
    end::date as until
) as skips
where collection_case.account_id = :account_id::bigint
    and collection_case.bill_unit_id = :bill_unit_id::bigint
    and (:case_id::bigint is null or collection_case.id = :case_id::bigint)
    and (
        :after_id::bigint is null
        or (collection_case.entered_on, collection_case.id)
            < (:after_day::date, :after_id::bigint)
    )
order by collection_case.entered_on desc, collection_case.id desc
limit :most::bigint

-- name: case_of_action
select action.case_id, account.brand_id
from action
join account on account.id = action.account_id
where action.account_id = :account_id::bigint and action.id = :action_id::bigint

-- name: action_history
-- The events that name the step, alone or among others, and those that concern the whole case.
select id, business_date as date, recorded_at, kind, actor, event_data(data) as data
from event
where account_id = :account_id::bigint
    and bill_unit_id = :bill_unit_id::bigint
    and case_id = :case_id::bigint
    and (
        data -> 'step' = to_jsonb(:step::int)
        or event_data(data) -> 'actions' @> jsonb_build_array(jsonb_build_object('step', :step::int))
        or data -> 'others' @> jsonb_build_array(jsonb_build_object('step', :step::int))
        or kind in ('case_assigned', 'case_dates_moved', 'case_closed')
    )
    and (:after_id::bigint is null or (business_date, id) > (:after_day::date, :after_id::bigint))
order by business_date, id
limit :most::bigint

-- name: open_cases
-- The open cases of a bill unit, one for each debt class at most, the newest first.
select collection_case.id
from collection_case
where collection_case.account_id = :account_id::bigint
    and collection_case.bill_unit_id = :bill_unit_id::bigint
    and collection_case.status = 'open'
order by collection_case.entered_on desc, collection_case.id desc
