-- What a bill unit was billed, and what was credited to it; without one, all those of an account.

-- name: bills
-- Bills from a key on, the newest first: each with its corrections, its items and its dispute. The
-- page is chosen first, so that these are asked for its rows alone.
with page as materialized (
    select
        bill.account_id, bill.id, bill.bill_unit_id, bill.bill_no, bill.issued_on, bill.due_on,
        bill.amount, bill.debt_class_id
    from bill
    where bill.account_id = :account_id::bigint
        {{of_unit}}
        and bill.root_id = bill.id
        and (:bill_no::text is null or bill.bill_no = :bill_no::text)
        and (
            :after_due::date is null
            or (bill.due_on, bill.id) < (:after_due::date, :after_id::bigint)
        )
    order by bill.due_on desc, bill.id desc
    limit :limit::int
), owed as materialized (
    -- all at once: nothing leads from a bill to its items but their account
    select
        item.bill_id, sum(item.open_amount) as open_amount,
        jsonb_agg(
            jsonb_build_object(
                'kind', item.kind, 'number', item.number, 'due_on', item.due_on,
                'amount', round_money(item.amount, bill_unit.currency)::text,
                'open', round_money(item.open_amount, bill_unit.currency)::text,
                'service_agreement_no', service_agreement.service_agreement_no
            )
            order by item.id
        ) as items
    from item
    join bill_unit
        on bill_unit.account_id = item.account_id and bill_unit.id = item.bill_unit_id
    left join service_agreement
        on service_agreement.account_id = item.account_id
        and service_agreement.id = item.service_agreement_id
    where item.account_id = :account_id::bigint
        and item.bill_id = any(array(select page.id from page))
    group by item.bill_id
)
select
    page.id, bill_unit.bill_unit_no, page.bill_no, page.issued_on, page.due_on, debt_class.name as debt_class,
    bill_unit.currency, round_money(page.amount, bill_unit.currency) as amount,
    round_money(coalesce(owed.open_amount, 0), bill_unit.currency) as open_amount,
    coalesce(owed.items, '[]') as items, corrected.corrections,
    round_money(dispute.amount, bill_unit.currency) as disputed_amount, dispute.disputed_on,
    dispute.resolved_on
from page
join bill_unit
    on bill_unit.account_id = page.account_id and bill_unit.id = page.bill_unit_id
join debt_class on debt_class.id = page.debt_class_id
left join owed on owed.bill_id = page.id
cross join lateral (
    select coalesce(jsonb_agg(
        jsonb_build_object(
            'bill_no', bill.bill_no, 'issued_on', bill.issued_on,
            'amount', round_money(bill.amount, bill_unit.currency)::text
        )
        order by bill.issued_on, bill.id
    ), '[]') as corrections
    from bill
    where bill.account_id = page.account_id
        and bill.root_id = page.id
        and bill.corrects_id is not null
) as corrected
left join dispute
    on dispute.account_id = page.account_id
    and dispute.bill_unit_id = page.bill_unit_id
    and dispute.bill_id = page.id
order by page.due_on desc, page.id desc

-- name: other_debts
-- Items that belong to no bill: fees and debit adjustments.
select
    bill_unit.bill_unit_no, item.kind, item.number, item.issued_on, item.due_on, debt_class.name as debt_class,
    bill_unit.currency, round_money(item.amount, bill_unit.currency) as amount,
    round_money(item.open_amount, bill_unit.currency) as open_amount
from item
join bill_unit on bill_unit.account_id = item.account_id and bill_unit.id = item.bill_unit_id
join debt_class on debt_class.id = item.debt_class_id
where item.account_id = :account_id::bigint
    {{of_unit}}
    and item.bill_id is null
order by item.due_on desc, item.id desc
limit :limit::int

-- name: credits
-- What lowered the debt without being a payment: adjustments, lower bills, write-offs.
select
    bill_unit.bill_unit_no, credit.kind, credit.number, credit.effective_on, credit.reason, bill.bill_no,
    bill_unit.currency, round_money(credit.amount, bill_unit.currency) as amount,
    round_money(credit.open_amount, bill_unit.currency) as unapplied
from credit
join bill_unit on bill_unit.account_id = credit.account_id and bill_unit.id = credit.bill_unit_id
left join bill on bill.account_id = credit.account_id and bill.id = credit.bill_id
where credit.account_id = :account_id::bigint
    {{of_unit}}
    and credit.kind <> 'payment'
order by credit.effective_on desc, credit.id desc
limit :limit::int
