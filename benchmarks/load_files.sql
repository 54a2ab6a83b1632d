-- The load files of the benchmark: one account for each bill unit, bills spread over them in an
-- order that is not theirs. COPY takes no parameters, so the sizes come as settings.

-- name: accounts
copy (
    select 'A' || no as account_no, 'Customer ' || no as name
    from generate_series(1, current_setting('benchmark.rows')::bigint) as no
) to stdout with (format csv, header)

-- name: bill_units
copy (
    select 'B' || no as bill_unit_no, 'A' || no as account_no, 'USD' as currency
    from generate_series(1, current_setting('benchmark.rows')::bigint) as no
) to stdout with (format csv, header)

-- name: bills
copy (
    select
        'N' || no as bill_no,
        'B' || no * 7919 % current_setting('benchmark.bill_units')::bigint + 1 as bill_unit_no,
        date '2026-01-01' + (no % 150)::int as issued_on,
        date '2026-01-15' + (no % 150)::int as due_on,
        10 + no % 9000 / 100.0 as amount
    from generate_series(1, current_setting('benchmark.rows')::bigint) as no
) to stdout with (format csv, header)
