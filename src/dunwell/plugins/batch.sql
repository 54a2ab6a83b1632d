-- The rows of a hook's batch, for plug-ins that decide in Python.

-- name: candidate_rows
select
    candidate.*, account.account_no, account.credit_score, account.attributes as account_attributes,
    bill_unit.bill_unit_no, bill_unit.pay_type, bill_unit.attributes as bill_unit_attributes
from candidate
join account on account.id = candidate.account_id
join bill_unit
    on bill_unit.account_id = candidate.account_id and bill_unit.id = candidate.bill_unit_id
where account.id between :first_account::bigint and :last_account::bigint
    and bill_unit.account_id between :first_account::bigint and :last_account::bigint
    and candidate.no between :first_no::int and :last_no::int
order by candidate.no

-- name: offer_rows
select
    offer.*, account.account_no, account.credit_score, account.attributes as account_attributes,
    bill_unit.bill_unit_no, bill_unit.pay_type, bill_unit.attributes as bill_unit_attributes,
    scenario.name as scenario
from offer
join account on account.id = offer.account_id
join bill_unit
    on bill_unit.account_id = offer.account_id and bill_unit.id = offer.bill_unit_id
join scenario on scenario.id = offer.scenario_id
where account.id between :first_account::bigint and :last_account::bigint
    and bill_unit.account_id between :first_account::bigint and :last_account::bigint
    and offer.no between :first_no::int and :last_no::int
order by offer.no

-- name: entry_rows
select
    entry.*, account.account_no, account.credit_score, account.attributes as account_attributes,
    bill_unit.bill_unit_no, bill_unit.pay_type, bill_unit.attributes as bill_unit_attributes,
    scenario.name as scenario, profile.name as profile
from entry
join account on account.id = entry.account_id
join bill_unit
    on bill_unit.account_id = entry.account_id and bill_unit.id = entry.bill_unit_id
join scenario on scenario.id = entry.scenario_id
join profile on profile.id = scenario.profile_id
where account.id between :first_account::bigint and :last_account::bigint
    and bill_unit.account_id between :first_account::bigint and :last_account::bigint
    and entry.no between :first_no::int and :last_no::int
order by entry.no

-- name: closed_case_rows
select
    closed_case.*, account.account_no, account.credit_score, account.attributes as account_attributes,
    bill_unit.bill_unit_no, bill_unit.pay_type, bill_unit.attributes as bill_unit_attributes,
    scenario.name as scenario
from closed_case
join account on account.id = closed_case.account_id
join bill_unit
    on bill_unit.account_id = closed_case.account_id and bill_unit.id = closed_case.bill_unit_id
join scenario on scenario.id = closed_case.scenario_id
where account.id between :first_account::bigint and :last_account::bigint
    and bill_unit.account_id between :first_account::bigint and :last_account::bigint
    and closed_case.no between :first_no::int and :last_no::int
order by closed_case.no

-- name: due_action_rows
select
    due_action.*, account.account_no, account.credit_score, account.attributes as account_attributes,
    bill_unit.bill_unit_no, bill_unit.pay_type, bill_unit.attributes as bill_unit_attributes,
    action_definition.name as action, action_definition.target,
    action_definition.parameters
from due_action
join account on account.id = due_action.account_id
join bill_unit
    on bill_unit.account_id = due_action.account_id and bill_unit.id = due_action.bill_unit_id
join action_definition on action_definition.id = due_action.action_definition_id
where account.id between :first_account::bigint and :last_account::bigint
    and bill_unit.account_id between :first_account::bigint and :last_account::bigint
    and due_action.no between :first_no::int and :last_no::int
order by due_action.no

-- name: publishing_rows
select
    publishing.*, account.account_no, account.credit_score,
    account.attributes as account_attributes, bill_unit.bill_unit_no, bill_unit.pay_type,
    bill_unit.attributes as bill_unit_attributes
from publishing
left join account on account.id = publishing.account_id
left join bill_unit
    on bill_unit.account_id = publishing.account_id and bill_unit.id = publishing.bill_unit_id
where publishing.no between :first_no::int and :last_no::int
order by publishing.no

-- name: proposal_rows
select
    proposal.*, account.account_no, account.credit_score, account.attributes as account_attributes,
    bill_unit.bill_unit_no, bill_unit.pay_type, bill_unit.attributes as bill_unit_attributes
from proposal
join account on account.id = proposal.account_id
join bill_unit
    on bill_unit.account_id = proposal.account_id and bill_unit.id = proposal.bill_unit_id
where bill_unit.account_id between :first_account::bigint and :last_account::bigint
    and proposal.no between :first_no::int and :last_no::int
order by proposal.due_on, proposal.no

-- name: severable_rows
select
    severable.*, account.account_no, account.credit_score,
    account.attributes as account_attributes, bill_unit.bill_unit_no, bill_unit.pay_type,
    bill_unit.attributes as bill_unit_attributes, severance_template.name as template
from severable
join account on account.id = severable.account_id
join bill_unit
    on bill_unit.account_id = severable.account_id and bill_unit.id = severable.bill_unit_id
left join severance_template on severance_template.id = severable.template_id
where account.id between :first_account::bigint and :last_account::bigint
    and bill_unit.account_id between :first_account::bigint and :last_account::bigint
    and severable.no between :first_no::int and :last_no::int
order by severable.no

-- name: due_severance_event_rows
select
    due_severance_event.*, account.account_no, account.credit_score,
    account.attributes as account_attributes, bill_unit.bill_unit_no, bill_unit.pay_type,
    bill_unit.attributes as bill_unit_attributes, service_agreement.service_agreement_no
from due_severance_event
join account on account.id = due_severance_event.account_id
join bill_unit
    on bill_unit.account_id = due_severance_event.account_id
    and bill_unit.id = due_severance_event.bill_unit_id
join service_agreement
    on service_agreement.account_id = due_severance_event.account_id
    and service_agreement.id = due_severance_event.service_agreement_id
where account.id between :first_account::bigint and :last_account::bigint
    and bill_unit.account_id between :first_account::bigint and :last_account::bigint
    and service_agreement.account_id between :first_account::bigint and :last_account::bigint
    and due_severance_event.no between :first_no::int and :last_no::int
order by due_severance_event.no
