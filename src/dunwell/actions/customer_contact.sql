-- Customer contacts that actions make.

-- name: any_letters
select exists (
    select from due_action
    join action_definition on action_definition.id = due_action.action_definition_id
    where due_action.no between :first_no::int and :last_no::int
        and action_definition.parameters ->> 'template' is not null
)

-- name: write_letters
-- Of those whose definition has a template; the locale follows the account, then the brand.
insert into letter (
    account_id, case_id, action_id, bill_unit_id, made_on, template, locale, data
)
select
    due_action.account_id, due_action.case_id, due_action.action_id, due_action.bill_unit_id,
    :business_date::date, action_definition.parameters ->> 'template',
    due_action.data #>> '{account,locale}', due_action.data
from due_action
join action_definition on action_definition.id = due_action.action_definition_id
where due_action.no between :first_no::int and :last_no::int
    and action_definition.parameters ->> 'template' is not null
order by due_action.account_id, due_action.action_id

-- name: record
-- A case belongs to the account of its action; a member of a group is told about another's.
with recorded as (
    insert into contact (
        account_id, bill_unit_id, case_id, action_id, letter_id, contacted_on, contact_class,
        contact_type, direction, channel, text, author
    )
    select
        due_action.account_id, due_action.bill_unit_id, due_action.case_id, due_action.action_id,
        letter.id, :business_date::date,
        action_definition.parameters ->> 'contact_class',
        action_definition.parameters ->> 'contact_type',
        action_definition.parameters ->> 'direction', action_definition.parameters ->> 'channel',
        action_definition.parameters ->> 'text', :actor::text
    from due_action
    join action_definition on action_definition.id = due_action.action_definition_id
    left join letter
        on letter.account_id = due_action.account_id
        and letter.action_id = due_action.action_id
        and letter.bill_unit_id = due_action.bill_unit_id
        and letter.account_id between :first_account::bigint and :last_account::bigint
    where due_action.no between :first_no::int and :last_no::int
    order by due_action.account_id, due_action.action_id
    returning
        account_id, id, bill_unit_id, case_id, contact_class, contact_type, direction, channel,
        contacted_on
)
insert into event (business_date, account_id, bill_unit_id, case_id, kind, actor, run_id, data)
select
    :business_date::date, account_id, bill_unit_id, case_id, 'contact_recorded', :actor::text,
    :run_id::int,
    jsonb_build_object(
        'contact', account_id || '-' || id, 'contact_class', contact_class,
        'contact_type', contact_type, 'direction', direction, 'channel', channel,
        'contacted_on', contacted_on
    )
from recorded
