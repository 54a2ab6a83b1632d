-- Acting: the due actions of the open cases, in waves, and what became of them.

-- name: any_due
select exists (
    select from action
    where account_id between :first_account::bigint and :last_account::bigint
        and status = 'pending'
        and task_on is null
        and due_on <= :business_date::date
        and due_on > :skipped_until::date
        and {{may_act}}
)

-- name: enter_work
-- Cases that were opened tonight act tonight, if an entry date in the past made actions due.
update work
set case_id = entry.case_id, scenario_id = entry.scenario_id
from entry
where work.account_id = entry.account_id
    and work.bill_unit_id = entry.bill_unit_id
    and work.debt_class_id = entry.debt_class_id

-- name: due_actions
-- Per case in order of due date, then step: the n-th due action of each case makes wave n, so that
-- a write-off precedes an inactivation and a fee the letter that states it. Within a wave the
-- actions of one type are a range of numbers. What is due is found by its day first: far less than
-- all the actions of the cases that were looked at.
with due as materialized (
    select
        action.account_id, action.id, action.case_id, action.bill_unit_id,
        action.action_definition_id, action.step, action.due_on
    from action
    where action.account_id between :first_account::bigint and :last_account::bigint
        and action.status = 'pending'
        and action.task_on is null
        and action.due_on <= :business_date::date
        and action.due_on > :skipped_until::date
        and {{may_act}}
)
insert into due_action (
    no, wave, type, account_id, case_account_id, action_id, case_id, bill_unit_id, debt_class_id,
    action_definition_id, step, due_on, currency, overdue_amount, lowers_balance, targeted
)
select
    row_number() over (order by wave, type, account_id, action_id), wave, type, account_id,
    account_id, action_id, case_id, bill_unit_id, debt_class_id, action_definition_id, step, due_on,
    currency, overdue_amount, type = any(:lowering_types::text[]), target <> 'self'
from (
    select
        due.account_id, due.id as action_id, due.case_id, due.bill_unit_id,
        work.debt_class_id, due.action_definition_id, due.step, due.due_on,
        bill_unit.currency, work.overdue_amount,
        action_definition.type, action_definition.target,
        row_number() over (
            partition by due.account_id, due.case_id order by due.due_on, due.step
        ) as wave
    from due
    join work on work.account_id = due.account_id and work.case_id = due.case_id
    join bill_unit
        on bill_unit.account_id = work.account_id and bill_unit.id = work.bill_unit_id
    join action_definition on action_definition.id = due.action_definition_id
    where bill_unit.account_id between :first_account::bigint and :last_account::bigint
        and not work.held
) as pending

-- name: keep_one
-- A person executes one action; the others that are due stay for the night.
delete from due_action where action_id <> :action_id::bigint

-- name: aimed_at_groups
select exists (select from due_action where targeted)

-- name: forget_targets
-- A plug-in's answer takes the place of the default one.
delete from target where no = :no::int

-- name: add_target
-- A plug-in sends a group's action to another bill unit of the account or of the group.
insert into target (no, case_account_id, account_id, bill_unit_id)
select due_action.no, due_action.case_account_id, bill_unit.account_id, bill_unit.id
from due_action
join bill_unit
    on bill_unit.account_id = due_action.account_id
    or exists (
        select from group_share
        where group_share.account_id = bill_unit.account_id
            and group_share.bill_unit_id = bill_unit.id
            and group_share.parent_account_id = due_action.account_id
            and group_share.parent_bill_unit_id = due_action.bill_unit_id
    )
where due_action.no = :no::int
    and due_action.targeted
    and bill_unit.bill_unit_no = :bill_unit_no::text

-- name: reach_targets
-- A due action that has targets reaches those, each with what that one itself owes.
insert into due_action (
    no, wave, type, account_id, case_account_id, action_id, case_id, bill_unit_id, debt_class_id,
    action_definition_id, step, due_on, currency, overdue_amount, lowers_balance, targeted
)
select
    0, due_action.wave, due_action.type, target.account_id, due_action.case_account_id,
    due_action.action_id, due_action.case_id, target.bill_unit_id, due_action.debt_class_id,
    due_action.action_definition_id, due_action.step, due_action.due_on, due_action.currency,
    coalesce(own.amount, 0), due_action.lowers_balance, false
from (select distinct no, case_account_id, account_id, bill_unit_id from target) as target
join due_action
    on due_action.case_account_id = target.case_account_id and due_action.no = target.no
left join lateral (
    select sum(item.open_amount{{less_disputed}}) as amount
    from item
    {{with_disputed}}
    where item.account_id = target.account_id
        and item.bill_unit_id = target.bill_unit_id
        and item.debt_class_id = due_action.debt_class_id
        and item.account_id between :first_account::bigint and :last_account::bigint
        and {{is_overdue}}
        {{not_wholly_disputed}}
) as own on true

-- name: drop_reached
-- In the place of what they reach.
delete from due_action where no <> 0 and no in (select no from target)

-- name: number_again
with numbered as (
    select
        account_id, action_id, bill_unit_id,
        row_number() over (
            order by wave, type, case_account_id, action_id, account_id, bill_unit_id
        ) as no
    from due_action
)
update due_action
set no = numbered.no
from numbered
where due_action.account_id = numbered.account_id
    and due_action.action_id = numbered.action_id
    and due_action.bill_unit_id = numbered.bill_unit_id

-- name: batches
select wave, type, min(no), max(no)
from due_action
group by wave, type
order by wave, min(no)

-- name: fail
-- One action failed; the others go on.
update due_action
set outcome = 'error', message = :message::text
where no between :first_no::int and :last_no::int

-- name: charged_with_credit
select distinct due_action.account_id
from due_action
join credit
    on credit.account_id = due_action.account_id
    and credit.bill_unit_id = due_action.bill_unit_id
where due_action.outcome = 'completed'
    and due_action.amount > 0
    and credit.account_id between :first_account::bigint and :last_account::bigint
    and credit.open_amount > 0
    and credit.effective_on <= :business_date::date
order by due_action.account_id

-- name: conclude (planned each time)
-- What the actions came to, and one event for each case that tells it. A manual action is a task
-- from now on; a custom one that no plug-in carried out stays as it is.
with result as (
    select
        case_account_id as account_id, action_id, case_id,
        case when bool_or(outcome = 'error') then 'error' else min(outcome) end as outcome,
        string_agg(message, '; ' order by account_id, bill_unit_id) as message,
        sum(amount) as amount
    from due_action
    where outcome is not null
    group by case_account_id, action_id, case_id
), concluded as (
    update action
    set
        status = case result.outcome when 'task' then action.status else result.outcome end,
        task_on = case result.outcome when 'task' then :business_date::date end,
        closed_on = case result.outcome when 'completed' then :business_date::date end,
        message = result.message,
        version = action.version + 1
    from result
    where action.account_id = result.account_id
        and action.case_id = result.case_id
        and action.id = result.action_id
        and action.account_id between :first_account::bigint and :last_account::bigint
    returning
        action.account_id, action.case_id, action.bill_unit_id, action.step, action.due_on,
        action.status, action.message, action.action_definition_id, result.amount
)
insert into event (business_date, account_id, bill_unit_id, case_id, kind, actor, run_id, data)
select
    :business_date::date, concluded.account_id, concluded.bill_unit_id, concluded.case_id,
    'actions_performed', :actor::text, :run_id::int,
    jsonb_build_object(
        'actions',
        jsonb_agg(
            jsonb_strip_nulls(jsonb_build_object(
                'step', concluded.step, 'action', action_definition.name,
                'type', action_definition.type, 'due_on', concluded.due_on,
                'status', concluded.status, 'amount', concluded.amount::text,
                'message', concluded.message
            ))
            order by concluded.due_on, concluded.step
        )
    )
from concluded
join action_definition on action_definition.id = concluded.action_definition_id
group by concluded.account_id, concluded.bill_unit_id, concluded.case_id

-- name: count_performed
select type, case outcome when 'task' then 'pending' else coalesce(outcome, 'pending') end,
    count(distinct action_id)
from due_action
group by 1, 2

-- name: unhandled
-- Custom actions that no plug-in carried out.
select distinct action_definition.name
from due_action
join action_definition on action_definition.id = due_action.action_definition_id
where due_action.outcome is null

-- name: count_skipped
-- Actions due on or before the installation date, which never run by themselves.
select count(*)
from action
where account_id between :first_account::bigint and :last_account::bigint
    and status = 'pending'
    and task_on is null
    and due_on <= :business_date::date
    and due_on <= :skipped_until::date

-- name: totals
-- What stands after the night.
select jsonb_build_object(
    'in_collections', (
        select count(*) from collection_case
        where account_id between :first_account::bigint and :last_account::bigint
            and status = 'open'
            {{outside_groups}}
    ),
    'overdue', (
        select coalesce(jsonb_object_agg(currency, round_money(amount, currency)::text), '{}')
        from (
            select currency, sum(overdue_amount) as amount
            from balance
            where account_id between :first_account::bigint and :last_account::bigint
                {{outside_groups}}
            group by currency
        ) as by_currency
    )
)
