-- Is a letter or reminder still wanted? Asked again right before it is rendered and before it goes.

-- name: withdraw
-- Of these: its case is closed, its bill unit became exempt, or what was paid since the night
-- leaves no more than the exit amount. That of a severance process is wanted unless that was
-- cancelled. Says why, in the row and in the log.
with claimed as (
    select account_id, id
    from unnest(:account_ids::bigint[], :ids::bigint[]) as given (account_id, id)
), examined as (
    select
        message.account_id, message.id, message.bill_unit_id, message.case_id, message.template,
        collection_case.status as case_status, collection_case.close_reason,
        scenario.exit_amount, coalesce(balance.overdue_amount, 0) as overdue_amount,
        (
            -- a payment for a bill that isn't issued yet pays nothing of this
            select coalesce(sum(credit.open_amount), 0)
            from credit
            left join bill on bill.account_id = credit.account_id and bill.id = credit.bill_id
            where credit.account_id = collection_case.account_id
                and credit.bill_unit_id = collection_case.bill_unit_id
                and credit.open_amount <> 0
                and credit.effective_on <= :business_date::date
                and not credit.reapply
                and (bill.id is null or bill.issued_on <= :business_date::date)
        ) as paid_since,
        exists (
            select from exemption
            where exemption.account_id = collection_case.account_id
                and exemption.bill_unit_id = collection_case.bill_unit_id
                and exemption.exempt_from <= :business_date::date
                and coalesce(exemption.exempt_until, 'infinity') >= :business_date::date
        ) as exempt,
        {{severance_status}} as severance_status
    from claimed
    join {{table}} as message
        on message.account_id = claimed.account_id and message.id = claimed.id
    join collection_case
        on collection_case.account_id = message.account_id
        and collection_case.id = message.case_id
    join scenario on scenario.id = collection_case.scenario_id
    left join balance
        on balance.account_id = collection_case.account_id
        and balance.bill_unit_id = collection_case.bill_unit_id
        and balance.debt_class_id = collection_case.debt_class_id
), unwanted as (
    select
        examined.*,
        case
            when severance_status = 'cancelled' then 'severance_cancelled'
            when case_status <> 'open' then 'case_closed'
            when exempt then 'exempted'
            else 'paid'
        end as reason
    from examined
    where case
        when severance_status is not null then severance_status = 'cancelled'
        else case_status <> 'open'
            or exempt
            or overdue_amount - greatest(paid_since, 0) <= exit_amount
    end
), withdrawn as (
    update {{table}} as message
    set status = 'withdrawn', message = unwanted.reason
    from unwanted
    where message.account_id = unwanted.account_id and message.id = unwanted.id
), logged as (
    insert into event (business_date, account_id, bill_unit_id, case_id, kind, actor, data)
    select
        :business_date::date, account_id, bill_unit_id, case_id, :kind::text, 'delivery',
        jsonb_strip_nulls(jsonb_build_object(
            'id', id, 'template', template, 'reason', reason, 'close_reason', close_reason,
            'overdue_amount', overdue_amount::text, 'paid_since', paid_since::text,
            'exit_amount', exit_amount::text
        ))
    from unwanted
)
select account_id, id, reason from unwanted
