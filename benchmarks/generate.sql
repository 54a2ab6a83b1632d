-- The benchmark's customers and what they owe, written straight into the migrated tables.
-- Everything follows from the number of a bill unit (hashed, never random), so that the same size
-- is the same world on every machine. Rows go in in the order of account_id, as the loader's do.

-- name: segments
-- Who there is: six segments, each meant for one scenario of policy.toml, with the size of its
-- bills. Three bills of the smallest size reach the scenario's entry amount; three of the largest
-- stay below the entry amount of the profile's other scenario.
create unlogged table benchmark_segment as
select *
from (values
    (0, 'residential', 'USD', 10, 20.00, 90.00),
    (1, 'residential', 'USD', 30, 110.00, 200.00),
    (2, 'business', 'USD', 20, 40.00, 300.00),
    (3, 'business', 'USD', 30, 400.00, 900.00),
    (4, 'wholesale', 'EUR', 10, 100.00, 600.00),
    (5, 'wholesale', 'EUR', 30, 700.00, 1500.00)
) as segment (no, customer_class, currency, entry_days, low, high);

-- name: bill_units
-- One row for each bill unit to make. Eleven bill units belong to ten accounts. Of 100 bill units
-- 70 are in arrears (they enter on the first night), 2 ripen on the day of the normal night, 13 owe
-- too little and 15 owe nothing that is due. `ripe_days` tells how long ago the scenario's entry
-- days were over, so that the first actions (28 days after entry) fall due on 14 different nights,
-- the first of which is the normal one.
create unlogged table benchmark_bill_unit as
with numbered as (
    select
        no,
        (no - 1) / 11 * 10 + least((no - 1) % 11, 9) + 1 as account_id,
        abs(hashint8extended(no, 1) % 100) as lot,
        abs(hashint8extended(no, 2) % 14)::int as ripe_days,
        abs(hashint8extended(no, 3) % 10000) as share,
        abs(hashint8extended((no - 1) / 11 * 10 + least((no - 1) % 11, 9) + 1, 4) % 6) as segment_no
    from generate_series(1, :bill_units::bigint) as no
),
placed as (
    select
        *,
        case
            when lot < 70 then 'arrears'
            when lot < 72 then 'ripening'
            when lot < 85 then 'small'
            else 'current'
        end as situation
    from numbered
)
select
    placed.no,
    placed.account_id,
    placed.situation,
    placed.ripe_days,
    placed.share,
    segment.customer_class,
    segment.currency,
    segment.entry_days,
    case
        when placed.situation = 'small' then 5.00 + placed.share % 1000 / 100.0
        else round(segment.low + (segment.high - segment.low) * placed.share / 10000, 2)
    end as bill_amount
from placed
-- only the lower scenario of a profile has none that would take the bill unit before it ripens
join benchmark_segment as segment
    on segment.no = case
        when placed.situation = 'ripening' then placed.segment_no / 2 * 2
        else placed.segment_no
    end
order by placed.account_id, placed.no;

-- name: bills
-- Three bills for each bill unit, all with something open. Those in arrears fell due long enough
-- ago for their scenario; the newest of one that ripens reaches the entry days on the normal night.
create unlogged table benchmark_bill as
select
    (unit.no - 1) * 3 + bill.no as id,
    unit.account_id,
    unit.no as bill_unit_no,
    unit.situation,
    :business_date::date + case unit.situation
        when 'arrears' then -unit.entry_days - unit.ripe_days - (array[61, 30, 0])[bill.no]
        when 'ripening' then (array[:quiet_nights::int + 1 - unit.entry_days, 40, 47])[bill.no]
        when 'small' then -1 - abs(hashint8extended(unit.no * 3 + bill.no, 5) % 100)::int
        else 20 + (unit.share % 24)::int + (array[0, 7, 30])[bill.no]
    end as due_on,
    case
        when unit.situation = 'ripening' and bill.no = 1 then unit.bill_amount * 3
        else unit.bill_amount
    end as amount
from benchmark_bill_unit as unit
cross join generate_series(1, 3) as bill (no)
order by unit.account_id, unit.no, bill.no;

-- name: insert_accounts
insert into account (
    id, account_no, brand_id, name, email, city, country, customer_class, credit_score, attributes
)
select distinct on (account_id)
    account_id,
    'A' || account_id,
    (select id from brand where is_default),
    'Customer ' || account_id,
    'customer' || account_id || '@example.com',
    'Town ' || account_id % 1000,
    'US',
    customer_class,
    300 + (share % 550)::int,
    '{}'
from benchmark_bill_unit
order by account_id;

-- name: insert_bill_units
insert into bill_unit (account_id, id, bill_unit_no, currency, pay_type, delivery)
select
    account_id,
    no,
    'B' || no,
    currency,
    case when share % 4 = 0 then 'card' else 'invoice' end,
    case when share % 3 = 0 then 'email' else 'postal' end
from benchmark_bill_unit
order by account_id, no;

-- name: insert_bills
insert into bill (
    account_id, id, bill_unit_id, root_id, issued_on, due_on, debt_class_id, amount, bill_no
)
select
    account_id,
    id,
    bill_unit_no,
    id as root_id,
    due_on - 60,
    due_on,
    (select id from debt_class where name = 'standard') as debt_class_id,
    amount,
    'N' || id
from benchmark_bill
order by account_id, id;

-- name: insert_items
insert into item (
    account_id, id, bill_unit_id, bill_id, source_bill_id, debt_class_id, issued_on, due_on,
    amount, open_amount, kind
)
select
    account_id,
    id,
    bill_unit_no,
    id as bill_id,
    id as source_bill_id,
    (select id from debt_class where name = 'standard') as debt_class_id,
    due_on - 60,
    due_on,
    amount,
    amount,
    'bill'
from benchmark_bill
order by account_id, id;

-- name: insert_payments
-- Two of 100 bill units pay all they owe on the day of the normal night. None of them has an action
-- due that night.
insert into credit (
    account_id, bill_unit_id, effective_on, amount, open_amount, kind, number, method
)
select
    unit.account_id,
    unit.no,
    :business_date::date + :quiet_nights::int + 1,
    unit.bill_amount * 3,
    unit.bill_amount * 3,
    'payment',
    'P' || unit.no,
    'transfer'
from benchmark_bill_unit as unit
where unit.situation = 'arrears'
    and unit.ripe_days < 13
    and abs(hashint8extended(unit.no, 6) % 6500) < 200
order by unit.account_id, unit.no;

-- name: sequences
-- The numbers given above are taken.
select
    setval(pg_get_serial_sequence('account', 'id'), max(account_id)),
    setval(pg_get_serial_sequence('bill_unit', 'id'), max(bill_unit_no)),
    setval(pg_get_serial_sequence('bill', 'id'), max(id)),
    setval(pg_get_serial_sequence('item', 'id'), max(id))
from benchmark_bill;

-- name: bare_aggregate
-- The yardstick of DESIGN section 8: sum, earliest and latest due date of the overdue open items of
-- each bill unit. The outer select needs every column, so that none is optimised away.
select count(*), sum(overdue_amount), min(earliest_due_on), max(latest_due_on)
from (
    select
        account_id,
        bill_unit_id,
        sum(open_amount) as overdue_amount,
        min(due_on) as earliest_due_on,
        max(due_on) as latest_due_on
    from item
    where due_on < :business_date::date
        and open_amount > 0
    group by account_id, bill_unit_id
) as balance;
