-- Cases that list their service agreements: those of debt classes that are chased by agreement.

-- name: join
-- The agreements of the cases in `entry`: those with an overdue debt above the debt class's
-- threshold for one agreement, or of these the ones that a person chose.
with joined as (
    insert into case_agreement (
        account_id, case_id, bill_unit_id, service_agreement_id, entry_amount, threshold, joined_on
    )
    select
        owed.account_id, owed.case_id, owed.bill_unit_id, owed.service_agreement_id, owed.amount,
        owed.threshold, :business_date::date
    from (
        select
            entry.account_id, entry.case_id, entry.bill_unit_id, item.service_agreement_id,
            sum(item.open_amount{{less_disputed}}) as amount,
            coalesce((debt_class.agreement_threshold ->> bill_unit.currency)::numeric, 0)
                as threshold
        from entry
        join debt_class on debt_class.id = entry.debt_class_id
        join bill_unit
            on bill_unit.account_id = entry.account_id and bill_unit.id = entry.bill_unit_id
        join item
            on item.account_id = entry.account_id
            and item.bill_unit_id = entry.bill_unit_id
            and item.debt_class_id = entry.debt_class_id
        {{with_disputed}}
        where debt_class.by_agreement
            and bill_unit.account_id between :first_account::bigint and :last_account::bigint
            and item.account_id between :first_account::bigint and :last_account::bigint
            and item.service_agreement_id is not null
            and {{is_overdue}}
            {{not_wholly_disputed}}
        group by
            entry.account_id, entry.case_id, entry.bill_unit_id, item.service_agreement_id,
            debt_class.agreement_threshold, bill_unit.currency
    ) as owed
    where owed.amount > owed.threshold
        and (
            :chosen_agreements::bigint[] is null
            or owed.service_agreement_id = any(:chosen_agreements::bigint[])
        )
    order by owed.account_id, owed.case_id, owed.service_agreement_id
    returning account_id, case_id, bill_unit_id, service_agreement_id, entry_amount, threshold
)
insert into event (business_date, account_id, bill_unit_id, case_id, kind, actor, run_id, data)
select
    :business_date::date, joined.account_id, joined.bill_unit_id, joined.case_id,
    'agreements_joined', :actor::text, :run_id::int,
    jsonb_build_object(
        'agreements', jsonb_agg(
            jsonb_build_object(
                'service_agreement_no', service_agreement.service_agreement_no,
                'overdue_amount', joined.entry_amount::text,
                'threshold', joined.threshold::text
            )
            order by service_agreement.service_agreement_no
        )
    )
from joined
join service_agreement
    on service_agreement.account_id = joined.account_id
    and service_agreement.id = joined.service_agreement_id
where service_agreement.account_id between :first_account::bigint and :last_account::bigint
group by joined.account_id, joined.bill_unit_id, joined.case_id

-- name: leave
-- Agreements of open cases whose own debt has fallen to their threshold leave the case. Bill units of
-- sharing groups aren't looked at: their cases aren't split.
with listed as (
    select account_id, id, case_id, bill_unit_id, service_agreement_id, threshold
    from case_agreement
    where account_id between :first_account::bigint and :last_account::bigint
        and left_on is null
        and (
            :everything::boolean
            or (account_id, bill_unit_id) in (
                select unit.account_id, unit.bill_unit_id from unit
            )
        )
        {{outside_groups}}
), owed as (
    select
        listed.account_id, listed.id, coalesce(sum(item.open_amount{{less_disputed}}), 0) as amount
    from listed
    join collection_case
        on collection_case.account_id = listed.account_id
        and collection_case.id = listed.case_id
    left join item
        on item.account_id = listed.account_id
        and item.account_id between :first_account::bigint and :last_account::bigint
        and item.bill_unit_id = listed.bill_unit_id
        and item.service_agreement_id = listed.service_agreement_id
        and item.debt_class_id = collection_case.debt_class_id
        and {{is_overdue}}
    {{with_disputed}}
    where collection_case.account_id between :first_account::bigint and :last_account::bigint
        and collection_case.status = 'open'
    group by listed.account_id, listed.id
), gone as (
    update case_agreement
    set left_on = :business_date::date
    from owed
    where case_agreement.account_id = owed.account_id
        and case_agreement.id = owed.id
        and case_agreement.account_id between :first_account::bigint and :last_account::bigint
        and owed.amount <= case_agreement.threshold
    returning
        case_agreement.account_id, case_agreement.bill_unit_id, case_agreement.case_id,
        case_agreement.service_agreement_id, case_agreement.threshold, owed.amount
)
insert into event (business_date, account_id, bill_unit_id, case_id, kind, actor, run_id, data)
select
    :business_date::date, gone.account_id, gone.bill_unit_id, gone.case_id, 'agreement_left',
    :actor::text, :run_id::int,
    jsonb_build_object(
        'service_agreement_no', service_agreement.service_agreement_no,
        'overdue_amount', gone.amount::text,
        'threshold', gone.threshold::text,
        'rule', 'at or below its threshold'
    )
from gone
join service_agreement
    on service_agreement.account_id = gone.account_id
    and service_agreement.id = gone.service_agreement_id
where service_agreement.account_id between :first_account::bigint and :last_account::bigint

-- name: close
-- An open case whose last agreement left today ends, whatever else its debt class owes.
insert into closed_case (
    account_id, case_id, bill_unit_id, debt_class_id, scenario_id, reason, overdue_amount
)
select
    collection_case.account_id, collection_case.id, collection_case.bill_unit_id,
    collection_case.debt_class_id, collection_case.scenario_id, 'agreements_cleared',
    coalesce(work.overdue_amount, collection_case.overdue_amount)
from collection_case
left join work
    on work.account_id = collection_case.account_id and work.case_id = collection_case.id
where collection_case.account_id between :first_account::bigint and :last_account::bigint
    and collection_case.status = 'open'
    and (collection_case.account_id, collection_case.id) in (
        select case_agreement.account_id, case_agreement.case_id
        from case_agreement
        where case_agreement.account_id between :first_account::bigint and :last_account::bigint
            and case_agreement.left_on = :business_date::date
    )
    and not exists (
        select from case_agreement
        where case_agreement.account_id = collection_case.account_id
            and case_agreement.account_id between :first_account::bigint and :last_account::bigint
            and case_agreement.case_id = collection_case.id
            and case_agreement.left_on is null
    )
