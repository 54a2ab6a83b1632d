-- Preparing: the sums that reports are made of, from the operational tables as the last night left
-- them. Each statement fills one of the tables that `dunwell.tables.reports` describes.

-- name: last_night
select id, business_date
from run
where status = 'completed'
order by business_date desc, id desc
limit 1

-- name: prepared
select run_id, business_date from report_preparation

-- name: under_way
-- A later night has begun to change what the last one left.
select from run_slice where business_date > :business_date::date limit 1

-- name: note
insert into report_preparation (id, business_date, run_id, prepared_at, seconds)
values (1, :business_date::date, :run_id::int, now(), :seconds::float8)
on conflict (id) do update
set business_date = excluded.business_date, run_id = excluded.run_id,
    prepared_at = excluded.prepared_at, seconds = excluded.seconds

-- name: create_temporary_tables
-- Of each bill unit its brand, its currency and who answers for its debts (itself, or the parent of
-- its sharing group); and of each allocation what the sums want to know of it.
create temp table if not exists report_debtor (
    account_id bigint not null,
    bill_unit_id bigint not null,
    brand_id int not null,
    currency text not null,
    status text not null,
    parent_account_id bigint not null,
    parent_bill_unit_id bigint not null
) on commit delete rows;
create temp table if not exists report_applied (
    account_id bigint not null,
    bill_unit_id bigint not null,
    debt_class_id int not null,
    item_kind text not null,
    credit_kind text not null,
    issued_on date not null,
    due_on date not null,
    effective_on date not null,
    posted_on date not null,
    amount numeric(19, 4) not null
) on commit delete rows

-- name: debtors
insert into report_debtor
with parent as (
    select account_id, bill_unit_id, sharing_group_id
    from sharing_member
    where role = 'parent' and left_on is null
), shared as (
    select
        member.account_id, member.bill_unit_id, parent.account_id as parent_account_id,
        parent.bill_unit_id as parent_bill_unit_id
    from sharing_member as member
    join parent on parent.sharing_group_id = member.sharing_group_id
    where member.role = 'member' and member.left_on is null
)
select
    bill_unit.account_id, bill_unit.id, account.brand_id, bill_unit.currency, bill_unit.status,
    coalesce(shared.parent_account_id, bill_unit.account_id),
    coalesce(shared.parent_bill_unit_id, bill_unit.id)
from bill_unit
join account on account.id = bill_unit.account_id
left join shared
    on shared.account_id = bill_unit.account_id and shared.bill_unit_id = bill_unit.id

-- name: applied
insert into report_applied
select
    allocation.account_id, item.bill_unit_id, item.debt_class_id, item.kind, credit.kind,
    item.issued_on, item.due_on, allocation.effective_on, allocation.posted_on, allocation.amount
from allocation
join item on item.account_id = allocation.account_id and item.id = allocation.item_id
join credit on credit.account_id = allocation.account_id and credit.id = allocation.credit_id

-- name: movements_of_items
insert into report_movement (
    brand_id, currency, item_kind, credit_kind, issued_on, due_on, effective_on, amount
)
select
    debtor.brand_id, debtor.currency, item.kind, null, item.issued_on, item.due_on,
    item.issued_on, sum(item.amount)
from item
join report_debtor as debtor on debtor.account_id = item.account_id and debtor.bill_unit_id = item.bill_unit_id
where item.amount <> 0
group by debtor.brand_id, debtor.currency, item.kind, item.issued_on, item.due_on

-- name: movements_of_credits
insert into report_movement (
    brand_id, currency, item_kind, credit_kind, issued_on, due_on, effective_on, amount
)
select
    debtor.brand_id, debtor.currency, applied.item_kind, applied.credit_kind, applied.issued_on,
    applied.due_on, greatest(applied.effective_on, applied.issued_on), -sum(applied.amount)
from report_applied as applied
join report_debtor as debtor
    on debtor.account_id = applied.account_id and debtor.bill_unit_id = applied.bill_unit_id
group by
    debtor.brand_id, debtor.currency, applied.item_kind, applied.credit_kind, applied.issued_on,
    applied.due_on, greatest(applied.effective_on, applied.issued_on)
having sum(applied.amount) <> 0

-- name: overlaps
-- When a payment bounces, an older credit may take its place, from its own date on; until the day of
-- the bounce the item is then covered twice. What is more than it owes is added, and taken away when
-- it ends, so that on no day an item owes less than nothing.
insert into report_movement (
    brand_id, currency, item_kind, credit_kind, issued_on, due_on, effective_on, amount
)
with suspect as (
    select account_id, item_id from allocation where amount < 0
    union
    select account_id, id from item where open_amount < 0
), applied as (
    select
        item.account_id, item.bill_unit_id, item.id as item_id, item.kind, item.issued_on,
        item.due_on, item.amount, greatest(allocation.effective_on, item.issued_on) as day,
        sum(allocation.amount) as applied
    from suspect
    join item on item.account_id = suspect.account_id and item.id = suspect.item_id
    join allocation on allocation.account_id = item.account_id and allocation.item_id = item.id
    group by
        item.account_id, item.bill_unit_id, item.id, item.kind, item.issued_on, item.due_on,
        item.amount, greatest(allocation.effective_on, item.issued_on)
), covered as (
    select
        applied.*,
        greatest(
            sum(applied.applied) over (
                partition by applied.account_id, applied.item_id order by applied.day
            ) - applied.amount, 0
        ) as excess
    from applied
), changed as (
    select
        covered.*,
        covered.excess - lag(covered.excess, 1, 0.0) over (
            partition by covered.account_id, covered.item_id order by covered.day
        ) as change
    from covered
)
select
    debtor.brand_id, debtor.currency, changed.kind, 'overlap', changed.issued_on, changed.due_on,
    changed.day, sum(changed.change)
from changed
join report_debtor as debtor
    on debtor.account_id = changed.account_id and debtor.bill_unit_id = changed.bill_unit_id
where changed.change <> 0
group by
    debtor.brand_id, debtor.currency, changed.kind, changed.issued_on, changed.due_on, changed.day

-- name: cases
insert into report_case (
    brand_id, currency, scenario_id, policy_version_id, entered_on, closed_on, close_reason, cases,
    entry_overdue_amount
)
select
    scenario.brand_id, profile.currency, each_case.scenario_id, each_case.policy_version_id,
    each_case.entered_on, each_case.closed_on, each_case.close_reason, each_case.cases,
    each_case.entry_overdue_amount
from (
    select
        scenario_id, policy_version_id, entered_on, closed_on, close_reason, count(*) as cases,
        sum(entry_overdue_amount) as entry_overdue_amount
    from collection_case
    group by scenario_id, policy_version_id, entered_on, closed_on, close_reason
) as each_case
join scenario on scenario.id = each_case.scenario_id
join profile on profile.id = scenario.profile_id

-- name: standing
-- The open cases, and all that is open of their debts, due or not.
insert into report_standing (
    brand_id, currency, scenario_id, agent_id, bill_unit_status, cases, overdue_amount, total_amount
)
with total as (
    select
        debtor.parent_account_id as account_id, debtor.parent_bill_unit_id as bill_unit_id,
        item.debt_class_id, sum(item.open_amount) as amount
    from item
    join report_debtor as debtor on debtor.account_id = item.account_id and debtor.bill_unit_id = item.bill_unit_id
    where item.open_amount > 0
    group by debtor.parent_account_id, debtor.parent_bill_unit_id, item.debt_class_id
)
select
    debtor.brand_id, debtor.currency, collection_case.scenario_id, collection_case.agent_id,
    debtor.status, count(*), sum(collection_case.overdue_amount), sum(coalesce(total.amount, 0))
from collection_case
join report_debtor as debtor
    on debtor.account_id = collection_case.account_id
    and debtor.bill_unit_id = collection_case.bill_unit_id
left join total
    on total.account_id = collection_case.account_id
    and total.bill_unit_id = collection_case.bill_unit_id
    and total.debt_class_id = collection_case.debt_class_id
where collection_case.status = 'open'
group by
    debtor.brand_id, debtor.currency, collection_case.scenario_id, collection_case.agent_id,
    debtor.status

-- name: recoveries
-- What was applied to the debts that a case entered with, while it was open. What the night of its
-- entry had posted before isn't in the case's entry amount; what the night of its end posts ends it.
insert into report_recovery (
    brand_id, currency, scenario_id, policy_version_id, agent_id, agency_id, entered_on, posted_on,
    kind, amount
)
select
    debtor.brand_id, debtor.currency, collection_case.scenario_id,
    collection_case.policy_version_id, collection_case.agent_id, referral.agency_id,
    collection_case.entered_on, applied.posted_on, applied.credit_kind, sum(applied.amount)
from report_applied as applied
join report_debtor as debtor
    on debtor.account_id = applied.account_id and debtor.bill_unit_id = applied.bill_unit_id
join collection_case
    on collection_case.account_id = debtor.parent_account_id
    and collection_case.bill_unit_id = debtor.parent_bill_unit_id
    and collection_case.debt_class_id = applied.debt_class_id
    and applied.posted_on > collection_case.entered_on
    and applied.posted_on <= coalesce(collection_case.closed_on, applied.posted_on)
    and applied.due_on < collection_case.entered_on
left join lateral (
    -- the one that had it last
    select agency_referral.agency_id
    from agency_referral
    where agency_referral.account_id = collection_case.account_id
        and agency_referral.case_id = collection_case.id
        and agency_referral.made_on < applied.posted_on
        and coalesce(agency_referral.recalled_on, applied.posted_on) >= applied.posted_on
        and agency_referral.status <> 'withdrawn'
    order by agency_referral.made_on desc, agency_referral.id desc
    limit 1
) as referral on true
group by
    debtor.brand_id, debtor.currency, collection_case.scenario_id,
    collection_case.policy_version_id, collection_case.agent_id, referral.agency_id,
    collection_case.entered_on, applied.posted_on, applied.credit_kind
having sum(applied.amount) <> 0

-- name: letters
-- A letter is answered by what its bill unit pays in the days after the night that wrote it.
insert into report_letter (
    brand_id, currency, template, channel, status, made_on, letters, answered, paid_amount
)
with answer as (
    select letter.account_id, letter.id, sum(credit.amount) as amount
    from letter
    join credit
        on credit.account_id = letter.account_id and credit.bill_unit_id = letter.bill_unit_id
        and credit.effective_on > letter.made_on
        and credit.effective_on <= letter.made_on + :answer_days::int
    where credit.kind = 'payment'
        and letter.status in ('sent', 'uncertain')
    group by letter.account_id, letter.id
    having sum(credit.amount) > 0
)
select
    debtor.brand_id, debtor.currency, letter.template, letter.channel, letter.status,
    letter.made_on, count(*), count(answer.id), coalesce(sum(answer.amount), 0)
from letter
join report_debtor as debtor on debtor.account_id = letter.account_id and debtor.bill_unit_id = letter.bill_unit_id
left join answer on answer.account_id = letter.account_id and answer.id = letter.id
group by
    debtor.brand_id, debtor.currency, letter.template, letter.channel, letter.status, letter.made_on

-- name: promises
insert into report_promise (
    brand_id, currency, status, made_on, promises, promised_amount, paid_amount
)
with paid as (
    select action.account_id, action.promise_id, sum(instalment.amount) as amount
    from promise
    join action
        on action.account_id = promise.account_id
        and action.case_id = promise.case_id
        and action.promise_id = promise.id
    join instalment
        on instalment.account_id = action.account_id and instalment.action_id = action.id
    where action.status = 'completed'
    group by action.account_id, action.promise_id
)
select
    scenario.brand_id, profile.currency, promise.status, promise.made_on, count(*),
    sum(promise.total),
    sum(case when promise.status = 'kept' then promise.total else coalesce(paid.amount, 0) end)
from promise
join collection_case
    on collection_case.account_id = promise.account_id and collection_case.id = promise.case_id
join scenario on scenario.id = collection_case.scenario_id
join profile on profile.id = scenario.profile_id
left join paid on paid.account_id = promise.account_id and paid.promise_id = promise.id
group by scenario.brand_id, profile.currency, promise.status, promise.made_on

-- name: forecast
insert into report_forecast (
    brand_id, currency, scenario_id, action_definition_id, status, due_on, actions, overdue_amount
)
select
    scenario.brand_id, profile.currency, to_come.scenario_id, to_come.action_definition_id,
    to_come.status, to_come.due_on, to_come.actions, to_come.overdue_amount
from (
    select
        collection_case.scenario_id, action.action_definition_id, action.status, action.due_on,
        count(*) as actions, sum(collection_case.overdue_amount) as overdue_amount
    from action
    join collection_case
        on collection_case.account_id = action.account_id and collection_case.id = action.case_id
    where action.status in ('pending', 'waiting')
        and collection_case.status = 'open'
        and action.due_on > :business_date::date
        and action.due_on <= :business_date::date + :forecast_days::int
    group by
        collection_case.scenario_id, action.action_definition_id, action.status, action.due_on
) as to_come
join scenario on scenario.id = to_come.scenario_id
join profile on profile.id = scenario.profile_id
