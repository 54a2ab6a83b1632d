-- name: write_off
-- One write-off adjustment closes all items that were issued by now, also those not yet due.
with owed as (
    select
        due_action.account_id, due_action.action_id, due_action.bill_unit_id,
        due_action.debt_class_id, item.id as item_id, item.open_amount
    from due_action
    join item
        on item.account_id = due_action.account_id
        and item.bill_unit_id = due_action.bill_unit_id
        and item.debt_class_id = due_action.debt_class_id
    where due_action.no between :first_no::int and :last_no::int
        and item.account_id between :first_account::bigint and :last_account::bigint
        and item.open_amount > 0
        and item.issued_on <= :business_date::date
), totals as (
    select
        account_id, action_id, bill_unit_id, debt_class_id, sum(open_amount) as amount,
        nextval('credit_id_seq') as credit_id
    from owed
    group by account_id, action_id, bill_unit_id, debt_class_id
), credits as (
    insert into credit (
        account_id, id, bill_unit_id, action_id, effective_on, amount, open_amount, kind
    )
    select
        account_id, credit_id, bill_unit_id, action_id, :business_date::date, amount, 0,
        'write_off'
    from totals
    order by account_id, credit_id
), allocated as (
    insert into allocation (account_id, credit_id, item_id, effective_on, posted_on, amount)
    select
        owed.account_id, totals.credit_id, owed.item_id, :business_date::date,
        :business_date::date, owed.open_amount
    from owed
    join totals
        on totals.account_id = owed.account_id
        and totals.action_id = owed.action_id
        and totals.bill_unit_id = owed.bill_unit_id
), closed as (
    update item
    set open_amount = 0
    from owed
    where item.account_id = owed.account_id
        and item.id = owed.item_id
        and item.account_id between :first_account::bigint and :last_account::bigint
), moved as (
    -- where the policy has a debt class for it, written-off debt moves there; from there it goes
    insert into item (
        account_id, bill_unit_id, debt_class_id, issued_on, due_on, amount, open_amount, kind
    )
    select
        totals.account_id, totals.bill_unit_id, debt_class.id, :business_date::date,
        :business_date::date, totals.amount, totals.amount, 'written_off'
    from totals
    join debt_class on debt_class.write_off and debt_class.id <> totals.debt_class_id
    order by totals.account_id, totals.credit_id
)
update due_action
set amount = totals.amount
from totals
where due_action.account_id = totals.account_id
    and due_action.action_id = totals.action_id
    and due_action.bill_unit_id = totals.bill_unit_id
