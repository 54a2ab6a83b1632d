-- Credit alerts that other systems report: a system's number is one alert, and older news of it are
-- ignored.

-- name: draft
-- Each row with the alert that it is about, if that is known, and what is wrong with it.
create temp table draft on commit drop as
select
    given.line,
    existing.id is not null as existing,
    existing.id as credit_alert_id,
    bill_unit.account_id,
    bill_unit.id as bill_unit_id,
    account.brand_id,
    bill_unit.currency,
    given.source,
    given.their_id,
    given.reported_on,
    given.reported_on::timestamp at time zone 'UTC' as their_time,
    given.reason,
    given.amount,
    given.oldest_due_on,
    concat_ws('|', given.malformed,
        case
            when given.bill_unit_no is not null and bill_unit.id is null
                then 'bill_unit_no: is not a known bill unit'
            when existing.bill_unit_id <> bill_unit.id
                then 'bill_unit_no: differs; the alert is about another bill unit'
        end,
        case when lower(given.source) = 'dunwell' then 'source: is Dunwell itself' end,
        case
            when min_scale(given.amount) > currency.digits
                then 'amount: has more decimals than ' || currency.code
            when given.amount < 0 then 'amount: is negative'
        end,
        case
            when given.oldest_due_on > given.reported_on
                then 'oldest_due_on: is after the day of the report'
        end
    ) as problems
from given
left join bill_unit on bill_unit.bill_unit_no = given.bill_unit_no
left join account on account.id = bill_unit.account_id
left join currency on currency.code = bill_unit.currency
left join credit_alert as existing
    on existing.source = given.source and existing.their_id = given.their_id;

-- name: merge_new
with raised as (
    insert into credit_alert (
        account_id, bill_unit_id, case_id, raised_on, oldest_due_on, brand_id, agent_id, source,
        their_id, their_time, reason, amount, currency
    )
    select
        draft.account_id, draft.bill_unit_id, owned.id, draft.reported_on, draft.oldest_due_on,
        draft.brand_id, owned.agent_id, draft.source, draft.their_id, draft.their_time,
        draft.reason, draft.amount, draft.currency
    from draft
    left join lateral (
        select collection_case.id, collection_case.agent_id
        from collection_case
        where collection_case.account_id = draft.account_id
            and collection_case.bill_unit_id = draft.bill_unit_id
            and collection_case.status = 'open'
        order by collection_case.id
        limit 1
    ) as owned on true
    where not draft.existing
    order by draft.account_id, draft.line
    returning
        account_id, id, bill_unit_id, case_id, raised_on, source, their_id, reason, amount,
        currency, oldest_due_on
)
insert into event (business_date, account_id, bill_unit_id, case_id, kind, actor, data)
select
    raised_on, account_id, bill_unit_id, case_id, 'credit_alert_raised', 'loader',
    jsonb_strip_nulls(jsonb_build_object(
        'credit_alert', account_id || '-' || id, 'source', source, 'their_id', their_id,
        'reason', reason, 'amount', round_money(amount, currency)::text, 'currency', currency,
        'oldest_due_on', oldest_due_on
    ))
from raised;

-- name: merge_changed
-- What is closed stays as it was.
with changed as (
    update credit_alert
    set reason = draft.reason, amount = draft.amount, oldest_due_on = draft.oldest_due_on,
        their_time = draft.their_time, version = credit_alert.version + 1
    from draft
    where credit_alert.account_id = draft.account_id
        and credit_alert.id = draft.credit_alert_id
        and credit_alert.status = 'open'
        and coalesce(credit_alert.their_time <= draft.their_time, true)
        and (credit_alert.reason, credit_alert.amount, credit_alert.oldest_due_on)
            is distinct from (draft.reason, draft.amount, draft.oldest_due_on)
    returning
        draft.line, draft.reported_on, credit_alert.account_id, credit_alert.id,
        credit_alert.bill_unit_id, credit_alert.case_id, credit_alert.source,
        credit_alert.their_id, credit_alert.reason, credit_alert.amount, credit_alert.currency,
        credit_alert.oldest_due_on
), told as (
    insert into event (business_date, account_id, bill_unit_id, case_id, kind, actor, data)
    select
        reported_on, account_id, bill_unit_id, case_id, 'credit_alert_changed', 'loader',
        jsonb_strip_nulls(jsonb_build_object(
            'credit_alert', account_id || '-' || id, 'source', source, 'their_id', their_id,
            'reason', reason, 'amount', round_money(amount, currency)::text,
            'currency', currency, 'oldest_due_on', oldest_due_on
        ))
    from changed
)
insert into change
select line, account_id, bill_unit_id from changed;
