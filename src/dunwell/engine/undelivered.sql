-- What should have left the house and didn't.

-- name: messages
-- Letters and invoice reminders in error, and letters of which nobody knows whether they went.
select *
from (
    select
        'letter' as kind, letter.account_id, letter.id, bill_unit.bill_unit_no, account.name,
        letter.made_on, letter.template, letter.status, letter.channel, letter.message,
        letter.attempts
    from letter
    join account on account.id = letter.account_id
    join bill_unit
        on bill_unit.account_id = letter.account_id and bill_unit.id = letter.bill_unit_id
    where letter.status in ('error', 'uncertain')
        and (:brands::int[] is null or account.brand_id = any(:brands::int[]))
    union all
    select
        'reminder', reminder_message.account_id, reminder_message.id, bill_unit.bill_unit_no,
        account.name, reminder_message.made_on, reminder_message.template,
        reminder_message.status, null, reminder_message.message, 0
    from reminder_message
    join account on account.id = reminder_message.account_id
    join bill_unit
        on bill_unit.account_id = reminder_message.account_id
        and bill_unit.id = reminder_message.bill_unit_id
    where reminder_message.status = 'error'
        and (:brands::int[] is null or account.brand_id = any(:brands::int[]))
) as message
where (message.kind, message.account_id, message.id)
    > (:after_kind::text, :after_account::bigint, :after_id::bigint)
order by message.kind, message.account_id, message.id
limit :limit::int

-- name: payments
-- Charges without an answer, which the next delivery asks the gateway about.
select
    payment_attempt.account_id, payment_attempt.id, bill_unit.bill_unit_no, account.name,
    payment_attempt.made_on, payment_attempt.status,
    round_money(payment_attempt.amount, payment_attempt.currency) as amount,
    payment_attempt.currency, payment_attempt.gateway, payment_attempt.charging_since,
    payment_attempt.code, payment_attempt.message
from payment_attempt
join account on account.id = payment_attempt.account_id
join bill_unit
    on bill_unit.account_id = payment_attempt.account_id
    and bill_unit.id = payment_attempt.bill_unit_id
where payment_attempt.status = 'charging'
    and (:brands::int[] is null or account.brand_id = any(:brands::int[]))
order by payment_attempt.account_id, payment_attempt.id
limit :limit::int

-- name: files
-- Files that are recorded and in no folder yet: for agencies, the bank, the print shop.
select id, kind, name, made_on
from outgoing_file
where written_at is null
order by id
limit :limit::int

-- name: subscribers
-- Who doesn't take what it is sent, and what was parked for it.
select
    subscription.name, subscription.status, subscription.failures, subscription.failing_since,
    subscription.last_error, counted.waiting, counted.parked
from subscription
cross join lateral (
    select
        count(*) filter (where parked_at is null) as waiting,
        count(*) filter (where parked_at is not null) as parked
    from delivery
    where delivery.subscription_id = subscription.id
) as counted
where subscription.failures > 0 or counted.parked > 0
order by subscription.name
