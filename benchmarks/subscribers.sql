-- The small world that is replayed night after night: subscribers with a bill every month, who pay
-- early, late, in part or never. All of it is there from the start, each row waiting for its date.

-- name: subscriber_bills
-- Each subscriber is billed on a day of the month of his own and has 14 days to pay. Of 100 bills
-- 60 are paid before they are due, 20 up to 40 days late, 8 by half; a subscriber in 20 never pays.
create unlogged table benchmark_bill as
with month as (
    select
        account_id,
        month_no,
        (account_id - 1) * :months::int + month_no as id,
        :first::date + (month_no - 1) * 30 + abs(hashint8extended(account_id, 1) % 28)::int
            as issued_on,
        20.00 + abs(hashint8extended(account_id, 2) % 8000) / 100.0 as amount,
        abs(hashint8extended(account_id * 1000 + month_no, 3) % 100) as lot,
        abs(hashint8extended(account_id, 4) % 20) = 0 as never_pays
    from generate_series(1, :accounts::bigint) as account_id
    cross join generate_series(1, :months::int) as month_no
)
select
    account_id,
    id,
    issued_on,
    issued_on + 14 as due_on,
    amount,
    case
        when never_pays or lot >= 88 then null
        when lot < 60 then issued_on + 2 + (lot % 12)::int
        else issued_on + 14 + (abs(hashint8extended(id, 5)) % 40)::int
    end as paid_on,
    case when lot >= 80 then round(amount / 2, 2) else amount end as paid_amount
from month
order by account_id, id;

-- name: insert_subscribers
insert into account (id, account_no, brand_id, name, email, country, customer_class, credit_score)
select
    account_id,
    'A' || account_id,
    (select id from brand where is_default),
    'Subscriber ' || account_id,
    'subscriber' || account_id || '@example.com',
    'US',
    'residential',
    600
from generate_series(1, :accounts::bigint) as account_id
order by account_id;

-- name: insert_subscriber_bill_units
insert into bill_unit (account_id, id, bill_unit_no, currency, pay_type, delivery)
select account_id, account_id as id, 'B' || account_id, 'USD', 'invoice', 'email'
from generate_series(1, :accounts::bigint) as account_id
order by account_id;

-- name: insert_subscriber_bills
insert into bill (
    account_id, id, bill_unit_id, root_id, issued_on, due_on, debt_class_id, amount, bill_no
)
select
    account_id, id, account_id as bill_unit_id, id as root_id, issued_on, due_on,
    (select id from debt_class where name = 'standard') as debt_class_id, amount, 'N' || id
from benchmark_bill
order by account_id, id;

-- name: insert_subscriber_items
insert into item (
    account_id, id, bill_unit_id, bill_id, source_bill_id, debt_class_id, issued_on, due_on,
    amount, open_amount, kind
)
select
    account_id, id, account_id as bill_unit_id, id as bill_id, id as source_bill_id,
    (select id from debt_class where name = 'standard') as debt_class_id, issued_on, due_on,
    amount, amount, 'bill'
from benchmark_bill
order by account_id, id;

-- name: insert_subscriber_payments
insert into credit (
    account_id, bill_unit_id, effective_on, amount, open_amount, kind, number, method
)
select
    account_id, account_id as bill_unit_id, paid_on, paid_amount, paid_amount, 'payment',
    'P' || id, 'transfer'
from benchmark_bill
where paid_on is not null
order by account_id, id;

-- name: subscriber_sequences
-- The numbers given above are taken.
select
    setval(pg_get_serial_sequence('account', 'id'), max(account_id)),
    setval(pg_get_serial_sequence('bill_unit', 'id'), max(account_id)),
    setval(pg_get_serial_sequence('bill', 'id'), max(id)),
    setval(pg_get_serial_sequence('item', 'id'), max(id))
from benchmark_bill;
