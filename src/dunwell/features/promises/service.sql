-- What people do with promises to pay.

-- name: lock_cases
-- Until the end nobody else promises anything for these; what they have promised is read afterwards.
select id
from collection_case
where account_id = :account_id::bigint
    and bill_unit_id = :bill_unit_id::bigint
    and status = 'open'
order by id
for update

-- name: open_cases
-- The open cases of the bill unit, one for each debt class, with what is overdue by the last night
-- and the promise that is active.
select
    collection_case.id as case_id, debt_class.name as debt_class,
    bill_unit.currency, currency.digits,
    round_money(coalesce(balance.overdue_amount, 0), bill_unit.currency) as overdue_amount,
    promise.id as promise_id, promise.made_on, promise.version,
    promise.payment_method_id,
    exists (
        select from pay_plan
        where pay_plan.account_id = collection_case.account_id
            and pay_plan.bill_unit_id = collection_case.bill_unit_id
            and pay_plan.status = 'active'
            and (
                pay_plan.debt_class_ids is null
                or collection_case.debt_class_id = any(pay_plan.debt_class_ids)
            )
    ) as in_pay_plan
from collection_case
join bill_unit
    on bill_unit.account_id = collection_case.account_id
    and bill_unit.id = collection_case.bill_unit_id
join currency on currency.code = bill_unit.currency
join debt_class on debt_class.id = collection_case.debt_class_id
left join balance
    on balance.account_id = collection_case.account_id
    and balance.bill_unit_id = collection_case.bill_unit_id
    and balance.debt_class_id = collection_case.debt_class_id
left join promise
    on promise.account_id = collection_case.account_id
    and promise.case_id = collection_case.id
    and promise.status = 'active'
where collection_case.account_id = :account_id::bigint
    and collection_case.bill_unit_id = :bill_unit_id::bigint
    and collection_case.status = 'open'
order by collection_case.id

-- name: propose
-- The instalments as the hook may look at them.
insert into proposal (account_id, bill_unit_id, case_id, due_on, amount, currency, promised)
select
    :account_id::bigint, :bill_unit_id::bigint, :case_id::bigint, given.due_on, given.amount,
    :currency::text, :promised::numeric
from unnest(:dates::date[], :amounts::numeric[]) as given (due_on, amount)

-- name: withdraw_proposal
delete from proposal

-- name: make
insert into promise (
    account_id, case_id, bill_unit_id, made_on, posted_until, total, payment_method_id, actor
)
select
    :account_id::bigint, :case_id::bigint, :bill_unit_id::bigint, :business_date::date,
    (
        select max(run_slice.business_date)
        from run_slice
        join run on run.id = run_slice.run_id
        where run_slice.slice_no = :account_id::bigint / :slice_width::bigint
            and run.slice_width = :slice_width::bigint
    ),
    0, :payment_method_id::bigint, :actor::text
returning id

-- name: add_instalments
-- Each is an action of the case, after the steps that it has. The total of the promise grows.
with given as (
    select
        due_on, amount, nextval('action_id_seq') as action_id,
        row_number() over (order by due_on, ordinality) as no
    from unnest(:dates::date[], :amounts::numeric[]) with ordinality as given (due_on, amount)
), actions as (
    insert into action (
        account_id, id, case_id, bill_unit_id, action_definition_id, offset_days, interval_days,
        due_on, step, mandatory, status, promise_id
    )
    select
        :account_id::bigint, given.action_id, :case_id::bigint, :bill_unit_id::bigint,
        (select id from action_definition where type = 'promise'), 0, 0,
        given.due_on, last_step.no + given.no, false, 'pending', :promise_id::bigint
    from given
    cross join (
        select coalesce(max(step), 0) as no
        from action
        where account_id = :account_id::bigint and case_id = :case_id::bigint
    ) as last_step
), details as (
    insert into instalment (account_id, action_id, amount, payment_method_id)
    select :account_id::bigint, action_id, amount, :payment_method_id::bigint from given
)
update promise
set total = total + (select sum(amount) from given), version = version + 1
where account_id = :account_id::bigint and id = :promise_id::bigint

-- name: open_instalments
-- The open instalments of the active promise in order of their dates; locked until the end.
select
    action.id as action_id, action.step, action.due_on, action.version, instalment.amount,
    instalment.payment_method_id
from action
join instalment
    on instalment.account_id = action.account_id and instalment.action_id = action.id
where action.account_id = :account_id::bigint
    and action.case_id = :case_id::bigint
    and action.promise_id = :promise_id::bigint
    and action.status in ('pending', 'waiting', 'error')
order by action.due_on, action.step
for update of action

-- name: change_amounts
-- The total of the promise changes by the difference.
with changed as (
    update instalment
    set amount = :amount::numeric
    from (
        select account_id, action_id, amount as before
        from instalment
        where account_id = :account_id::bigint and action_id = any(:action_ids::bigint[])
    ) as old
    where instalment.account_id = old.account_id and instalment.action_id = old.action_id
    returning instalment.account_id, instalment.amount - old.before as difference
)
update promise
set total = total + (select sum(difference) from changed), version = version + 1
where account_id = :account_id::bigint and id = :promise_id::bigint

-- name: change_payment_method
update instalment
set payment_method_id = :payment_method_id::bigint
where account_id = :account_id::bigint and action_id = any(:action_ids::bigint[])

-- name: changed
update action
set version = version + 1
where account_id = :account_id::bigint and id = any(:action_ids::bigint[])

-- name: reschedule
-- One that was due already, and so a task, comes due anew.
update action
set due_on = given.due_on, task_on = null, version = version + 1
from unnest(:action_ids::bigint[], :dates::date[]) as given (id, due_on)
where action.account_id = :account_id::bigint and action.id = given.id

-- name: close
-- One that is cancelled is no longer promised.
with closed as (
    update action
    set status = :status::text, closed_on = :business_date::date, version = version + 1
    where account_id = :account_id::bigint and id = any(:action_ids::bigint[])
    returning account_id, id
)
update promise
set
    total = total - case :status::text when 'cancelled' then (
        select sum(instalment.amount)
        from closed
        join instalment
            on instalment.account_id = closed.account_id and instalment.action_id = closed.id
    ) else 0 end,
    version = version + 1
where account_id = :account_id::bigint and id = :promise_id::bigint

-- name: rest
-- The other actions start again the day after the last instalment, and none becomes earlier.
insert into resuming (account_id, case_id, resume_on, earlier)
select account_id, case_id, max(due_on) + 1, false
from action
where account_id = :account_id::bigint
    and case_id = :case_id::bigint
    and promise_id = :promise_id::bigint
    and status <> 'cancelled'
group by account_id, case_id

-- name: revoke
-- The other actions start again the next day.
insert into ended_promise (
    account_id, promise_id, case_id, bill_unit_id, status, resume_on, facts
)
select
    account_id, id, case_id, bill_unit_id, 'revoked', :business_date::date + 1,
    jsonb_build_object('reason', :reason::text)
from promise
where account_id = :account_id::bigint and id = :promise_id::bigint

-- name: log
-- What a person did, with the promise as it stands since.
insert into event (business_date, account_id, bill_unit_id, case_id, kind, actor, data)
select
    :business_date::date, promise.account_id, promise.bill_unit_id, promise.case_id, :kind::text,
    :actor::text,
    :facts::jsonb || jsonb_build_object(
        'reason', :reason::text,
        'made_on', promise.made_on,
        'total', promise.total::text,
        'instalments', jsonb_agg(
            jsonb_build_object(
                'step', action.step, 'due_on', action.due_on, 'amount', instalment.amount::text,
                'collected', instalment.payment_method_id is not null, 'status', action.status
            )
            order by action.due_on, action.step
        )
    )
from promise
join action
    on action.account_id = promise.account_id
    and action.case_id = promise.case_id
    and action.promise_id = promise.id
join instalment
    on instalment.account_id = action.account_id and instalment.action_id = action.id
where promise.account_id = :account_id::bigint and promise.id = :promise_id::bigint
group by promise.account_id, promise.id

-- name: touch
insert into touched (account_id, bill_unit_id)
values (:account_id::bigint, :bill_unit_id::bigint)

-- name: promised_nothing
-- Were all instalments cancelled?
select not exists (
    select from action
    where account_id = :account_id::bigint
        and case_id = :case_id::bigint
        and promise_id = :promise_id::bigint
        and status <> 'cancelled'
)
