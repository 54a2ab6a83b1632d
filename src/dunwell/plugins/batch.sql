-- The rows of a hook's batch, for plug-ins that decide in Python.

-- piece: customer
account.account_no, account.credit_score, account.attributes as account_attributes,
    bill_unit.bill_unit_no, bill_unit.pay_type, bill_unit.attributes as bill_unit_attributes

-- piece: joined
join account on account.id = batch.account_id
join bill_unit on bill_unit.account_id = batch.account_id and bill_unit.id = batch.bill_unit_id

-- piece: of_slice
account.id between :first_account::bigint and :last_account::bigint
    and bill_unit.account_id between :first_account::bigint and :last_account::bigint
    and batch.no between :first_no::int and :last_no::int

-- name: candidate_rows
select
    batch.*, {{customer}}
from candidate as batch
{{joined}}
where {{of_slice}}
order by batch.no

-- name: offer_rows
select
    batch.*, {{customer}},
    scenario.name as scenario
from offer as batch
{{joined}}
join scenario on scenario.id = batch.scenario_id
where {{of_slice}}
order by batch.no

-- name: entry_rows
select
    batch.*, {{customer}},
    scenario.name as scenario, profile.name as profile
from entry as batch
{{joined}}
join scenario on scenario.id = batch.scenario_id
join profile on profile.id = scenario.profile_id
where {{of_slice}}
order by batch.no

-- name: closed_case_rows
select
    batch.*, {{customer}},
    scenario.name as scenario
from closed_case as batch
{{joined}}
join scenario on scenario.id = batch.scenario_id
where {{of_slice}}
order by batch.no

-- name: due_action_rows
select
    batch.*, {{customer}},
    action_definition.name as action, action_definition.target, action_definition.parameters
from due_action as batch
{{joined}}
join action_definition on action_definition.id = batch.action_definition_id
where {{of_slice}}
order by batch.no

-- name: publishing_rows
-- What is published needn't be a customer's.
select
    batch.*, {{customer}}
from publishing as batch
left join account on account.id = batch.account_id
left join bill_unit
    on bill_unit.account_id = batch.account_id and bill_unit.id = batch.bill_unit_id
where batch.no between :first_no::int and :last_no::int
order by batch.no

-- name: proposal_rows
select
    batch.*, {{customer}}
from proposal as batch
{{joined}}
where {{of_slice}}
order by batch.due_on, batch.no

-- name: severable_rows
select
    batch.*, {{customer}},
    severance_template.name as template
from severable as batch
{{joined}}
left join severance_template on severance_template.id = batch.template_id
where {{of_slice}}
order by batch.no

-- name: due_severance_event_rows
select
    batch.*, {{customer}},
    service_agreement.service_agreement_no
from due_severance_event as batch
{{joined}}
join service_agreement
    on service_agreement.account_id = batch.account_id
    and service_agreement.id = batch.service_agreement_id
where {{of_slice}}
    and service_agreement.account_id between :first_account::bigint and :last_account::bigint
order by batch.no
