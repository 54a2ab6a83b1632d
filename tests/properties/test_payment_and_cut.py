"""A payment and a cut at the same moment, in real transactions that interleave as they will: never
a cut after the payment has committed, and a cut before it is given back.
"""

import datetime as dt
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from dunwell.engine import field_work, relief
from dunwell.features.access.actor import Operation, operator
from dunwell.features.care import receipts
from dunwell.features.receivables.payments import Received
from dunwell.features.severance import service
from tests import histories
from tests.properties.conftest import Worlds
from tests.scenarios.utility.conftest import Utility

CUT_ON = dt.date(2026, 6, 15)

Work = Callable[[], None]


@dataclass(frozen=True)
class Race:
    """How a customer pays while their cut is due."""

    at_the_till: bool
    """Taken by somebody, else loaded from a file."""
    head_start: float
    """Seconds by which the payment begins first; less than 0: the cut does."""


races = st.lists(
    st.builds(Race, st.booleans(), st.floats(-0.06, 0.06)), min_size=2, max_size=4
).map(lambda found: {f"B{number}": race for number, race in enumerate(found)})


def _pay(utility: Utility, name: str, race: Race) -> None:
    """By the way that money comes in everywhere, in a transaction of its own."""
    if not race.at_the_till:
        utility.pay("100", CUT_ON, name)
        return
    with utility.database.connect() as connection:
        operation = Operation(connection, operator("till"), CUT_ON, hooks=utility.plugins.hook)
        paid = Received(Decimal(100), CUT_ON, "cash")
        receipts.take(operation, name, paid, key=f"till {name}")
        relief.relieve(operation)


def _at_once(first: Work, second: Work, head_start: float) -> None:
    barrier = threading.Barrier(2)
    failures: list[BaseException] = []

    def begin(work: Work, wait: float) -> None:
        try:
            barrier.wait()
            time.sleep(max(0, wait))
            work()
        except BaseException as failure:  # noqa: BLE001 - told below, in the test's own thread
            failures.append(failure)

    threads = [
        threading.Thread(target=begin, args=each)
        for each in ((first, -head_start), (second, head_start))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def _before_the_cut(utility: Utility, found: dict[str, Race]) -> None:
    """Everybody was warned, and is cut on the 15th of June."""
    utility.utility()
    for name in found:
        utility.customer(name)
        utility.agreement(f"S-{name}", bill_unit_no=name)
        utility.bill("100", "2026-06-01", name, service_agreement_no=f"S-{name}")
    utility.nights("2026-06-07", "2026-06-08")
    for name in found:
        warn, ask, *_ = utility.severances(name)[0]["events"]
        hand = utility.by_hand("2026-06-10")
        hand.do(service.answer, warn["event"], "done")
        hand.do(service.complete_event, ask["event"], reason="done")
    utility.night("2026-06-12")


def _kinds(utility: Utility, name: str) -> list[str]:
    """What was told of a cut and its end, in the order of the commits."""
    rows = utility.rows(
        "select event.kind from event"
        " join bill_unit on bill_unit.account_id = event.account_id"
        " where bill_unit_no = %s and ("
        "  kind in ('field_activity_released', 'service_cut', 'severance_cancelled')"
        "  or kind = 'field_activity_sent' and data ->> 'activity' = 'cut'"
        " ) order by event.id",
        name,
    )
    return [kind for (kind,) in rows]


def _processes(utility: Utility, name: str) -> list[str]:
    return [f"{each['template']}, {each['status']}" for each in utility.severances(name)]


few = settings(histories.at_length, max_examples=4)


@few
@given(found=races)
def test_the_field_never_cuts_after_a_payment_has_committed(worlds: Worlds, found: dict[str, Race]):
    with worlds() as database, TemporaryDirectory() as folder:
        utility = Utility(database, Path(folder))
        _before_the_cut(utility, found)
        utility.night(CUT_ON)
        for name, race in found.items():
            _race_of_the_field(utility, name, race)
        utility.check()
        utility.night("2026-06-16")
        assert not any(utility.in_collections(name) for name in found)
        utility.check()


def _race_of_the_field(utility: Utility, name: str, race: Race) -> None:
    """The field asks, and cuts if it may, while the customer pays."""
    event = utility.severances(name)[0]["events"][2]["event"]
    times: dict[str, float] = {}
    released: list[Any] = []

    def pay() -> None:
        _pay(utility, name, race)
        times["paid"] = time.monotonic()

    def cut() -> None:
        times["asked"] = time.monotonic()
        released.append(utility.by_hand(CUT_ON).do(field_work.release, event))
        if released[0].go:
            utility.by_hand(CUT_ON).do(service.answer, event, "done")

    _at_once(pay, cut, race.head_start)
    (release,) = released
    if times["asked"] > times["paid"]:
        assert not release.go
    told = [kind for kind in _kinds(utility, name) if kind != "field_activity_sent"]
    if not release.go:
        assert told == ["severance_cancelled"]
        assert _processes(utility, name) == ["Cut, cancelled"]
        return
    # given free before the payment; the cut itself may have come before it or after
    assert told[0] == "field_activity_released"
    assert sorted(told[1:3]) == ["service_cut", "severance_cancelled"]
    assert _processes(utility, name) == ["Cut, cancelled", "Give back, active"]


@few
@given(found=races)
def test_the_night_never_sends_a_cut_after_a_payment_has_committed(
    worlds: Worlds, found: dict[str, Race]
):
    with worlds() as database, TemporaryDirectory() as folder:
        utility = Utility(database, Path(folder))
        _before_the_cut(utility, found)
        times: dict[str, float] = {}

        def pay() -> None:
            for name, race in found.items():
                _pay(utility, name, race)
                times[name] = time.monotonic()

        def night() -> None:
            times["night"] = time.monotonic()
            utility.night(CUT_ON)

        _at_once(pay, night, next(iter(found.values())).head_start)
        for name in found:
            sent = _kinds(utility, name)[:-1]
            assert _kinds(utility, name)[-1] == "severance_cancelled"
            assert sent in ([], ["field_activity_sent"])
            if times[name] < times["night"]:
                assert sent == []
            event = utility.severances(name)[0]["events"][2]["event"]
            release = utility.by_hand(CUT_ON).do(field_work.release, event)
            assert (release.go, release.reason) == (False, "cancelled")
        utility.check()
