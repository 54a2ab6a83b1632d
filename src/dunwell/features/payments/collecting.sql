-- Collecting: attempts on their way from ready to an end, one at a time.

-- name: due
-- What is to be charged by now, and what a broken-off run left unanswered; in order of accounts.
select account_id, id, status
from payment_attempt
where status = 'charging' or status = 'ready' and coalesce(next_attempt_on, made_on) <= :date::date
order by account_id, id

-- name: pending
-- Charges whose answer hasn't come, by gateways that can be asked.
select account_id, id
from payment_attempt
where status = 'pending' and outgoing_file_id is null
order by account_id, id

-- name: ready_units
-- The bill units that have something to be charged by now.
select distinct account_id, bill_unit_id
from payment_attempt
where status = 'ready' and coalesce(next_attempt_on, made_on) <= :date::date
order by account_id, bill_unit_id

-- name: facts
-- An attempt with all that decides about it; locked, case before attempt. What is owed is what was
-- measured last, less credits that aren't posted yet, less other charges under way. One that a
-- person asked for has no case, and all that is open is owed. An instalment counts as it is now,
-- not as it was when it was asked for.
with own_case as materialized (
    select collection_case.account_id, collection_case.id, collection_case.status,
        collection_case.debt_class_id
    from payment_attempt
    join collection_case
        on collection_case.account_id = payment_attempt.account_id
        and collection_case.id = payment_attempt.case_id
    where payment_attempt.account_id = :account_id::bigint and payment_attempt.id = :id::bigint
    for update of collection_case
)
select
    payment_attempt.account_id, payment_attempt.id, payment_attempt.bill_unit_id,
    payment_attempt.case_id, payment_attempt.action_id, payment_attempt.status,
    least(payment_attempt.amount, instalment.amount) as amount, payment_attempt.currency,
    payment_attempt.tries, payment_attempt.next_attempt_on, payment_attempt.idempotency_key,
    payment_attempt.charged_amount,
    payment_attempt.gateway, payment_attempt.gateway_reference,
    payment_attempt.charging_since < now() - interval '20 hours' as key_is_old,
    coalesce(collection_case.status = 'open', true) as case_is_open,
    case when action.due_on > :date::date then action.due_on end as put_off_until,
    instalment.action_id is null
        or action.status in ('pending', 'waiting', 'error')
        and instalment.payment_method_id is not null as still_wanted,
    brand.name as brand, bill_unit.bill_unit_no, account.name as customer_name,
    case when payment_attempt.case_id is null
        then coalesce((
            select sum(item.open_amount)
            from item
            where item.account_id = payment_attempt.account_id
                and item.bill_unit_id = payment_attempt.bill_unit_id
                and item.open_amount > 0
                and item.issued_on <= :date::date
        ), 0)
        else coalesce((
            select balance.overdue_amount
            from balance
            where balance.account_id = payment_attempt.account_id
                and balance.bill_unit_id = payment_attempt.bill_unit_id
                and balance.debt_class_id = collection_case.debt_class_id
        ), 0)
    end
    - coalesce((
        select sum(credit.open_amount)
        from credit
        where credit.account_id = payment_attempt.account_id
            and credit.bill_unit_id = payment_attempt.bill_unit_id
            and credit.open_amount > 0
            and credit.effective_on <= :date::date
            and coalesce((
                select bill.issued_on
                from bill
                where bill.account_id = credit.account_id and bill.id = credit.bill_id
            ), credit.effective_on) <= :date::date
    ), 0)
    - coalesce((
        select sum(coalesce(other.charged_amount, other.amount))
        from payment_attempt as other
        left join collection_case as other_case
            on other_case.account_id = other.account_id and other_case.id = other.case_id
        where other.account_id = payment_attempt.account_id
            and other.bill_unit_id = payment_attempt.bill_unit_id
            and other.id <> payment_attempt.id
            and (
                other.status in ('charging', 'pending')
                or other.case_id is null
                and other.status = 'ready'
                and other.id < payment_attempt.id
            )
            -- without a case it may pay any debt
            and (
                payment_attempt.case_id is null or other.case_id is null
                or other_case.debt_class_id = collection_case.debt_class_id
            )
    ), 0) as owed,
    payment_method.id as payment_method_id, payment_method.kind, payment_method.token,
    payment_method.customer, payment_method.holder, payment_method.expires_on,
    payment_method.mandate_reference, payment_method.mandate_signed_on
from payment_attempt
left join own_case as collection_case
    on collection_case.account_id = payment_attempt.account_id
    and collection_case.id = payment_attempt.case_id
left join instalment
    on instalment.account_id = payment_attempt.account_id
    and instalment.action_id = payment_attempt.action_id
left join action
    on action.account_id = instalment.account_id
    and action.case_id = payment_attempt.case_id
    and action.id = instalment.action_id
join bill_unit
    on bill_unit.account_id = payment_attempt.account_id
    and bill_unit.id = payment_attempt.bill_unit_id
join account on account.id = payment_attempt.account_id
join brand on brand.id = account.brand_id
left join payment_method
    on payment_method.account_id = payment_attempt.account_id
    and payment_method.bill_unit_id = payment_attempt.bill_unit_id
    and case
        -- a charge under way is asked about with the method that it began with
        when payment_attempt.status in ('charging', 'pending')
            then payment_method.id = payment_attempt.payment_method_id
        when payment_method.removed_on is not null then false
        when coalesce(instalment.payment_method_id, payment_attempt.wanted_method_id) is not null
            then payment_method.id
                = coalesce(instalment.payment_method_id, payment_attempt.wanted_method_id)
        else payment_method.is_default
    end
where payment_attempt.account_id = :account_id::bigint and payment_attempt.id = :id::bigint
for update of payment_attempt

-- name: capture
-- What a person asks for at this moment, with the method that the customer names; no action, no
-- case.
insert into payment_attempt (
    account_id, bill_unit_id, made_on, amount, currency, wanted_method_id
)
values (
    :account_id::bigint, :bill_unit_id::bigint, :date::date, :amount::numeric, :currency::text,
    :wanted_method_id::bigint
)
returning id

-- name: currency
-- Locked, so that of two who ask at once the second sees what the first has asked for.
select bill_unit.currency, currency.digits
from bill_unit
join currency on currency.code = bill_unit.currency
where bill_unit.account_id = :account_id::bigint and bill_unit.id = :bill_unit_id::bigint
for update of bill_unit

-- name: captured_before
-- The charge that the same form has asked for already.
select
    data ->> 'attempt',
    (data ->> 'amount')::numeric = :amount::numeric
        and (data ->> 'payment_method_id')::bigint = :wanted_method_id::bigint
from event
where account_id = :account_id::bigint
    and bill_unit_id = :bill_unit_id::bigint
    and kind = 'payment_captured'
    and data ->> 'key' = :key::text

-- name: start
-- The charge is fixed before the gateway is asked: its key, amount, method and gateway.
update payment_attempt
set status = :status::text, idempotency_key = :key::text, charged_amount = :amount::numeric,
    payment_method_id = :payment_method_id::bigint, gateway = :gateway::text,
    gateway_reference = null, code = null, message = null, next_attempt_on = null,
    tries = tries + 1, charging_since = now()
where account_id = :account_id::bigint and id = :id::bigint

-- name: start_anew
-- The gateway never heard of the charge; its key is too old to be asked again.
update payment_attempt
set status = 'ready', idempotency_key = null, charged_amount = null, charging_since = null,
    tries = tries - 1
where account_id = :account_id::bigint and id = :id::bigint

-- name: in_file
update payment_attempt
set outgoing_file_id = :file_id::int
where account_id = :account_id::bigint and id = :id::bigint

-- name: owner
-- Whose attempt has this key; the slice is locked before the row is read for good.
select account_id, id from payment_attempt where idempotency_key = :key::text

-- name: of_file
-- What is still awaited from a file that the bank books as one sum.
select payment_attempt.account_id, payment_attempt.id, payment_attempt.idempotency_key,
    payment_attempt.charged_amount
from payment_attempt
join outgoing_file on outgoing_file.id = payment_attempt.outgoing_file_id
where outgoing_file.message_no = :message_no::text and payment_attempt.status = 'pending'
order by payment_attempt.account_id, payment_attempt.id

-- name: finish
update payment_attempt
set status = :status::text, code = :code::text, message = :message::text,
    gateway_reference = coalesce(:reference::text, gateway_reference),
    next_attempt_on = :next_attempt_on::date,
    outgoing_file_id = case when :status::text = 'ready' then null else outgoing_file_id end
where account_id = :account_id::bigint and id = :id::bigint

-- name: tell_action
-- What became of what it asked for stands with the action.
update action
set message = :message::text, version = version + 1
where account_id = :account_id::bigint and id = :action_id::bigint
    and message is distinct from :message::text

-- name: post_payment
-- The number comes from the charge's key: a charge becomes a payment once.
insert into credit (
    account_id, bill_unit_id, effective_on, amount, open_amount, kind, number, method
)
values (
    :account_id::bigint, :bill_unit_id::bigint, :effective_on::date, :amount::numeric,
    :amount::numeric, 'payment', :number::text, :method::text
)

-- name: touch
insert into touched (account_id, bill_unit_id)
values (:account_id::bigint, :bill_unit_id::bigint)

-- name: log
insert into event (business_date, account_id, bill_unit_id, case_id, kind, actor, data)
values (
    :date::date, :account_id::bigint, :bill_unit_id::bigint, :case_id::bigint, :kind::text,
    :actor::text, :data::jsonb
)

-- name: payment_of_charge
-- The payment that a charge became, and whether it bounced already; locked.
select
    credit.id, credit.amount, credit.effective_on,
    exists (
        select from credit as reversal
        where reversal.account_id = credit.account_id and reversal.reverses_id = credit.id
    ) as reversed
from credit
where credit.account_id = :account_id::bigint
    and credit.kind = 'payment'
    and credit.number = :number::text
for update

-- name: reverse_payment
-- As the loader does: a payment of the opposite amount, which the night posts.
insert into credit (
    account_id, bill_unit_id, reverses_id, effective_on, amount, open_amount, kind, number,
    method, reason
)
values (
    :account_id::bigint, :bill_unit_id::bigint, :reverses_id::bigint, :effective_on::date,
    -:amount::numeric, -:amount::numeric, 'payment', :number::text, :method::text, :reason::text
)

-- name: owner_of_payment
select credit.account_id, credit.bill_unit_id, bill_unit.currency
from credit
join bill_unit
    on bill_unit.account_id = credit.account_id and bill_unit.id = credit.bill_unit_id
where credit.kind = 'payment' and credit.number = :number::text
