-- The temporary tables that carry a slice through the steps of the night.

-- name: create_temporary_tables
-- Once for each connection; they empty themselves at the end of each slice's transaction.
create temp table if not exists examined (
    account_id bigint not null, bill_unit_id bigint not null
) on commit delete rows;
create temp table if not exists unit (
    account_id bigint not null, bill_unit_id bigint not null,
    -- of a sharing group, and not its parent
    member boolean not null default false
) on commit delete rows;
create temp table if not exists examined_group (
    sharing_group_id integer not null
) on commit delete rows;
-- whose debts a group's parent answers for
create temp table if not exists group_share (
    account_id bigint not null, bill_unit_id bigint not null,
    parent_account_id bigint not null, parent_bill_unit_id bigint not null
) on commit delete rows;
create temp table if not exists due_case (
    account_id bigint not null, case_id bigint not null, bill_unit_id bigint not null
) on commit delete rows;
-- whose collection status may have changed, and what it is by now
create temp table if not exists followed (
    account_id bigint not null, bill_unit_id bigint not null
) on commit delete rows;
create temp table if not exists standing (
    account_id bigint not null, bill_unit_id bigint not null, case_id bigint,
    in_collections boolean not null, status text not null, substatus text not null,
    facts jsonb not null, was_in_collections boolean not null, was_status text not null,
    was_substatus text not null
) on commit delete rows;
create temp table if not exists postable (
    account_id bigint not null, bill_unit_id bigint not null, bill_id bigint, id bigint not null,
    effective_on date not null, number text, open_amount numeric not null
) on commit delete rows;
create temp table if not exists disputed_item (
    account_id bigint not null, item_id bigint not null, amount numeric not null,
    -- how much of it isn't disputed, but insulated by a pay plan
    insulated numeric not null default 0
) on commit delete rows;
create temp table if not exists work (
    account_id bigint not null, bill_unit_id bigint not null, debt_class_id integer not null,
    -- what was measured tonight
    overdue_amount numeric not null, earliest_due_on date, latest_due_on date,
    exempt boolean not null, held boolean not null, member boolean not null,
    -- what is stored: the balance row, whether it or the amount that the open case shows is out of
    -- date, the case and the scenario that it entered under
    has_balance boolean not null, changed boolean not null, case_id bigint, scenario_id integer
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
    currency text not null, pay_type text, bill_unit_status text,
    overdue_amount numeric not null, earliest_due_on date not null, latest_due_on date not null,
    case_id bigint, scenario_id integer, profile_id integer, account_status text
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
    replaces_case_id bigint, placed_by text, experiment_id integer, arm text,
    -- what the case will show of its customer
    brand_id integer not null, pay_type text not null, bill_unit_status text not null,
    account_status text not null,
    overdue_amount numeric not null, ripe_amount numeric not null,
    overdue_date date not null, entry_date date not null
) on commit delete rows;
create temp table if not exists due_action (
    no integer not null, wave integer not null, type text not null,
    -- the account of the bill unit that is reached, and that of the action and its case
    account_id bigint not null, case_account_id bigint not null,
    action_id bigint not null, case_id bigint not null,
    bill_unit_id bigint not null, debt_class_id integer not null,
    action_definition_id integer not null, step smallint not null, due_on date not null,
    currency text not null, overdue_amount numeric not null,
    lowers_balance boolean not null, targeted boolean not null,
    -- what performing it brought: an amount or a letter's data on the way, then an outcome
    amount numeric, calculation jsonb, data jsonb, agency_id integer, outcome text, message text
) on commit delete rows;
-- promises to pay: what is due of them, which of them end, and whose actions start again when
create temp table if not exists due_instalment (
    account_id bigint not null, promise_id bigint not null, case_id bigint not null,
    bill_unit_id bigint not null, action_id bigint not null, step smallint not null,
    due_on date not null, amount numeric not null, too_late boolean not null,
    wanted numeric not null, paid numeric not null
) on commit delete rows;
create temp table if not exists ended_promise (
    account_id bigint not null, promise_id bigint not null, case_id bigint not null,
    bill_unit_id bigint not null, status text not null, resume_on date not null,
    facts jsonb not null
) on commit delete rows;
-- pay plans: what is due of them, and which of them end
create temp table if not exists due_scheduled_payment (
    account_id bigint not null, pay_plan_id bigint not null, bill_unit_id bigint not null,
    scheduled_payment_id bigint not null, due_on date not null, amount numeric not null,
    is_last boolean not null, too_late boolean not null, wanted numeric not null,
    paid numeric not null
) on commit delete rows;
create temp table if not exists ended_pay_plan (
    account_id bigint not null, pay_plan_id bigint not null, bill_unit_id bigint not null,
    status text not null, facts jsonb not null
) on commit delete rows;
create temp table if not exists proposal (
    no integer generated always as identity,
    account_id bigint not null, bill_unit_id bigint not null, case_id bigint not null,
    due_on date not null, amount numeric not null, currency text not null,
    promised numeric not null
) on commit delete rows;
create temp table if not exists resuming (
    account_id bigint not null, case_id bigint not null, resume_on date not null,
    earlier boolean not null
) on commit delete rows;
create temp table if not exists target (
    no integer not null, case_account_id bigint not null,
    account_id bigint not null, bill_unit_id bigint not null
) on commit delete rows;
-- severance: what may be severed, what begins, what is due, what ends
create temp table if not exists severable (
    no integer generated always as identity,
    due_no integer not null, account_id bigint not null, bill_unit_id bigint not null,
    case_id bigint not null, action_id bigint not null, debt_class_id integer not null,
    service_agreement_id bigint not null, service_agreement_no text not null, type text not null,
    arrears numeric not null, oldest_due_on date not null, currency text not null,
    cancel_amount numeric not null, template_id integer, screened_by text,
    nominated boolean not null default false
) on commit delete rows;
create temp table if not exists starting_severance (
    account_id bigint not null, severance_id bigint not null, bill_unit_id bigint not null,
    service_agreement_id bigint not null, case_id bigint, action_id bigint, reconnects_id bigint,
    debt_class_id integer not null, arrears numeric not null, cancel_amount numeric not null,
    currency text not null, template_id integer not null
) on commit delete rows;
create temp table if not exists due_severance_event (
    no integer not null, account_id bigint not null, severance_event_id bigint not null,
    severance_id bigint not null, bill_unit_id bigint not null, case_id bigint,
    service_agreement_id bigint not null, debt_class_id integer not null,
    currency text not null, name text not null, type text not null, activity text,
    parameters jsonb not null, due_on date not null,
    outcome text, message text
) on commit delete rows;
create temp table if not exists ended_severance (
    account_id bigint not null, severance_id bigint not null, reason text not null,
    overdue_amount numeric, reconnect boolean not null default true, facts jsonb
) on commit delete rows;
create temp table if not exists moving (
    account_id bigint not null, case_id bigint not null, calendar_id integer not null,
    day_unit text not null, offset_days integer not null, due_on date not null,
    moved_days integer not null
) on commit delete rows;
