-- The night's step of severance: events get their dates, are carried out or refused, and processes
-- end. `:severance_id` restricts a statement to one process in a person's hands.

-- name: any_active
select exists (
    select from severance
    where account_id between :first_account::bigint and :last_account::bigint
        and status = 'active'
)

-- name: fallen
-- Processes whose debt has fallen to where they end: what was measured, else what is stored. A debt
-- that was written off hasn't been paid: it gives nobody the service back until as much has come in.
insert into ended_severance (account_id, severance_id, reason, overdue_amount)
select severance.account_id, severance.id, 'debt_fell', owed.amount
from severance
left join work
    on work.account_id = severance.account_id
    and work.bill_unit_id = severance.bill_unit_id
    and work.debt_class_id = severance.debt_class_id
left join balance
    on balance.account_id = severance.account_id
    and balance.bill_unit_id = severance.bill_unit_id
    and balance.debt_class_id = severance.debt_class_id
    and balance.account_id between :first_account::bigint and :last_account::bigint
cross join lateral (
    select coalesce(work.overdue_amount, balance.overdue_amount, 0) as amount
) as owed
where severance.account_id between :first_account::bigint and :last_account::bigint
    and severance.status = 'active'
    and severance.auto_cancel
    and (:severance_bill_unit::bigint is null or severance.bill_unit_id = :severance_bill_unit::bigint)
    and owed.amount <= severance.cancel_amount
    and severance.cancel_amount >= (
        select coalesce(sum(given_up.amount), 0) - coalesce(max(given_up.came_in), 0)
        from (
            select
                allocation.amount,
                (
                    select sum(later.amount)
                    from credit as later
                    where later.account_id = severance.account_id
                        and later.bill_unit_id = severance.bill_unit_id
                        and later.account_id between :first_account::bigint and :last_account::bigint
                        and later.id > credit.id
                        and later.kind <> 'write_off'
                        and later.effective_on <= :business_date::date
                ) as came_in
            from credit
            join allocation
                on allocation.account_id = credit.account_id and allocation.credit_id = credit.id
            join item
                on item.account_id = allocation.account_id and item.id = allocation.item_id
            where credit.account_id = severance.account_id
                and credit.bill_unit_id = severance.bill_unit_id
                and credit.account_id between :first_account::bigint and :last_account::bigint
                and item.account_id between :first_account::bigint and :last_account::bigint
                and credit.kind = 'write_off'
                and credit.effective_on >= severance.started_on
                and item.debt_class_id = severance.debt_class_id
        ) as given_up
    )
    {{of_severances}}

-- name: unserved
-- Processes before their cut, and reconnections, whose agreement was stopped or closed: there is
-- nothing left to cut or to give back. One that ends its agreement itself goes on.
insert into ended_severance (account_id, severance_id, reason)
select severance.account_id, severance.id, 'agreement_ended'
from severance
join service_agreement
    on service_agreement.account_id = severance.account_id
    and service_agreement.id = severance.service_agreement_id
where severance.account_id between :first_account::bigint and :last_account::bigint
    and service_agreement.account_id between :first_account::bigint and :last_account::bigint
    and severance.bill_unit_id = :severance_bill_unit::bigint
    and {{nothing_left}}

-- name: date_events
-- An event whose predecessors are all closed is due so many days after the last of them, or after
-- the start; its date appears now.
with dated as (
    update severance_event
    set status = 'pending', due_on = ready.due_on, version = severance_event.version + 1
    from (
        select
            waiting.account_id, waiting.id,
            add_days(
                brand.calendar_id,
                case severance.day_unit
                    when 'working' then add_days(brand.calendar_id, before.latest, 0, 'calendar')
                    else before.latest
                end,
                waiting.days, severance.day_unit
            ) as due_on
        from severance
        join severance_event as waiting
            on waiting.account_id = severance.account_id and waiting.severance_id = severance.id
        join account on account.id = severance.account_id
        join brand on brand.id = account.brand_id
        cross join lateral (
            select
                coalesce(max(predecessor.closed_on), severance.started_on) as latest,
                coalesce(bool_and(predecessor.status in ('completed', 'cancelled')), true)
                    as all_closed
            from severance_event as predecessor
            where predecessor.account_id = severance.account_id
                and predecessor.severance_id = severance.id
                and waiting.after ? predecessor.name
        ) as before
        where severance.account_id between :first_account::bigint and :last_account::bigint
            and waiting.account_id between :first_account::bigint and :last_account::bigint
            and (:severance_id::bigint is null or severance.id = :severance_id::bigint)
            and severance.status = 'active'
            and waiting.status = 'waiting'
            and before.all_closed
            {{of_severances}}
    ) as ready
    where severance_event.account_id = ready.account_id
        and severance_event.id = ready.id
        and severance_event.account_id between :first_account::bigint and :last_account::bigint
    returning
        severance_event.account_id, severance_event.severance_id, severance_event.bill_unit_id,
        severance_event.no, severance_event.name, severance_event.type, severance_event.due_on
)
insert into event (business_date, account_id, bill_unit_id, case_id, kind, actor, run_id, data)
select
    :business_date::date, dated.account_id, dated.bill_unit_id, severance.case_id,
    'severance_events_dated', :actor::text, :run_id::int,
    jsonb_build_object(
        'severance', dated.account_id || '-' || dated.severance_id,
        'events', jsonb_agg(
            jsonb_build_object('event', dated.name, 'type', dated.type, 'due_on', dated.due_on)
            order by dated.no
        )
    )
from dated
join severance
    on severance.account_id = dated.account_id and severance.id = dated.severance_id
where severance.account_id between :first_account::bigint and :last_account::bigint
group by dated.account_id, dated.severance_id, dated.bill_unit_id, severance.case_id

-- name: due_events
-- What is due tonight and wasn't refused tonight already.
insert into due_severance_event (
    no, account_id, severance_event_id, severance_id, bill_unit_id, case_id,
    service_agreement_id, debt_class_id, currency, name, type, activity, parameters, due_on
)
select
    row_number() over (
        order by severance_event.type, severance_event.account_id, severance_event.id
    ),
    severance_event.account_id, severance_event.id, severance.id, severance.bill_unit_id,
    severance.case_id, severance.service_agreement_id, severance.debt_class_id,
    severance.currency, severance_event.name, severance_event.type, severance_event.activity,
    severance_event.parameters, severance_event.due_on
from severance
join severance_event
    on severance_event.account_id = severance.account_id
    and severance_event.severance_id = severance.id
where severance.account_id between :first_account::bigint and :last_account::bigint
    and severance_event.account_id between :first_account::bigint and :last_account::bigint
    and severance.status = 'active'
    and severance_event.status = 'pending'
    and severance_event.due_on <= :business_date::date
    and severance_event.refused_on is distinct from :business_date::date
    {{of_severances}}

-- name: protect
-- A cut that the rules forbid today is refused, with the first reason.
update due_severance_event
set outcome = 'refused', message = protection.reason
from (
    select
        cut.no,
        case
            when service_agreement.status <> 'active' then 'agreement_not_active'
            when {{life_support}} then 'life_support'
            when exists (
                select from moratorium
                where (moratorium.brand_id is null or moratorium.brand_id = account.brand_id)
                    and (
                        moratorium.jurisdiction is null
                        or moratorium.jurisdiction = account.jurisdiction
                    )
                    and case
                        when length(moratorium.first_day) > 5 then
                            :business_date::date::text
                                between moratorium.first_day and moratorium.last_day
                        when moratorium.first_day <= moratorium.last_day then
                            to_char(:business_date::date, 'MM-DD')
                                between moratorium.first_day and moratorium.last_day
                        else to_char(:business_date::date, 'MM-DD') >= moratorium.first_day
                            or to_char(:business_date::date, 'MM-DD') <= moratorium.last_day
                    end
            ) then 'moratorium'
            when exists (
                select from working_day
                where working_day.calendar_id = brand.calendar_id
                    and working_day.day
                        in (:business_date::date, :business_date::date + 1)
                    and working_day.next_working <> working_day.day
            ) then 'day_before_day_off'
            when exists (
                select from jsonb_to_recordset(severance.notices) as notice (event text, days int)
                where not exists (
                    select from severance_event as given
                    where given.account_id = severance.account_id
                        and given.severance_id = severance.id
                        and given.name = notice.event
                        and given.status = 'completed'
                        and given.closed_on <= :business_date::date - notice.days
                )
            ) then 'notice_missing'
            when exists (
                select from exemption
                where exemption.account_id = cut.account_id
                    and exemption.bill_unit_id = cut.bill_unit_id
                    and exemption.exempt_from <= :business_date::date
                    and coalesce(exemption.exempt_until, 'infinity') >= :business_date::date
            ) then 'exempt'
            when exists (
                select from hold
                where hold.account_id = cut.account_id
                    and hold.bill_unit_id = cut.bill_unit_id
                    and hold.held_from <= :business_date::date
                    and hold.held_until >= :business_date::date
            ) then 'on_hold'
            when exists (
                select from promise
                where promise.account_id = cut.account_id
                    and promise.bill_unit_id = cut.bill_unit_id
                    and promise.status = 'active'
            ) then 'promise_to_pay'
        end as reason
    from due_severance_event as cut
    join severance
        on severance.account_id = cut.account_id and severance.id = cut.severance_id
    join service_agreement
        on service_agreement.account_id = cut.account_id
        and service_agreement.id = cut.service_agreement_id
    join account on account.id = cut.account_id
    join brand on brand.id = account.brand_id
    where severance.account_id between :first_account::bigint and :last_account::bigint
        and service_agreement.account_id between :first_account::bigint and :last_account::bigint
        and cut.activity = 'cut'
) as protection
where due_severance_event.no = protection.no and protection.reason is not null

-- name: why_not
select message from due_severance_event where outcome = 'refused'

-- name: send
-- The rest goes to the field system and to people, who answer.
update due_severance_event
set outcome = 'sent'
where type in ('field_activity', 'to_do') and outcome is null

-- name: make_to_dos
-- What people are asked to do is on their list; completing it completes the event.
with made as (
    insert into todo (
        account_id, bill_unit_id, case_id, severance_event_id, made_on, priority, agent_id, type,
        role, leads_to, message, made_by
    )
    select
        due_severance_event.account_id, due_severance_event.bill_unit_id,
        due_severance_event.case_id, due_severance_event.severance_event_id,
        :business_date::date, coalesce(todo_type.priority, 50), collection_case.agent_id,
        coalesce(todo_type.name, due_severance_event.name), coalesce(todo_type.role, 'agent'),
        coalesce(todo_type.leads_to, 'severance'),
        concat_ws(' · ', service_agreement.service_agreement_no, due_severance_event.name),
        :actor::text
    from due_severance_event
    join service_agreement
        on service_agreement.account_id = due_severance_event.account_id
        and service_agreement.id = due_severance_event.service_agreement_id
        and service_agreement.account_id between :first_account::bigint and :last_account::bigint
    left join todo_type on todo_type.name = due_severance_event.parameters ->> 'to_do_type'
    left join collection_case
        on collection_case.account_id = due_severance_event.account_id
        and collection_case.id = due_severance_event.case_id
        and collection_case.account_id between :first_account::bigint and :last_account::bigint
    where due_severance_event.type = 'to_do' and due_severance_event.outcome = 'sent'
    order by due_severance_event.account_id, due_severance_event.severance_event_id
    on conflict do nothing
    returning account_id, id, bill_unit_id, case_id, type, role, priority
)
insert into event (business_date, account_id, bill_unit_id, case_id, kind, actor, run_id, data)
select
    :business_date::date, account_id, bill_unit_id, case_id, 'to_do_made', :actor::text,
    :run_id::int,
    jsonb_build_object(
        'to_do', account_id || '-' || id, 'type', type, 'role', role, 'priority', priority
    )
from made

-- name: letters_due
-- A letter is prepared as that of an action of the case is.
insert into due_action (
    no, wave, type, account_id, case_account_id, action_id, case_id, bill_unit_id, debt_class_id,
    action_definition_id, step, due_on, currency, overdue_amount, lowers_balance, targeted
)
select
    due_severance_event.no, 1, 'severance_letter', due_severance_event.account_id,
    due_severance_event.account_id, -due_severance_event.severance_event_id,
    due_severance_event.case_id, due_severance_event.bill_unit_id,
    due_severance_event.debt_class_id, 0, 0, due_severance_event.due_on,
    due_severance_event.currency, coalesce(balance.overdue_amount, 0), false, false
from due_severance_event
left join balance
    on balance.account_id = due_severance_event.account_id
    and balance.bill_unit_id = due_severance_event.bill_unit_id
    and balance.debt_class_id = due_severance_event.debt_class_id
    and balance.account_id between :first_account::bigint and :last_account::bigint
where due_severance_event.type = 'letter' and due_severance_event.case_id is not null

-- name: add_letter_data
update due_action set data = data || :fields::jsonb where no = :no::int

-- name: clear_due_actions
delete from due_action

-- name: write_letters
insert into letter (
    account_id, case_id, severance_event_id, bill_unit_id, made_on, template, locale, data
)
select
    due_severance_event.account_id, due_severance_event.case_id,
    due_severance_event.severance_event_id, due_severance_event.bill_unit_id,
    :business_date::date, due_severance_event.parameters ->> 'template',
    due_action.data #>> '{account,locale}',
    due_action.data || jsonb_build_object('service_agreement', jsonb_strip_nulls(
        jsonb_build_object(
            'service_agreement_no', service_agreement.service_agreement_no,
            'type', service_agreement.type, 'premise_address', service_agreement.premise_address
        )
    ))
from due_severance_event
join due_action
    on due_action.account_id = due_severance_event.account_id
    and due_action.no = due_severance_event.no
join service_agreement
    on service_agreement.account_id = due_severance_event.account_id
    and service_agreement.id = due_severance_event.service_agreement_id
where service_agreement.account_id between :first_account::bigint and :last_account::bigint
    and due_severance_event.type = 'letter'
order by due_severance_event.account_id, due_severance_event.severance_event_id

-- name: complete_letters
update due_severance_event set outcome = 'completed' where type = 'letter'

-- name: demerits
select
    account_id, bill_unit_id, case_id, null::bigint as action_id,
    (parameters ->> 'lasts_days')::int as days, (parameters ->> 'points')::int as points,
    'credit_rating' as rating, name as reason
from due_severance_event
where type = 'credit_rating'

-- name: complete_rated
update due_severance_event set outcome = 'completed' where type = 'credit_rating'

-- name: expire
-- The agreement ends; what is owed stays owed.
with stopped as (
    update service_agreement
    set status = 'stopped',
        stopped_on = greatest(:business_date::date, service_agreement.started_on)
    from due_severance_event
    where service_agreement.account_id = due_severance_event.account_id
        and service_agreement.id = due_severance_event.service_agreement_id
        and service_agreement.account_id between :first_account::bigint and :last_account::bigint
        and due_severance_event.type = 'expire'
        and service_agreement.status in ('active', 'pending_start')
    returning
        service_agreement.account_id, service_agreement.bill_unit_id, service_agreement.id,
        service_agreement.service_agreement_no
), touching as (
    insert into touched (account_id, bill_unit_id, examine_from)
    select account_id, bill_unit_id, :business_date::date + 1 from stopped
)
insert into event (business_date, account_id, bill_unit_id, kind, actor, run_id, data)
select
    :business_date::date, account_id, bill_unit_id, 'agreement_expired', :actor::text,
    :run_id::int, jsonb_build_object('service_agreement_no', service_agreement_no)
from stopped

-- name: complete_expired
update due_severance_event set outcome = 'completed' where type = 'expire'

-- name: any_generic
select exists (select from due_severance_event where type = 'generic')

-- name: settle_generic
-- A plug-in's answer for a generic event.
update due_severance_event
set outcome = :outcome::text, message = :message::text
where no = :no::int and type = 'generic'

-- name: conclude
-- What came of the due events, one log entry for each.
with concluded as (
    update severance_event
    set
        status = case due_severance_event.outcome
            when 'refused' then 'pending' else due_severance_event.outcome
        end,
        sent_on = case due_severance_event.outcome
            when 'sent' then :business_date::date else severance_event.sent_on
        end,
        closed_on = case due_severance_event.outcome
            when 'completed' then :business_date::date
        end,
        refused_on = case due_severance_event.outcome
            when 'refused' then :business_date::date else severance_event.refused_on
        end,
        refusals = severance_event.refusals + (due_severance_event.outcome = 'refused')::int,
        message = due_severance_event.message,
        version = severance_event.version + 1
    from due_severance_event
    where severance_event.account_id = due_severance_event.account_id
        and severance_event.id = due_severance_event.severance_event_id
        and severance_event.account_id between :first_account::bigint and :last_account::bigint
        and due_severance_event.outcome is not null
    returning
        severance_event.account_id, severance_event.id, severance_event.severance_id,
        severance_event.bill_unit_id, severance_event.name, severance_event.type,
        severance_event.activity, severance_event.due_on, due_severance_event.case_id,
        due_severance_event.service_agreement_id, due_severance_event.outcome,
        due_severance_event.message
)
insert into event (business_date, account_id, bill_unit_id, case_id, kind, actor, run_id, data)
select
    :business_date::date, concluded.account_id, concluded.bill_unit_id, concluded.case_id,
    case concluded.outcome
        when 'sent' then case concluded.type
            when 'field_activity' then 'field_activity_sent' else 'severance_to_do'
        end
        when 'refused' then 'severance_event_refused'
        when 'completed' then 'severance_event_completed'
        else 'severance_event_failed'
    end,
    :actor::text, :run_id::int,
    jsonb_strip_nulls(jsonb_build_object(
        'severance', concluded.account_id || '-' || concluded.severance_id,
        'field_activity', case when concluded.type = 'field_activity'
            then concluded.account_id || '-' || concluded.id end,
        'event', concluded.name, 'type', concluded.type, 'activity', concluded.activity,
        'due_on', concluded.due_on, 'reason', concluded.message,
        'service_agreement_no', service_agreement.service_agreement_no,
        'premise_no', case when concluded.type = 'field_activity'
            then service_agreement.premise_no end
    ))
from concluded
join service_agreement
    on service_agreement.account_id = concluded.account_id
    and service_agreement.id = concluded.service_agreement_id
where service_agreement.account_id between :first_account::bigint and :last_account::bigint

-- name: count_due
select outcome, count(*) from due_severance_event where outcome is not null group by outcome

-- name: clear_due
delete from due_severance_event

-- name: finish
-- A process without an open event is done; one that has cut and could be undone stays until the
-- debt falls, or the agreement ends.
with finished as (
    update severance
    set status = 'completed', ended_on = :business_date::date, end_reason = 'completed',
        version = severance.version + 1
    where severance.account_id between :first_account::bigint and :last_account::bigint
        and (:severance_id::bigint is null or severance.id = :severance_id::bigint)
        and severance.status = 'active'
        and not exists (
            select from severance_event
            where severance_event.account_id = severance.account_id
                and severance_event.severance_id = severance.id
                and severance_event.status not in ('completed', 'cancelled')
        )
        and not (
            severance.cut_on is not null
            and severance.reconnect is not null
            and exists (
                select from service_agreement
                where service_agreement.account_id = severance.account_id
                    and service_agreement.id = severance.service_agreement_id
                    and service_agreement.status = 'active'
            )
        )
        {{of_severances}}
    returning
        severance.account_id, severance.id, severance.bill_unit_id, severance.case_id,
        severance.template, severance.purpose
)
insert into event (business_date, account_id, bill_unit_id, case_id, kind, actor, run_id, data)
select
    :business_date::date, account_id, bill_unit_id, case_id, 'severance_completed', :actor::text,
    :run_id::int,
    jsonb_build_object(
        'severance', account_id || '-' || id, 'template', template, 'purpose', purpose
    )
from finished
