-- Executing one action now.

-- name: keep_case
-- Other cases of the bill unit are left for the night.
delete from work where case_id is distinct from :case_id::bigint

-- name: in_hold
select coalesce((select bool_or(held) from work), false)

-- name: failures
select message from due_action where outcome = 'error' limit 1

-- name: leave_message
-- Only the night puts an action in error.
update action
set message = :message::text, version = version + 1
where account_id = :account_id::bigint and id = :action_id::bigint
