-- Invariants: each query must return no row. They take the place of foreign keys on the tables
-- that the night writes, and watch what no constraint can.

-- name: item_open_amount_is_its_amount_less_its_allocations
select item.account_id, item.id, item.amount, item.open_amount, paid.amount as paid
from item
left join (
    select account_id, item_id, sum(amount) as amount from allocation group by account_id, item_id
) as paid on paid.account_id = item.account_id and paid.item_id = item.id
where item.open_amount <> item.amount - coalesce(paid.amount, 0)

-- name: credit_open_amount_is_its_amount_less_its_allocations
select credit.account_id, credit.id, credit.amount, credit.open_amount, spent.amount as spent
from credit
left join (
    select account_id, credit_id, sum(amount) as amount
    from allocation group by account_id, credit_id
) as spent on spent.account_id = credit.account_id and spent.credit_id = credit.id
where credit.open_amount <> credit.amount - coalesce(spent.amount, 0)
    -- a posted reversal and the payment that it undoes cancel out
    and not (
        credit.open_amount = 0 and coalesce(spent.amount, 0) = 0 and (
            credit.reverses_id is not null
            or exists (
                select from credit as reversal
                where reversal.account_id = credit.account_id
                    and reversal.reverses_id = credit.id
                    and reversal.open_amount = 0
            )
        )
    )

-- name: allocation_belongs_to_an_item_and_a_credit_of_one_bill_unit
select allocation.account_id, allocation.id
from allocation
left join item on item.account_id = allocation.account_id and item.id = allocation.item_id
left join credit on credit.account_id = allocation.account_id and credit.id = allocation.credit_id
where item.id is null or credit.id is null or item.bill_unit_id <> credit.bill_unit_id

-- name: bill_belongs_to_a_bill_unit
select bill.account_id, bill.id
from bill
left join bill_unit
    on bill_unit.account_id = bill.account_id and bill_unit.id = bill.bill_unit_id
where bill_unit.id is null

-- name: bill_makes_one_item
select account_id, source_bill_id
from item
where source_bill_id is not null
group by account_id, source_bill_id
having count(*) > 1

-- name: case_belongs_to_a_bill_unit_and_a_scenario
select collection_case.account_id, collection_case.id
from collection_case
left join bill_unit
    on bill_unit.account_id = collection_case.account_id
    and bill_unit.id = collection_case.bill_unit_id
left join scenario on scenario.id = collection_case.scenario_id
where bill_unit.id is null or scenario.id is null

-- name: action_belongs_to_a_case_and_a_definition
select action.account_id, action.id
from action
left join collection_case
    on collection_case.account_id = action.account_id and collection_case.id = action.case_id
left join action_definition on action_definition.id = action.action_definition_id
where collection_case.id is null or action_definition.id is null

-- name: closed_case_has_a_reason_a_date_and_no_open_action
select collection_case.account_id, collection_case.id
from collection_case
where collection_case.status = 'closed'
    and (
        collection_case.close_reason is null
        or collection_case.closed_on is null
        or exists (
            select from action
            where action.account_id = collection_case.account_id
                and action.case_id = collection_case.id
                and action.status in ('pending', 'waiting', 'error')
        )
    )

-- name: waiting_action_has_something_to_wait_for
select action.account_id, action.id
from action
where action.status = 'waiting'
    and not exists (
        select from action as blocking
        where blocking.account_id = action.account_id
            and blocking.case_id = action.case_id
            and blocking.promise_id is null
            and blocking.status in ('pending', 'error')
    )

-- name: open_case_shows_its_balance
select collection_case.account_id, collection_case.id, collection_case.overdue_amount,
    balance.overdue_amount as balance
from collection_case
left join balance
    on balance.account_id = collection_case.account_id
    and balance.bill_unit_id = collection_case.bill_unit_id
    and balance.debt_class_id = collection_case.debt_class_id
where collection_case.status = 'open'
    and collection_case.overdue_amount <> coalesce(balance.overdue_amount, 0)

-- name: case_shows_its_customer
select collection_case.account_id, collection_case.id
from collection_case
join account on account.id = collection_case.account_id
join bill_unit
    on bill_unit.account_id = collection_case.account_id
    and bill_unit.id = collection_case.bill_unit_id
where collection_case.brand_id <> account.brand_id
    or collection_case.status = 'open'
    and (
        collection_case.pay_type, collection_case.bill_unit_status, collection_case.account_status
    ) is distinct from (bill_unit.pay_type, bill_unit.status, account.status)

-- name: active_promise_has_an_open_case_and_comes_to_its_instalments
select promise.account_id, promise.id, promise.total
from promise
left join collection_case
    on collection_case.account_id = promise.account_id and collection_case.id = promise.case_id
where promise.status = 'active'
    and (
        collection_case.status is distinct from 'open'
        or promise.total <> (
            select coalesce(sum(instalment.amount), 0)
            from action
            join instalment
                on instalment.account_id = action.account_id and instalment.action_id = action.id
            where action.account_id = promise.account_id
                and action.case_id = promise.case_id
                and action.promise_id = promise.id
                and action.status <> 'cancelled'
        )
    )

-- name: instalment_is_open_only_while_its_promise_is_active
select action.account_id, action.id
from action
left join promise on promise.account_id = action.account_id and promise.id = action.promise_id
where action.promise_id is not null
    and action.status in ('pending', 'waiting', 'error')
    and promise.status is distinct from 'active'

-- name: charge_is_its_item
select charge.account_id, charge.id
from charge
left join item on item.account_id = charge.account_id and item.id = charge.item_id
where item.id is null or item.amount <> charge.amount

-- name: letter_that_went_out_has_its_document
select letter.account_id, letter.id
from letter
left join letter_document
    on letter_document.account_id = letter.account_id and letter_document.letter_id = letter.id
where letter.status in ('rendered', 'sending', 'uncertain', 'sent')
    and letter_document.id is null

-- name: balance_is_positive
select account_id, bill_unit_id from balance where overdue_amount <= 0

-- name: referral_ends_with_its_case
select agency_referral.account_id, agency_referral.id
from agency_referral
join collection_case
    on collection_case.account_id = agency_referral.account_id
    and collection_case.id = agency_referral.case_id
where agency_referral.status in ('ready', 'exported') and collection_case.status = 'closed'

-- name: collected_charge_is_one_payment
select payment_attempt.account_id, payment_attempt.id
from payment_attempt
left join credit
    on credit.account_id = payment_attempt.account_id
    and credit.kind = 'payment'
    and credit.number = 'collected-' || payment_attempt.idempotency_key
where payment_attempt.status = 'succeeded' and credit.id is null

-- name: severance_belongs_to_an_agreement_of_its_bill_unit
select severance.account_id, severance.id
from severance
left join service_agreement
    on service_agreement.account_id = severance.account_id
    and service_agreement.id = severance.service_agreement_id
where service_agreement.bill_unit_id is distinct from severance.bill_unit_id

-- name: event_of_severance_has_its_date_once_it_no_longer_waits
select account_id, id, status, due_on
from severance_event
where (status = 'waiting') and due_on is not null
    or status not in ('waiting', 'cancelled') and due_on is null

-- name: event_of_severance_waits_while_a_predecessor_is_open
select severance_event.account_id, severance_event.id, predecessor.name
from severance_event
join severance_event as predecessor
    on predecessor.account_id = severance_event.account_id
    and predecessor.severance_id = severance_event.severance_id
where severance_event.after ? predecessor.name
    and severance_event.status not in ('waiting', 'cancelled')
    and predecessor.status not in ('completed', 'cancelled')

-- name: nothing_of_an_ended_severance_is_open
-- But a cut that was under way when it was cancelled, which the field has to answer.
select severance.account_id, severance.id, severance_event.name, severance_event.status
from severance
join severance_event
    on severance_event.account_id = severance.account_id
    and severance_event.severance_id = severance.id
where severance.status <> 'active'
    and severance_event.status not in ('completed', 'cancelled')
    and not (severance.status = 'cancelled' and severance_event.status = 'executing')

-- name: reconnection_never_ends_by_itself
select account_id, id from severance where purpose = 'reconnect' and auto_cancel

-- name: posted_adjustment_is_a_credit_or_an_item
select adjustment.account_id, adjustment.id, adjustment.number
from adjustment
left join credit
    on credit.account_id = adjustment.account_id
    and credit.kind = 'adjustment'
    and credit.number = adjustment.number
left join item
    on item.account_id = adjustment.account_id
    and item.kind = 'adjustment'
    and item.number = adjustment.number
where adjustment.status = 'posted' and credit.id is null and item.id is null

-- name: adjustment_of_a_dispute_waits_only_while_it_goes_on
-- But for one that a file has ended meanwhile, which somebody has to reject.
select adjustment.account_id, adjustment.id
from adjustment
left join dispute
    on dispute.account_id = adjustment.account_id and dispute.id = adjustment.dispute_id
where adjustment.status = 'waiting'
    and adjustment.dispute_id is not null
    and dispute.resolved_by is not null
