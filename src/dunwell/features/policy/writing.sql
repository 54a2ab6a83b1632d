-- How a change of policy is written. `:row` is a row of `rows.wanted`; names stand for ids.

-- name: add_version
-- The new version, with the whole policy as its document.
insert into policy_version (applied_by, note, document, fingerprint)
values (:actor::text, :note::text, :document::jsonb, :fingerprint::text)
returning id;

-- name: used_scenarios
-- Which of these scenarios has any case, open or closed?
select distinct scenario_id from collection_case where scenario_id = any(:ids::integer[]);

-- name: used_profiles
-- Which of these profiles has a scenario that was ever used?
select distinct profile_id
from scenario
where profile_id = any(:ids::integer[])
    and (
        retired_version is not null
        or id in (select scenario_id from collection_case)
    );

-- name: used_actions
-- Which of these actions is a step of a scenario that was ever used, or was added to a case?
select distinct scenario_step.action_definition_id
from scenario_step
join scenario on scenario.id = scenario_step.scenario_id
where scenario_step.action_definition_id = any(:ids::integer[])
    and (
        scenario.retired_version is not null
        or scenario.id in (select scenario_id from collection_case)
    )
union
select distinct action_definition_id
from action
where action_definition_id = any(:ids::integer[]);

-- name: used_agencies
-- Which of these agencies was ever referred to?
select distinct agency_id from agency_referral where agency_id = any(:ids::integer[]);

-- name: uses_of_brand
-- What keeps a brand from being removed.
select count(*), 'accounts'
from (select from account where brand_id = :id::integer limit :most::integer) as found
union all
select count(*), 'retired scenarios' from scenario
where brand_id = :id::integer and retired_version is not null
union all
select count(*), 'retired actions' from action_definition
where brand_id = :id::integer and retired_version is not null
union all
select count(*), 'retired agencies' from agency
where brand_id = :id::integer and retired_version is not null
union all
select count(*), 'retired experiments' from experiment
where brand_id = :id::integer and retired_version is not null
union all
select count(*), 'sharing groups'
from (select from sharing_group where brand_id = :id::integer limit :most::integer) as found;

-- name: uses_of_debt_class
-- What keeps a debt class from being removed.
select count(*), 'bills'
from (select from bill where debt_class_id = :id::integer limit :most::integer) as found
union all
select count(*), 'items'
from (select from item where debt_class_id = :id::integer limit :most::integer) as found
union all
select count(*), 'cases'
from (select from collection_case where debt_class_id = :id::integer limit :most::integer) as found
union all
select count(*), 'service agreements'
from (
    select from service_agreement where debt_class_id = :id::integer limit :most::integer
) as found;

-- name: uses_of_agent
-- What keeps an agent from being removed.
select count(*), 'cases'
from (select from collection_case where agent_id = :id::integer limit :most::integer) as found;

-- name: uses_of_template
-- What still needs a template, unless one for all brands, or one that comes with Dunwell (its caller
-- knows), takes its place: actions that open cases keep, and what is to be rendered.
with removed as (
    select template.*
    from template
    where template.id = :id::integer
        and not exists (
            select from template as other
            where template.brand_id is not null
                and other.brand_id is null
                and (other.kind, other.name, other.locale)
                    = (template.kind, template.name, template.locale)
        )
)
select count(*), 'actions of open cases'
from removed
join action_definition on action_definition.parameters ->> 'template' = removed.name
where (action_definition.type = 'invoice_reminder') = (removed.kind = 'invoice_reminder')
    and removed.kind <> 'email_body'
    and (removed.brand_id is null or coalesce(action_definition.brand_id, removed.brand_id) = removed.brand_id)
    and exists (
        select from action
        where action.action_definition_id = action_definition.id
            and action.status in ('pending', 'waiting', 'error')
    )
union all
select count(*), 'letters that wait to be delivered'
from removed
join letter on letter.status = 'ready' and letter.template = removed.name
where removed.kind = 'dunning'
union all
select count(*), 'reminders that wait to be delivered'
from removed
join reminder_message
    on reminder_message.status = 'ready' and reminder_message.template = removed.name
where removed.kind = 'invoice_reminder';

-- name: put_template
-- The words that the policy names; by whom, the version knows.
insert into template (brand_id, kind, name, locale, engine, format, source, changed_by)
select
    (select brand.id from brand where brand.name = :brand::text), :kind::text, :name::text,
    :locale::text, :row::jsonb ->> 'engine', :row::jsonb ->> 'format', template_text.source,
    policy_version.applied_by
from template_text
join policy_version on policy_version.id = :version::integer
where template_text.sha256 = :row::jsonb ->> 'sha256'
on conflict (brand_id, kind, name, locale) do update set
    engine = excluded.engine,
    format = excluded.format,
    source = excluded.source,
    changed_by = excluded.changed_by,
    updated_at = now();

-- name: delete_template
delete from template where id = :id::integer;

-- name: retire_scenario
-- Gone from the policy; its open cases go on with it.
update scenario set retired_version = :version::integer where id = :id::integer;

-- name: delete_scenario
-- Never used; its steps go with it.
delete from scenario where id = :id::integer;

-- name: retire_action
-- Gone from the policy; steps of retired scenarios still name it.
update action_definition set retired_version = :version::integer where id = :id::integer;

-- name: delete_action
-- Never used.
delete from action_definition where id = :id::integer;

-- name: retire_profile
-- Gone from the policy; retired scenarios still belong to it.
update profile set retired_version = :version::integer where id = :id::integer;

-- name: delete_profile
-- No scenario ever used it.
delete from profile where id = :id::integer;

-- name: free_default
-- Before another profile becomes the default one.
update profile set is_default = false where id = :id::integer;

-- name: retire_agency
-- Gone from the policy; its referrals stay.
update agency set retired_version = :version::integer where id = :id::integer;

-- name: delete_agency
-- Never referred to.
delete from agency where id = :id::integer;

-- name: delete_severance_template
-- Gone from the policy; processes have copies of what they need.
delete from severance_template where id = :id::integer;

-- name: delete_moratorium
-- Gone from the policy.
delete from moratorium where id = :id::integer;

-- name: retire_experiment
-- Gone from the policy; its cases stay comparable.
update experiment set retired_version = :version::integer where id = :id::integer;

-- name: delete_experiment
-- Nobody was ever assigned by it.
delete from experiment where id = :id::integer;

-- name: used_experiments
-- Which of these experiments has any case, or somebody who was assigned by hand?
select distinct experiment_id from collection_case where experiment_id = any(:ids::integer[])
union
select distinct experiment_id from arm_choice where experiment_id = any(:ids::integer[]);

-- name: delete_reason_code
-- Gone from the policy.
delete from reason_code where id = :id::integer;

-- name: delete_contact_type
-- Gone from the policy; contacts keep its name.
delete from contact_type where id = :id::integer;

-- name: delete_pay_plan_type
-- Gone from the policy; plans keep its terms.
delete from pay_plan_type where id = :id::integer;

-- name: delete_collection_substatus
-- Gone from the policy; the next night gives its bill units another.
delete from collection_substatus where id = :id::integer;

-- name: delete_to_do_type
-- Gone from the policy; to-dos keep its name and role.
delete from todo_type where id = :id::integer;

-- name: delete_agent
-- Gone from the policy, without a case.
delete from agent where id = :id::integer;

-- name: delete_exchange_rate
-- Gone from the policy.
delete from exchange_rate where id = :id::integer;

-- name: delete_criterion
-- Gone from the policy; scenarios hold what it meant.
delete from criterion where id = :id::integer;

-- name: delete_debt_class
-- Gone from the policy, without a bill.
delete from debt_class where id = :id::integer;

-- name: delete_brand
-- Gone from the policy, without an account.
delete from brand where id = :id::integer;

-- name: delete_calendar
-- Gone from the policy; no brand uses it.
delete from calendar where id = :id::integer;

-- name: delete_setting
-- A switch that no longer exists.
delete from setting where name = :name::text;

-- name: clear_aging_buckets
-- Before the new ones are written.
delete from aging_bucket;

-- name: put_aging_buckets
-- The boundaries in their order.
insert into aging_bucket (position, up_to_days)
select boundary.position, boundary.up_to_days::integer
from jsonb_array_elements_text(:row::jsonb -> 'up to days')
    with ordinality as boundary (up_to_days, position);

-- name: put_setting
-- One switch.
insert into setting (name, value) values (:name::text, :row::jsonb -> 'value')
on conflict (name) do update set value = excluded.value;

-- name: put_calendar
-- Its working days are made anew afterwards.
insert into calendar (name, country, subdivision, weekend, own_days)
select :name::text, country, subdivision, weekend, own_days
from jsonb_to_record(:row::jsonb)
    as given (country text, subdivision text, weekend jsonb, own_days jsonb)
on conflict (name) do update set
    country = excluded.country,
    subdivision = excluded.subdivision,
    weekend = excluded.weekend,
    own_days = excluded.own_days
returning id;

-- name: put_brand
-- With its calendar.
insert into brand (name, locale, time_zone, calendar_id, sender)
select :name::text, given.locale, given.time_zone, calendar.id, given.sender
from jsonb_to_record(:row::jsonb)
    as given (locale text, time_zone text, calendar text, sender jsonb)
join calendar on calendar.name = given.calendar
on conflict (name) do update set
    locale = excluded.locale,
    time_zone = excluded.time_zone,
    calendar_id = excluded.calendar_id,
    sender = excluded.sender;

-- name: put_debt_class
-- A kind of debt.
insert into debt_class (name, description, by_agreement, agreement_threshold, write_off)
select :name::text, description, by_agreement, agreement_threshold, write_off
from jsonb_to_record(:row::jsonb) as given (
    description text, by_agreement boolean, agreement_threshold jsonb, write_off boolean
)
on conflict (name) do update set
    description = excluded.description,
    by_agreement = excluded.by_agreement,
    agreement_threshold = excluded.agreement_threshold,
    write_off = excluded.write_off;

-- name: put_criterion
-- An extra parameter.
insert into criterion (name, type, source, "values")
select :name::text, type, source, "values"
from jsonb_to_record(:row::jsonb) as given (type text, source text, "values" jsonb)
on conflict (name) do update set
    type = excluded.type,
    source = excluded.source,
    "values" = excluded."values";

-- name: put_profile
-- One in force of that brand and name is changed in place: cases don't depend on it.
insert into profile (brand_id, name, currency, description, is_default, position, rule)
select brand.id, :name::text, given.currency, given.description, given."default",
    given.position, nullif(given.rule, 'null')
from jsonb_to_record(:row::jsonb)
    as given (currency text, description text, "default" boolean, position integer, rule jsonb)
join brand on brand.name = :brand::text
on conflict (brand_id, name) where retired_version is null do update set
    description = excluded.description,
    is_default = excluded.is_default,
    position = excluded.position,
    rule = excluded.rule;

-- name: put_action
-- A new row, also for a changed action: what cases use never changes.
insert into action_definition
    (brand_id, name, type, description, target, parameters, created_version)
select
    (select id from brand where name = nullif(:brand::text, '')), :name::text, type, description,
    target, parameters, :version::integer
from jsonb_to_record(:row::jsonb)
    as given (type text, description text, target text, parameters jsonb);

-- name: put_scenario
-- A new row, also for a changed scenario; its rank follows when all are there.
insert into scenario (
    brand_id, profile_id, debt_class_id, name, description, entry_amount, entry_days, exit_amount,
    severity, day_unit, when_finished, criteria, challenges, created_version
)
select
    brand.id, profile.id, debt_class.id, :name::text, given.description, given.entry_amount,
    given.entry_days, given.exit_amount, given.severity, given.day_unit, given.when_finished,
    nullif(given.criteria, 'null'), given.challenges, :version::integer
from jsonb_to_record(:row::jsonb) as given (
    challenges text, profile text, debt_class text, description text, entry_amount numeric, entry_days integer,
    exit_amount numeric, severity integer, day_unit text, when_finished text, criteria jsonb
)
join brand on brand.name = :brand::text
join profile on profile.brand_id = brand.id
    and profile.name = given.profile
    and profile.retired_version is null
join debt_class on debt_class.name = given.debt_class
returning id;

-- name: put_steps
-- The steps of a new scenario; an action of its brand, of all brands, or a predefined one.
insert into scenario_step (scenario_id, step, action_definition_id, offset_days, mandatory)
select scenario.id, element.step, action_definition.id, given.day, given.mandatory
from scenario
cross join jsonb_array_elements(:row::jsonb -> 'steps') with ordinality as element (value, step)
cross join jsonb_to_record(element.value) as given (day integer, action text, mandatory boolean)
join action_definition on action_definition.name = given.action
    and (action_definition.brand_id = scenario.brand_id or action_definition.brand_id is null)
    and action_definition.retired_version is null
where scenario.id = :id::integer;

-- name: put_severance_template
-- Changed in place: processes under way have copies of what they need.
insert into severance_template (
    brand_id, name, description, purpose, agreement_types, priority, only_with, only_without,
    criteria, auto_cancel, cancel_amount, reconnect, day_unit, notices, events
)
select
    brand.id, :name::text, given.description, given.purpose, given.agreement_types,
    given.priority, given.only_with, given.only_without, nullif(given.criteria, 'null'),
    given.auto_cancel, given.cancel_amount, given.reconnect, given.day_unit, given.notices,
    given.events
from jsonb_to_record(:row::jsonb) as given (
    description text, purpose text, agreement_types jsonb, priority integer, only_with jsonb,
    only_without jsonb, criteria jsonb, auto_cancel boolean, cancel_amount numeric,
    reconnect text, day_unit text, notices jsonb, events jsonb
)
join brand on brand.name = :brand::text
on conflict (brand_id, name) do update set
    description = excluded.description, purpose = excluded.purpose,
    agreement_types = excluded.agreement_types, priority = excluded.priority,
    only_with = excluded.only_with, only_without = excluded.only_without,
    criteria = excluded.criteria, auto_cancel = excluded.auto_cancel,
    cancel_amount = excluded.cancel_amount, reconnect = excluded.reconnect,
    day_unit = excluded.day_unit, notices = excluded.notices, events = excluded.events;

-- name: put_moratorium
-- Days on which nobody is cut.
insert into moratorium (brand_id, name, jurisdiction, first_day, last_day)
select
    (select id from brand where name = nullif(:brand::text, '')), :name::text,
    given.jurisdiction, given.first_day, given.last_day
from jsonb_to_record(:row::jsonb)
    as given (jurisdiction text, first_day text, last_day text)
on conflict (brand_id, name) do update set
    jurisdiction = excluded.jurisdiction,
    first_day = excluded.first_day,
    last_day = excluded.last_day;

-- name: put_reason_code
-- Its labels by locale.
insert into reason_code (brand_id, category, code, labels)
values (
    (select id from brand where name = nullif(:brand::text, '')), :category::text, :name::text,
    :row::jsonb -> 'labels'
)
on conflict (brand_id, category, code) do update set labels = excluded.labels;

-- name: put_contact_type
-- A kind of contact.
insert into contact_type (contact_class, name, description)
values (:category::text, :name::text, :row::jsonb ->> 'description')
on conflict (contact_class, name) do update set description = excluded.description;

-- name: put_pay_plan_type
-- A kind of pay plan; plans that were made keep their terms.
insert into pay_plan_type (
    name, description, debt_classes, grace_days, third_party, broken_points, broken_days
)
select
    :name::text, description, debt_classes, grace_days, third_party, broken_points, broken_days
from jsonb_to_record(:row::jsonb) as given (
    description text, debt_classes jsonb, grace_days integer, third_party boolean,
    broken_points integer, broken_days integer
)
on conflict (name) do update set
    description = excluded.description,
    debt_classes = excluded.debt_classes,
    grace_days = excluded.grace_days,
    third_party = excluded.third_party,
    broken_points = excluded.broken_points,
    broken_days = excluded.broken_days;

-- name: put_collection_substatus
-- A stage of collections as customer care is shown it.
insert into collection_substatus (
    name, description, severity, from_days, scenarios, actions, action_types
)
select :name::text, description, severity, from_days, scenarios, actions, action_types
from jsonb_to_record(:row::jsonb) as given (
    description text, severity integer, from_days integer, scenarios jsonb, actions jsonb,
    action_types jsonb
)
on conflict (name) do update set
    description = excluded.description,
    severity = excluded.severity,
    from_days = excluded.from_days,
    scenarios = excluded.scenarios,
    actions = excluded.actions,
    action_types = excluded.action_types;

-- name: put_to_do_type
-- A kind of to-do, with its rule.
insert into todo_type (name, description, role, priority, leads_to, events, condition)
select
    :name::text, description, role, priority, leads_to, events, nullif(condition, 'null')
from jsonb_to_record(:row::jsonb) as given (
    description text, role text, priority integer, leads_to text, events jsonb, condition jsonb
)
on conflict (name) do update set
    description = excluded.description,
    role = excluded.role,
    priority = excluded.priority,
    leads_to = excluded.leads_to,
    events = excluded.events,
    condition = excluded.condition;

-- name: put_agency
-- One that was retired and comes back is the same agency.
insert into agency (brand_id, name, email)
select brand.id, :name::text, :row::jsonb ->> 'email'
from brand
where brand.name = :brand::text
on conflict (brand_id, name) do update set email = excluded.email, retired_version = null;

-- name: put_agent
-- A person, the role, and who oversees them.
insert into agent (name, role, supervisor)
values (:name::text, :row::jsonb ->> 'role', :row::jsonb ->> 'supervisor')
on conflict (name) do update set role = excluded.role, supervisor = excluded.supervisor;

-- name: put_experiment
-- One that was retired and comes back is the same experiment.
insert into experiment (brand_id, name, champion, challengers, starts_on, ends_on, days, costs)
select
    brand.id, :name::text, given.champion, given.challengers, given.starts_on, given.ends_on,
    given.days, given.costs
from brand
cross join jsonb_to_record(:row::jsonb) as given (
    champion text, challengers jsonb, starts_on date, ends_on date, days integer, costs jsonb
)
where brand.name = :brand::text
on conflict (brand_id, name) do update set
    champion = excluded.champion,
    challengers = excluded.challengers,
    starts_on = excluded.starts_on,
    ends_on = excluded.ends_on,
    days = excluded.days,
    costs = excluded.costs,
    retired_version = null;

-- name: put_exchange_rate
-- A rate of the policy.
insert into exchange_rate (source_currency, target_currency, valid_from, rate, origin)
values (
    :source::text, :target::text, :valid_from::date, (:row::jsonb ->> 'rate')::numeric, 'policy'
)
on conflict (source_currency, target_currency, valid_from, origin) do update set
    rate = excluded.rate;

-- name: rank_scenarios
-- The order of choice: highest entry amount, then entry days, then severity (1 first), then name.
update scenario
set rank = ordered.rank
from (
    select id,
        row_number() over (
            partition by profile_id, debt_class_id
            order by entry_amount desc, entry_days desc, severity, name collate "C"
        ) as rank
    from scenario
    where retired_version is null
) as ordered
where scenario.id = ordered.id
    and scenario.rank <> ordered.rank;
