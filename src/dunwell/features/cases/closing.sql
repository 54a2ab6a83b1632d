-- Ending and reopening actions by hand.

-- name: close
update action
set status = :status::text, closed_on = :business_date::date, version = version + 1
where account_id = :account_id::bigint and id = any(:action_ids::bigint[])

-- name: retry
-- It keeps its day, which is past or today; so the next night tries again.
update action
set status = 'pending', message = null, version = version + 1
where account_id = :account_id::bigint and id = :action_id::bigint
