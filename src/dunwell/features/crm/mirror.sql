-- What is mirrored with a CRM: cases, their actions and credit alerts, each with what the CRM calls
-- it; and the identifiers and messages themselves.

-- name: actions
-- An action by its number, or those of a bill unit's newest cases.
select
    action.account_id, action.id, action.version, action.step,
    action_definition.name as action, action_definition.type, action.status, action.due_on,
    action.closed_on, action.message, action.account_id || '-' || action.case_id as case,
    bill_unit.bill_unit_no, account.brand_id, crm_identifier.their_id
from action
join action_definition on action_definition.id = action.action_definition_id
join account on account.id = action.account_id
join bill_unit
    on bill_unit.account_id = action.account_id and bill_unit.id = action.bill_unit_id
left join crm_identifier
    on crm_identifier.account_id = action.account_id
    and crm_identifier.object_id = action.id
    and crm_identifier.system = :system::text
    and crm_identifier.noun = 'action'
where action.account_id = :account_id::bigint
    and (:id::bigint is null or action.id = :id::bigint)
    and (
        :bill_unit_id::bigint is null
        or action.case_id in (
            select collection_case.id
            from collection_case
            where collection_case.account_id = :account_id::bigint
                and collection_case.bill_unit_id = :bill_unit_id::bigint
            order by collection_case.id desc
            limit :newest::int
        )
    )
order by action.case_id desc, action.step, action.id

-- name: cases
select
    collection_case.account_id, collection_case.id, collection_case.version,
    collection_case.status, collection_case.entered_on, collection_case.closed_on,
    collection_case.close_reason, scenario.name as scenario,
    round_money(collection_case.overdue_amount, bill_unit.currency) as overdue_amount,
    bill_unit.currency, bill_unit.bill_unit_no, account.brand_id, crm_identifier.their_id
from collection_case
join scenario on scenario.id = collection_case.scenario_id
join account on account.id = collection_case.account_id
join bill_unit
    on bill_unit.account_id = collection_case.account_id
    and bill_unit.id = collection_case.bill_unit_id
left join crm_identifier
    on crm_identifier.account_id = collection_case.account_id
    and crm_identifier.object_id = collection_case.id
    and crm_identifier.system = :system::text
    and crm_identifier.noun = 'case'
where collection_case.account_id = :account_id::bigint
    and (:id::bigint is null or collection_case.id = :id::bigint)
    and (:bill_unit_id::bigint is null or collection_case.bill_unit_id = :bill_unit_id::bigint)
order by collection_case.id desc
limit :newest::int

-- name: credit_alerts
select
    credit_alert.account_id, credit_alert.id, credit_alert.version, credit_alert.status,
    credit_alert.source, credit_alert.reason, credit_alert.raised_on, credit_alert.closed_on,
    credit_alert.close_reason, round_money(credit_alert.amount, credit_alert.currency) as amount,
    credit_alert.currency, agent.name as agent, bill_unit.bill_unit_no, account.brand_id,
    coalesce(
        crm_identifier.their_id,
        case when credit_alert.source = :system::text then credit_alert.their_id end
    ) as their_id
from credit_alert
join account on account.id = credit_alert.account_id
join bill_unit
    on bill_unit.account_id = credit_alert.account_id
    and bill_unit.id = credit_alert.bill_unit_id
left join agent on agent.id = credit_alert.agent_id
left join crm_identifier
    on crm_identifier.account_id = credit_alert.account_id
    and crm_identifier.object_id = credit_alert.id
    and crm_identifier.system = :system::text
    and crm_identifier.noun = 'credit_alert'
where credit_alert.account_id = :account_id::bigint
    and (:id::bigint is null or credit_alert.id = :id::bigint)
    and (:bill_unit_id::bigint is null or credit_alert.bill_unit_id = :bill_unit_id::bigint)
order by credit_alert.id desc
limit :newest::int

-- name: outside_id
-- What the system calls the bill unit, if it has told us (customers in step).
select outside_id
from outside_identifier
where account_id = :account_id::bigint
    and bill_unit_id = :bill_unit_id::bigint
    and system = :system::text
    and kind = 'bill_units'
order by outside_id
limit 1

-- name: ours
-- The inbound map: our row by what the CRM calls it; an alert also by the number it was reported by.
select account_id, object_id
from crm_identifier
where system = :system::text and noun = :noun::text and their_id = :their_id::text
union
select account_id, id
from credit_alert
where :noun::text = 'credit_alert' and source = :system::text and their_id = :their_id::text
limit 1

-- name: link
-- The row of the map, locked until the transaction ends; made if there is none.
insert into crm_identifier (account_id, object_id, system, noun, their_id)
values (
    :account_id::bigint, :object_id::bigint, :system::text, :noun::text, :their_id::text
)
on conflict (account_id, system, noun, object_id) do update
set their_id = coalesce(excluded.their_id, crm_identifier.their_id)
returning their_time, knew_version, made_version

-- name: heard
update crm_identifier
set their_time = greatest(their_time, :their_time::timestamptz),
    knew_version = :knew_version::int,
    made_version = :made_version::int
where account_id = :account_id::bigint
    and object_id = :object_id::bigint
    and system = :system::text
    and noun = :noun::text

-- name: claim
-- Who sends the same message at once waits here for the first one's answer.
insert into crm_message (account_id, system, message_id, fingerprint, outcome, answer)
values (
    :account_id::bigint, :system::text, :message_id::text, :fingerprint::bytea, 'received', '{}'
)
on conflict (account_id, system, message_id) do nothing

-- name: answered
select fingerprint, answer
from crm_message
where account_id = :account_id::bigint
    and system = :system::text
    and message_id = :message_id::text

-- name: answer
update crm_message
set outcome = :outcome::text, answer = :answer::jsonb
where account_id = :account_id::bigint
    and system = :system::text
    and message_id = :message_id::text

-- name: forget
-- A CRM doesn't repeat what it said a year ago.
delete from crm_message
where account_id = :account_id::bigint and received_at < now() - interval '400 days'

-- name: log
insert into event (business_date, account_id, bill_unit_id, kind, actor, data)
select
    :business_date::date, bill_unit.account_id, bill_unit.id, 'crm_change_not_taken',
    :actor::text, :facts::jsonb
from bill_unit
where bill_unit.account_id = :account_id::bigint
    and bill_unit.bill_unit_no = :bill_unit_no::text
