"""A year of a bill unit: its monthly bills, and what its payer does about them.

Amounts are whole cents until they are written. Whatever happens after the last day of the year is
left out, so the last bills are still open.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from dunwell.cli.demo.customers import SEED, BillUnit, Payer

YEAR = 2025
LAST_DAY = date(YEAR, 12, 31)
DAYS_TO_PAY = 20

# how likely things are
CORRECTED = 0.008
DISPUTED = 0.007
DISPUTE_RESOLVED = 0.75
CREDITED = 0.012
CHARGED = 0.002
BILL_NAMED = 0.7
FORGOTTEN = 0.02
BOUNCED = 0.45
PAID_LATER = 0.6
COMES_BACK = 0.35

AFTER_DUE = {
    Payer.EARLY: (-16, -2),
    Payer.PUNCTUAL: (-1, 0),
    Payer.LATE: (2, 28),
    Payer.SLOW: (25, 80),
}
"""Days after the due date between which these payers pay in full."""


@dataclass(frozen=True, slots=True)
class Bill:
    """A row of bills.csv."""

    bill_no: str
    bill_unit_no: str
    issued_on: date
    due_on: date
    cents: int
    corrects: str = ""
    disputed_cents: int | None = None
    disputed_on: date | None = None
    dispute_resolved_on: date | None = None


@dataclass(frozen=True, slots=True)
class Payment:
    """A row of payments.csv; `reverses` names the payment that bounced."""

    payment_no: str
    bill_unit_no: str
    paid_on: date
    cents: int
    method: str
    bill_no: str = ""
    reverses: str = ""


@dataclass(frozen=True, slots=True)
class Adjustment:
    """A row of adjustments.csv; a negative amount is a credit."""

    adjustment_no: str
    bill_unit_no: str
    made_on: date
    cents: int
    reason: str
    bill_no: str = ""


@dataclass(frozen=True, slots=True)
class Year:
    """Everything that a bill unit got and paid."""

    bills: list[Bill] = field(default_factory=list)
    payments: list[Payment] = field(default_factory=list)
    adjustments: list[Adjustment] = field(default_factory=list)


@dataclass(slots=True)
class _Ledger:
    """One bill unit on its way through the year."""

    unit: BillUnit
    random: Random
    year: Year
    lapses_in: int
    comes_back_on: date | None
    unpaid_cents: int = 0

    def pay(self, bill_no: str, on: date, cents: int, mark: str = "") -> None:
        """Pay (part of) a bill; most customers name it."""
        named = bill_no if self.happens(BILL_NAMED) else ""
        self.record(f"P{bill_no}{mark}", on, cents, bill_no=named)

    def record(self, number: str, on: date, cents: int, **also: str) -> None:
        """Record a payment if it falls into the year."""
        if on <= LAST_DAY and cents:
            unit = self.unit
            self.year.payments.append(
                Payment(number, unit.bill_unit_no, on, cents, unit.pay_type, **also)
            )

    def days(self, low: int, high: int) -> timedelta:
        """Some days."""
        return timedelta(days=self.random.randint(low, high))

    def happens(self, share: float) -> bool:
        """Whether something of this likelihood happens."""
        return self.random.random() < share


def year_of(unit: BillUnit) -> Year:
    """The bill unit's year, the same every time."""
    random = Random(f"{SEED} year {unit.bill_unit_no}")
    lapses_in = random.randint(4, 11)
    comes_back_on = date(YEAR, lapses_in, unit.cycle_day) + timedelta(days=random.randint(60, 190))
    ledger = _Ledger(unit, random, Year(), lapses_in, comes_back_on)
    if not ledger.happens(COMES_BACK):
        ledger.comes_back_on = None
    for month in range(1, 13):
        _month(ledger, month)
    if ledger.comes_back_on:
        ledger.record(f"P{unit.bill_unit_no}-all", ledger.comes_back_on, ledger.unpaid_cents)
    return ledger.year


def _month(ledger: _Ledger, month: int) -> None:
    unit, random = ledger.unit, ledger.random
    issued_on = date(YEAR, month, unit.cycle_day)
    due_on = issued_on + timedelta(days=DAYS_TO_PAY)
    bill_no = f"{unit.bill_unit_no}-{YEAR % 100}{month:02}"
    # the plan's price, and what was used beyond it
    cents = unit.monthly_cents + max(0, int(random.gauss(0, unit.monthly_cents / 8)))
    disputed, disputed_on, resolved_on = 0, None, None
    if ledger.happens(DISPUTED):
        disputed = cents * random.randint(30, 100) // 100
        disputed_on = due_on - timedelta(days=random.randint(2, 12))
        resolved_on = (
            disputed_on + ledger.days(20, 60) if ledger.happens(DISPUTE_RESOLVED) else None
        )
    ledger.year.bills.append(
        Bill(
            bill_no,
            unit.bill_unit_no,
            issued_on,
            due_on,
            cents,
            disputed_cents=disputed or None,
            disputed_on=disputed_on,
            dispute_resolved_on=resolved_on,
        )
    )
    owed = cents
    if not disputed and ledger.happens(CORRECTED):
        owed = _correct(ledger, ledger.year.bills[-1])
    owed += _adjust(ledger, ledger.year.bills[-1])
    _settle(ledger, bill_no, due_on, max(0, owed - disputed), month)
    if disputed and resolved_on and ledger.happens(PAID_LATER):
        ledger.pay(bill_no, resolved_on + ledger.days(5, 20), disputed, "D")


def _correct(ledger: _Ledger, bill: Bill) -> int:
    """A corrective bill: its amount is the new total, its due date the old one."""
    cents = bill.cents * ledger.random.randint(50, 90) // 100
    issued_on = bill.issued_on + ledger.days(4, 15)
    if issued_on > LAST_DAY:
        return bill.cents
    ledger.year.bills.append(
        Bill(
            f"{bill.bill_no}C",
            bill.bill_unit_no,
            issued_on,
            bill.due_on,
            cents,
            corrects=bill.bill_no,
        )
    )
    return cents


def _adjust(ledger: _Ledger, bill: Bill) -> int:
    cents, reason = 0, ""
    if ledger.happens(CREDITED):
        cents, reason = -ledger.random.randrange(500, 2_000, 100), "goodwill"
    elif ledger.happens(CHARGED):
        cents, reason = 7_900, "equipment not returned"
    made_on = bill.issued_on + ledger.days(3, 30)
    if not cents or made_on > LAST_DAY:
        return 0
    ledger.year.adjustments.append(
        Adjustment(
            f"J{bill.bill_no}",
            bill.bill_unit_no,
            made_on,
            cents,
            reason,
            # a charge is an item of its own
            bill_no=bill.bill_no if cents < 0 else "",
        )
    )
    return cents


def _settle(ledger: _Ledger, bill_no: str, due_on: date, cents: int, month: int) -> None:
    """What this payer does about this bill."""
    match ledger.unit.payer:
        case Payer.EARLY if ledger.happens(FORGOTTEN):
            ledger.pay(bill_no, due_on + ledger.days(4, 30), cents)
        case Payer.EARLY | Payer.PUNCTUAL | Payer.LATE | Payer.SLOW as payer:
            ledger.pay(bill_no, due_on + ledger.days(*AFTER_DUE[payer]), cents)
        case Payer.IN_PART:
            part = cents * ledger.random.randint(30, 75) // 100
            ledger.pay(bill_no, due_on + ledger.days(-2, 14), part)
            if ledger.happens(PAID_LATER):
                ledger.pay(bill_no, due_on + ledger.days(30, 75), cents - part, "B")
        case Payer.BOUNCING:
            _pay_and_bounce(ledger, bill_no, due_on, cents)
        case Payer.LAPSED if month < ledger.lapses_in or _is_back(ledger, due_on):
            ledger.pay(bill_no, due_on + ledger.days(-3, 6), cents)
        case Payer.LAPSED:
            ledger.unpaid_cents += cents


def _is_back(ledger: _Ledger, due_on: date) -> bool:
    return ledger.comes_back_on is not None and due_on >= ledger.comes_back_on


def _pay_and_bounce(ledger: _Ledger, bill_no: str, due_on: date, cents: int) -> None:
    ledger.pay(bill_no, due_on, cents)
    if due_on > LAST_DAY or not ledger.happens(BOUNCED):
        return
    bounced_on = due_on + ledger.days(3, 7)
    ledger.record(f"P{bill_no}R", bounced_on, -cents, reverses=f"P{bill_no}")
    if ledger.happens(PAID_LATER):
        ledger.pay(bill_no, bounced_on + ledger.days(10, 40), cents, "B")
