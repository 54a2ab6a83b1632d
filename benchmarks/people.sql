-- What people and agencies have done in a world of generate.sql, for the reports: everything is drawn
-- by hashed numbers from the open cases, so that the same size is the same world on every machine.
-- Of 700,000 open cases (1,000,000 bill units) 100,000 pay a part, 100,000 have promised and 50,000
-- are with agencies.

-- name: part_payments
-- One of seven open cases pays a quarter on a day; the next night posts it.
insert into credit (
    account_id, bill_unit_id, effective_on, amount, open_amount, kind, number, method
)
select
    account_id, bill_unit_id, :paid_on::date, round(overdue_amount / 4, 2),
    round(overdue_amount / 4, 2), 'payment', 'Q' || id, 'transfer'
from collection_case
where status = 'open' and overdue_amount >= 1 and abs(hashint8extended(id, 21) % 7) = 0
order by account_id, bill_unit_id

-- name: agents
insert into agent (name, supervisor)
select 'agent ' || no, 'manager ' || no % 10 from generate_series(1, 100) as no

-- name: assignments
update collection_case
set agent_id = agent.id
from agent
where agent.name = 'agent ' || abs(hashint8extended(collection_case.id, 22) % 100) + 1

-- name: agencies
insert into agency (brand_id, name)
select brand.id, 'agency ' || no from brand, generate_series(1, 10) as no where brand.is_default

-- name: referrals
insert into agency_referral (
    account_id, case_id, action_id, bill_unit_id, made_on, agency_id, amount, currency, status,
    exported_on, recalled_on
)
select
    drawn.account_id, drawn.case_id, drawn.action_id, drawn.bill_unit_id, drawn.made_on, agency.id,
    drawn.overdue_amount, drawn.currency, case when drawn.ended then 'ended' else 'exported' end,
    drawn.made_on + 1, case when drawn.ended then drawn.made_on + 20 end
from (
    select
        collection_case.account_id, collection_case.id as case_id, min(action.id) as action_id,
        collection_case.bill_unit_id, collection_case.overdue_amount, profile.currency,
        :today::date - abs(hashint8extended(collection_case.id, 24) % 365)::int as made_on,
        abs(hashint8extended(collection_case.id, 25) % 5) = 0 as ended
    from collection_case
    join action
        on action.account_id = collection_case.account_id and action.case_id = collection_case.id
    join scenario on scenario.id = collection_case.scenario_id
    join profile on profile.id = scenario.profile_id
    where collection_case.status = 'open' and abs(hashint8extended(collection_case.id, 23) % 14) = 0
    group by
        collection_case.account_id, collection_case.id, collection_case.bill_unit_id,
        collection_case.overdue_amount, profile.currency
) as drawn
join agency on agency.name = 'agency ' || drawn.case_id % 10 + 1
order by drawn.account_id

-- name: promises
-- Of ten four are kept, two broken, one revoked and three active.
insert into promise (
    account_id, case_id, bill_unit_id, made_on, ended_on, total, status, actor
)
select
    account_id, id, bill_unit_id, made_on, case when fate < 7 then made_on + 30 end, overdue_amount,
    case when fate < 4 then 'kept' when fate < 6 then 'broken' when fate < 7 then 'revoked'
        else 'active' end,
    'agent ' || id % 100 + 1
from (
    select
        *, :today::date - abs(hashint8extended(id, 27) % 330)::int as made_on,
        abs(hashint8extended(id, 28) % 10) as fate
    from collection_case
    where status = 'open' and overdue_amount >= 1 and abs(hashint8extended(id, 26) % 7) = 0
) as drawn
order by account_id

-- name: instalments_to_do
-- Three for each promise, the first of which was paid.
insert into action (
    account_id, case_id, bill_unit_id, action_definition_id, offset_days, interval_days, due_on,
    closed_on, step, mandatory, status, promise_id
)
select
    promise.account_id, promise.case_id, promise.bill_unit_id, action_definition.id, 0, 0,
    promise.made_on + 10 * no, case when no = 1 or promise.status = 'kept' then promise.made_on + 10 * no
        when promise.status <> 'active' then promise.ended_on end,
    100 + no, true,
    case when no = 1 or promise.status = 'kept' then 'completed'
        when promise.status = 'active' then 'pending' else 'cancelled' end,
    promise.id
from promise
cross join generate_series(1, 3) as no
join action_definition on action_definition.name = 'Promise to pay'
order by promise.account_id

-- name: instalments
insert into instalment (account_id, action_id, amount)
select action.account_id, action.id, round(promise.total / 3, 2)
from action
join promise on promise.account_id = action.account_id and promise.id = action.promise_id
order by action.account_id

-- name: letters
-- A letter for one of two cases, in the last year.
insert into letter (
    account_id, case_id, action_id, bill_unit_id, made_on, template, status, channel, data
)
select
    account_id, id, first_action, bill_unit_id,
    :today::date - abs(hashint8extended(id, 29) % 365)::int,
    case when id % 3 = 0 then 'last-letter' else 'first-letter' end,
    case when id % 50 = 0 then 'withdrawn' else 'sent' end,
    case when id % 2 = 0 then 'print' else 'email' end, '{}'
from (
    select
        collection_case.account_id, collection_case.id, collection_case.bill_unit_id,
        max(action.id) as first_action
    from collection_case
    join action
        on action.account_id = collection_case.account_id and action.case_id = collection_case.id
    where abs(hashint8extended(collection_case.id, 30) % 2) = 0
    group by collection_case.account_id, collection_case.id, collection_case.bill_unit_id
) as drawn
order by account_id
-- the nights have written some already
on conflict (account_id, action_id, bill_unit_id) do nothing

-- name: deeds
-- What a hundred agents have done by hand in a month, sixty things a day: one of five cases.
insert into event (business_date, account_id, bill_unit_id, case_id, kind, actor)
select
    :today::date - abs(hashint8extended(id, 32) % 25)::int, account_id, bill_unit_id, id,
    (array[
        'action_completed', 'action_completed', 'note_written', 'action_rescheduled',
        'action_cancelled', 'action_added', 'promise_made', 'case_assigned', 'exempted'
    ])[abs(hashint8extended(id, 33) % 9) + 1],
    'agent ' || id % 100 + 1
from collection_case
where abs(hashint8extended(id, 31) % 5) = 0
