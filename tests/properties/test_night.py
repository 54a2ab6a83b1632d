"""What must hold for every history: the night's properties, tried on random ones.

`DUNWELL_HYPOTHESIS_PROFILE=thorough` tries many more than the few of an ordinary test run.
"""

import signal
import subprocess
import sys
import time
from datetime import date
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from dunwell.engine.crew import Crew
from dunwell.features.cases import invariants
from tests import ledger, snapshot
from tests.histories import History, at_length, histories
from tests.play import Manner, Play
from tests.properties.conftest import Worlds

manners = st.builds(
    Manner,
    full=st.booleans(),
    workers=st.sampled_from([1, 2]),
    slice_width=st.sampled_from([1, 2, 3, 50_000]),
)


def _same(one: Play, other: Play, *, without: tuple[str, ...] = ()) -> None:
    differences = snapshot.take(one.database, without=without).differences(
        snapshot.take(other.database, without=without)
    )
    assert not differences, "\n".join(differences)


@at_length
@given(history=histories(), manner=manners)
def test_money_is_conserved_at_every_night(worlds: Worlds, history: History, manner: Manner):
    def reckon(play: Play, day: date) -> None:
        stands, added = ledger.stands(play.database, day)
        owed = ledger.owed(play.rows, day)
        assert stands == {no: owed.get(no, 0) + added[no] for no in stands}, day
        with play.database.connect() as connection:
            assert invariants.check(connection) == [], day

    with worlds() as database:
        Play(database, history, manner).all(reckon)


@at_length
@given(history=histories(), manner=manners, again=st.sets(st.integers(0, 60), max_size=6))
def test_running_any_night_twice_changes_nothing(
    worlds: Worlds, history: History, manner: Manner, again: set[int]
):
    def repeat(play: Play, day: date) -> None:
        if play.done not in again:
            return
        before = snapshot.take(play.database)
        for full in (False, True):
            report = play.run_night(day, full=full)
            assert (report.entered, report.left, report.actions) == (0, {}, _only_custom(report))
        assert before.differences(snapshot.take(play.database)) == [], day

    with worlds() as database:
        Play(database, history, manner).all(repeat)


def _only_custom(report: Any) -> dict[str, Any]:
    """Custom actions that no plug-in carries out are due again every time."""
    return {kind: statuses for kind, statuses in report.actions.items() if kind == "custom"}


@at_length
@given(history=histories(), one=manners, other=manners)
def test_slices_workers_and_full_nights_do_not_change_the_result(
    worlds: Worlds, history: History, one: Manner, other: Manner
):
    with worlds() as first, worlds() as second:
        _same(Play(first, history, one).all(), Play(second, history, other).all())


@at_length
@given(history=histories(), at_once=st.booleans())
def test_an_incremental_night_equals_a_full_one(worlds: Worlds, history: History, at_once: bool):
    with worlds() as first, worlds() as second, Crew(first, 1) as one, Crew(second, 1) as other:
        incremental = Play(first, history, Manner(at_once=at_once))
        full = Play(second, history, Manner(at_once=at_once, full=True))
        while incremental.done < len(history.nights):
            for play, crew in ((incremental, one), (full, other)):
                play.run_night(play.prepare_night(), crew=crew)
            reports = incremental.reports[-1].as_json(), full.reports[-1].as_json()
            for report in reports:
                del report["seconds"]
            assert reports[0] == reports[1]
        _same(incremental, full)


@at_length
@given(history=histories(changes=False))
def test_loading_everything_at_once_equals_loading_day_by_day(worlds: Worlds, history: History):
    with worlds() as first, worlds() as second:
        # what a payment ends in the moment when it comes, it ends here in its night
        day_by_day = Play(first, history, Manner(relieves=False)).all()
        at_once = Play(second, history, Manner(at_once=True, relieves=False)).all()
        _same(day_by_day, at_once)


@at_length
@given(
    history=histories(),
    manner=manners,
    kills=st.dictionaries(st.integers(0, 25), st.floats(0, 0.15), min_size=1, max_size=2),
)
def test_a_killed_run_that_is_run_again_ends_as_an_unbroken_one(
    worlds: Worlds, history: History, manner: Manner, kills: dict[int, float]
):
    with worlds() as first, worlds() as second:
        unbroken = Play(first, history, manner).all()
        broken = Play(second, history, manner)
        while broken.done < len(history.nights):
            day = broken.prepare_night()
            if broken.done in kills:
                _run_and_kill(broken, day, after=kills[broken.done])
            broken.run_night(day)
        _same(unbroken, broken)


CHILD = """
import datetime, sys
from dunwell.db.database import Database
from dunwell.engine.night import Night, run
from dunwell.plugins.loader import plugin_manager

address, day, full, workers, slice_width = sys.argv[1:]
night = Night(
    datetime.date.fromisoformat(day), full=full == "True", workers=int(workers),
    slice_width=int(slice_width),
)
plugins = plugin_manager()
print("ready", flush=True)
run(Database(address), plugins, night)
"""


def _run_and_kill(play: Play, day: date, *, after: float) -> None:
    """Run the night in a process of its own and kill that one, wherever it is by then."""
    manner = play.manner
    asked = (day, manner.full, manner.workers, manner.slice_width)
    with subprocess.Popen(  # noqa: S603 - our own interpreter and arguments
        [sys.executable, "-c", CHILD, play.database.address, *map(str, asked)],
        stdout=subprocess.PIPE,
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"ready\n"
        time.sleep(after)
        child.send_signal(signal.SIGKILL)
