-- Bank statements: what is known already, whom entries belong to, and what becomes of them.

-- name: one_importer
select pg_advisory_xact_lock(68031)

-- name: known_bookings
-- Bookings that came in another file. One that was a mere sum, and still waits, may be told in full.
select
    booking_key,
    bool_and(is_sum and status = 'suspense') as may_be_detailed
from statement_entry
where booking_key = any(:keys::text[])
group by booking_key

-- name: detailed
-- The sum gives way to the transactions that it consists of.
update statement_entry
set status = 'detailed', reason = 'the transactions came in another file'
where booking_key = :booking_key::text and is_sum and status = 'suspense'

-- name: bills
select
    bill.bill_no, bill.account_id, bill.bill_unit_id, bill_unit.bill_unit_no, bill_unit.currency,
    account.brand_id, bill.root_id
from bill
join bill_unit on bill_unit.account_id = bill.account_id and bill_unit.id = bill.bill_unit_id
join account on account.id = bill.account_id
where bill.bill_no = any(:numbers::text[])

-- name: bill_units
select
    bill_unit.bill_unit_no, bill_unit.account_id, bill_unit.id, bill_unit.bill_unit_no,
    bill_unit.currency, account.brand_id
from bill_unit
join account on account.id = bill_unit.account_id
where bill_unit.bill_unit_no = any(:numbers::text[])

-- name: own_charges
-- End-to-end ids that are ours: the attempt whose last try it is, and the payment that it became.
select
    given.key, payment_attempt.account_id, payment_attempt.id, payment_attempt.bill_unit_id,
    payment_attempt.status, payment_attempt.charged_amount, payment_attempt.currency,
    null::text as payment_no
from unnest(:keys::text[]) as given (key)
join payment_attempt on payment_attempt.idempotency_key = given.key
union all
select
    given.key, credit.account_id, null, credit.bill_unit_id, null, credit.amount,
    bill_unit.currency, credit.number
from unnest(:keys::text[]) as given (key)
join credit on credit.kind = 'payment' and credit.number = 'collected-' || given.key
join bill_unit
    on bill_unit.account_id = credit.account_id and bill_unit.id = credit.bill_unit_id

-- name: is_claimed
-- Whether an entry stands for the payment already.
select exists (select from statement_entry where payment_no = :payment_no::text)

-- name: originals
-- Payments that an earlier entry brought and that may be meant by one that is taken back.
select credit.account_id, credit.bill_unit_id, credit.id, credit.number, credit.effective_on
from statement_entry
join credit on credit.kind = 'payment' and credit.number = statement_entry.payment_no
where statement_entry.status = 'posted'
    and statement_entry.amount = :amount::numeric
    and statement_entry.currency = :currency::text
    and credit.amount = :amount::numeric
    and (
        statement_entry.end_to_end_id = :end_to_end_id::text
        or :end_to_end_id::text is null and :reference::text <> ''
            and statement_entry.reference = :reference::text
    )
    and not exists (
        select from credit as reversal
        where reversal.account_id = credit.account_id and reversal.reverses_id = credit.id
    )

-- name: add_statement
insert into bank_statement (imported_on, statement_no, account, sha256)
values (:date::date, :statement_no::text, :account::text, :digest::text)
returning id

-- name: add_entry
insert into statement_entry (
    bank_statement_id, booked_on, valued_on, amount, currency, status, booking_key, entry_key,
    is_sum, end_to_end_id, reference, name, last_four, return_code, reason, payment_no
)
values (
    :bank_statement_id::int, :booked_on::date, :valued_on::date, :amount::numeric,
    :currency::text, :status::text, :booking_key::text, :entry_key::text, :is_sum::boolean,
    :end_to_end_id::text, :reference::text, :name::text, :last_four::text, :return_code::text,
    :reason::text, :payment_no::text
)
returning id

-- name: post_payment
-- The number comes from the entry: an entry becomes a payment once.
insert into credit (
    account_id, bill_unit_id, bill_id, effective_on, amount, open_amount, kind, number, method
)
values (
    :account_id::bigint, :bill_unit_id::bigint, :bill_id::bigint, :effective_on::date,
    :amount::numeric, :amount::numeric, 'payment', :number::text, 'bank_transfer'
)

-- name: entry
-- An entry in suspense, locked.
select id, amount, currency, booked_on, reference, entry_key, status, reason
from statement_entry
where id = :id::bigint
for update

-- name: settle_entry
update statement_entry
set status = :status::text, reason = :reason::text, payment_no = :payment_no::text,
    version = version + 1
where id = :id::bigint

-- name: unit_payments
-- A bill unit's payments of this amount that have not bounced.
select credit.account_id, credit.bill_unit_id, credit.id, credit.number, credit.effective_on
from credit
where credit.account_id = :account_id::bigint
    and credit.bill_unit_id = :bill_unit_id::bigint
    and credit.kind = 'payment'
    and credit.amount = :amount::numeric
    and not exists (
        select from credit as reversal
        where reversal.account_id = credit.account_id and reversal.reverses_id = credit.id
    )
order by credit.effective_on desc, credit.id desc

-- name: unit_currency
select currency
from bill_unit
where account_id = :account_id::bigint and id = :bill_unit_id::bigint

-- name: suspense
select
    statement_entry.id, statement_entry.booked_on, statement_entry.amount,
    statement_entry.currency, statement_entry.name, statement_entry.last_four,
    statement_entry.reference, statement_entry.end_to_end_id, statement_entry.return_code,
    statement_entry.reason, bank_statement.statement_no, agent.name as agent,
    coalesce(statement_entry.role, todo_type.role, 'agent') as role
from statement_entry
join bank_statement on bank_statement.id = statement_entry.bank_statement_id
left join agent on agent.id = statement_entry.agent_id
left join todo_type on todo_type.name = 'suspense'
where statement_entry.status = 'suspense'
    and (statement_entry.booked_on, statement_entry.id)
        > (:after_booked_on::date, :after_id::bigint)
order by statement_entry.booked_on, statement_entry.id
limit :most::bigint

-- name: log
insert into event (business_date, account_id, bill_unit_id, kind, actor, data)
values (
    :date::date, :account_id::bigint, :bill_unit_id::bigint, :kind::text, :actor::text,
    :data::jsonb
)
