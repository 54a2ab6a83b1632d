"""A connector of one's own is a plug-in like any other, and two who tell at once don't mix up."""

import datetime as dt
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from types import ModuleType
from typing import Any

import pytest
from tests.features.connectors.conftest import Plant, run

from dunwell.domain.errors import Conflict
from dunwell.engine.connecting import run_due
from dunwell.engine.loading import load_rows
from dunwell.plugins.connecting import Connector, Found, Rows, Wanted
from dunwell.plugins.loader import fingerprint, plugin_manager
from dunwell.plugins.specs import hookimpl


class Queue:
    """A queue that hands one customer over at a time."""

    every = dt.timedelta(minutes=5)

    def __init__(self, name: str, customers: Sequence[str]) -> None:
        self.name = name
        self._customers = customers
        self.taken: list[Any] = []
        self.meanwhile = lambda: None

    def fetch(self, cursor: Any) -> Iterator[Found]:
        self.meanwhile()
        for number in range(cursor or 0, len(self._customers)):
            row = {"account_no": f"Q{number}", "name": self._customers[number]}
            yield Found([Rows("accounts", [row])], cursor=number + 1, finished=self.taken.append)


@pytest.fixture
def queue(plant: Plant) -> Queue:
    queue = Queue("ours", ["Ada", "Bo"])
    module = ModuleType("our_queue")

    @hookimpl
    def connectors(wanted: Wanted) -> list[Connector]:
        return [queue for _ in wanted.of_type("queue")]

    module.connectors = connectors  # type: ignore[attr-defined]
    plant.plugins.register(module, "our_queue")
    return queue


def test_what_it_finds_is_loaded_and_its_cursor_kept(plant: Plant, queue: Queue):
    connecting = plant.with_(connectors={"ours": {"type": "queue"}})
    assert run(connecting, "ours").created == 2
    assert plant.rows("select account_no, name from account order by 1") == [
        ("Q0", "Ada"),
        ("Q1", "Bo"),
    ]
    assert [each[0].applied for each in queue.taken] == [True, True]
    assert run(connecting, "ours").loads == 0


def test_a_connector_that_breaks_off_goes_on_where_it_was(plant: Plant, queue: Queue):
    connecting = plant.with_(connectors={"ours": {"type": "queue"}})

    def fall(_: object) -> None:
        raise ZeroDivisionError

    queue.taken = type("Falls", (), {"append": staticmethod(fall)})()
    with pytest.raises(ZeroDivisionError):
        run(connecting, "ours")
    queue.taken = []
    assert run(connecting, "ours").loads == 1
    assert plant.rows("select count(*) from account") == [(2,)]


def test_it_runs_once_at_a_time(plant: Plant, queue: Queue):
    connecting = plant.with_(connectors={"ours": {"type": "queue"}})
    seen: list[str] = []

    def meanwhile() -> None:
        queue.meanwhile = lambda: None
        with pytest.raises(Conflict, match="running already"):
            run(connecting, "ours")
        assert run_due(connecting) == []
        seen.append("refused")

    queue.meanwhile = meanwhile
    assert run(connecting, "ours").created == 2
    assert seen == ["refused"]


def test_the_worker_runs_what_is_due(plant: Plant, queue: Queue):
    connecting = plant.with_(connectors={"ours": {"type": "queue"}})
    assert [ran.created for ran in run_due(connecting)] == [2]
    assert run_due(connecting) == []
    plant.now += queue.every
    assert [ran.loads for ran in run_due(connecting)] == [0]


def test_connectors_come_and_go_without_examining_everybody(plant: Plant, queue: Queue):
    assert queue.name == "ours"
    assert fingerprint(plant.plugins) == fingerprint(plugin_manager()) == ""


def test_of_two_who_tell_at_once_the_newer_counts(plant: Plant):
    def tell(version: int) -> None:
        row = {"system": "crm", "outside_id": "1", "version": version, "name": f"Ada {version}"}
        load_rows(plant.database, plant.plugins, "accounts", [row])

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(tell, [3, 9, 1, 8, 2, 7, 5, 4]))
    assert plant.rows("select name from account") == [("Ada 9",)]
    assert plant.rows("select version from outside_identifier") == [("9",)]
