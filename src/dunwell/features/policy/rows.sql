-- The current policy in the database: an id, a key of names, and a row of JSON for each noun, in
-- the shape of `rows.wanted`.

-- name: aging_buckets
-- One row with all boundaries.
select 0, array[]::text[],
    jsonb_build_object('up to days', coalesce(jsonb_agg(up_to_days order by position), '[]'))
from aging_bucket;

-- name: setting
-- The switches.
select 0, array[name], jsonb_build_object('value', value) from setting;

-- name: calendar
-- Without the working days that follow from it.
select id, array[name],
    jsonb_build_object(
        'country', country, 'subdivision', subdivision, 'weekend', weekend, 'own_days', own_days
    )
from calendar;

-- name: brand
-- With its calendar's name.
select brand.id, array[brand.name],
    jsonb_build_object(
        'locale', brand.locale, 'time_zone', brand.time_zone, 'calendar', calendar.name,
        'sender', brand.sender
    )
from brand
join calendar on calendar.id = brand.calendar_id;

-- name: debt_class
-- All of them.
select id, array[name],
    jsonb_build_object(
        'description', description, 'by_agreement', by_agreement,
        'agreement_threshold', agreement_threshold, 'write_off', write_off
    )
from debt_class;

-- name: criterion
-- All of them.
select id, array[name],
    jsonb_build_object('type', type, 'source', source, 'values', "values")
from criterion;

-- name: profile
-- Those in force.
select profile.id, array[brand.name, profile.name],
    jsonb_build_object(
        'currency', profile.currency, 'description', profile.description,
        'default', profile.is_default, 'position', profile.position, 'rule', profile.rule
    )
from profile
join brand on brand.id = profile.brand_id
where profile.retired_version is null;

-- name: action
-- Those in force, without the predefined ones, which no policy made.
select action_definition.id, array[coalesce(brand.name, ''), action_definition.name],
    jsonb_build_object(
        'type', action_definition.type, 'description', action_definition.description,
        'target', action_definition.target, 'parameters', action_definition.parameters
    )
from action_definition
left join brand on brand.id = action_definition.brand_id
where action_definition.retired_version is null
    and action_definition.created_version is not null;

-- name: scenario
-- Those in force, with their steps.
select scenario.id, array[brand.name, scenario.name],
    jsonb_build_object(
        'profile', profile.name, 'debt_class', debt_class.name,
        'description', scenario.description,
        'entry_amount', trim_scale(scenario.entry_amount)::text,
        'entry_days', scenario.entry_days,
        'exit_amount', trim_scale(scenario.exit_amount)::text,
        'severity', scenario.severity, 'day_unit', scenario.day_unit,
        'when_finished', scenario.when_finished, 'criteria', scenario.criteria,
        'challenges', scenario.challenges,
        'steps', (
            select coalesce(
                jsonb_agg(
                    jsonb_build_object(
                        'day', scenario_step.offset_days, 'action', action_definition.name,
                        'mandatory', scenario_step.mandatory
                    )
                    order by scenario_step.step
                ),
                '[]'
            )
            from scenario_step
            join action_definition on action_definition.id = scenario_step.action_definition_id
            where scenario_step.scenario_id = scenario.id
        )
    )
from scenario
join brand on brand.id = scenario.brand_id
join profile on profile.id = scenario.profile_id
join debt_class on debt_class.id = scenario.debt_class_id
where scenario.retired_version is null
order by scenario.id;

-- name: severance_template
-- All of them.
select severance_template.id, array[brand.name, severance_template.name],
    jsonb_build_object(
        'description', severance_template.description, 'purpose', severance_template.purpose,
        'agreement_types', severance_template.agreement_types,
        'priority', severance_template.priority,
        'only_with', severance_template.only_with,
        'only_without', severance_template.only_without,
        'criteria', severance_template.criteria,
        'auto_cancel', severance_template.auto_cancel,
        'cancel_amount', trim_scale(severance_template.cancel_amount)::text,
        'reconnect', severance_template.reconnect, 'day_unit', severance_template.day_unit,
        'notices', severance_template.notices, 'events', severance_template.events
    )
from severance_template
join brand on brand.id = severance_template.brand_id;

-- name: moratorium
-- All of them; the brand is empty for all brands.
select moratorium.id, array[coalesce(brand.name, ''), moratorium.name],
    jsonb_build_object(
        'jurisdiction', moratorium.jurisdiction, 'first_day', moratorium.first_day,
        'last_day', moratorium.last_day
    )
from moratorium
left join brand on brand.id = moratorium.brand_id;

-- name: experiment
-- Those in force.
select experiment.id, array[brand.name, experiment.name],
    jsonb_build_object(
        'champion', experiment.champion, 'challengers', experiment.challengers,
        'starts_on', experiment.starts_on, 'ends_on', experiment.ends_on,
        'days', experiment.days, 'costs', experiment.costs
    )
from experiment
join brand on brand.id = experiment.brand_id
where experiment.retired_version is null;

-- name: reason_code
-- All of them; the brand is empty for all brands.
select reason_code.id, array[coalesce(brand.name, ''), reason_code.category, reason_code.code],
    jsonb_build_object('labels', reason_code.labels)
from reason_code
left join brand on brand.id = reason_code.brand_id;

-- name: contact_type
-- All of them.
select id, array[contact_class, name], jsonb_build_object('description', description)
from contact_type;

-- name: pay_plan_type
-- All of them.
select id, array[name],
    jsonb_build_object(
        'description', description, 'debt_classes', debt_classes, 'grace_days', grace_days,
        'third_party', third_party, 'broken_points', broken_points, 'broken_days', broken_days
    )
from pay_plan_type;

-- name: collection_substatus
-- All of them.
select id, array[name],
    jsonb_build_object(
        'description', description, 'severity', severity, 'from_days', from_days,
        'scenarios', scenarios, 'actions', actions, 'action_types', action_types
    )
from collection_substatus;

-- name: to_do_type
-- All of them.
select id, array[name],
    jsonb_build_object(
        'description', description, 'role', role, 'priority', priority, 'leads_to', leads_to,
        'events', events, 'condition', condition
    )
from todo_type;

-- name: agency
-- Those in force.
select agency.id, array[brand.name, agency.name], jsonb_build_object('email', agency.email)
from agency
join brand on brand.id = agency.brand_id
where agency.retired_version is null;

-- name: agent
-- All of them.
select id, array[name], jsonb_build_object('role', role, 'supervisor', supervisor) from agent;

-- name: exchange_rate
-- Those of the policy; loaded ones are not its business.
select id, array[source_currency, target_currency, valid_from::text],
    jsonb_build_object('rate', trim_scale(rate)::text)
from exchange_rate
where origin = 'policy';

-- name: template
-- All of them; those that come with Dunwell are no rows.
select template.id, array[coalesce(brand.name, ''), template.kind, template.name, template.locale],
    jsonb_build_object(
        'engine', template.engine, 'format', template.format,
        'sha256', encode(sha256(convert_to(template.source, 'UTF8')), 'hex')
    )
from template
left join brand on brand.id = template.brand_id;
