"""Severance under random dependencies."""

import datetime as dt
import random
import time
from collections.abc import Mapping
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg.types.json import Jsonb
from tests.scenarios.utility.conftest import Utility

from dunwell.features.access.actor import Operation
from dunwell.features.severance import queries, service
from dunwell.features.severance.rules import Node, dates

START = dt.date(2026, 6, 8)
DAY = dt.timedelta(days=1)


def _working(day: dt.date) -> dt.date:
    while day.isoweekday() > 5:
        day += DAY
    return day


def _add(day: dt.date, days: int) -> dt.date:
    return _working(day + days * DAY)


@st.composite
def graphs(draw: st.DrawFn) -> Mapping[str, Node]:
    """Up to seven events, each after some of those before it, in a shuffled order."""
    names = [f"e{number}" for number in range(draw(st.integers(1, 7)))]
    nodes = {
        name: Node(
            tuple(draw(st.sets(st.sampled_from(names[:place])))) if place else (),
            draw(st.integers(0, 9)),
        )
        for place, name in enumerate(names)
    }
    return {name: nodes[name] for name in draw(st.permutations(names))}


@given(events=graphs(), seed=st.integers(0, 10**6))
@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_dates_appear_in_topological_order_whatever_the_dependencies(
    utility: Utility, events: Mapping[str, Node], seed: int
):
    severance = _begin(utility, events)
    chance = random.Random(seed)  # noqa: S311 - only to choose
    known = dict(events)
    today = START
    while True:
        today += chance.randint(0, 3) * DAY
        process = utility.by_hand(today).do(queries.process, severance)
        told = {each["name"]: each for each in process["events"]}
        found = {
            name: dt.date.fromisoformat(each["due_on"])
            for name, each in told.items()
            if each["due_on"] is not None
        }
        assert found == dates(known, START, _add)
        pending = sorted(name for name, each in told.items() if each["status"] == "pending")
        assert set(pending) == {name for name in found if known[name].closed_on is None}
        if not pending:
            break
        done = chance.choice(pending)
        utility.by_hand(today).do(service.complete_event, told[done]["event"], reason="done")
        known[done] = Node(known[done].after, known[done].days, today)
    assert process["status"] == "completed"
    assert all(node.closed_on for node in known.values())


def _begin(utility: Utility, events: Mapping[str, Node]) -> str:
    """A process with these events, dated from its start."""
    with utility.database.connect() as connection:
        if not connection.execute("select 1 from bill_unit").fetchone():
            connection.rollback()
            utility.utility()
            utility.customer()
        connection.execute(
            "update severance set status = 'cancelled', ended_on = started_on"
            " where status = 'active'"
        )
    number = f"E{time.monotonic_ns()}"
    utility.agreement(number)
    with utility.database.connect() as connection:
        connection.execute("select ensure_event_month(%s)", [START])
        row: Any = connection.execute(
            """
            insert into severance (
                account_id, bill_unit_id, service_agreement_id, debt_class_id, started_on, arrears,
                cancel_amount, currency, template, purpose, day_unit, made_by, auto_cancel, notices
            )
            select account_id, bill_unit_id, id, 1, %s, 10, 0, 'USD', 'T', 'sever', 'calendar',
                'night', false, '[]'
            from service_agreement where service_agreement_no = %s
            returning account_id, id
            """,
            [START, number],
        ).fetchone()
        for place, (name, node) in enumerate(events.items(), start=1):
            connection.execute(
                """
                insert into severance_event (
                    account_id, severance_id, bill_unit_id, no, name, type, after, days, parameters
                )
                values (%s, %s, (select id from bill_unit), %s, %s, 'to_do', %s, %s, '{}')
                """,
                [*row, place, name, Jsonb(sorted(node.after)), node.days],
            )
    handle = f"{row[0]}-{row[1]}"
    utility.by_hand(START).do(_date, handle)
    return handle


def _date(operation: Operation, severance: str) -> None:
    from dunwell.features.severance.desk import Desk

    Desk.at_process(operation, severance).go_on()
