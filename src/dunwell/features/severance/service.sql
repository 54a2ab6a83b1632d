-- A person, or the field system, at one severance process.

-- name: process
select
    severance.account_id, severance.id, severance.bill_unit_id, severance.case_id,
    severance.status, severance.version, severance.cut_on, severance.reconnect,
    severance.purpose, severance.template, account.brand_id,
    service_agreement.service_agreement_no
from severance
join account on account.id = severance.account_id
join service_agreement
    on service_agreement.account_id = severance.account_id
    and service_agreement.id = severance.service_agreement_id
where severance.account_id = :account_id::bigint and severance.id = :severance_id::bigint

-- name: process_of_event
select severance_id
from severance_event
where account_id = :account_id::bigint and id = :event_id::bigint

-- name: lock
select id from severance
where account_id = :account_id::bigint and id = :severance_id::bigint
for update

-- name: lock_account
select id from account where id = :account_id::bigint for no key update

-- name: event
select
    severance_event.id, severance_event.name, severance_event.type, severance_event.activity,
    severance_event.status, severance_event.due_on, severance_event.version
from severance_event
where account_id = :account_id::bigint and id = :event_id::bigint

-- name: name_cancelled
insert into ended_severance (account_id, severance_id, reason, reconnect, facts)
values (
    :account_id::bigint, :severance_id::bigint, :reason::text, :reconnect::boolean, :facts::jsonb
)

-- name: close_event
update severance_event
set status = :status::text, outcome = :outcome::text, message = :message::text,
    closed_on = case when :status::text in ('completed', 'cancelled')
        then :business_date::date end,
    version = version + 1
where account_id = :account_id::bigint and id = :event_id::bigint

-- name: close_to_do
-- The to-do that an event waited for is done with it.
update todo
set status = 'completed', completed_on = :business_date::date, completed_by = :actor::text,
    comment = coalesce(todo.comment, :comment::text), version = todo.version + 1
where account_id = :account_id::bigint
    and severance_event_id = :event_id::bigint
    and status = 'open'

-- name: event_of_to_do
select severance_event.id, severance_event.status
from todo
join severance_event
    on severance_event.account_id = todo.account_id
    and severance_event.id = todo.severance_event_id
where todo.account_id = :account_id::bigint and todo.id = :todo_id::bigint

-- name: postpone
-- Due again: on the day that was named, or on the next working day.
update severance_event
set status = 'pending', outcome = :outcome::text, message = :message::text,
    refusals = severance_event.refusals + 1, version = severance_event.version + 1,
    due_on = coalesce(
        :due_on::date, add_days(brand.calendar_id, :business_date::date, 1, 'calendar')
    )
from account
join brand on brand.id = account.brand_id
where account.id = severance_event.account_id
    and severance_event.account_id = :account_id::bigint
    and severance_event.id = :event_id::bigint

-- name: release
update severance_event
set status = 'executing', version = version + 1
where account_id = :account_id::bigint and id = :event_id::bigint

-- name: take_back
-- A protection stands against it now: it is no longer with the field, and tried again.
update severance_event
set status = 'pending', refused_on = :business_date::date, refusals = refusals + 1,
    message = :message::text, version = version + 1
where account_id = :account_id::bigint and id = :event_id::bigint

-- name: this_event_due
-- The one event, for the statements of the night.
insert into due_severance_event (
    no, account_id, severance_event_id, severance_id, bill_unit_id, case_id,
    service_agreement_id, debt_class_id, currency, name, type, activity, parameters, due_on
)
select
    1, severance_event.account_id, severance_event.id, severance.id, severance.bill_unit_id,
    severance.case_id, severance.service_agreement_id, severance.debt_class_id,
    severance.currency, severance_event.name, severance_event.type, severance_event.activity,
    severance_event.parameters, :business_date::date
from severance
join severance_event
    on severance_event.account_id = severance.account_id
    and severance_event.severance_id = severance.id
where severance_event.account_id = :account_id::bigint
    and severance_event.id = :event_id::bigint

-- name: set_cut
update severance
set cut_on = :business_date::date, version = version + 1
where account_id = :account_id::bigint and id = :severance_id::bigint

-- name: log
insert into event (business_date, account_id, bill_unit_id, case_id, kind, actor, data)
values (
    :business_date::date, :account_id::bigint, :bill_unit_id::bigint, :case_id::bigint,
    :kind::text, :actor::text, :data::jsonb
)
