-- Which bill units a night looks at, and the temporary tables that carry it through its steps.
-- DESIGN section 10, point 4 has the complete list of what makes a bill unit worth examining.

-- name: create_temporary_tables
-- Once for each connection; they empty themselves at the end of each slice's transaction.
create temp table if not exists examined (
    account_id bigint not null, bill_unit_id bigint not null
) on commit delete rows;
create temp table if not exists unit (
    account_id bigint not null, bill_unit_id bigint not null
) on commit delete rows;
create temp table if not exists disputed_item (
    account_id bigint not null, item_id bigint not null, amount numeric not null
) on commit delete rows;
create temp table if not exists work (
    account_id bigint not null, bill_unit_id bigint not null, debt_class_id integer not null,
    -- what was measured tonight
    overdue_amount numeric not null, earliest_due_on date, latest_due_on date,
    exempt boolean not null,
    -- what is stored: the balance row, the open case and the scenario that it entered under
    balance_id bigint, case_id bigint, scenario_id integer
) on commit delete rows;
create temp table if not exists closed_case (
    no integer generated always as identity,
    account_id bigint not null, case_id bigint not null, bill_unit_id bigint not null,
    debt_class_id integer not null, scenario_id integer not null, reason text not null,
    overdue_amount numeric not null
) on commit delete rows;
create temp table if not exists candidate (
    no integer generated always as identity,
    account_id bigint not null, bill_unit_id bigint not null, debt_class_id integer not null,
    currency text not null,
    overdue_amount numeric not null, earliest_due_on date not null, latest_due_on date not null,
    case_id bigint, scenario_id integer, profile_id integer
) on commit delete rows;
create temp table if not exists offer (
    no integer generated always as identity,
    candidate_no integer not null, account_id bigint not null, bill_unit_id bigint not null,
    scenario_id integer not null, rank integer not null,
    ripe_amount numeric not null, latest_ripe_due_on date not null
) on commit delete rows;
create temp table if not exists entry (
    no integer generated always as identity,
    account_id bigint not null, bill_unit_id bigint not null, debt_class_id integer not null,
    case_id bigint not null, scenario_id integer not null, agent_id integer,
    replaces_case_id bigint,
    overdue_amount numeric not null, ripe_amount numeric not null,
    overdue_date date not null, entry_date date not null
) on commit delete rows;
create temp table if not exists due_action (
    no integer not null, wave integer not null, type text not null,
    account_id bigint not null, action_id bigint not null, case_id bigint not null,
    bill_unit_id bigint not null, debt_class_id integer not null,
    action_definition_id integer not null, step smallint not null, due_on date not null,
    currency text not null, overdue_amount numeric not null, overdue_date date not null,
    lowers_balance boolean not null, targeted boolean not null,
    -- what performing it brought: an amount or a letter's data on the way, then an outcome
    amount numeric, calculation jsonb, data jsonb, agency_id integer, outcome text, message text
) on commit delete rows;
create temp table if not exists moving (
    account_id bigint not null, case_id bigint not null, calendar_id integer not null,
    day_unit text not null, offset_days integer not null, due_on date not null,
    moved_days integer not null
) on commit delete rows;

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

-- name: examine_items
-- Items that became overdue, or as old as the entry days of a scenario, since the last night.
insert into examined (account_id, bill_unit_id)
select distinct item.account_id, item.bill_unit_id
from unnest(:thresholds::int[]) as threshold (days)
join item
    on item.due_on > :last_date::date - threshold.days
    and item.due_on <= :business_date::date - threshold.days
where item.account_id between :first_account::bigint and :last_account::bigint
    and item.open_amount > 0

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

-- name: examine_actions
-- Cases with a pending action that is due.
insert into examined (account_id, bill_unit_id)
select account_id, bill_unit_id
from action
where account_id between :first_account::bigint and :last_account::bigint
    and status = 'pending'
    and task_on is null
    and due_on <= :business_date::date
    and due_on > :skipped_until::date

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
