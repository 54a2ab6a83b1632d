"""What billing sends in a random history: customers, agreements, bills, corrections, payments,
adjustments and disputes, each on the day on which it becomes known.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import strategies as st

from tests.random_policies import CURRENCIES, DIGITS

FIRST_DAY = date(2026, 1, 1)


@dataclass(frozen=True, slots=True)
class Delivery:
    """Values of one row of a load file that become known on a day."""

    known_on: date
    kind: str
    number: str
    values: dict[str, str]
    dated: bool = True
    """They count from a date of their own, so it makes no difference if they are known earlier."""


@dataclass(slots=True)
class Book:
    """What has been written so far, while a history is drawn."""

    span: int
    currency: str | None = None
    """That of everybody, so that they may share a group."""
    deliveries: list[Delivery] = field(default_factory=list)
    currencies: dict[str, str] = field(default_factory=dict)

    def add(
        self, day: int, kind: str, number: str, *, dated: bool = True, **values: str | None
    ) -> None:
        """A row that becomes known on a day of the history."""
        given = {name: value for name, value in values.items() if value is not None}
        known_on = FIRST_DAY + timedelta(day)
        self.deliveries.append(Delivery(known_on, kind, number, given, dated))


def _day(day: int) -> str:
    return (FIRST_DAY + timedelta(day)).isoformat()


def _text(amount: Decimal, currency: str) -> str:
    return format(round(amount, DIGITS[currency]), "f")


def draw_account(draw: st.DrawFn, book: Book, account_no: str, *, changes: bool) -> None:
    """A customer with a bill unit or two, and all that is billed, paid and disputed there."""
    book.add(
        0,
        "accounts",
        account_no,
        name=f"Customer {account_no}",
        credit_score=draw(st.sampled_from(["", "400", "700"])),
        customer_class=draw(st.sampled_from(["", "gold"])),
    )
    for number in range(1, draw(st.sampled_from([1, 1, 2])) + 1):
        bill_unit_no = f"{account_no}-{number}"
        currency = book.currency or draw(st.sampled_from(CURRENCIES))
        book.currencies[bill_unit_no] = currency
        book.add(
            0,
            "bill_units",
            bill_unit_no,
            account_no=account_no,
            currency=currency,
            pay_type=draw(st.sampled_from(["invoice", "invoice", "card", "barter"])),
        )
        for service in draw(st.sampled_from(["", "E", "EG"])):
            _draw_agreement(draw, book, bill_unit_no, service, changes=changes)
        for month in range(draw(st.integers(1, 4))):
            _draw_bill(draw, book, bill_unit_no, month, changes=changes)
        _draw_unnamed(draw, book, bill_unit_no)
    if changes and draw(st.booleans()):
        score = draw(st.sampled_from(["", "400", "700"]))
        day = draw(st.integers(1, book.span))
        book.add(day, "accounts", account_no, dated=False, credit_score=score)


def _draw_agreement(
    draw: st.DrawFn, book: Book, bill_unit_no: str, service: str, *, changes: bool
) -> None:
    """A service that is known from the start; whom a cut would harm and its end become known."""
    number = f"{bill_unit_no}-{service}"
    book.add(
        0,
        "service_agreements",
        number,
        bill_unit_no=bill_unit_no,
        type={"E": "electricity", "G": "gas"}[service],
        premise_no=draw(st.sampled_from(["P1", "P2"])),
        life_support=draw(st.sampled_from(["false", "false", "false", "true"])),
    )
    if changes and draw(st.booleans()):
        day = draw(st.integers(1, book.span))
        ends = {"status": "stopped", "stopped_on": _day(day)}
        become = draw(st.sampled_from([{"life_support": "true"}, ends]))
        book.add(day, "service_agreements", number, dated=False, **become)


amounts = st.sampled_from([Decimal(each) for each in ("10", "20", "24.99", "25", "40", "60")])
shares = st.sampled_from([Decimal(each) for each in ("1", "1", "0.5", "0.25", "1.5", "0.996")])

CORRECTIONS = (Decimal(2), Decimal("1.5"), Decimal("0.5"), Decimal(0))
"""A corrective bill's total as a multiple of what it corrects."""


def _draw_bill(
    draw: st.DrawFn, book: Book, bill_unit_no: str, month: int, *, changes: bool
) -> None:
    currency = book.currencies[bill_unit_no]
    bill_no = f"{bill_unit_no}-B{month}"
    amount = draw(amounts)
    issued = draw(st.integers(0, book.span))
    due = issued + draw(st.sampled_from([0, 1, 10, 14]))
    debt_class = draw(st.sampled_from([None, None, "hardware"]))
    agreement = draw(st.sampled_from(["", "E", "E", "G"]))
    service = f"{bill_unit_no}-{agreement}" if agreement else None
    # a bill may be known some days before it counts
    known = max(0, issued - draw(st.sampled_from([0, 0, 5])))
    book.add(
        known,
        "bills",
        bill_no,
        bill_unit_no=bill_unit_no,
        issued_on=_day(issued),
        due_on=_day(due),
        amount=_text(amount, currency),
        debt_class=debt_class,
        service_agreement_no=service,
    )
    fate = draw(st.sampled_from(["", "paid", "paid", "paid", "corrected", "disputed", "disputed"]))
    match fate:
        case "paid":
            _draw_payment(draw, book, bill_no, known, amount)
        case "corrected":
            later = issued + draw(st.integers(1, 30))
            book.add(
                later,
                "bills",
                f"{bill_no}c",
                bill_unit_no=bill_unit_no,
                issued_on=_day(later),
                due_on=_day(max(due, later)),
                amount=_text(amount * draw(st.sampled_from(CORRECTIONS)), currency),
                debt_class=debt_class,
                service_agreement_no=service,
                corrects=bill_no,
            )
            if draw(st.booleans()):
                _draw_payment(draw, book, bill_no, known, amount)
        case "disputed":
            _draw_dispute(draw, book, bill_no, known, amount)
    if changes and draw(st.integers(0, 3)) == 0:
        later = known + draw(st.integers(0, 40))
        # no bill may become smaller than what is disputed of it
        share = max(Decimal(1), draw(shares)) if fate == "disputed" else draw(shares)
        changed = _text(amount * share, currency)
        book.add(later, "bills", bill_no, dated=False, amount=changed)


def _draw_payment(draw: st.DrawFn, book: Book, bill_no: str, known: int, billed: Decimal) -> None:
    bill_unit_no = bill_no.rpartition("-")[0]
    currency = book.currencies[bill_unit_no]
    paid = known + draw(st.integers(0, 45))
    payment_no = f"{bill_no}-P"
    amount = _text(billed * draw(shares), currency)
    book.add(
        paid,
        "payments",
        payment_no,
        bill_unit_no=bill_unit_no,
        paid_on=_day(paid),
        amount=amount,
        bill_no=bill_no if draw(st.booleans()) else None,
    )
    if draw(st.integers(0, 3)) == 0:
        bounced = paid + draw(st.integers(0, 20))
        book.add(
            bounced,
            "payments",
            f"{payment_no}r",
            bill_unit_no=bill_unit_no,
            paid_on=_day(bounced),
            amount=amount,
            reverses=payment_no,
        )


def _draw_dispute(draw: st.DrawFn, book: Book, bill_no: str, known: int, billed: Decimal) -> None:
    currency = book.currencies[bill_no.rpartition("-")[0]]
    disputed = known + draw(st.integers(0, 30))
    book.add(
        disputed,
        "bills",
        bill_no,
        disputed_amount=_text(
            billed * draw(st.sampled_from([Decimal(1), Decimal("0.5")])), currency
        ),
        disputed_on=_day(disputed),
    )
    if draw(st.booleans()):
        resolved = disputed + draw(st.integers(1, 25))
        book.add(resolved, "bills", bill_no, dispute_resolved_on=_day(resolved))


def _draw_unnamed(draw: st.DrawFn, book: Book, bill_unit_no: str) -> None:
    """Payments on account and adjustments, which name no bill."""
    currency = book.currencies[bill_unit_no]
    for number in range(draw(st.sampled_from([0, 0, 1, 2]))):
        day = draw(st.integers(0, book.span))
        book.add(
            day,
            "adjustments",
            f"{bill_unit_no}-J{number}",
            bill_unit_no=bill_unit_no,
            made_on=_day(day),
            amount=_text(draw(amounts) * draw(st.sampled_from([1, -1])), currency),
            reason="goodwill",
        )
    for number in range(draw(st.sampled_from([0, 0, 1, 2]))):
        day = draw(st.integers(0, book.span))
        book.add(
            day,
            "payments",
            f"{bill_unit_no}-P{number}",
            bill_unit_no=bill_unit_no,
            paid_on=_day(day),
            amount=_text(draw(amounts), currency),
        )
