"""A small town whose people are in collections, for tests of pages: built once, then cloned."""

import datetime as dt
from decimal import Decimal
from typing import Any

from tests.policies import policy, scenario
from tests.world import World

from dunwell.domain.statuses import AdjustmentDirection
from dunwell.features.access import people
from dunwell.features.access.actor import Operation, operator
from dunwell.features.access.people import Rights
from dunwell.features.access.roles import Role
from dunwell.features.care import adjusting
from dunwell.features.crm import alerts as credit_alerts
from dunwell.features.crm.alerts import Report
from dunwell.features.reports import preparing, schedules
from dunwell.features.reports.schedules import Wish
from dunwell.features.tasks import service

TODAY = dt.date(2026, 3, 17)

AGENTS = """
[[agents]]
name = "Jennifer"
supervisor = "Larry"

[[agents]]
name = "Omar"

[[agents]]
name = "Larry"
role = "manager"
"""

TO_DOS = """
[[to_do_types]]
name = "address to check"
role = "agents"
"""

EXPERIMENT = """
[[experiments]]
name = "wait"
champion = "low"
challengers = [{ scenario = "lenient", share = 50 }]
starts_on = 2026-06-01
ends_on = 2026-12-31
"""

LIMITS = {
    "adjustment_limits": '[{ role = "service_rep", currency = "USD", amount = 50 }]',
}

NAMES = (
    "Ada Okafor",
    "Ángel Ñandú",
    "李小龍",
    "محمد عبد الرحمن القاسمي",
    "Maximiliane Freifrau von und zu Hohenlohe-Waldenburg-Schillingsfürst-Langenburg",
    "Zoë Šimić",
    "Bo",
    "O'Brien <b>& Sons</b>",
)

AGENT_OF = {Role.AGENT: "Jennifer", Role.MANAGER: "Larry"}
"""Whose task list a person of a role works on."""


def build(world: World) -> None:
    """Eight bill units, B1 to B8: six in collections, B1 to B4 Jennifer's, B5 Omar's, B6 nobody's;
    B7 owes nothing, B8 is in yen.
    """
    world.policy(
        policy(
            scenario("low", steps="1 late fee, 5 call, 20 letter, 40 second call"),
            scenario("lenient", steps="20 call"),
            scenario("high", entry="100.00", steps="2 letter, 3 call, 9 second call"),
            scenario("yen", profile="default JPY", entry="2000", steps="3 call, 9 letter"),
            currencies=("USD", "JPY"),
            more=AGENTS + TO_DOS + EXPERIMENT,
            settings={"collection_status": "true", "credit_alerts": "true", **LIMITS},
        )
    )
    amounts = ("30.00", "1150.00", "70.00", "250.50", "99.99", "20.00", None, "150000")
    for number, (name, amount) in enumerate(zip(NAMES, amounts, strict=True), start=1):
        yen = number == len(NAMES)
        world.customer(
            f"B{number}",
            currency="JPY" if yen else "USD",
            account_no=f"A{number}",
            name=name,
            email=f"customer{number}@example.org",
            phone=f"+1 555 01{number:02}",
        )
        if amount:
            world.bill(amount, f"2026-02-{18 + number}", f"B{number}")
    world.bill("40.00", "2026-01-05", "B2")
    world.pay("12.34", "2026-03-02", "B2")
    world.night("2026-03-11")
    hand = world.by_hand("2026-03-11")
    hand.assign("Jennifer", "B1", "B2", "B3", "B4")
    hand.assign("Omar", "B5")
    world.nights("2026-03-12", "2026-03-16")
    told = "The score at the bureau fell below the company's own lower limit for instalments"
    for their_id, unit, reason in (("7", "B2", "score fell"), ("8", "B4", told)):
        report = Report("bureau", their_id, reason, Decimal("75.50"), dt.date(2026, 1, 5))
        world.by_hand("2026-03-16").do(credit_alerts.report, unit, report)
    goodwill = adjusting.Wanted(AdjustmentDirection.CREDIT, Decimal("60.00"), "goodwill")
    world.by_hand("2026-03-16").do(adjusting.request, "B2", goodwill)
    with world.database.connect() as connection:
        settle(Operation(connection, operator("root"), TODAY))
        with_to_do(Operation(connection, operator("root"), TODAY))
        with_schedule(Operation(connection, operator("root"), TODAY))
    preparing.prepare(world.database)


def with_to_do(operation: Operation) -> None:
    """One to-do about B3, which is nobody's yet."""
    service.make(operation, "B3", "address to check", "The last letter came back")


def with_schedule(operation: Operation) -> None:
    """A report that is sent after every night."""
    wish = Wish("Every morning", "in-collections", ["larry@example.org"])
    schedules.create(operation, wish)


def settle(operation: Operation) -> None:
    """A person for each role, with the role's name as login; they come in without a password."""
    for role in Role:
        rights: dict[str, Any] = {"agent": AGENT_OF.get(role)}
        people.add(operation, role, f"The {role}", Rights((role,), None, **rights))
