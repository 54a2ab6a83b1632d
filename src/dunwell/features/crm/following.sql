-- Following cases, severance and bill units with the collection status that customer care sees, and
-- with credit alerts. Statements look at the bill units in `followed`; what is different by now goes
-- into `standing`.

-- name: clear
delete from followed where account_id is not null

-- name: changed_here
-- Whatever changes a case or a severance writes an event in its transaction, and what changes a bill
-- unit or an agreement touches it; the latter can only suspend a service, or end that.
insert into followed (account_id, bill_unit_id)
select account_id, bill_unit_id
from event
where account_id between :first_account::bigint and :last_account::bigint
    and txid = pg_current_xact_id_if_assigned()
    and bill_unit_id is not null
union
select touched.account_id, touched.bill_unit_id
from touched
join bill_unit
    on bill_unit.account_id = touched.account_id and bill_unit.id = touched.bill_unit_id
left join collection_status
    on collection_status.account_id = touched.account_id
    and collection_status.bill_unit_id = touched.bill_unit_id
where touched.account_id between :first_account::bigint and :last_account::bigint
    and bill_unit.account_id between :first_account::bigint and :last_account::bigint
    and touched.txid = pg_current_xact_id_if_assigned()
    and (bill_unit.status = 'inactive' or collection_status.status = 'red')

-- name: come_of_age
-- Open cases that reach the days of a substatus on a day since the last night.
insert into followed (account_id, bill_unit_id)
select collection_case.account_id, collection_case.bill_unit_id
from collection_case
where collection_case.account_id between :first_account::bigint and :last_account::bigint
    and collection_case.status = 'open'
    -- nobody is looked at where no substatus has days
    and exists (select from collection_substatus where from_days > 0)
    and collection_case.entry_date = any (array(
        select reached.day::date - collection_substatus.from_days
        from collection_substatus
        cross join generate_series(
            :last_date::date + 1, :business_date::date, interval '1 day'
        ) as reached (day)
        where collection_substatus.from_days > 0
    ))

-- name: everybody
-- The policy changed: all that are in collections, or may be suspended, or have a status.
insert into followed (account_id, bill_unit_id)
select account_id, bill_unit_id
from collection_case
where account_id between :first_account::bigint and :last_account::bigint and status = 'open'
union all
select account_id, bill_unit_id
from severance
where account_id between :first_account::bigint and :last_account::bigint
    and cut_on is not null
union all
select account_id, id
from bill_unit
where account_id between :first_account::bigint and :last_account::bigint and status = 'inactive'
union all
select account_id, bill_unit_id
from collection_status
where account_id between :first_account::bigint and :last_account::bigint

-- name: bounds
-- Where they lie; and the day, which isn't before the last night: what it decided still holds.
select
    min(account_id), max(account_id),
    greatest(:business_date::date, (select max(business_date) from run_slice))
from followed

-- name: take_turns
-- Two who change one account's cases derive its status one after the other.
select account.id
from account
where account.id in (select followed.account_id from followed)
order by account.id
for no key update

-- name: derive
-- What each of them is by now, where that differs from what is stored: red while its service is
-- suspended, yellow with its most severe stage while a case is open, else green.
insert into standing (
    account_id, bill_unit_id, case_id, in_collections, status, substatus, facts,
    was_in_collections, was_status, was_substatus
)
select
    unit.account_id, unit.bill_unit_id, stage.case_id, stage.case_id is not null, now.status,
    now.substatus,
    jsonb_strip_nulls(jsonb_build_object(
        'case', unit.account_id || '-' || stage.case_id,
        'scenario', stage.scenario,
        'stage', stage.substatus,
        'days_in_collections', stage.days,
        'severance', unit.account_id || '-' || cut.severance_id,
        'cut_on', cut.cut_on,
        'bill_unit_status', nullif(bill_unit.status, 'active')
    )),
    coalesce(stored.in_collections, false), coalesce(stored.status, 'green'),
    coalesce(stored.substatus, 'never_in_collections')
from (select distinct account_id, bill_unit_id from followed) as unit
join bill_unit on bill_unit.account_id = unit.account_id and bill_unit.id = unit.bill_unit_id
left join collection_status as stored
    on stored.account_id = unit.account_id and stored.bill_unit_id = unit.bill_unit_id
    and stored.account_id between :first_account::bigint and :last_account::bigint
left join lateral (
    select
        collection_case.id as case_id, scenario.name as scenario, reached.name as substatus,
        :business_date::date - collection_case.entry_date as days
    from collection_case
    join scenario on scenario.id = collection_case.scenario_id
    left join lateral (
        select collection_substatus.name, collection_substatus.severity
        from collection_substatus
        where collection_case.entry_date + collection_substatus.from_days <= :business_date::date
            and (
                collection_substatus.scenarios = '[]'
                or collection_substatus.scenarios ? scenario.name
            )
            and (
                collection_substatus.actions = '[]' and collection_substatus.action_types = '[]'
                or exists (
                    select from action
                    join action_definition on action_definition.id = action.action_definition_id
                    where action.account_id = collection_case.account_id
                        and action.case_id = collection_case.id
                        and action.status = 'completed'
                        and (
                            collection_substatus.actions ? action_definition.name
                            or collection_substatus.action_types ? action_definition.type
                        )
                )
            )
        order by collection_substatus.severity, collection_substatus.name
        limit 1
    ) as reached on true
    where collection_case.account_id = unit.account_id
        and collection_case.bill_unit_id = unit.bill_unit_id
        and collection_case.status = 'open'
    order by reached.severity nulls last, reached.name, collection_case.id
    limit 1
) as stage on true
left join lateral (
    select severance.id as severance_id, severance.cut_on
    from severance
    join service_agreement
        on service_agreement.account_id = severance.account_id
        and service_agreement.id = severance.service_agreement_id
    where severance.account_id = unit.account_id
        and severance.bill_unit_id = unit.bill_unit_id
        and severance.purpose = 'sever'
        and severance.cut_on is not null
        and service_agreement.status = 'active'
        -- a later process has given the service back
        and not exists (
            select from severance as back
            where back.account_id = severance.account_id
                and back.reconnects_id = severance.id
                and (
                    back.status = 'completed'
                    or exists (
                        select from severance_event
                        where severance_event.account_id = back.account_id
                            and severance_event.severance_id = back.id
                            and severance_event.activity = 'reconnect'
                            and severance_event.status = 'completed'
                    )
                )
        )
    order by severance.id
    limit 1
) as cut on true
cross join lateral (
    select
        case
            when cut.severance_id is not null or bill_unit.status = 'inactive' then 'red'
            when stage.case_id is not null then 'yellow'
            else 'green'
        end as status,
        case
            when cut.severance_id is not null or bill_unit.status = 'inactive' then 'suspended'
            when stage.case_id is not null then coalesce(stage.substatus, 'entered')
            when stored.id is null then 'never_in_collections'
            when stored.substatus <> 'never_in_collections' then 'exited'
            else stored.substatus
        end as substatus
) as now
where bill_unit.account_id between :first_account::bigint and :last_account::bigint
    and (now.status, now.substatus, stage.case_id is not null) is distinct from (
        coalesce(stored.status, 'green'),
        coalesce(stored.substatus, 'never_in_collections'),
        coalesce(stored.in_collections, false)
    )

-- name: store
insert into collection_status (
    account_id, bill_unit_id, case_id, since_on, in_collections, status, substatus
)
select account_id, bill_unit_id, case_id, :business_date::date, in_collections, status, substatus
from standing
order by account_id, bill_unit_id
on conflict (account_id, bill_unit_id) do update set
    case_id = excluded.case_id,
    since_on = excluded.since_on,
    in_collections = excluded.in_collections,
    status = excluded.status,
    substatus = excluded.substatus,
    version = collection_status.version + 1

-- name: log
-- Under a red status somebody may enter and leave collections; that is told, too.
insert into event (business_date, account_id, bill_unit_id, case_id, kind, actor, run_id, data)
select
    :business_date::date, account_id, bill_unit_id, case_id, 'collection_status_changed',
    :actor::text, :run_id::int,
    jsonb_build_object(
        'from', jsonb_build_object(
            'status', was_status, 'substatus', was_substatus,
            'in_collections', was_in_collections
        ),
        'to', jsonb_build_object(
            'status', status, 'substatus', substatus, 'in_collections', in_collections
        ),
        'reason', case
            when status = 'red' and was_status <> 'red' then 'suspended'
            when status <> 'red' and was_status = 'red' then 'restored'
            when in_collections and not was_in_collections then 'entered'
            when was_in_collections and not in_collections then 'exited'
            else 'stage'
        end
    ) || facts
from standing
order by account_id, bill_unit_id

-- name: raise
-- Whoever entered collections gets an alert, with what was overdue then.
with raised as (
    insert into credit_alert (
        account_id, bill_unit_id, case_id, raised_on, oldest_due_on, brand_id, agent_id, source,
        reason, amount, currency
    )
    select
        standing.account_id, standing.bill_unit_id, standing.case_id, :business_date::date,
        owed.oldest_due_on, collection_case.brand_id, collection_case.agent_id, 'dunwell',
        'entered_collections', owed.amount, bill_unit.currency
    from standing
    join bill_unit
        on bill_unit.account_id = standing.account_id and bill_unit.id = standing.bill_unit_id
    join collection_case
        on collection_case.account_id = standing.account_id
        and collection_case.id = standing.case_id
    cross join lateral (
        select
            coalesce(sum(other.overdue_amount), 0) as amount,
            min(other.overdue_date) as oldest_due_on
        from collection_case as other
        where other.account_id = standing.account_id
            and other.bill_unit_id = standing.bill_unit_id
            and other.status = 'open'
    ) as owed
    where standing.in_collections
        and not standing.was_in_collections
        and bill_unit.account_id between :first_account::bigint and :last_account::bigint
        and collection_case.account_id between :first_account::bigint and :last_account::bigint
    order by standing.account_id, standing.bill_unit_id
    returning
        account_id, id, bill_unit_id, case_id, source, reason, amount, currency, oldest_due_on
)
insert into event (business_date, account_id, bill_unit_id, case_id, kind, actor, run_id, data)
select
    :business_date::date, account_id, bill_unit_id, case_id, 'credit_alert_raised', :actor::text,
    :run_id::int,
    jsonb_build_object(
        'credit_alert', account_id || '-' || raised.id, 'source', source, 'reason', reason,
        -- by the digits: looking up the currency row by row takes longer than the alert itself
        'amount', round_money(amount, currency.digits)::text, 'currency', raised.currency,
        'oldest_due_on', oldest_due_on
    )
from raised
join currency on currency.code = raised.currency

-- name: close
-- Whoever left collections needs none any more, wherever they come from.
with closed as (
    update credit_alert
    set status = 'closed', closed_on = :business_date::date, close_reason = 'exited_collections',
        closed_by = :actor::text, version = credit_alert.version + 1
    from standing
    where credit_alert.account_id = standing.account_id
        and credit_alert.bill_unit_id = standing.bill_unit_id
        and credit_alert.account_id between :first_account::bigint and :last_account::bigint
        and credit_alert.status = 'open'
        and standing.was_in_collections
        and not standing.in_collections
    returning
        credit_alert.account_id, credit_alert.id, credit_alert.bill_unit_id, credit_alert.case_id,
        credit_alert.source, credit_alert.their_id
)
insert into event (business_date, account_id, bill_unit_id, case_id, kind, actor, run_id, data)
select
    :business_date::date, account_id, bill_unit_id, case_id, 'credit_alert_closed', :actor::text,
    :run_id::int,
    jsonb_strip_nulls(jsonb_build_object(
        'credit_alert', account_id || '-' || id, 'source', source, 'their_id', their_id,
        'reason', 'exited_collections'
    ))
from closed

-- name: clear_standing
delete from standing where account_id is not null

-- name: asked_for
-- Has this transaction written anything, and does the policy keep statuses, and raise alerts?
select
    pg_current_xact_id_if_assigned() is not null
        and coalesce(bool_or(value = 'true') filter (where name = 'collection_status'), false),
    coalesce(bool_or(value = 'true') filter (where name = 'credit_alerts'), false)
from setting
where name in ('collection_status', 'credit_alerts')
