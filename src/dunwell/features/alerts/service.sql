-- Setting and clearing the alerts of other systems. The log doesn't have their words: they may be
-- personal.

-- name: place
-- Whether what an alert names is the account's.
select
    exists (
        select from bill_unit
        where bill_unit.account_id = :account_id::bigint
            and bill_unit.bill_unit_no = :bill_unit_no::text
    ),
    exists (
        select from service_agreement
        where service_agreement.account_id = :account_id::bigint
            and service_agreement.premise_no = :premise_no::text
    )

-- name: set
-- Said again in the same words, it changes nothing and isn't logged.
with alert as (
    insert into outside_alert (
        account_id, bill_unit_id, shown_from, shown_until, kind, outside_id, premise_no, context,
        text, set_by
    )
    select
        :account_id::bigint,
        (
            select bill_unit.id from bill_unit
            where bill_unit.account_id = :account_id::bigint
                and bill_unit.bill_unit_no = :bill_unit_no::text
        ),
        :since::date, :until::date, :kind::text, :outside_id::text, :premise_no::text,
        :context::text, :text::text, :actor::text
    on conflict (account_id, kind, outside_id) do update set
        bill_unit_id = excluded.bill_unit_id, shown_from = excluded.shown_from,
        shown_until = excluded.shown_until, premise_no = excluded.premise_no,
        context = excluded.context, text = excluded.text, set_by = excluded.set_by
    where (
        outside_alert.bill_unit_id, outside_alert.shown_from, outside_alert.shown_until,
        outside_alert.premise_no, outside_alert.context, outside_alert.text
    ) is distinct from (
        excluded.bill_unit_id, excluded.shown_from, excluded.shown_until, excluded.premise_no,
        excluded.context, excluded.text
    )
    returning account_id, bill_unit_id, kind, outside_id, shown_until, xmax = 0 as is_new
), told as (
    insert into event (business_date, account_id, bill_unit_id, kind, actor, data)
    select
        :business_date::date, account_id, bill_unit_id, 'alert_set', :actor::text,
        jsonb_strip_nulls(jsonb_build_object(
            'alert', kind, 'outside_id', outside_id, 'until', shown_until
        ))
    from alert
)
select is_new from alert

-- name: clear
with gone as (
    delete from outside_alert
    where account_id = :account_id::bigint
        and kind = :kind::text
        and outside_id = :outside_id::text
    returning account_id, bill_unit_id, kind, outside_id
), told as (
    insert into event (business_date, account_id, bill_unit_id, kind, actor, data)
    select
        :business_date::date, account_id, bill_unit_id, 'alert_cleared', :actor::text,
        jsonb_build_object('alert', kind, 'outside_id', outside_id)
    from gone
)
select true from gone
