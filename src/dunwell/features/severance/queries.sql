-- Severance as people and the field system look at it.

-- name: processes
select
    severance.account_id || '-' || severance.id as severance, bill_unit.bill_unit_no,
    account.account_no, service_agreement.service_agreement_no,
    service_agreement.type as agreement_type, severance.template, severance.purpose,
    severance.status, severance.started_on, severance.ended_on, severance.end_reason,
    severance.cut_on, severance.auto_cancel, severance.version,
    severance.account_id || '-' || severance.reconnects_id as reconnects,
    round_money(severance.arrears, severance.currency) as arrears,
    round_money(severance.cancel_amount, severance.currency) as cancel_amount,
    severance.currency,
    (
        select coalesce(
            jsonb_agg(
                jsonb_build_object(
                    'event', severance_event.account_id || '-' || severance_event.id,
                    'name', severance_event.name, 'type', severance_event.type,
                    'activity', severance_event.activity, 'status', severance_event.status,
                    'after', severance_event.after, 'days', severance_event.days,
                    'due_on', severance_event.due_on, 'sent_on', severance_event.sent_on,
                    'closed_on', severance_event.closed_on,
                    'outcome', severance_event.outcome, 'message', severance_event.message,
                    'refusals', severance_event.refusals, 'version', severance_event.version
                )
                order by severance_event.no
            ),
            '[]'
        )
        from severance_event
        where severance_event.account_id = severance.account_id
            and severance_event.severance_id = severance.id
    ) as events
from severance
join account on account.id = severance.account_id
join bill_unit
    on bill_unit.account_id = severance.account_id and bill_unit.id = severance.bill_unit_id
join service_agreement
    on service_agreement.account_id = severance.account_id
    and service_agreement.id = severance.service_agreement_id
where (:account_id::bigint is null or severance.account_id = :account_id::bigint)
    and (:bill_unit_id::bigint is null or severance.bill_unit_id = :bill_unit_id::bigint)
    and (:severance_id::bigint is null or severance.id = :severance_id::bigint)
    and (:status::text is null or severance.status = :status::text)
    and (:brands::int[] is null or account.brand_id = any(:brands::int[]))
    and (
        :after_account::bigint is null
        or (severance.account_id, severance.id) > (:after_account::bigint, :after_id::bigint)
    )
order by severance.account_id, severance.id
limit :most::int

-- name: outstanding
-- What the field system has before it, and people who were asked to do something.
select
    severance_event.account_id || '-' || severance_event.id as event,
    severance_event.account_id, severance_event.id as event_id,
    severance_event.account_id || '-' || severance_event.severance_id as severance,
    severance_event.name, severance_event.type, severance_event.activity,
    severance_event.status, severance_event.due_on, severance_event.sent_on,
    severance_event.parameters, severance_event.version,
    bill_unit.bill_unit_no, account.account_no, service_agreement.service_agreement_no,
    service_agreement.type as agreement_type, service_agreement.premise_no,
    service_agreement.premise_address
from severance_event
join severance
    on severance.account_id = severance_event.account_id
    and severance.id = severance_event.severance_id
join account on account.id = severance_event.account_id
join bill_unit
    on bill_unit.account_id = severance.account_id and bill_unit.id = severance.bill_unit_id
join service_agreement
    on service_agreement.account_id = severance.account_id
    and service_agreement.id = severance.service_agreement_id
where severance_event.status in ('sent', 'executing')
    and severance_event.type = :type::text
    and (:brands::int[] is null or account.brand_id = any(:brands::int[]))
    and (
        :after_account::bigint is null
        or (severance_event.account_id, severance_event.id)
            > (:after_account::bigint, :after_id::bigint)
    )
order by severance_event.account_id, severance_event.id
limit :most::int
