-- What is known of connectors: how far they have come, and how the last run went.

-- name: read
select cursor, ran_at, failures, message, problem from connector where name = :name::text

-- name: keep_cursor
insert into connector (name, cursor)
values (:name::text, :cursor::jsonb)
on conflict (name) do update set cursor = excluded.cursor

-- name: note
insert into connector (name, ran_at, failures, message)
values (
    :name::text, :now::timestamptz, case when :message::text is null then 0 else 1 end,
    :message::text
)
on conflict (name) do update
set ran_at = excluded.ran_at,
    message = excluded.message,
    failures = case when :message::text is null then 0 else connector.failures + 1 end

-- name: know
insert into connector (name) values (:name::text) on conflict (name) do nothing

-- name: lock_problem
select problem, untaken from connector where name = :name::text for update

-- name: keep_problem
update connector set problem = :problem::text, untaken = :untaken::jsonb where name = :name::text

-- name: units
select account_id, id from bill_unit where bill_unit_no = any(:numbers::text[])
