-- Which bill units a night looks at. DESIGN section 10, point 4 has the complete list of what makes a bill unit worth examining.

-- name: claim_touched
-- What people and the loader wrote since the last night.
with claimed as (
    delete from touched
    where account_id between :first_account::bigint and :last_account::bigint
        and (examine_from is null or examine_from <= :business_date::date)
    returning account_id, bill_unit_id
)
insert into examined (account_id, bill_unit_id)
select distinct account_id, bill_unit_id from claimed

-- name: examine_items (planned each time)
-- Items that became overdue, or as old as the entry days of a scenario, since the last night.
insert into examined (account_id, bill_unit_id)
select distinct item.account_id, item.bill_unit_id
from unnest(:thresholds::int[]) as threshold (days)
join item
    on item.due_on > :last_date::date - threshold.days
    and item.due_on <= :business_date::date - threshold.days
where item.account_id between :first_account::bigint and :last_account::bigint
    and item.open_amount > 0

-- name: examine_corrections
-- A corrective bill takes the due date of the bill that it corrects, but counts from its own day:
-- where it raises a bill, its item may be overdue on the day that it comes into being.
insert into examined (account_id, bill_unit_id)
select account_id, bill_unit_id
from bill
where account_id between :first_account::bigint and :last_account::bigint
    and corrects_id is not null
    and issued_on > :last_date::date
    and issued_on <= :business_date::date

-- name: examine_disputes
insert into examined (account_id, bill_unit_id)
select account_id, bill_unit_id
from dispute
where account_id between :first_account::bigint and :last_account::bigint
    and (
        disputed_on > :last_date::date and disputed_on <= :business_date::date
        or resolved_on > :last_date::date and resolved_on <= :business_date::date
    )

-- name: examine_exemptions
insert into examined (account_id, bill_unit_id)
select account_id, bill_unit_id
from exemption
where account_id between :first_account::bigint and :last_account::bigint
    and (
        exempt_from > :last_date::date and exempt_from <= :business_date::date
        or exempt_until >= :last_date::date and exempt_until < :business_date::date
    )

-- name: examine_holds
insert into examined (account_id, bill_unit_id)
select account_id, bill_unit_id
from hold
where account_id between :first_account::bigint and :last_account::bigint
    and (
        held_from > :last_date::date and held_from <= :business_date::date
        or held_until >= :last_date::date and held_until < :business_date::date
    )

-- name: examine_demerits
-- A rating changes on the day a demerit begins and on the day after its last, for the whole account.
insert into examined (account_id, bill_unit_id)
select bill_unit.account_id, bill_unit.id
from demerit
join bill_unit on bill_unit.account_id = demerit.account_id
where demerit.account_id between :first_account::bigint and :last_account::bigint
    and bill_unit.account_id between :first_account::bigint and :last_account::bigint
    and (
        demerit.effective_from > :last_date::date and demerit.effective_from <= :business_date::date
        or demerit.effective_until >= :last_date::date
            and demerit.effective_until < :business_date::date
    )

-- name: examine_pay_plans
-- A pay plan insulates from its day on, and no more on the day it ends.
insert into examined (account_id, bill_unit_id)
select account_id, bill_unit_id
from pay_plan
where account_id between :first_account::bigint and :last_account::bigint
    and (
        made_on > :last_date::date and made_on <= :business_date::date
        or ended_on > :last_date::date and ended_on <= :business_date::date
    )

-- name: due_cases
-- Cases with a pending action that is due, unless it rests.
insert into due_case (account_id, case_id, bill_unit_id)
select distinct account_id, case_id, bill_unit_id
from action
where account_id between :first_account::bigint and :last_account::bigint
    and status = 'pending'
    and task_on is null
    and due_on <= :business_date::date
    and due_on > :skipped_until::date
    and {{may_act}}

-- name: examine_promises
-- An instalment that is due is looked at until it is paid or its promise broken.
insert into examined (account_id, bill_unit_id)
select distinct promise.account_id, promise.bill_unit_id
from promise
join action
    on action.account_id = promise.account_id
    and action.case_id = promise.case_id
    and action.promise_id = promise.id
where promise.account_id between :first_account::bigint and :last_account::bigint
    and promise.status = 'active'
    and action.status in ('pending', 'waiting', 'error')
    and action.due_on <= :business_date::date

-- name: examine_due_cases
insert into examined (account_id, bill_unit_id)
select account_id, bill_unit_id from due_case

-- name: units
-- The examined bill units, each once.
insert into unit (account_id, bill_unit_id)
select distinct account_id, bill_unit_id
from examined
where account_id between :first_account::bigint and :last_account::bigint

-- name: one_unit
-- A person asked for one bill unit.
insert into examined (account_id, bill_unit_id)
values (:account_id::bigint, :bill_unit_id::bigint)

-- name: leave_others_touched
with others as (
    delete from examined
    where (account_id, bill_unit_id) <> (:account_id::bigint, :bill_unit_id::bigint)
    returning account_id, bill_unit_id
)
insert into touched (account_id, bill_unit_id)
select distinct account_id, bill_unit_id from others
