-- Leaving collections: by the exit rule, an exemption or the end of a scenario.

-- name: leave
-- Cases whose balance is at or below the exit amount, or whose bill unit is exempt.
insert into closed_case (
    account_id, case_id, bill_unit_id, debt_class_id, scenario_id, reason, overdue_amount
)
select
    work.account_id, work.case_id, work.bill_unit_id, work.debt_class_id, work.scenario_id,
    case
        when work.exempt then 'exempted'
        when work.member then 'joined_group'
        when exists (
            select from due_action
            where due_action.case_account_id = work.account_id
                and due_action.case_id = work.case_id
                and due_action.type = 'write_off'
                and due_action.outcome = 'completed'
        ) then 'written_off'
        when work.overdue_amount <= scenario.exit_amount and exists (
            -- one that was still active, or was kept with tonight's payments
            select from promise
            where promise.account_id = work.account_id
                and promise.case_id = work.case_id
                and (
                    promise.status = 'active'
                    or promise.status = 'kept' and promise.ended_on = :business_date::date
                )
        ) then 'promise_kept'
        when work.overdue_amount <= scenario.exit_amount then 'cured'
        else 'exhausted'
    end,
    work.overdue_amount
from work
join scenario on scenario.id = work.scenario_id
where work.case_id is not null
    and (
        work.overdue_amount <= scenario.exit_amount
        or work.exempt
        or work.member
        or scenario.when_finished = 'close' and not exists (
            select from action
            where action.account_id = work.account_id
                and action.account_id between :first_account::bigint and :last_account::bigint
                and action.case_id = work.case_id
                and action.status in ('pending', 'waiting', 'error')
        )
    )

-- name: log_closed
-- One event for each case says why it ends, with the values that decided and what is cancelled.
insert into event (business_date, account_id, bill_unit_id, case_id, kind, actor, run_id, data)
select
    :business_date::date, closed_case.account_id, closed_case.bill_unit_id, closed_case.case_id,
    'case_closed', :actor::text, :run_id::int,
    jsonb_build_object(
        'reason', closed_case.reason,
        'scenario', scenario.name,
        'overdue_amount', closed_case.overdue_amount::text,
        'exit_amount', scenario.exit_amount::text,
        'cancelled', coalesce((
            select jsonb_agg(
                jsonb_build_object('step', action.step, 'action', action_definition.name)
                order by action.step
            )
            from action
            join action_definition on action_definition.id = action.action_definition_id
            where action.account_id = closed_case.account_id
                and action.account_id between :first_account::bigint and :last_account::bigint
                and action.case_id = closed_case.case_id
                and action.status in ('pending', 'waiting', 'error')
        ), '[]')
    )
from closed_case
join scenario on scenario.id = closed_case.scenario_id

-- name: end_promises
-- A promise ends with its case: kept, if the debt is paid, else taken back.
with ended as (
    update promise
    set
        status = case closed_case.reason when 'promise_kept' then 'kept' else 'revoked' end,
        ended_on = :business_date::date, version = version + 1
    from closed_case
    where promise.account_id = closed_case.account_id
        and promise.case_id = closed_case.case_id
        and promise.account_id between :first_account::bigint and :last_account::bigint
        and promise.status = 'active'
    returning
        promise.account_id, promise.bill_unit_id, promise.case_id, promise.status,
        promise.made_on, promise.total, closed_case.reason
)
insert into event (business_date, account_id, bill_unit_id, case_id, kind, actor, run_id, data)
select
    :business_date::date, account_id, bill_unit_id, case_id, 'promise_' || status,
    :actor::text, :run_id::int,
    jsonb_build_object('made_on', made_on, 'total', total::text, 'case_closed', reason)
from ended

-- name: cancel_open_actions (planned each time)
update action
set status = 'cancelled', closed_on = :business_date::date, version = version + 1
from closed_case
where action.account_id = closed_case.account_id
    and action.case_id = closed_case.case_id
    and action.account_id between :first_account::bigint and :last_account::bigint
    and action.status in ('pending', 'waiting', 'error')

-- name: close_cases
update collection_case
set status = 'closed', close_reason = closed_case.reason, closed_on = :business_date::date,
    version = version + 1
from closed_case
where collection_case.account_id = closed_case.account_id
    and collection_case.id = closed_case.case_id
    and collection_case.account_id between :first_account::bigint and :last_account::bigint

-- name: recall_referrals
-- What was referred to an agency is recalled with its case; one that never heard of it needn't.
with recalled as (
    update agency_referral
    set
        status = case agency_referral.status when 'exported' then 'recalled' else 'withdrawn' end,
        recalled_on = :business_date::date,
        recall_reason = closed_case.reason
    from closed_case
    where agency_referral.account_id = closed_case.account_id
        and agency_referral.case_id = closed_case.case_id
        and agency_referral.account_id between :first_account::bigint and :last_account::bigint
        and agency_referral.status in ('ready', 'exported')
    returning
        agency_referral.account_id, agency_referral.bill_unit_id, agency_referral.case_id,
        agency_referral.agency_id, agency_referral.status, agency_referral.recall_reason
)
insert into event (business_date, account_id, bill_unit_id, case_id, kind, actor, run_id, data)
select
    :business_date::date, recalled.account_id, recalled.bill_unit_id, recalled.case_id,
    'referral_recalled', :actor::text, :run_id::int,
    jsonb_build_object(
        'agency', agency.name, 'reason', recalled.recall_reason,
        'agency_knows', recalled.status = 'recalled'
    )
from recalled
join agency on agency.id = recalled.agency_id

-- name: detach_work
-- The steps that follow see no case.
update work
set case_id = null, scenario_id = null
from closed_case
where work.account_id = closed_case.account_id and work.case_id = closed_case.case_id

-- name: examine_tomorrow
-- A case that was closed for another reason than its balance may enter again the next night.
insert into touched (account_id, bill_unit_id, examine_from)
select account_id, bill_unit_id, :business_date::date + 1
from closed_case
where overdue_amount > 0

-- name: clear_closed
-- The closed cases are dealt with; how many for each reason.
with cleared as (delete from closed_case returning reason)
select reason, count(*) from cleared group by reason
