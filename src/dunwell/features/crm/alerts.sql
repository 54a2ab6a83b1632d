-- Credit alerts in people's and systems' hands.

-- name: find
select
    credit_alert.account_id, credit_alert.id, credit_alert.bill_unit_id, credit_alert.case_id,
    credit_alert.brand_id, credit_alert.status, credit_alert.version, credit_alert.source,
    credit_alert.their_id, credit_alert.their_time, credit_alert.closed_by,
    credit_alert.closed_on, agent.name as agent
from credit_alert
left join agent on agent.id = credit_alert.agent_id
where credit_alert.account_id = :account_id::bigint and credit_alert.id = :id::bigint
for update of credit_alert

-- name: reported_before
select account_id, id from credit_alert where source = :source::text and their_id = :their_id::text

-- name: currency
select currency.code, currency.digits
from bill_unit
join currency on currency.code = bill_unit.currency
where bill_unit.account_id = :account_id::bigint and bill_unit.id = :bill_unit_id::bigint

-- name: report
-- An open case of the bill unit says whose it is. Who reports the same twice at once reports once.
insert into credit_alert (
    account_id, bill_unit_id, case_id, raised_on, oldest_due_on, brand_id, agent_id, source,
    their_id, their_time, reason, amount, currency
)
select
    :account_id::bigint, :bill_unit_id::bigint, owned.id, :business_date::date,
    :oldest_due_on::date, :brand_id::int, owned.agent_id, :source::text, :their_id::text,
    :their_time::timestamptz, :reason::text, :amount::numeric, :currency::text
from (values (1)) as once (no)
left join lateral (
    select collection_case.id, collection_case.agent_id
    from collection_case
    where collection_case.account_id = :account_id::bigint
        and collection_case.bill_unit_id = :bill_unit_id::bigint
        and collection_case.status = 'open'
    order by collection_case.id
    limit 1
) as owned on true
on conflict (source, their_id) where their_id is not null do nothing
returning account_id, id, bill_unit_id, case_id, source, their_id

-- name: update_report
update credit_alert
set reason = :reason::text, amount = :amount::numeric, oldest_due_on = :oldest_due_on::date,
    their_time = :their_time::timestamptz, version = version + 1
where account_id = :account_id::bigint
    and id = :id::bigint
    and (reason, amount, oldest_due_on, their_time) is distinct from (
        :reason::text, :amount::numeric, :oldest_due_on::date, :their_time::timestamptz
    )

-- name: agent
select id from agent where name = :name::text

-- name: assign
update credit_alert
set agent_id = :agent_id::int, version = version + 1
where account_id = :account_id::bigint and id = :id::bigint

-- name: record
insert into credit_alert_activity (account_id, credit_alert_id, done_on, kind, note, actor)
values (
    :account_id::bigint, :id::bigint, :done_on::date, :kind::text, :note::text, :actor::text
)
returning id

-- name: touch_version
update credit_alert
set version = version + 1
where account_id = :account_id::bigint and id = :id::bigint

-- name: close
update credit_alert
set status = 'closed', closed_on = :business_date::date, close_reason = :reason::text,
    closed_by = :actor::text, version = version + 1
where account_id = :account_id::bigint and id = :id::bigint

-- name: log
insert into event (business_date, account_id, bill_unit_id, case_id, kind, actor, data)
values (
    :business_date::date, :account_id::bigint, :bill_unit_id::bigint, :case_id::bigint,
    :kind::text, :actor::text, :facts::jsonb
)

-- name: list
-- The newest first. What is planned next, and what is overdue by now, come from the open cases.
select
    credit_alert.account_id, credit_alert.id, credit_alert.version, credit_alert.status,
    account.account_no, account.name as customer, bill_unit.bill_unit_no, brand.name as brand,
    credit_alert.source, credit_alert.their_id, credit_alert.reason, credit_alert.amount,
    credit_alert.currency, credit_alert.oldest_due_on, credit_alert.raised_on,
    case
        when credit_alert.status = 'open' then :business_date::date - credit_alert.oldest_due_on
    end as age_days,
    agent.name as agent, credit_alert.closed_on, credit_alert.close_reason,
    credit_alert.closed_by, credit_alert.account_id || '-' || credit_alert.case_id as case,
    owed.overdue_amount, planned.name as next_action, planned.due_on as next_due_on
from credit_alert
join account on account.id = credit_alert.account_id
join bill_unit
    on bill_unit.account_id = credit_alert.account_id
    and bill_unit.id = credit_alert.bill_unit_id
join brand on brand.id = credit_alert.brand_id
left join agent on agent.id = credit_alert.agent_id
left join lateral (
    select sum(collection_case.overdue_amount) as overdue_amount
    from collection_case
    where collection_case.account_id = credit_alert.account_id
        and collection_case.bill_unit_id = credit_alert.bill_unit_id
        and collection_case.status = 'open'
) as owed on true
left join lateral (
    select action_definition.name, action.due_on
    from collection_case
    join action
        on action.account_id = collection_case.account_id and action.case_id = collection_case.id
    join action_definition on action_definition.id = action.action_definition_id
    where collection_case.account_id = credit_alert.account_id
        and collection_case.bill_unit_id = credit_alert.bill_unit_id
        and collection_case.status = 'open'
        and action.status in ('pending', 'waiting', 'error')
    order by action.due_on, action.step, action.id
    limit 1
) as planned on credit_alert.status = 'open'
where (:account_id::bigint is null or credit_alert.account_id = :account_id::bigint)
    and (:id::bigint is null or credit_alert.id = :id::bigint)
    and (:bill_unit_id::bigint is null or credit_alert.bill_unit_id = :bill_unit_id::bigint)
    and (:brands::int[] is null or credit_alert.brand_id = any(:brands::int[]))
    and (:status::text is null or credit_alert.status = :status::text)
    and (:source::text is null or credit_alert.source = :source::text)
    and (:agent_id::int is null or credit_alert.agent_id = :agent_id::int)
    and (not :unassigned::boolean or credit_alert.agent_id is null)
    and (:currency::text is null or credit_alert.currency = :currency::text)
    and (:least_amount::numeric is null or credit_alert.amount >= :least_amount::numeric)
    and (
        :after_day::date is null
        or (credit_alert.raised_on, credit_alert.account_id, credit_alert.id)
            < (:after_day::date, :after_account::bigint, :after_id::bigint)
    )
order by credit_alert.raised_on desc, credit_alert.account_id desc, credit_alert.id desc
limit :most::int

-- name: activities
select kind, done_on, recorded_at, note, actor
from credit_alert_activity
where account_id = :account_id::bigint and credit_alert_id = :id::bigint
order by done_on, id

-- name: actions
-- What the open cases plan, and what was done in them and in the case that raised the alert.
select
    action.account_id || '-' || action.id as handle, action.version, action.step,
    action_definition.name as action, action_definition.type, action.status, action.due_on,
    action.closed_on, action.account_id || '-' || action.case_id as case
from credit_alert
join collection_case
    on collection_case.account_id = credit_alert.account_id
    and collection_case.bill_unit_id = credit_alert.bill_unit_id
    and (collection_case.status = 'open' or collection_case.id = credit_alert.case_id)
join action
    on action.account_id = collection_case.account_id and action.case_id = collection_case.id
join action_definition on action_definition.id = action.action_definition_id
where credit_alert.account_id = :account_id::bigint
    and credit_alert.id = :id::bigint
    and action.status <> 'cancelled'
order by action.due_on, action.step, action.id

-- name: choices
select 'agent', name from agent
union
select 'source', source
from credit_alert
where status = 'open' and (:brands::int[] is null or brand_id = any(:brands::int[]))
order by 1, 2
