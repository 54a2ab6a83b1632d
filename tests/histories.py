"""Random small histories of a business, as values: what becomes known on which day, which policy
is in force from when, what people do by hand, and on which dates the night runs.

Everything goes through the public surface: rows of load files, policy documents and the services.
`tests.random_billing` draws what billing sends; `tests.play` plays a history on a database; the
property tests compare such plays.
"""

import os
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

from tests.random_billing import FIRST_DAY, Book, Delivery, draw_account
from tests.random_policies import policies

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


@st.composite
def histories(draw: st.DrawFn, *, changes: bool = True) -> History:
    """A history; with `changes` also what can't be known earlier: changed rows, late payments."""
    book = Book(draw(st.integers(20, 60)), draw(st.sampled_from([None, "USD", "JPY"])))
    for number in range(1, draw(st.integers(1, 4)) + 1):
        draw_account(draw, book, f"A{number}", changes=changes)
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


def _draw_policies(draw: st.DrawFn, book: Book) -> tuple[tuple[date, dict[str, Any]], ...]:
    currencies = sorted(set(book.currencies.values()))
    found = [(FIRST_DAY, draw(policies(currencies)))]
    if draw(st.booleans()):
        day = draw(st.integers(1, book.span))
        found.append((FIRST_DAY + timedelta(day), draw(policies(currencies))))
    return tuple(found)


def _draw_groups(draw: st.DrawFn, book: Book) -> list[Deed]:
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


def _draw_promises(draw: st.DrawFn, book: Book) -> list[Deed]:
    """Whoever is in collections may promise, and may be talked to again."""
    found = []
    for bill_unit_no in sorted(book.currencies):
        wishes = ["promise", draw(st.sampled_from([None, *PROMISE_VERBS]))]
        for verb in wishes[: draw(st.integers(0, 2))]:
            on = FIRST_DAY + timedelta(draw(st.integers(1, book.span)))
            until = on + timedelta(draw(st.sampled_from([0, 2, 5])))
            number = draw(st.sampled_from([1, 2, 3]))
            if verb is not None:
                found.append(Deed(on, verb, bill_unit_no, until, number=number))
    return found


def _draw_plans(draw: st.DrawFn, book: Book) -> list[Deed]:
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


def _draw_severance(draw: st.DrawFn, book: Book) -> list[Deed]:
    """What the field answers, and what people do with a severance, as soon as there is one."""
    found = []
    for bill_unit_no in sorted(book.currencies):
        for verb in draw(st.lists(st.sampled_from(SEVERANCE_VERBS), max_size=5)):
            on = FIRST_DAY + timedelta(draw(st.integers(1, book.span)))
            found.append(Deed(on, verb, bill_unit_no, days=draw(st.sampled_from([0, 1, 2]))))
    return found


@st.composite
def _deeds(draw: st.DrawFn, book: Book) -> Deed:
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
