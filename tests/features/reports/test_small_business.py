"""Three customers, an agent and an agency in ten days: the reports about people and cases, reckoned
by hand. B1 owes 100, B2 200 and B3 300; all enter on 11 March. B1 pays; of B3, which Omar and the
agency have, 60 comes in. B2 has a bill of 50 that isn't due.
"""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from tests.policies import policy, scenario
from tests.world import World

from dunwell.features.access.actor import Operation, operator
from dunwell.features.reports import preparing, running
from dunwell.features.reports.report import Asked

D = Decimal
TODAY = dt.date(2026, 3, 20)
PEOPLE = """
[[agents]]
name = "Jennifer"
role = "manager"

[[agents]]
name = "Omar"
supervisor = "Jennifer"

[[agencies]]
name = "Fair Recovery"
"""


@pytest.fixture
def story(world: World) -> World:
    steps = "1 call, 5 Refer to collections agency, 35 second call"
    world.policy(policy(scenario(steps=steps), more=PEOPLE))
    for no, amount in (("B1", "100.00"), ("B2", "200.00"), ("B3", "300.00")):
        world.customer(no)
        world.bill(amount, "2026-03-01", no)
    world.bill("50.00", "2026-05-01", "B2", issued="2026-03-10")
    world.night("2026-03-11")
    world.by_hand("2026-03-11", operator("Jennifer")).assign("Omar", "B2", "B3")
    world.night("2026-03-12")
    world.by_hand("2026-03-12", operator("Omar")).complete(1, "B2")
    world.pay("100.00", "2026-03-13", "B1")
    world.nights("2026-03-13", "2026-03-17")
    world.pay("60.00", "2026-03-18", "B3")
    world.nights("2026-03-18", TODAY)
    preparing.prepare(world.database)
    return world


def _ask(world: World, name: str) -> list[dict[str, Any]]:
    march = Asked(dt.date(2026, 3, 1), TODAY)
    standing = name in ("in-collections", "forecast")
    with world.database.connect() as connection:
        operation = Operation(connection, operator("root"), TODAY)
        return list(running.run(operation, name, Asked() if standing else march).rows)


def test_what_is_in_collections_and_what_it_owes_in_all(story: World):
    (row,) = _ask(story, "in-collections")
    found = [row[name] for name in ("bill_units", "delinquent", "total_balance")]
    assert found == [2, D("440.00"), D("490.00")]


def test_who_entered_and_who_left(story: World):
    (row,) = _ask(story, "entered-and-left")
    names = ("entered", "entered_amount", "cured", "otherwise", "left", "remaining")
    assert [row[name] for name in names] == [3, D("600.00"), 1, 0, 1, 2]


def test_what_people_did_and_what_agents_have(story: World):
    work = {row["person"]: row for row in _ask(story, "work")}
    assert (work["Jennifer"]["assigned"], work["Jennifer"]["deeds"]) == (2, 2)
    assert (work["Omar"]["completed"], work["Omar"]["deeds"]) == (1, 1)
    (row,) = _ask(story, "agents")
    found = [row[name] for name in ("agent", "supervisor", "cases", "overdue", "recovered")]
    assert found == ["Omar", "Jennifer", 2, D("440.00"), D("60.00")]


def test_what_agencies_were_given_and_brought_in(story: World):
    (row,) = _ask(story, "agencies")
    names = ("referrals", "referred", "recalled", "present", "present_amount", "recovered")
    assert [row[name] for name in names] == [2, D("500.00"), 0, 2, D("500.00"), D("60.00")]


def test_what_will_be_due_in_thirty_days(story: World):
    (row,) = _ask(story, "forecast")
    found = [row[name] for name in ("due_on", "action", "pending", "waiting", "overdue")]
    assert found == [dt.date(2026, 4, 15), "second call", 2, 0, D("440.00")]
