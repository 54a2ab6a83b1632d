"""A utility's world: three services on one bill unit, and a policy that ends in severance."""

from pathlib import Path
from typing import Any

import pytest
from tests.world import World

from dunwell.db.database import Database
from dunwell.engine import field_work
from dunwell.features.severance import queries, service

POLICY = """
[[calendars]]
name = "office"
weekend = ["saturday", "sunday"]

[[brands]]
name = "default"
locale = "en_US"
time_zone = "UTC"
calendar = "office"

[[profiles]]
name = "households"
currency = "USD"
default = true

[[actions]]
name = "Sever"
type = "start_severance"
{sever}

[[scenarios]]
name = "services"
profile = "households"
entry_amount = 50
entry_days = 5
exit_amount = 10
steps = [{{ day = 2, action = "Sever" }}]

[[severance_templates]]
name = "Cut"
reconnect = "Give back"
{cut}
events = [
    {{ name = "warn", type = "field_activity", activity = "disconnect_warning" }},
    {{ name = "ask", type = "to_do" }},
  {{ name = "cut", type = "field_activity", activity = "cut", after = ["warn", "ask"], days = 3 }},
    {{ name = "end", type = "expire", after = ["cut"], days = 30 }},
]

[[severance_templates]]
name = "Give back"
purpose = "reconnect"
events = [{{ name = "reconnect", type = "field_activity", activity = "reconnect" }}]
{more}
"""


class Utility(World):
    """A world with the verbs of severance."""

    def utility(self, *, sever: str = "", cut: str = "", more: str = "") -> None:
        """Put the policy in force, with more keys of the action and the template."""
        self.policy(POLICY.format(sever=sever, cut=cut, more=more))

    def agreement(
        self, number: str, kind: str = "electricity", bill_unit_no: str = "B1", **columns: Any
    ) -> None:
        self.load(
            "service_agreements",
            {
                "service_agreement_no": number,
                "bill_unit_no": bill_unit_no,
                "type": kind,
                **columns,
            },
        )

    def in_arrears(self, amount: str = "100", **columns: Any) -> None:
        """A customer with electricity, due on Monday, 1 June 2026; in collections from the 7th."""
        self.customer(**columns)
        self.agreement("E1", premise_no="P1")
        self.bill(amount, "2026-06-01", service_agreement_no="E1")

    def severances(self, bill_unit_no: str = "B1") -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.by_hand("2026-06-30").do(
            queries.of_bill_unit, bill_unit_no
        )
        return found

    def severed(self, bill_unit_no: str = "B1") -> list[str]:
        """The processes in a line each: `E1 by Cut, active`."""
        return [
            f"{each['service_agreement_no']} by {each['template']}, {each['status']}"
            for each in self.severances(bill_unit_no)
        ]

    def told(self, number: int = -1) -> dict[str, str]:
        """The events of a process, the newest unless said otherwise: `pending 2026-06-11`."""
        return {
            each["name"]: each["status"] + (f" {each['due_on']}" if each["due_on"] else "")
            for each in self.severances()[number]["events"]
        }

    def handle(self, name: str, number: int = -1) -> str:
        events = self.severances()[number]["events"]
        return next(str(each["event"]) for each in events if each["name"] == name)

    def answer(self, name: str, on: str, outcome: str = "done", **options: Any) -> None:
        self.by_hand(on).do(service.answer, self.handle(name), outcome, **options)

    def complete(self, name: str, on: str) -> None:
        self.by_hand(on).do(service.complete_event, self.handle(name), reason="done")

    def release(self, name: str, on: str) -> field_work.Release:
        found: field_work.Release = self.by_hand(on).do(field_work.release, self.handle(name))
        return found

    def log(self, kind: str) -> list[dict[str, Any]]:
        """What the log says of one kind of event."""
        rows = self.rows("select data from event where kind = %s order by id", kind)
        return [data for (data,) in rows]

    def ready_to_cut(self) -> None:
        """Warned on the 8th, so that the cut is sent on Monday, the 15th of June."""
        self.nights("2026-06-07", "2026-06-09")
        self.answer("warn", "2026-06-10")
        self.complete("ask", "2026-06-10")
        self.nights("2026-06-10", "2026-06-15")
        assert self.told()["cut"] == "sent 2026-06-15"


@pytest.fixture
def utility(database: Database, tmp_path: Path) -> Utility:
    return Utility(database, tmp_path)


@pytest.fixture
def world(database: Database, tmp_path: Path) -> World:
    return World(database, tmp_path)
