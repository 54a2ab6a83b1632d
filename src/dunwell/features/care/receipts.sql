-- Receipts for payments that people take by hand.

-- name: issue
-- What the payment says, and what only the receipt knows; a payment has one receipt.
insert into receipt (
    account_id, bill_unit_id, payment_no, issued_on, paid_on, amount, currency, method, reference,
    payer, cashier
)
select
    credit.account_id, credit.bill_unit_id, credit.number, :issued_on::date, credit.effective_on,
    credit.amount, bill_unit.currency, :method::text, :reference::text, :payer::text, :actor::text
from credit
join bill_unit on bill_unit.account_id = credit.account_id and bill_unit.id = credit.bill_unit_id
where credit.account_id = :account_id::bigint
    and credit.bill_unit_id = :bill_unit_id::bigint
    and credit.kind = 'payment'
    and credit.number = :payment_no::text
on conflict (account_id, payment_no) do nothing
returning id

-- name: log
insert into event (business_date, account_id, bill_unit_id, kind, actor, data)
values (
    :issued_on::date, :account_id::bigint, :bill_unit_id::bigint, 'receipt_issued', :actor::text,
    :facts::jsonb
)

-- name: receipts
-- Of a bill unit, or of all bill units of an account; the newest first.
select
    receipt.id, bill_unit.bill_unit_no, receipt.payment_no, receipt.issued_on, receipt.paid_on,
    round_money(receipt.amount, receipt.currency) as amount, receipt.currency, receipt.method,
    receipt.reference, receipt.payer, receipt.cashier,
    (
        select bill.bill_no
        from credit
        join bill on bill.account_id = credit.account_id and bill.id = credit.bill_id
        where credit.account_id = receipt.account_id
            and credit.kind = 'payment'
            and credit.number = receipt.payment_no
    ) as bill_no
from receipt
join bill_unit
    on bill_unit.account_id = receipt.account_id and bill_unit.id = receipt.bill_unit_id
where receipt.account_id = :account_id::bigint
    and (:bill_unit_id::bigint is null or receipt.bill_unit_id = :bill_unit_id::bigint)
    and (:payment_no::text is null or receipt.payment_no = :payment_no::text)
    and (:receipt_id::bigint is null or receipt.id = :receipt_id::bigint)
    and (
        :after_id::bigint is null
        or (receipt.issued_on, receipt.id) < (:after_day::date, :after_id::bigint)
    )
order by receipt.issued_on desc, receipt.id desc
limit :limit::int

-- name: letterhead
-- Whom the letter is for, and from whom.
select
    brand.name as brand, brand.locale, brand.sender, bill_unit.pay_type, currency.digits,
    jsonb_build_object(
        'account_no', account.account_no, 'name', account.name, 'company', account.company,
        'email', account.email, 'phone', account.phone, 'address', account.address,
        'city', account.city, 'postal_code', account.postal_code, 'country', account.country,
        'locale', account.locale
    ) as account
from bill_unit
join account on account.id = bill_unit.account_id
join brand on brand.id = account.brand_id
join currency on currency.code = bill_unit.currency
where bill_unit.account_id = :account_id::bigint and bill_unit.id = :bill_unit_id::bigint
