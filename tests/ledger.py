"""What each bill unit owes on a day, reckoned from the load files alone: a second opinion on the
database that shares none of its code.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from dunwell.db.database import Database
from tests.play import Rows

Balances = dict[str, Decimal]


def owed(rows: Rows, day: date) -> Balances:
    """Bills and debit adjustments, less payments and credit adjustments, dated up to the day."""
    balances: Balances = defaultdict(Decimal)
    for bill_unit_no, amount in (
        *_bills(rows, day),
        *_payments(rows, day),
        *_adjustments(rows, day),
    ):
        balances[bill_unit_no] += amount
    return dict(balances)


def _bills(rows: Rows, day: date) -> Iterator[tuple[str, Decimal]]:
    """Each bill at its newest total: that of its latest correction, once it is issued."""
    bills = _of(rows, "bills")
    corrections = {bill["corrects"]: number for number, bill in bills.items() if "corrects" in bill}
    for number, bill in bills.items():
        if "corrects" in bill or date.fromisoformat(bill["issued_on"]) > day:
            continue
        newest, successor = bill, corrections.get(number)
        while successor and date.fromisoformat(bills[successor]["issued_on"]) <= day:
            newest, successor = bills[successor], corrections.get(successor)
        yield bill["bill_unit_no"], Decimal(newest["amount"])


def _payments(rows: Rows, day: date) -> Iterator[tuple[str, Decimal]]:
    payments = {
        number: payment
        for number, payment in _of(rows, "payments").items()
        if date.fromisoformat(payment["paid_on"]) <= day
    }
    bounced = {payment["reverses"] for payment in payments.values() if "reverses" in payment}
    for number, payment in payments.items():
        if number not in bounced and "reverses" not in payment:
            yield payment["bill_unit_no"], -Decimal(payment["amount"])


def _adjustments(rows: Rows, day: date) -> Iterator[tuple[str, Decimal]]:
    for adjustment in _of(rows, "adjustments").values():
        if date.fromisoformat(adjustment["made_on"]) <= day:
            yield adjustment["bill_unit_no"], Decimal(adjustment["amount"])


def _of(rows: Rows, kind: str) -> dict[str, dict[str, str]]:
    return {number: values for (name, number), values in rows.items() if name == kind}


def stands(database: Database, day: date) -> tuple[Balances, Balances]:
    """What the database says: what is open less what is left as credit, and what the night itself
    (fees less write-offs) and people (adjustments) have added to it.
    """
    with database.connect() as connection:
        found = connection.execute(
            """
            select
                bill_unit.bill_unit_no,
                (
                    select coalesce(sum(item.open_amount), 0)
                    from item
                    where item.account_id = bill_unit.account_id
                        and item.bill_unit_id = bill_unit.id
                        and item.issued_on <= %(day)s
                ) - (
                    select coalesce(sum(credit.open_amount), 0)
                    from credit
                    where credit.account_id = bill_unit.account_id
                        and credit.bill_unit_id = bill_unit.id
                        and credit.effective_on <= %(day)s
                ),
                (
                    select coalesce(sum(charge.amount), 0)
                    from charge
                    where charge.account_id = bill_unit.account_id
                        and charge.bill_unit_id = bill_unit.id
                ) - (
                    select coalesce(sum(credit.amount), 0)
                    from credit
                    where credit.account_id = bill_unit.account_id
                        and credit.bill_unit_id = bill_unit.id
                        and credit.kind = 'write_off'
                ) + (
                    select coalesce(sum(
                        case adjustment.direction
                            when 'debit' then adjustment.amount
                            else -adjustment.amount
                        end
                    ), 0)
                    from adjustment
                    where adjustment.account_id = bill_unit.account_id
                        and adjustment.bill_unit_id = bill_unit.id
                        and adjustment.status = 'posted'
                )
            from bill_unit
            """,
            {"day": day},
        ).fetchall()
    return {no: net for no, net, _ in found}, {no: added for no, _, added in found}
