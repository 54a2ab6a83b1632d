"""Many clients at the same bill units while a night runs: nothing breaks, nothing is lost."""

import random
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from tests.api.conftest import TODAY, Desk
from tests.policies import policy, scenario

from dunwell.db.database import Database
from dunwell.settings import Settings

V = "/api/v1"
WHY = {"reason": "a test"}
NUMBERS = [f"B{number}" for number in range(1, 7)]
CLIENTS, REQUESTS, WIDTH = 6, 15, 2
AGENTS = '[[agents]]\nname = "Jennifer"\n[[agents]]\nname = "Larry"\n'
LOSES = {404, 409, 412, 422}
"""How a request is told that it came too late: the thing is gone, closed, or another one."""


@pytest.fixture
def settings(database: Database, tmp_path: Path) -> Settings:
    return Settings(home=tmp_path, database_url=database.address, slice_width=WIDTH)


class Client:
    """Somebody who works on whatever they see, and keeps count of what they were told is done."""

    def __init__(self, desk: Desk, number: int) -> None:
        self.desk = desk
        self.name = f"client {number}"
        self.headers = desk.key(name=self.name)
        self.choose = random.Random(number)  # noqa: S311 - no secret
        self.done: Counter[str] = Counter()
        self.told: Counter[int] = Counter()

    def work(self) -> None:
        for _ in range(REQUESTS):
            unit = self.choose.choice(NUMBERS)
            verb = self.choose.choice(
                [self.act, self.act, self.note, self.promise, self.spare, self.assign, self.pay]
            )
            verb(f"{V}/bill-units/{unit}", unit)

    def post(self, kind: str, path: str, body: Any, **headers: str) -> None:
        answer = self.desk.client.post(path, headers={**self.headers, **headers}, json=body)
        self.told[answer.status_code] += 1
        assert answer.status_code in {200, 201, *LOSES}, f"{path}: {answer.text}"
        self.done[kind] += answer.status_code < 300

    def act(self, of: str, _: str) -> None:
        cases = self.desk.client.get(f"{of}/cases", headers=self.headers).json()["items"]
        for action in cases[0]["actions"] if cases else []:
            if action["type"] == "manual" and action["status"] == "pending":
                verb, body, kind = self.choose.choice(
                    [
                        ("complete", WHY, "action_completed"),
                        ("reschedule", {"due_on": "2026-04-20", **WHY}, "action_rescheduled"),
                    ]
                )
                path = f"{V}/actions/{action['handle']}/{verb}"
                self.post(kind, path, body, **{"If-Match": f'"{action["version"]}"'})

    def note(self, of: str, _: str) -> None:
        self.post("note_written", f"{of}/notes", {"text": self.name})

    def promise(self, of: str, _: str) -> None:
        given = {"terms": {"number": 2, "interval_days": 14}, **WHY}
        self.post("promise_made", f"{of}/promises", given)
        if self.choose.random() < 0.5:
            self.post("promise_revoked", f"{of}/promises/active/revoke", WHY)

    def spare(self, of: str, _: str) -> None:
        what = self.choose.choice(["exemption", "hold"])
        until = {"until": "2026-03-25"} if what == "hold" else {}
        self.post(f"{what}_set", f"{of}/{what}s", {**until, **WHY})
        self.post(f"{what}_lifted", f"{of}/{what}s/lift", WHY)

    def assign(self, _: str, unit: str) -> None:
        given = {"bill_unit_nos": [unit], "agent": self.choose.choice(["Larry", "Jennifer"])}
        self.post("assigned", f"{V}/cases/assign", {**given, **WHY})

    def pay(self, of: str, unit: str) -> None:
        if unit in ("B1", "B2"):
            self.post("paid", f"{of}/payments", {"amount": "1.00", "method": "cash"})


def test_a_crowd_works_while_the_night_runs_and_nothing_is_lost(desk: Desk):
    desk.world.policy(policy(scenario(steps="5 call, 9 letter?, 40 second call"), more=AGENTS))
    for number in NUMBERS:
        desk.world.customer(number)
        desk.world.bill("90.00", "2026-02-20", number)
    desk.world.nights("2026-03-10", "2026-03-19", slice_width=WIDTH)
    crowd = [Client(desk, number) for number in range(CLIENTS)]
    with ThreadPoolExecutor(CLIENTS + 1) as pool:
        night = pool.submit(desk.world.night, TODAY, workers=2, slice_width=WIDTH)
        for each in [pool.submit(client.work) for client in crowd]:
            each.result()
        night.result()
    desk.world.check()
    assert sum(client.told[200] + client.told[201] for client in crowd) > CLIENTS
    for client in crowd:
        logged = Counter(
            kind
            for (kind,) in desk.world.rows(
                "select kind from event where actor = %s", f"key {client.name}"
            )
        )
        for kind in ("action_completed", "action_rescheduled", "note_written", "promise_made"):
            assert logged[kind] == client.done[kind], f"{client.name}: {kind}"
    ((paid,),) = desk.world.rows("select coalesce(sum(amount), 0) from credit")
    assert paid == sum(client.done["paid"] for client in crowd)
    desk.world.night("2026-03-21", workers=2, slice_width=WIDTH)
    again = desk.world.night("2026-03-21", full=True, workers=2, slice_width=WIDTH)
    assert (again.entered, again.left) == (0, {})
    desk.world.check()


def test_of_a_crowd_at_one_version_of_an_action_one_wins(desk: Desk):
    desk.world.policy(policy(scenario(steps="5 call, 40 second call"), more=AGENTS))
    desk.world.customer()
    desk.world.bill("90.00", "2026-02-20")
    desk.world.night("2026-03-19")
    crowd = [Client(desk, number) for number in range(CLIENTS)]
    action = desk.world.newest_case()["actions"][0]
    together = threading.Barrier(CLIENTS)

    def move(client: Client) -> None:
        together.wait()
        path, version = f"{V}/actions/{action['handle']}/reschedule", f'"{action["version"]}"'
        body = {"due_on": f"2026-04-{10 + crowd.index(client)}", **WHY}
        client.post("moved", path, body, **{"If-Match": version})

    with ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(move, crowd))
    told = sum((client.told for client in crowd), Counter[int]())
    assert told == {200: 1, 412: CLIENTS - 1}
    (winner,) = (client for client in crowd if client.done["moved"])
    # by its handle: the later one of the two may come first by now
    (moved,) = (
        each for each in desk.world.newest_case()["actions"] if each["handle"] == action["handle"]
    )
    assert moved["due_on"] == f"2026-04-{10 + crowd.index(winner)}"
