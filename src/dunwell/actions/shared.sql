-- What several action types do alike.

-- name: complete
update due_action
set outcome = 'completed'
where no between :first_no::int and :last_no::int and outcome is null

-- name: override_amount
-- A plug-in's amount takes the place of the default one, and of its failure.
update due_action
set amount = round_money(:amount::numeric, currency), outcome = null, message = null,
    calculation = '{"by": "plug-in"}'
where no = :no::int

-- name: add_data
update due_action set data = data || :fields::jsonb where no = :no::int

-- name: charge
-- A fee is an item of its own kind, due at once. Nothing to charge makes no item.
with charged as (
    select due_action.*, nextval('item_id_seq') as item_id
    from due_action
    where no between :first_no::int and :last_no::int and outcome is null and amount > 0
), items as (
    insert into item (
        account_id, id, bill_unit_id, debt_class_id, issued_on, due_on, amount, open_amount, kind
    )
    select
        account_id, item_id, bill_unit_id, debt_class_id, :business_date::date,
        :business_date::date, amount, amount, :kind::text
    from charged
    order by account_id, item_id
)
insert into charge (
    account_id, case_id, action_id, bill_unit_id, made_on, kind, amount, currency, item_id,
    calculation
)
select
    account_id, case_id, action_id, bill_unit_id, :business_date::date, :kind::text, amount,
    currency, item_id, calculation
from charged
order by account_id, item_id

-- name: set_bill_unit_status
with changed as (
    update bill_unit
    set status = :status::text
    from due_action
    where due_action.no between :first_no::int and :last_no::int
        and bill_unit.account_id = due_action.account_id
        and bill_unit.id = due_action.bill_unit_id
        and bill_unit.account_id between :first_account::bigint and :last_account::bigint
        and bill_unit.status <> :status::text
    returning bill_unit.account_id, bill_unit.id
), shown as (
    update collection_case
    set bill_unit_status = :status::text
    from changed
    where collection_case.account_id = changed.account_id
        and collection_case.account_id between :first_account::bigint and :last_account::bigint
        and collection_case.bill_unit_id = changed.id
        and collection_case.status = 'open'
)
insert into touched (account_id, bill_unit_id, examine_from)
select account_id, id, :business_date::date + 1 from changed

-- name: write_message
-- The template is the definition's; the locale follows the account, then the brand.
insert into {{table}} (
    account_id, case_id, action_id, bill_unit_id, made_on, template, locale, data
)
select
    due_action.account_id, due_action.case_id, due_action.action_id, due_action.bill_unit_id,
    :business_date::date, action_definition.parameters ->> 'template',
    due_action.data #>> '{account,locale}', due_action.data
from due_action
join action_definition on action_definition.id = due_action.action_definition_id
where due_action.no between :first_no::int and :last_no::int
order by due_action.account_id, due_action.action_id
