-- The service agreements of one case, by hand, and what ends each case of a bill unit.

-- name: agreement
-- The agreement of that number, in the case's bill unit and debt class, with what it owes.
select
    service_agreement.id, debt_class.by_agreement,
    coalesce((debt_class.agreement_threshold ->> bill_unit.currency)::numeric, 0) as threshold,
    coalesce((
        select sum(item.open_amount{{less_disputed}})
        from item
        {{with_disputed}}
        where item.account_id = service_agreement.account_id
            and item.account_id between :first_account::bigint and :last_account::bigint
            and item.bill_unit_id = service_agreement.bill_unit_id
            and item.service_agreement_id = service_agreement.id
            and item.debt_class_id = collection_case.debt_class_id
            and {{is_overdue}}
    ), 0) as overdue_amount,
    exists (
        select from case_agreement
        where case_agreement.account_id = collection_case.account_id
            and case_agreement.account_id between :first_account::bigint and :last_account::bigint
            and case_agreement.case_id = collection_case.id
            and case_agreement.service_agreement_id = service_agreement.id
            and case_agreement.left_on is null
    ) as listed
from collection_case
join bill_unit
    on bill_unit.account_id = collection_case.account_id
    and bill_unit.id = collection_case.bill_unit_id
join debt_class on debt_class.id = collection_case.debt_class_id
join service_agreement
    on service_agreement.account_id = collection_case.account_id
    and service_agreement.bill_unit_id = collection_case.bill_unit_id
where collection_case.account_id = :account_id::bigint
    and collection_case.account_id between :first_account::bigint and :last_account::bigint
    and bill_unit.account_id between :first_account::bigint and :last_account::bigint
    and service_agreement.account_id between :first_account::bigint and :last_account::bigint
    and collection_case.id = :case_id::bigint
    and service_agreement.service_agreement_no = :service_agreement_no::text

-- name: add
-- One that left before comes back with what it owes now.
insert into case_agreement (
    account_id, case_id, bill_unit_id, service_agreement_id, entry_amount, threshold, joined_on,
    added_by
)
values (
    :account_id::bigint, :case_id::bigint, :bill_unit_id::bigint, :service_agreement_id::bigint,
    :overdue_amount::numeric, :threshold::numeric, :business_date::date, :actor::text
)
on conflict (account_id, case_id, service_agreement_id) do update set
    entry_amount = excluded.entry_amount, threshold = excluded.threshold,
    joined_on = excluded.joined_on, left_on = null, added_by = excluded.added_by

-- name: remove
update case_agreement
set left_on = :business_date::date
where account_id = :account_id::bigint
    and case_id = :case_id::bigint
    and service_agreement_id = :service_agreement_id::bigint
    and left_on is null

-- name: listed
-- The agreements that are in the case or were, by number.
select
    service_agreement.service_agreement_no, service_agreement.type,
    round_money(case_agreement.entry_amount, bill_unit.currency)::text as entry_amount,
    round_money(case_agreement.threshold, bill_unit.currency)::text as threshold,
    case_agreement.joined_on, case_agreement.left_on, case_agreement.added_by
from case_agreement
join service_agreement
    on service_agreement.account_id = case_agreement.account_id
    and service_agreement.id = case_agreement.service_agreement_id
join bill_unit
    on bill_unit.account_id = case_agreement.account_id
    and bill_unit.id = case_agreement.bill_unit_id
where case_agreement.account_id = :account_id::bigint
    and case_agreement.case_id = :case_id::bigint
    and (:after::text is null or service_agreement.service_agreement_no > :after::text)
order by service_agreement.service_agreement_no
limit :most::bigint

-- name: requirements
-- Each open case of the measured bill unit: what is owed, at how much or less it ends, and when its
-- next action is due. Of a case that lists agreements also what each of them lacks.
select
    work.account_id || '-' || work.case_id as "case", debt_class.name as debt_class,
    scenario.name as scenario, bill_unit.currency, currency.digits,
    work.overdue_amount, scenario.exit_amount,
    next_action.due_on as next_action_on, next_action.name as next_action,
    listed.agreements
from work
join scenario on scenario.id = work.scenario_id
join debt_class on debt_class.id = work.debt_class_id
join bill_unit
    on bill_unit.account_id = work.account_id and bill_unit.id = work.bill_unit_id
join currency on currency.code = bill_unit.currency
left join lateral (
    select action.due_on, action_definition.name
    from action
    join action_definition on action_definition.id = action.action_definition_id
    where action.account_id = work.account_id
        and action.account_id between :first_account::bigint and :last_account::bigint
        and action.case_id = work.case_id
        and action.status in ('pending', 'waiting', 'error')
    order by action.due_on, action.step
    limit 1
) as next_action on true
left join lateral (
    select jsonb_agg(
        jsonb_build_object(
            'service_agreement_no', owed.service_agreement_no,
            'overdue_amount', owed.amount::text, 'threshold', owed.threshold::text
        )
        order by owed.service_agreement_no
    ) as agreements
    from (
        select
            service_agreement.service_agreement_no, case_agreement.threshold,
            coalesce(sum(item.open_amount{{less_disputed}}), 0) as amount
        from case_agreement
        join service_agreement
            on service_agreement.account_id = case_agreement.account_id
            and service_agreement.id = case_agreement.service_agreement_id
        left join item
            on item.account_id = case_agreement.account_id
            and item.account_id between :first_account::bigint and :last_account::bigint
            and item.bill_unit_id = case_agreement.bill_unit_id
            and item.service_agreement_id = case_agreement.service_agreement_id
            and item.debt_class_id = work.debt_class_id
            and {{is_overdue}}
        {{with_disputed}}
        where case_agreement.account_id = work.account_id
            and case_agreement.account_id between :first_account::bigint and :last_account::bigint
            and service_agreement.account_id
                between :first_account::bigint and :last_account::bigint
            and case_agreement.case_id = work.case_id
            and case_agreement.left_on is null
        group by service_agreement.service_agreement_no, case_agreement.threshold
    ) as owed
) as listed on true
where work.account_id = :account_id::bigint
    and work.bill_unit_id = :bill_unit_id::bigint
    and work.case_id is not null
    and bill_unit.account_id between :first_account::bigint and :last_account::bigint
order by debt_class.name
