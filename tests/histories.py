"""Random small histories of a business, as values: what becomes known on which day, which policy
is in force from when, what people do by hand, and on which dates the night runs.

Everything goes through the public surface: rows of load files, policy documents and the services.
`tests.play` plays a history on a database; the property tests compare such plays.
"""

import os
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

from tests.random_policies import CURRENCIES, DIGITS, policies

FIRST_DAY = date(2026, 1, 1)

settings.register_profile(
    "thorough",
    max_examples=150,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    print_blob=True,
)
settings.register_profile(
    "modest",
    max_examples=8,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    derandomize=True,
)
settings.register_profile(
    "unshrunk",
    max_examples=30,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    print_blob=True,
)
PROFILE = os.environ.get("DUNWELL_HYPOTHESIS_PROFILE", "modest")
at_length = settings.get_profile(PROFILE)
"""How many histories a property is tried on."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """Values of one row of a load file that become known on a day."""

    known_on: date
    kind: str
    number: str
    values: dict[str, str]
    dated: bool = True
    """They count from a date of their own, so it makes no difference if they are known earlier."""


CASE_VERBS = (
    *("complete", "cancel", "retry", "reschedule", "add", "exempt", "lift_exemption"),
    *("hold", "lift_hold", "stop", "replace", "place", "demerit"),
    *("adjust", "dispute", "resolve"),
)
GROUP_VERBS = ("group", "let in", "take out", "change parent", "dissolve")
PLAN_VERBS = ("plan", "change plan", "cancel plan")
SEVERANCE_VERBS = (
    *("field done", "field done", "field trouble", "field asks"),
    *("complete event", "cancel severance"),
)
PROMISE_VERBS = ("promise", "promise more", "postpone", "pay", "let off", "raise", "revoke")


@dataclass(frozen=True, slots=True)
class Deed:
    """What a person does with a bill unit's case before that day's night; what is done with a
    promise or a pay plan waits until there can be one.
    """

    on: date
    verb: str
    bill_unit_no: str
    until: date | None = None
    """The last exempt day or day on hold, if it ends; the new day of an action; the first day of a
    promise."""
    days: int = 0
    """By how many days those that follow move (less than 0: cancelled), or how long ago it began.
    """
    number: int = 1
    """How many instalments are promised, or by how many days the first open one is put off."""
    others: tuple[str, ...] = ()
    """The bill units that a sharing group gets or loses."""


@dataclass(frozen=True, slots=True)
class History:
    """A few months of a small business."""

    deliveries: tuple[Delivery, ...]
    policies: tuple[tuple[date, dict[str, Any]], ...]
    deeds: tuple[Deed, ...]
    nights: tuple[date, ...]


@dataclass(slots=True)
class _Book:
    """What has been written so far, while a history is drawn."""

    span: int
    currency: str | None = None
    """That of everybody, so that they may share a group."""
    deliveries: list[Delivery] = field(default_factory=list)
    currencies: dict[str, str] = field(default_factory=dict)

    def add(
        self, day: int, kind: str, number: str, *, dated: bool = True, **values: str | None
    ) -> None:
        given = {name: value for name, value in values.items() if value is not None}
        known_on = FIRST_DAY + timedelta(day)
        self.deliveries.append(Delivery(known_on, kind, number, given, dated))


def _day(day: int) -> str:
    return (FIRST_DAY + timedelta(day)).isoformat()


def _text(amount: Decimal, currency: str) -> str:
    return format(round(amount, DIGITS[currency]), "f")


@st.composite
def histories(draw: st.DrawFn, *, changes: bool = True) -> History:
    """A history; with `changes` also what can't be known earlier: changed rows, late payments."""
    book = _Book(draw(st.integers(20, 60)), draw(st.sampled_from([None, "USD", "JPY"])))
    for number in range(1, draw(st.integers(1, 4)) + 1):
        _draw_account(draw, book, f"A{number}", changes=changes)
    nights = _draw_nights(draw, book.span)
    return History(
        deliveries=tuple(sorted(book.deliveries, key=lambda each: each.known_on)),
        policies=_draw_policies(draw, book),
        deeds=(
            *_draw_groups(draw, book),
            *_draw_promises(draw, book),
            *_draw_plans(draw, book),
            *_draw_severance(draw, book),
            *draw(st.lists(_deeds(book), max_size=5)),
        ),
        nights=nights,
    )


def _draw_nights(draw: st.DrawFn, span: int) -> tuple[date, ...]:
    nights, day = [], draw(st.integers(0, 12))
    while day < span + 15:
        nights.append(FIRST_DAY + timedelta(day))
        # mostly every night, sometimes some are missed
        day += draw(st.sampled_from([1, 1, 1, 2, 3, 7]))
    return tuple(nights)


def _draw_policies(draw: st.DrawFn, book: _Book) -> tuple[tuple[date, dict[str, Any]], ...]:
    currencies = sorted(set(book.currencies.values()))
    found = [(FIRST_DAY, draw(policies(currencies)))]
    if draw(st.booleans()):
        day = draw(st.integers(1, book.span))
        found.append((FIRST_DAY + timedelta(day), draw(policies(currencies))))
    return tuple(found)


def _draw_groups(draw: st.DrawFn, book: _Book) -> list[Deed]:
    """Often somebody answers for others from early on, and sometimes that changes."""
    everybody = sorted(book.currencies)
    if book.currency is None or len(everybody) < 2 or not draw(st.integers(0, 2)):
        return []
    first, *others = draw(st.permutations(everybody))
    on = FIRST_DAY + timedelta(draw(st.integers(0, 20)))
    members = tuple(others[: draw(st.integers(1, len(others)))])
    found = [Deed(on, "group", first, others=members)]
    if draw(st.booleans()):
        verb = draw(st.sampled_from(["take out", "dissolve", "change parent", "let in"]))
        later = on + timedelta(draw(st.integers(5, 40)))
        found.append(Deed(later, verb, draw(st.sampled_from(everybody)), others=(others[-1],)))
    return found


def _draw_promises(draw: st.DrawFn, book: _Book) -> list[Deed]:
    """Whoever is in collections may promise, and may be talked to again."""
    found = []
    for bill_unit_no in sorted(book.currencies):
        wishes = ["promise", draw(st.sampled_from([None, *PROMISE_VERBS]))]
        for verb in wishes[: draw(st.integers(0, 2))]:
            on = FIRST_DAY + timedelta(draw(st.integers(1, book.span)))
            until = on + timedelta(draw(st.sampled_from([0, 2, 5])))
            number = draw(st.sampled_from([1, 2, 3]))
            if verb is not None:
                found.append(Deed(on, verb, bill_unit_no, until, number))
    return found


def _draw_plans(draw: st.DrawFn, book: _Book) -> list[Deed]:
    """Whoever owes something may get a pay plan, which may be changed or cancelled later."""
    found = []
    for bill_unit_no in sorted(book.currencies):
        wishes = ["plan", draw(st.sampled_from([None, None, *PLAN_VERBS]))]
        for verb in wishes[: draw(st.integers(0, 2))]:
            on = FIRST_DAY + timedelta(draw(st.integers(1, book.span)))
            until = on + timedelta(draw(st.sampled_from([0, 3, 10])))
            days, number = draw(st.sampled_from([0, 0, 1, 2])), draw(st.sampled_from([1, 2, 3]))
            if verb is not None:
                found.append(Deed(on, verb, bill_unit_no, until, days, number))
    return found


def _draw_severance(draw: st.DrawFn, book: _Book) -> list[Deed]:
    """What the field answers, and what people do with a severance, as soon as there is one."""
    found = []
    for bill_unit_no in sorted(book.currencies):
        for verb in draw(st.lists(st.sampled_from(SEVERANCE_VERBS), max_size=5)):
            on = FIRST_DAY + timedelta(draw(st.integers(1, book.span)))
            found.append(Deed(on, verb, bill_unit_no, days=draw(st.sampled_from([0, 1, 2]))))
    return found


@st.composite
def _deeds(draw: st.DrawFn, book: _Book) -> Deed:
    on = FIRST_DAY + timedelta(draw(st.integers(1, book.span)))
    return Deed(
        on,
        draw(st.sampled_from([*CASE_VERBS, *PROMISE_VERBS, *PROMISE_VERBS, *GROUP_VERBS])),
        draw(st.sampled_from(sorted(book.currencies))),
        draw(st.sampled_from([None, on, on + timedelta(4), on + timedelta(12)])),
        draw(st.sampled_from([0, 0, 3, -1])),
        draw(st.sampled_from([1, 2, 3])),
        tuple(draw(st.lists(st.sampled_from(sorted(book.currencies)), max_size=3, unique=True))),
    )


def _draw_account(draw: st.DrawFn, book: _Book, account_no: str, *, changes: bool) -> None:
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
    draw: st.DrawFn, book: _Book, bill_unit_no: str, service: str, *, changes: bool
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
    draw: st.DrawFn, book: _Book, bill_unit_no: str, month: int, *, changes: bool
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


def _draw_payment(draw: st.DrawFn, book: _Book, bill_no: str, known: int, billed: Decimal) -> None:
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


def _draw_dispute(draw: st.DrawFn, book: _Book, bill_no: str, known: int, billed: Decimal) -> None:
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


def _draw_unnamed(draw: st.DrawFn, book: _Book, bill_unit_no: str) -> None:
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
