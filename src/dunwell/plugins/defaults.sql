-- The default policies. Each writes its answer into the batch's temporary table.

-- name: select_profile
-- The account is at hand here: what a case shows of it comes along.
update candidate
set profile_id = {{profile_expression}}, account_status = account.status
from account, bill_unit
where account.id = candidate.account_id
    and account.id between :first_account::bigint and :last_account::bigint
    and bill_unit.account_id = candidate.account_id
    and bill_unit.id = candidate.bill_unit_id
    and bill_unit.account_id between :first_account::bigint and :last_account::bigint

-- name: valid_scenarios
delete from offer
using account, bill_unit, scenario
where account.id = offer.account_id
    and account.id between :first_account::bigint and :last_account::bigint
    and bill_unit.account_id = offer.account_id
    and bill_unit.id = offer.bill_unit_id
    and bill_unit.account_id between :first_account::bigint and :last_account::bigint
    and scenario.id = offer.scenario_id
    and scenario.criteria is not null
    and not ({{criteria_expression}})

-- name: late_fee
-- A fixed amount and a cap are in the fee's currency; another is converted at the newest rate that
-- is valid on the business date (a loaded rate before one of the policy of the same day). Without a
-- rate the fee is refused. `least` and `greatest` pass over a part that isn't defined.
with fee as (
    select
        due_action.no, due_action.currency, due_action.overdue_amount,
        (action_definition.parameters ->> 'amount')::numeric as amount,
        (action_definition.parameters ->> 'percentage')::numeric as percentage,
        (action_definition.parameters ->> 'cap')::numeric as cap,
        coalesce(action_definition.parameters ->> 'combine', 'sum') as combine,
        coalesce(action_definition.parameters ->> 'currency', due_action.currency)
            as fee_currency
    from due_action
    join action_definition on action_definition.id = due_action.action_definition_id
    where due_action.no between :first_no::int and :last_no::int
), converted as (
    select
        fee.*, own.digits,
        case when fee_currency = currency or amount is null and cap is null then 1 else (
            select rate
            from exchange_rate
            where source_currency = fee_currency and target_currency = currency
                and valid_from <= :business_date::date
            order by valid_from desc, origin
            limit 1
        ) end as rate,
        overdue_amount * percentage / 100 as part
    from fee
    join currency as own on own.code = fee.currency
), combined as (
    select
        converted.*,
        case combine
            when 'minimum' then least(amount * rate, part)
            when 'maximum' then greatest(amount * rate, part)
            else coalesce(amount * rate, 0) + coalesce(part, 0)
        end as total
    from converted
)
update due_action
set
    amount = case when rate is not null then
        round_money(least(combined.total, cap * rate), combined.digits) end,
    calculation = jsonb_strip_nulls(jsonb_build_object(
        'overdue_amount', combined.overdue_amount::text, 'fixed', combined.amount::text,
        'percentage', percentage::text, 'combine', combine, 'cap', cap::text,
        'currency', fee_currency, 'rate', rate::text
    )),
    outcome = case when rate is null then 'error' end,
    message = case when rate is null then format(
        'No exchange rate from %s to %s is valid on %s; load exchange_rates.csv or add one to'
        ' the policy, then retry.', fee_currency, combined.currency, :business_date::date
    ) end
from combined
where due_action.no = combined.no

-- name: finance_charge
update due_action
set
    amount = round_money(
        overdue_amount * (action_definition.parameters ->> 'percentage')::numeric / 100, digits
    ),
    calculation = jsonb_build_object(
        'overdue_amount', overdue_amount::text,
        'percentage', action_definition.parameters ->> 'percentage'
    )
from action_definition, currency
where action_definition.id = due_action.action_definition_id
    and currency.code = due_action.currency
    and due_action.no between :first_no::int and :last_no::int

-- name: letter_data
-- The values as they are tonight: they are kept with the letter. All of them are looked up for each
-- letter, not joined: a slice has few letters and many of everything else. Text until the end,
-- because every part of a `jsonb` is taken apart again by the one around it.
update due_action
set data = (
    select json_build_object(
        'business_date', :business_date::date,
        'overdue_amount', round_money(due_action.overdue_amount, currency.digits)::text,
        'currency', due_action.currency,
        'brand', brand.name,
        'scenario', scenario.name,
        'overdue_date', collection_case.overdue_date,
        'account', json_strip_nulls(json_build_object(
            'account_no', account.account_no, 'name', account.name, 'company', account.company,
            'email', account.email, 'phone', account.phone, 'address', account.address,
            'city', account.city, 'postal_code', account.postal_code, 'country', account.country,
            'locale', coalesce(account.locale, brand.locale)
        )),
        'bill_unit', json_build_object(
            'bill_unit_no', bill_unit.bill_unit_no, 'pay_type', bill_unit.pay_type
        ),
        'next_action', (
            select json_build_object('action', action_definition.name, 'due_on', next.due_on)
            from (
                select action.due_on, action.action_definition_id
                from action
                where action.account_id = due_action.case_account_id
                    and action.case_id = due_action.case_id
                    and action.status in ('pending', 'waiting')
                    and action.task_on is null
                    and (action.due_on, action.step) > (due_action.due_on, due_action.step)
                order by action.due_on, action.step
                limit 1
            ) as next
            join action_definition on action_definition.id = next.action_definition_id
        ),
        'bills', coalesce(owed.bills, '[]'),
        'fees', coalesce(owed.fees, '[]')
    )::jsonb
    from collection_case
    join scenario on scenario.id = collection_case.scenario_id
    cross join account
    join brand on brand.id = account.brand_id
    cross join bill_unit
    cross join lateral (
        select
            json_agg(owing.facts) filter (where not is_fee) as bills,
            json_agg(owing.facts) filter (where is_fee) as fees
        from (
            select
                item.kind in ('late_fee', 'finance_charge') as is_fee,
                json_build_object(
                    -- a corrected bill is known by the number of its latest correction
                    'bill_no', coalesce(
                        (
                            select correction.bill_no
                            from bill as correction
                            where correction.account_id = item.account_id
                                and correction.root_id = item.bill_id
                                and correction.corrects_id is not null
                                and correction.issued_on <= :business_date::date
                            order by correction.issued_on + 0 desc, correction.id desc
                            limit 1
                        ),
                        (
                            select bill.bill_no from bill
                            where bill.account_id = item.account_id and bill.id = item.bill_id
                        )
                    ),
                    'kind', item.kind, 'issued_on', item.issued_on, 'due_on', item.due_on,
                    'amount', round_money(item.amount, currency.digits)::text,
                    'open_amount', round_money(item.open_amount, currency.digits)::text,
                    'days_overdue', :business_date::date - item.due_on
                ) as facts
            from item
            where item.account_id = due_action.account_id
                and item.bill_unit_id = due_action.bill_unit_id
                and item.debt_class_id = due_action.debt_class_id
                -- a fee is due at once, and the letter that follows it states it
                and item.open_amount > 0
                and ({{is_overdue}} or item.kind in ('late_fee', 'finance_charge'))
            -- sorted once for both lists
            order by item.due_on, item.id
        ) as owing
    ) as owed
    where collection_case.account_id = due_action.case_account_id
        and collection_case.id = due_action.case_id
        and account.id = due_action.account_id
        and bill_unit.account_id = due_action.account_id
        and bill_unit.id = due_action.bill_unit_id
)
from currency
where currency.code = due_action.currency
    and due_action.no between :first_no::int and :last_no::int

-- name: agency
-- Only referrals from before tonight count, so that slices and workers don't change the answer.
with debt as (
    select
        agency.id, agency.brand_id, agency.name,
        coalesce(sum(agency_referral.amount) filter (where collection_case.status = 'open'), 0)
            as open_debt
    from agency
    left join agency_referral
        on agency_referral.agency_id = agency.id
        and agency_referral.made_on < :business_date::date
    left join collection_case
        on collection_case.account_id = agency_referral.account_id
        and collection_case.id = agency_referral.case_id
    where agency.retired_version is null
    group by agency.id, agency.brand_id, agency.name
), least_loaded as (
    select distinct on (brand_id) brand_id, id
    from debt
    order by brand_id, open_debt, name
)
update due_action
set agency_id = least_loaded.id
from account, least_loaded
where account.id = due_action.account_id
    and account.id between :first_account::bigint and :last_account::bigint
    and least_loaded.brand_id = account.brand_id
    and due_action.no between :first_no::int and :last_no::int

-- name: publish_event
-- What the manual's notification carries about whom an event concerns, as it stands now.
update publishing
set data = told.data
from (
    select
        publishing.no,
        jsonb_strip_nulls(jsonb_build_object(
            'account_no', account.account_no,
            'bill_unit_no', bill_unit.bill_unit_no,
            'brand', brand.name,
            'case_id', publishing.case_id,
            'profile', profile.name,
            'scenario', scenario.name,
            'days_in_collections', publishing.business_date - collection_case.entry_date,
            'currency', bill_unit.currency,
            'overdue_amount', round_money(owed.amount, bill_unit.currency)::text,
            'bills', overdue.bills
        )) as data
    from publishing
    left join account on account.id = publishing.account_id
    left join brand on brand.id = account.brand_id
    left join bill_unit
        on bill_unit.account_id = publishing.account_id and bill_unit.id = publishing.bill_unit_id
    left join collection_case
        on collection_case.account_id = publishing.account_id
        and collection_case.id = publishing.case_id
    left join scenario on scenario.id = collection_case.scenario_id
    left join profile on profile.id = scenario.profile_id
    cross join lateral (
        select coalesce(sum(balance.overdue_amount), 0) as amount
        from balance
        where balance.account_id = publishing.account_id
            and balance.bill_unit_id = publishing.bill_unit_id
            and balance.debt_class_id
                = coalesce(collection_case.debt_class_id, balance.debt_class_id)
    ) as owed
    cross join lateral (
        select
            jsonb_agg(
                jsonb_build_object(
                    'bill_no', bill.bill_no, 'due_on', item.due_on,
                    'open_amount', round_money(item.open_amount, bill_unit.currency)::text
                )
                order by item.due_on, item.id
            ) as bills
        from item
        join bill on bill.account_id = item.account_id and bill.id = item.source_bill_id
        where item.account_id = publishing.account_id
            and item.bill_unit_id = publishing.bill_unit_id
            and item.debt_class_id = coalesce(collection_case.debt_class_id, item.debt_class_id)
            and item.open_amount > 0
            and item.due_on < publishing.business_date
    ) as overdue
    where publishing.no between :first_no::int and :last_no::int
) as told
where told.no = publishing.no

-- name: publish_actions
-- Of the actions that an event names by their step: their id, type, description and what became of
-- them. What the event itself says stands.
with known as (
    select
        publishing.no,
        jsonb_object_agg(action.step, jsonb_strip_nulls(jsonb_build_object(
            'action_id', action.id,
            'type', action_definition.type,
            'description', nullif(action_definition.description, ''),
            'due_on', action.due_on,
            'completed_on', case action.status when 'completed' then action.closed_on end
        ))) as by_step
    from publishing
    join action
        on action.account_id = publishing.account_id and action.case_id = publishing.case_id
    join action_definition on action_definition.id = action.action_definition_id
    where publishing.no between :first_no::int and :last_no::int
        and publishing.details ?| array['actions', 'cancelled', 'step']
    group by publishing.no
), lists as (
    select
        known.no,
        (
            select jsonb_agg(
                coalesce(known.by_step -> (named.value ->> 'step'), '{}') || named.value
                order by named.ordinality
            )
            from jsonb_array_elements(publishing.details -> list.name)
                with ordinality as named (value, ordinality)
        ) as actions,
        list.name
    from known
    join publishing on publishing.no = known.no
    cross join (values ('actions'), ('cancelled')) as list (name)
    where jsonb_typeof(publishing.details -> list.name) = 'array'
), replaced as (
    select
        known.no,
        coalesce(known.by_step -> (publishing.details ->> 'step'), '{}') || publishing.details
            || coalesce(
                (
                    select jsonb_object_agg(lists.name, lists.actions)
                    from lists
                    where lists.no = known.no and lists.actions is not null
                ),
                '{}'
            ) as details
    from known
    join publishing on publishing.no = known.no
)
update publishing
set details = replaced.details
from replaced
where replaced.no = publishing.no

-- name: group_targets
-- A group's members, and its parent if the action aims at it too; exempt ones are spared. Outside
-- of groups, and where nobody is left, an action reaches its own bill unit.
insert into target (no, case_account_id, account_id, bill_unit_id)
select
    due_action.no, due_action.case_account_id, group_share.account_id, group_share.bill_unit_id
from due_action
join action_definition on action_definition.id = due_action.action_definition_id
join group_share
    on group_share.parent_account_id = due_action.account_id
    and group_share.parent_bill_unit_id = due_action.bill_unit_id
where due_action.targeted
    and due_action.no between :first_no::int and :last_no::int
    and (
        action_definition.target = 'all_members_and_parent'
        or (group_share.account_id, group_share.bill_unit_id)
            <> (group_share.parent_account_id, group_share.parent_bill_unit_id)
    )
