-- A case and its actions as they are now.

-- name: case
select
    bill_unit.bill_unit_no, collection_case.bill_unit_id, account.brand_id, bill_unit.currency,
    debt_class.name as debt_class, scenario.name as scenario, collection_case.scenario_id,
    profile.name as profile, scenario.day_unit, brand.calendar_id, agent.name as agent,
    collection_case.placed_by, collection_case.status, collection_case.close_reason,
    collection_case.overdue_date, collection_case.entry_date, collection_case.entered_on,
    collection_case.closed_on, scenario.exit_amount, collection_case.version + (
        select coalesce(sum(action.version), 0)
        from action
        where action.account_id = collection_case.account_id
            and action.case_id = collection_case.id
    )::int as version,
    round_money(collection_case.overdue_amount, bill_unit.currency) as overdue_amount
from collection_case
join account on account.id = collection_case.account_id
join bill_unit
    on bill_unit.account_id = collection_case.account_id
    and bill_unit.id = collection_case.bill_unit_id
join debt_class on debt_class.id = collection_case.debt_class_id
join scenario on scenario.id = collection_case.scenario_id
join profile on profile.id = scenario.profile_id
join brand on brand.id = scenario.brand_id
left join agent on agent.id = collection_case.agent_id
where collection_case.account_id = :account_id::bigint and collection_case.id = :case_id::bigint

-- name: actions
select
    action.id, action.step, action_definition.name, action_definition.type, action.status,
    action.due_on, action.offset_days, action.mandatory, action.task_on, action.closed_on,
    action.made_by, coalesce(action.parameters, '{}') as parameters, action.message,
    action.version
from action
join action_definition on action_definition.id = action.action_definition_id
where action.account_id = :account_id::bigint and action.case_id = :case_id::bigint
order by action.due_on, action.step
