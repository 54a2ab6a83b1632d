-- A picture of everything in the database that the night decides, row by row, with the numbers of
-- the business (bill units, bills, payments, steps) in the place of generated ids, and without the
-- times at which rows were recorded. Two databases with the same history have the same picture.

-- name: balances
select
    bill_unit.bill_unit_no, debt_class.name as debt_class, balance.overdue_amount, balance.currency,
    balance.earliest_due_on, balance.latest_due_on, balance.changed_on
from balance
join bill_unit on bill_unit.account_id = balance.account_id and bill_unit.id = balance.bill_unit_id
join debt_class on debt_class.id = balance.debt_class_id

-- name: cases
select
    named_case.name as "case", collection_case.policy_version_id as policy,
    collection_case.entry_date, collection_case.overdue_date, collection_case.entry_overdue_amount,
    collection_case.status, collection_case.closed_on, collection_case.close_reason,
    agent.name as agent, collection_case.version, collection_case.arm
from collection_case
join named_case
    on named_case.account_id = collection_case.account_id
    and named_case.case_id = collection_case.id
left join agent on agent.id = collection_case.agent_id

-- name: case_agreements
select
    named_case.name as "case", service_agreement.service_agreement_no, case_agreement.entry_amount,
    case_agreement.threshold, case_agreement.joined_on, case_agreement.left_on
from case_agreement
join named_case
    on named_case.account_id = case_agreement.account_id
    and named_case.case_id = case_agreement.case_id
join service_agreement
    on service_agreement.account_id = case_agreement.account_id
    and service_agreement.id = case_agreement.service_agreement_id

-- name: actions
select
    named_action.name as action, action.due_on, action.status, action.task_on, action.closed_on,
    action.offset_days, action.interval_days, action.mandatory, action.message, action.version
from action
join named_action
    on named_action.account_id = action.account_id and named_action.action_id = action.id

-- name: promises
select
    named_case.name as "case", promise.made_on, promise.status, promise.ended_on, promise.total,
    promise.version
from promise
join named_case
    on named_case.account_id = promise.account_id and named_case.case_id = promise.case_id

-- name: instalments
select named_action.name as action, instalment.amount, instalment.payment_method_id
from instalment
join named_action
    on named_action.account_id = instalment.account_id
    and named_action.action_id = instalment.action_id

-- name: collection_statuses
select
    bill_unit.bill_unit_no, collection_status.status, collection_status.substatus,
    collection_status.in_collections, collection_status.since_on
from collection_status
join bill_unit
    on bill_unit.account_id = collection_status.account_id
    and bill_unit.id = collection_status.bill_unit_id

-- name: credit_alerts
select
    bill_unit.bill_unit_no, credit_alert.raised_on, credit_alert.oldest_due_on,
    credit_alert.amount, credit_alert.status, credit_alert.closed_on, credit_alert.version
from credit_alert
join bill_unit
    on bill_unit.account_id = credit_alert.account_id
    and bill_unit.id = credit_alert.bill_unit_id

-- name: groups
select
    bill_unit.bill_unit_no, sharing_group.name as "group", sharing_member.role,
    sharing_member.joined_on, sharing_member.left_on, sharing_group.deleted_on
from sharing_member
join sharing_group on sharing_group.id = sharing_member.sharing_group_id
join bill_unit
    on bill_unit.account_id = sharing_member.account_id
    and bill_unit.id = sharing_member.bill_unit_id

-- name: charges
select
    named_action.name as action, bill_unit.bill_unit_no, charge.kind, charge.amount,
    charge.currency, charge.made_on, charge.calculation
from charge
join named_action on named_action.action_id = charge.action_id
join bill_unit on bill_unit.account_id = charge.account_id and bill_unit.id = charge.bill_unit_id

-- name: messages
select
    named_action.name as action, bill_unit.bill_unit_no, message.kind, message.made_on,
    message.template, message.locale, message.status, message.data
from (
    select 'letter' as kind, account_id, action_id, bill_unit_id, made_on, template, locale,
        status, data
    from letter
    union all
    select 'reminder', account_id, action_id, bill_unit_id, made_on, template, locale, status, data
    from reminder_message
) as message
join named_action on named_action.action_id = message.action_id
join bill_unit on bill_unit.account_id = message.account_id and bill_unit.id = message.bill_unit_id

-- name: payment_attempts
select
    named_action.name as action, bill_unit.bill_unit_no, payment_attempt.amount,
    payment_attempt.currency, payment_attempt.made_on, payment_attempt.status
from payment_attempt
join named_action on named_action.action_id = payment_attempt.action_id
join bill_unit
    on bill_unit.account_id = payment_attempt.account_id
    and bill_unit.id = payment_attempt.bill_unit_id

-- name: referrals
select
    named_action.name as action, bill_unit.bill_unit_no, agency.name as agency,
    agency_referral.amount, agency_referral.currency, agency_referral.made_on,
    agency_referral.status
from agency_referral
join named_action on named_action.action_id = agency_referral.action_id
join bill_unit
    on bill_unit.account_id = agency_referral.account_id
    and bill_unit.id = agency_referral.bill_unit_id
join agency on agency.id = agency_referral.agency_id

-- name: items
select named_item.name as item, item.due_on, item.issued_on, item.amount, item.open_amount
from item
join named_item on named_item.account_id = item.account_id and named_item.item_id = item.id

-- name: credits
select
    named_credit.name as credit, bill.bill_no, credit.effective_on, credit.amount,
    credit.open_amount, credit.reapply
from credit
join named_credit
    on named_credit.account_id = credit.account_id and named_credit.credit_id = credit.id
left join bill on bill.account_id = credit.account_id and bill.id = credit.bill_id

-- name: allocations
-- Netted: a part that was given back and paid again is as if it had stayed.
select
    named_credit.name as credit, named_item.name as item, allocation.effective_on,
    sum(allocation.amount) as amount
from allocation
join named_credit
    on named_credit.account_id = allocation.account_id
    and named_credit.credit_id = allocation.credit_id
join named_item
    on named_item.account_id = allocation.account_id and named_item.item_id = allocation.item_id
group by named_credit.name, named_item.name, allocation.effective_on
having sum(allocation.amount) <> 0

-- name: bill_units
select bill_unit.bill_unit_no, bill_unit.status, bill_unit.broken_pay_plan from bill_unit

-- name: pay_plans
select
    bill_unit.bill_unit_no, pay_plan.type, pay_plan.made_on, pay_plan.ended_on, pay_plan.status,
    pay_plan.version
from pay_plan
join bill_unit
    on bill_unit.account_id = pay_plan.account_id and bill_unit.id = pay_plan.bill_unit_id

-- name: scheduled_payments
select
    bill_unit.bill_unit_no, pay_plan.made_on, scheduled_payment.due_on, scheduled_payment.amount,
    scheduled_payment.met_on
from scheduled_payment
join pay_plan
    on pay_plan.account_id = scheduled_payment.account_id
    and pay_plan.id = scheduled_payment.pay_plan_id
join bill_unit
    on bill_unit.account_id = pay_plan.account_id and bill_unit.id = pay_plan.bill_unit_id

-- name: agreements
select service_agreement_no, type, status, stopped_on, life_support from service_agreement

-- name: severances
select
    service_agreement.service_agreement_no, severance.template, severance.started_on,
    severance.status, severance.ended_on, severance.end_reason, severance.cut_on,
    severance.arrears, severance.cancel_amount, severance.version, named_case.name as "case"
from severance
join service_agreement
    on service_agreement.account_id = severance.account_id
    and service_agreement.id = severance.service_agreement_id
left join named_case
    on named_case.account_id = severance.account_id and named_case.case_id = severance.case_id

-- name: severance_events
select
    service_agreement.service_agreement_no, severance.template, severance.started_on,
    severance_event.no, severance_event.name, severance_event.status, severance_event.due_on,
    severance_event.sent_on, severance_event.closed_on, severance_event.refused_on,
    severance_event.refusals, severance_event.outcome, severance_event.message,
    severance_event.version
from severance_event
join severance
    on severance.account_id = severance_event.account_id
    and severance.id = severance_event.severance_id
join service_agreement
    on service_agreement.account_id = severance.account_id
    and service_agreement.id = severance.service_agreement_id

-- name: to_dos
select
    bill_unit.bill_unit_no, todo.type, todo.made_on, todo.status, todo.completed_on,
    todo.completed_by, todo.message, todo.priority
from todo
join bill_unit on bill_unit.account_id = todo.account_id and bill_unit.id = todo.bill_unit_id

-- name: demerits
select
    account.account_no, demerit.kind, demerit.points, demerit.effective_from,
    demerit.effective_until, demerit.reason
from demerit
join account on account.id = demerit.account_id

-- name: contacts
select
    bill_unit.bill_unit_no, contact.contacted_on, contact.contact_type,
    contact.letter_id is not null as with_letter
from contact
join bill_unit
    on bill_unit.account_id = contact.account_id and bill_unit.id = contact.bill_unit_id

-- name: events
select
    event.business_date, bill_unit.bill_unit_no, named_case.name as "case", event.kind, event.actor,
    event_data(event.data) as data
from event
left join bill_unit
    on bill_unit.account_id = event.account_id and bill_unit.id = event.bill_unit_id
left join named_case
    on named_case.account_id = event.account_id and named_case.case_id = event.case_id

-- name: names
-- What people would call a case, an action, an item and a credit.
create temp view named_case as
select
    collection_case.account_id, collection_case.id as case_id,
    concat_ws(
        ' ', bill_unit.bill_unit_no, nullif(debt_class.name, 'standard'), scenario.name,
        collection_case.entered_on
    ) as name
from collection_case
join bill_unit
    on bill_unit.account_id = collection_case.account_id
    and bill_unit.id = collection_case.bill_unit_id
join debt_class on debt_class.id = collection_case.debt_class_id
join scenario on scenario.id = collection_case.scenario_id;

create temp view named_action as
select
    action.account_id, action.id as action_id,
    concat_ws(' ', named_case.name, 'step', action.step, action_definition.name) as name
from action
join named_case
    on named_case.account_id = action.account_id and named_case.case_id = action.case_id
join action_definition on action_definition.id = action.action_definition_id;

create temp view named_item as
select
    item.account_id, item.id as item_id,
    concat_ws(
        ' ', bill_unit.bill_unit_no, item.kind, coalesce(bill.bill_no, regexp_replace(item.number, '^adjusted-.*', 'by hand')),
        (
            select named_action.name
            from charge
            join named_action on named_action.action_id = charge.action_id
            where charge.account_id = item.account_id and charge.item_id = item.id
        )
    ) as name
from item
join bill_unit on bill_unit.account_id = item.account_id and bill_unit.id = item.bill_unit_id
left join bill on bill.account_id = item.account_id and bill.id = item.source_bill_id;

create temp view named_credit as
select
    credit.account_id, credit.id as credit_id,
    concat_ws(
        ' ', bill_unit.bill_unit_no, credit.kind, coalesce(regexp_replace(credit.number, '^adjusted-.*', 'by hand'), bill.bill_no),
        named_action.name, nullif(credit.reason, '')
    ) as name
from credit
join bill_unit on bill_unit.account_id = credit.account_id and bill_unit.id = credit.bill_unit_id
left join bill on bill.account_id = credit.account_id and bill.id = credit.source_bill_id
left join named_action on named_action.action_id = credit.action_id
