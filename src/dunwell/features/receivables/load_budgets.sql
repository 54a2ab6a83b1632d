-- Budgets: levelised payments, one at a time for a bill unit.

-- name: draft
-- Each row as the budget that it makes, and what is wrong with it on its own.
create temp table draft on commit drop as
select row.*, concat_ws('|', row.malformed,
        case
            when row.status not in ('active', 'cancelled', 'ended')
                then 'status: is none of active, cancelled, ended'
        end,
        case when row.ended_on < row.started_on then 'ended_on: is before the first day' end
    ) as problems
from (
    select
        given.line,
        known.id is not null as existing,
        bill_unit.account_id,
        bill_unit.id as bill_unit_id,
        known.id as budget_id,
        given.budget_no,
        given.amount,
        given.started_on,
        coalesce(case when given.has_difference then given.difference else known.difference end, 0)
            as difference,
        coalesce(case when given.has_status then given.status else known.status end, 'active')
            as status,
        case when given.has_ended_on then given.ended_on else known.ended_on end as ended_on,
        coalesce(
            case
                when given.has_adjustment_type then given.adjustment_type
                else known.adjustment_type
            end,
            'budget_settlement'
        ) as adjustment_type,
        concat_ws('|', given.malformed,
            case
                when given.bill_unit_no is not null and bill_unit.id is null
                    then 'bill_unit_no: is not a known bill unit'
            end,
            case
                when known.bill_unit_id <> bill_unit.id
                    then 'bill_unit_no: differs; the budget belongs to another bill unit'
            end,
            case when given.amount <= 0 then 'amount: is not positive' end,
            case
                when min_scale(given.amount) > currency.digits
                    then 'amount: has more decimals than ' || currency.code
            end,
            case
                when min_scale(given.difference) > currency.digits
                    then 'difference: has more decimals than ' || currency.code
            end,
            case
                -- its settling adjustment has been posted
                when known.status = 'cancelled' and given.has_status
                    and coalesce(given.status, 'active') <> 'cancelled'
                    then 'status: was cancelled; give the new budget a number of its own'
            end
        ) as malformed
    from given
    left join bill_unit on bill_unit.bill_unit_no = given.bill_unit_no
    left join currency on currency.code = bill_unit.currency
    left join budget as known on known.budget_no = given.budget_no
) as row;

-- name: check_one_active
-- A bill unit has one active budget: the one that it keeps, else the first of the file.
update draft
set problems = concat_ws('|', draft.problems, 'bill_unit_no: has another active budget')
from (
    select
        line,
        row_number() over (
            partition by account_id, bill_unit_id order by existing desc, line
        ) as place
    from (
        select line, existing, account_id, bill_unit_id
        from draft
        where status = 'active' and problems = ''
        union all
        select null, true, budget.account_id, budget.bill_unit_id
        from budget
        where budget.status = 'active'
            and not exists (
                select from draft
                where draft.account_id = budget.account_id and draft.budget_id = budget.id
            )
            and exists (
                select from draft
                where draft.account_id = budget.account_id
                    and draft.bill_unit_id = budget.bill_unit_id
            )
    ) as active
) as claim
where draft.line = claim.line and claim.place > 1;

-- name: merge_changed
-- Only what differs is written; those that end come first, so that their successors find room.
with changed as (
    update budget
    set amount = draft.amount, started_on = draft.started_on, difference = draft.difference,
        status = draft.status, ended_on = draft.ended_on, adjustment_type = draft.adjustment_type
    from draft
    where draft.existing
        and draft.status <> 'active'
        and budget.account_id = draft.account_id
        and budget.id = draft.budget_id
        and (
            budget.amount, budget.started_on, budget.difference, budget.status, budget.ended_on,
            budget.adjustment_type
        ) is distinct from (
            draft.amount, draft.started_on, draft.difference, draft.status, draft.ended_on,
            draft.adjustment_type
        )
    returning draft.line, budget.account_id, budget.bill_unit_id
)
insert into change
select line, account_id, bill_unit_id from changed;

-- name: merge_changed_active
-- The others.
with changed as (
    update budget
    set amount = draft.amount, started_on = draft.started_on, difference = draft.difference,
        status = draft.status, ended_on = draft.ended_on, adjustment_type = draft.adjustment_type
    from draft
    where draft.existing
        and draft.status = 'active'
        and budget.account_id = draft.account_id
        and budget.id = draft.budget_id
        and (
            budget.amount, budget.started_on, budget.difference, budget.status, budget.ended_on,
            budget.adjustment_type
        ) is distinct from (
            draft.amount, draft.started_on, draft.difference, draft.status, draft.ended_on,
            draft.adjustment_type
        )
    returning draft.line, budget.account_id, budget.bill_unit_id
)
insert into change
select line, account_id, bill_unit_id from changed;

-- name: merge_new
-- In the order of the accounts, so that the night reads neighbours together.
insert into budget (
    account_id, bill_unit_id, budget_no, amount, started_on, difference, status, ended_on,
    adjustment_type
)
select
    account_id, bill_unit_id, budget_no, amount, started_on, difference, status, ended_on,
    adjustment_type
from draft
where not existing
order by account_id, line;

-- name: merge_flags
-- A bill unit is on a budget while it has an active one.
update bill_unit
set on_budget = told.on_budget
from (
    select
        draft.account_id, draft.bill_unit_id, bool_or(budget.status = 'active') as on_budget
    from draft
    join budget
        on budget.account_id = draft.account_id and budget.bill_unit_id = draft.bill_unit_id
    group by draft.account_id, draft.bill_unit_id
) as told
where bill_unit.account_id = told.account_id
    and bill_unit.id = told.bill_unit_id
    and bill_unit.on_budget <> told.on_budget;
