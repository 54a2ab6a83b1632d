-- Cancelling: the processes in `ended_severance`, whoever put them there.

-- name: end_processes
-- With their events, and what the field has before it is taken back; a cut that was given free a
-- moment ago is left for the field to answer. One log entry for each process, one for each recall.
with ended as (
    update severance
    set status = 'cancelled', ended_on = :business_date::date,
        end_reason = ended_severance.reason, version = severance.version + 1
    from ended_severance
    where severance.account_id = ended_severance.account_id
        and severance.id = ended_severance.severance_id
        and severance.account_id between :first_account::bigint and :last_account::bigint
        and severance.status = 'active'
    returning
        severance.account_id, severance.id, severance.bill_unit_id, severance.case_id,
        severance.template, severance.cancel_amount, severance.cut_on, severance.reconnect,
        ended_severance.reason, ended_severance.overdue_amount, ended_severance.facts
), open_events as (
    select
        severance_event.account_id, severance_event.id, severance_event.severance_id,
        severance_event.name, severance_event.type, severance_event.activity,
        severance_event.status as was
    from ended
    join severance_event
        on severance_event.account_id = ended.account_id
        and severance_event.severance_id = ended.id
    where severance_event.account_id between :first_account::bigint and :last_account::bigint
        and severance_event.status in ('waiting', 'pending', 'sent', 'executing', 'error')
), cancelled as (
    update severance_event
    set status = 'cancelled', closed_on = :business_date::date,
        version = severance_event.version + 1
    from open_events
    where severance_event.account_id = open_events.account_id
        and severance_event.id = open_events.id
        and open_events.was <> 'executing'
        and severance_event.account_id between :first_account::bigint and :last_account::bigint
    returning
        severance_event.account_id, severance_event.severance_id, severance_event.no,
        severance_event.name, severance_event.type
), to_dos as (
    -- what people were asked to do for it is nothing to do any more
    update todo
    set status = 'completed', completed_on = :business_date::date, completed_by = :actor::text,
        comment = ended.reason, version = todo.version + 1
    from open_events
    join ended
        on ended.account_id = open_events.account_id and ended.id = open_events.severance_id
    where todo.account_id = open_events.account_id
        and todo.severance_event_id = open_events.id
        and todo.account_id between :first_account::bigint and :last_account::bigint
        and todo.status = 'open'
), recalls as (
    insert into event (business_date, account_id, bill_unit_id, case_id, kind, actor, run_id, data)
    select
        :business_date::date, ended.account_id, ended.bill_unit_id, ended.case_id,
        'field_activity_recalled', :actor::text, :run_id::int,
        jsonb_build_object(
            'severance', ended.account_id || '-' || ended.id,
            'field_activity', open_events.account_id || '-' || open_events.id,
            'event', open_events.name, 'activity', open_events.activity,
            'reason', ended.reason, 'under_way', open_events.was = 'executing'
        )
    from open_events
    join ended
        on ended.account_id = open_events.account_id and ended.id = open_events.severance_id
    where open_events.type = 'field_activity' and open_events.was in ('sent', 'executing')
)
insert into event (business_date, account_id, bill_unit_id, case_id, kind, actor, run_id, data)
select
    :business_date::date, ended.account_id, ended.bill_unit_id, ended.case_id,
    'severance_cancelled', :actor::text, :run_id::int,
    jsonb_strip_nulls(jsonb_build_object(
        'severance', ended.account_id || '-' || ended.id, 'template', ended.template,
        'reason', ended.reason, 'overdue_amount', ended.overdue_amount::text,
        'cancel_amount', case when ended.overdue_amount is not null
            then ended.cancel_amount::text end,
        'cut_on', ended.cut_on,
        'cancelled', (
            select coalesce(
                jsonb_agg(
                    jsonb_build_object('event', cancelled.name, 'type', cancelled.type)
                    order by cancelled.no
                ),
                '[]'
            )
            from cancelled
            where cancelled.account_id = ended.account_id
                and cancelled.severance_id = ended.id
        )
    )) || coalesce(ended.facts, '{}')
from ended

-- name: clear_ended
delete from ended_severance
