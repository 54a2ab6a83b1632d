-- Service agreements of a bill unit.

-- name: agreements
-- With what each owes overdue, and whether a cut would put somebody at risk: life support counts for
-- the person, and for every agreement of the premise.
select
    service_agreement.id, service_agreement.service_agreement_no, service_agreement.type,
    service_agreement.status,
    debt_class.name as debt_class, service_agreement.started_on, service_agreement.stopped_on,
    service_agreement.premise_no, service_agreement.premise_address,
    {{life_support}} as life_support, {{sensitive_load}} as sensitive_load,
    service_agreement.master_meter, service_agreement.third_party_supplier, bill_unit.currency,
    round_money(coalesce((
        select sum(item.open_amount)
        from item
        where item.account_id = service_agreement.account_id
            and item.bill_unit_id = service_agreement.bill_unit_id
            and item.service_agreement_id = service_agreement.id
            and item.open_amount > 0
            and item.due_on < :business_date::date
            and item.issued_on <= :business_date::date
    ), 0), bill_unit.currency)::text as overdue_amount
from service_agreement
join account on account.id = service_agreement.account_id
join bill_unit
    on bill_unit.account_id = service_agreement.account_id
    and bill_unit.id = service_agreement.bill_unit_id
left join debt_class on debt_class.id = service_agreement.debt_class_id
where service_agreement.account_id = :account_id::bigint
    and service_agreement.bill_unit_id = :bill_unit_id::bigint
    and (
        :number::text is null or service_agreement.service_agreement_no = :number::text
    )
    and (:after::text is null or service_agreement.service_agreement_no > :after::text)
order by service_agreement.service_agreement_no
limit :most::bigint
