-- Finding bill units in collections.

-- name: search
-- First which cases, then what is shown of them.
with chosen as (
    {{chosen}}
)
select
    chosen.account_id, chosen.case_id, bill_unit.bill_unit_no, account.account_no, account.name,
    account.company, profile.name as profile, scenario.name as scenario,
    debt_class.name as debt_class, agent.name as agent,
    round_money(collection_case.overdue_amount, bill_unit.currency) as overdue_amount,
    bill_unit.currency, collection_case.overdue_date,
    :business_date::date - collection_case.overdue_date as days_overdue,
    collection_case.entered_on, collection_case.version + (
        select coalesce(sum(action.version), 0)
        from action
        where action.account_id = collection_case.account_id
            and action.case_id = collection_case.id
    )::int as version, chosen.sort_key
from chosen
join collection_case
    on collection_case.account_id = chosen.account_id and collection_case.id = chosen.case_id
join account on account.id = chosen.account_id
join bill_unit
    on bill_unit.account_id = collection_case.account_id
    and bill_unit.id = collection_case.bill_unit_id
join scenario on scenario.id = collection_case.scenario_id
join profile on profile.id = scenario.profile_id
join debt_class on debt_class.id = collection_case.debt_class_id
left join agent on agent.id = collection_case.agent_id
order by chosen.sort_key {{direction}}, chosen.account_id, chosen.case_id

-- name: is_few
-- A row if more than a few meet the conditions; so nobody counts to a million.
select from {{searched}} where {{conditions}} offset {{few}} limit 1
