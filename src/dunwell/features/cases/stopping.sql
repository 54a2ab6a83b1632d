-- name: stop
-- The case is handed to the statements that close cases.
insert into closed_case (
    account_id, case_id, bill_unit_id, debt_class_id, scenario_id, reason, overdue_amount
)
select
    account_id, id, bill_unit_id, debt_class_id, scenario_id, :close_reason::text, overdue_amount
from collection_case
where account_id = :account_id::bigint and id = :case_id::bigint
