-- Starting severance: which agreements, by which template, and the processes with their events.

-- name: candidates
-- The active agreements of the case's bill unit that owe something overdue in its debt class, and
-- aren't being severed; of a case that lists its agreements only those that are in it.
insert into severable (
    due_no, account_id, bill_unit_id, case_id, action_id, debt_class_id, service_agreement_id,
    service_agreement_no, type, arrears, oldest_due_on, currency, cancel_amount
)
select
    due_action.no, due_action.account_id, due_action.bill_unit_id, due_action.case_id,
    due_action.action_id, due_action.debt_class_id, service_agreement.id,
    service_agreement.service_agreement_no, service_agreement.type, owed.arrears,
    owed.oldest_due_on, due_action.currency, scenario.exit_amount
from due_action
join collection_case
    on collection_case.account_id = due_action.case_account_id
    and collection_case.id = due_action.case_id
join scenario on scenario.id = collection_case.scenario_id
join service_agreement
    on service_agreement.account_id = due_action.account_id
    and service_agreement.bill_unit_id = due_action.bill_unit_id
cross join lateral (
    select
        sum(item.open_amount{{less_disputed}}) as arrears, min(item.due_on) as oldest_due_on
    from item
    {{with_disputed}}
    where item.account_id = due_action.account_id
        and item.bill_unit_id = due_action.bill_unit_id
        and item.service_agreement_id = service_agreement.id
        and item.debt_class_id = due_action.debt_class_id
        and item.account_id between :first_account::bigint and :last_account::bigint
        and {{is_overdue}}
        {{not_wholly_disputed}}
) as owed
where due_action.no between :first_no::int and :last_no::int
    and service_agreement.account_id between :first_account::bigint and :last_account::bigint
    and collection_case.account_id between :first_account::bigint and :last_account::bigint
    and service_agreement.status = 'active'
    and owed.arrears > 0
    and coalesce((
        select bool_or(
            case_agreement.service_agreement_id = service_agreement.id
            and case_agreement.left_on is null
        )
        from case_agreement
        where case_agreement.account_id = due_action.case_account_id
            and case_agreement.case_id = due_action.case_id
            and case_agreement.account_id between :first_account::bigint and :last_account::bigint
    ), true)
    and not exists (
        select from severance
        where severance.account_id = due_action.account_id
            and severance.service_agreement_id = service_agreement.id
            and severance.status = 'active'
    )
order by due_action.no, service_agreement.service_agreement_no

-- name: templates_with_criteria
select id, criteria from severance_template where criteria is not null order by id

-- name: screen
-- The first template that fits an agreement; one without events means that it isn't severed.
update severable
set template_id = fitting.template_id, screened_by = fitting.name
from (
    select distinct on (severable.no)
        severable.no, severance_template.name,
        case when severance_template.events <> '[]' then severance_template.id end as template_id
    from severable
    join service_agreement
        on service_agreement.account_id = severable.account_id
        and service_agreement.id = severable.service_agreement_id
    join account on account.id = severable.account_id
    join bill_unit
        on bill_unit.account_id = severable.account_id and bill_unit.id = severable.bill_unit_id
    join severance_template on severance_template.brand_id = account.brand_id
    cross join lateral (
        select coalesce(jsonb_agg(asked.name), '[]') as facts
        from (
            values
                ('life_support', {{life_support}}),
                ('sensitive_load', {{sensitive_load}}),
                ('master_meter', service_agreement.master_meter),
                ('third_party', service_agreement.third_party_supplier is not null)
        ) as asked (name, holds)
        where asked.holds
    ) as known
    where service_agreement.account_id between :first_account::bigint and :last_account::bigint
        and bill_unit.account_id between :first_account::bigint and :last_account::bigint
        and severance_template.purpose = 'sever'
        and (
            severance_template.agreement_types = '[]'
            or severance_template.agreement_types ? service_agreement.type
        )
        and known.facts @> severance_template.only_with
        and not exists (
            select from jsonb_array_elements_text(severance_template.only_without) as refused (name)
            where known.facts ? refused.name
        )
        and {{severance_criteria}}
    order by severable.no, severance_template.priority, severance_template.name collate "C"
) as fitting
where severable.no = fitting.no

-- name: choose_template
-- A plug-in's template in the place of the policy's; one that the brand doesn't have is none.
update severable
set
    screened_by = 'plug-in',
    template_id = (
        select severance_template.id
        from severance_template
        join account on account.brand_id = severance_template.brand_id
        where account.id = severable.account_id
            and severance_template.name = :template::text
            and severance_template.purpose = 'sever'
            and severance_template.events <> '[]'
    )
where no = :no::int

-- name: nominate
-- One agreement of each case by the action's rule, or all of them.
update severable
set nominated = ranked.place = 1 or ranked.every_one
from (
    select
        severable.no,
        row_number() over (
            partition by severable.due_no
            order by
                case rule.nominate when 'type_order' then listed.place end nulls last,
                case rule.nominate when 'oldest' then severable.oldest_due_on end,
                severable.arrears desc, severable.oldest_due_on,
                severable.service_agreement_no collate "C"
        ) as place,
        rule.nominate = 'all'
            or rule.nominate = 'type_order'
            and count(listed.place) over (partition by severable.due_no) = 0 as every_one
    from severable
    join due_action
        on due_action.account_id = severable.account_id and due_action.no = severable.due_no
    join action_definition on action_definition.id = due_action.action_definition_id
    cross join lateral (
        select
            coalesce(action_definition.parameters ->> 'nominate', 'all') as nominate,
            coalesce(action_definition.parameters -> 'type_order', '[]') as type_order
    ) as rule
    left join lateral (
        select element.place
        from jsonb_array_elements_text(rule.type_order) with ordinality as element (type, place)
        where element.type = severable.type
        order by element.place
        limit 1
    ) as listed on true
    where severable.template_id is not null
) as ranked
where severable.no = ranked.no

-- name: nominate_only
-- A plug-in's choice among the agreements of the cases of which it names one.
update severable
set nominated = severable.no = any(:nos::int[])
where severable.template_id is not null
    and severable.due_no in (
        select named.due_no from severable as named
        where named.account_id = severable.account_id and named.no = any(:nos::int[])
    )

-- name: take_nominated
insert into starting_severance (
    account_id, severance_id, bill_unit_id, service_agreement_id, case_id, action_id,
    debt_class_id, arrears, cancel_amount, currency, template_id
)
select
    account_id, nextval('severance_id_seq'), bill_unit_id, service_agreement_id, case_id,
    action_id, debt_class_id, arrears, cancel_amount, currency, template_id
from severable
where nominated
order by no

-- name: take_reconnections
-- What was cut and whose process is being cancelled is given back, if the policy still says how and
-- the agreement still runs.
insert into starting_severance (
    account_id, severance_id, bill_unit_id, service_agreement_id, case_id, reconnects_id,
    debt_class_id, arrears, cancel_amount, currency, template_id
)
select
    severance.account_id, nextval('severance_id_seq'), severance.bill_unit_id,
    severance.service_agreement_id, severance.case_id, severance.id, severance.debt_class_id, 0,
    0, severance.currency, severance_template.id
from ended_severance
join severance
    on severance.account_id = ended_severance.account_id
    and severance.id = ended_severance.severance_id
join account on account.id = severance.account_id
join service_agreement
    on service_agreement.account_id = severance.account_id
    and service_agreement.id = severance.service_agreement_id
join severance_template
    on severance_template.brand_id = account.brand_id
    and severance_template.name = severance.reconnect
    and severance_template.purpose = 'reconnect'
where severance.account_id between :first_account::bigint and :last_account::bigint
    and service_agreement.account_id between :first_account::bigint and :last_account::bigint
    and service_agreement.status not in ('stopped', 'closed')
    and severance.cut_on is not null
    and ended_severance.reconnect
    -- one that is being severed again is left to that process
    and not exists (
        select from severance as other
        where other.account_id = severance.account_id
            and other.service_agreement_id = severance.service_agreement_id
            and other.id <> severance.id
            and other.status = 'active'
    )
order by severance.account_id, severance.id

-- name: open_processes
-- The processes with copies of what they need, their events, and the log.
with begun as (
    insert into severance (
        account_id, id, bill_unit_id, service_agreement_id, case_id, action_id, reconnects_id,
        debt_class_id, started_on, arrears, cancel_amount, currency, template, purpose, reconnect,
        day_unit, made_by, auto_cancel, notices
    )
    select
        starting_severance.account_id, starting_severance.severance_id,
        starting_severance.bill_unit_id, starting_severance.service_agreement_id,
        starting_severance.case_id, starting_severance.action_id,
        starting_severance.reconnects_id, starting_severance.debt_class_id,
        :business_date::date, starting_severance.arrears,
        coalesce(severance_template.cancel_amount, starting_severance.cancel_amount),
        starting_severance.currency, severance_template.name, severance_template.purpose,
        severance_template.reconnect, severance_template.day_unit, :actor::text,
        severance_template.auto_cancel and severance_template.purpose = 'sever',
        severance_template.notices
    from starting_severance
    join severance_template on severance_template.id = starting_severance.template_id
    returning
        account_id, id, bill_unit_id, service_agreement_id, case_id, template, purpose, arrears,
        currency, cancel_amount, auto_cancel, reconnects_id
), steps as (
    insert into severance_event (
        account_id, severance_id, bill_unit_id, no, name, type, activity, after, days, parameters
    )
    select
        starting_severance.account_id, starting_severance.severance_id,
        starting_severance.bill_unit_id, element.no, element.value ->> 'name',
        element.value ->> 'type', element.value ->> 'activity', element.value -> 'after',
        (element.value ->> 'days')::smallint,
        (element.value -> 'parameters')
            || jsonb_strip_nulls(jsonb_build_object(
                'template', element.value -> 'template', 'points', element.value -> 'points',
                'lasts_days', element.value -> 'lasts_days',
                'to_do_type', element.value -> 'to_do_type'
            ))
    from starting_severance
    join severance_template on severance_template.id = starting_severance.template_id
    cross join jsonb_array_elements(severance_template.events)
        with ordinality as element (value, no)
)
insert into event (business_date, account_id, bill_unit_id, case_id, kind, actor, run_id, data)
select
    :business_date::date, begun.account_id, begun.bill_unit_id, begun.case_id,
    'severance_started', :actor::text, :run_id::int,
    jsonb_strip_nulls(jsonb_build_object(
        'severance', begun.account_id || '-' || begun.id,
        'service_agreement_no', service_agreement.service_agreement_no,
        'template', begun.template, 'purpose', begun.purpose,
        'arrears', round_money(begun.arrears, begun.currency)::text, 'currency', begun.currency,
        'cancel_amount', begun.cancel_amount::text, 'auto_cancel', begun.auto_cancel,
        'reconnects', begun.account_id || '-' || begun.reconnects_id
    ))
from begun
join service_agreement
    on service_agreement.account_id = begun.account_id
    and service_agreement.id = begun.service_agreement_id
where service_agreement.account_id between :first_account::bigint and :last_account::bigint

-- name: log_screened
-- Agreements that no template fits, or one that spares them.
insert into event (business_date, account_id, bill_unit_id, case_id, kind, actor, run_id, data)
select
    :business_date::date, account_id, bill_unit_id, case_id, 'severance_screened_out',
    :actor::text, :run_id::int,
    jsonb_build_object(
        'service_agreement_no', service_agreement_no, 'type', type,
        'reason', coalesce('spared by ' || screened_by, 'no template fits')
    )
from severable
where template_id is null

-- name: tell_of_none
-- An action that found nothing to sever is done all the same, and says so.
update due_action
set outcome = 'completed', message = 'No service agreement could be severed.'
where no between :first_no::int and :last_no::int
    and no not in (select severable.due_no from severable where severable.nominated)

-- name: forget_severable
delete from severable

-- name: forget_starting
delete from starting_severance
