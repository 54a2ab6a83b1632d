"""A small world for scenario tests: load rows, apply a policy, run nights, look at what happened.

Everything goes through the public surface: the loader, the policy service, the night, the services
and the queries.
"""

import csv
import datetime as dt
import itertools
import time
from pathlib import Path
from typing import Any

from dunwell.db.database import Database
from dunwell.engine import delivery, night
from dunwell.engine.crew import Crew
from dunwell.engine.explain import explain
from dunwell.engine.loading import load
from dunwell.engine.report import Report
from dunwell.features.access.actor import Actor, Operation, operator
from dunwell.features.cases import (
    invariants,
    queries,
)
from dunwell.features.pay_plans import queries as pay_plan_queries
from dunwell.features.policy import file as policy_file
from dunwell.features.policy import service as policy_service
from dunwell.features.promises import queries as promise_queries
from dunwell.features.sharing import queries as sharing_queries
from dunwell.plugins.loader import plugin_manager
from tests.by_hand import ByHand, day

__all__ = ["DAY", "World", "day"]

DAY = dt.timedelta(days=1)


class World:
    """One installation and what is done with it."""

    def __init__(
        self, database: Database, folder: Path, plugins: Any = None, *, first: int = 1
    ) -> None:
        self.database = database
        self.plugins = plugins or plugin_manager()
        self._folder = folder
        self._numbers = itertools.count(first)

    def number(self) -> int:
        """The next number of a bill, a payment, a file."""
        return next(self._numbers)

    def load(self, kind: str, *rows: dict[str, Any], on: str | dt.date | None = None) -> None:
        """Load rows as on a day; without it, on the latest that they name."""
        folder = self._folder / str(self.number())
        folder.mkdir()
        path = folder / f"{kind}.csv"
        names = list(dict.fromkeys(name for row in rows for name in row))
        with path.open("w", newline="", encoding="utf-8") as stream:
            writer = csv.DictWriter(stream, names)
            writer.writeheader()
            writer.writerows(rows)
        report = load(
            self.database,
            self.plugins,
            [path],
            date=day(on) if on else self._today(rows),
            rejects=folder / "rejects.csv",
        )
        assert report.complete, report.files[0].rejects

    def _today(self, rows: tuple[dict[str, Any], ...]) -> dt.date:
        """A load is of the latest day that its payments and adjustments name; 2026-01-01 if it
        has none.
        """
        named = [day(row[name]) for row in rows for name in ("paid_on", "made_on") if name in row]
        return max(named, default=dt.date(2026, 1, 1))

    def customer(self, bill_unit_no: str = "B1", currency: str = "USD", **columns: Any) -> None:
        of_bill_unit = {
            name: columns.pop(name)
            for name in list(columns)
            if name in ("pay_type", "delivery") or name.startswith("unit_")
        }
        account_no = columns.pop("account_no", f"A-{bill_unit_no}")
        self.load("accounts", {"account_no": account_no, "name": "Ada Okafor", **columns})
        self.load(
            "bill_units",
            {
                "bill_unit_no": bill_unit_no,
                "account_no": account_no,
                "currency": currency,
                **of_bill_unit,
            },
        )

    def bill(
        self,
        amount: str,
        due: str | dt.date,
        bill_unit_no: str = "B1",
        issued: str | dt.date | None = None,
        bill_no: str | None = None,
        **columns: Any,
    ) -> str:
        number = bill_no or f"N{self.number()}"
        self.load(
            "bills",
            {
                "bill_no": number,
                "bill_unit_no": bill_unit_no,
                "issued_on": issued or day(due) - 14 * DAY,
                "due_on": due,
                "amount": amount,
                **columns,
            },
        )
        return number

    def pay(self, amount: str, on: str | dt.date, bill_unit_no: str = "B1", **columns: Any) -> str:
        number = columns.pop("payment_no", None) or f"P{self.number()}"
        self.load(
            "payments",
            {
                "payment_no": number,
                "bill_unit_no": bill_unit_no,
                "paid_on": on,
                "amount": amount,
                **columns,
            },
        )
        return number

    def adjust(self, amount: str, on: str, bill_unit_no: str = "B1", **columns: Any) -> None:
        self.load(
            "adjustments",
            {
                "adjustment_no": f"J{self.number()}",
                "bill_unit_no": bill_unit_no,
                "made_on": on,
                "amount": amount,
                **columns,
            },
        )

    def policy(self, text: str) -> int:
        path = self._folder / f"policy-{self.number()}.toml"
        path.write_text(text, encoding="utf-8")
        with self.database.connect() as connection:
            return policy_service.apply(connection, policy_file.read(path), actor="policy owner")

    def night(self, date: str | dt.date, **options: Any) -> Report:
        return night.run(self.database, self.plugins, night.Night(day(date), **options))

    def deliver(self, on: str | dt.date, **options: Any) -> delivery.Report:
        """Deliver as on a day, to the folder `out` unless told otherwise."""
        given = {"date": day(on), "folder": self.out, **options}
        return delivery.deliver(self.database, self.plugins, delivery.Delivery(**given))

    @property
    def out(self) -> Path:
        """Where printed letters and reminders go."""
        return self._folder / "out"

    def nights(self, first: str | dt.date, last: str | dt.date, **options: Any) -> list[Report]:
        days = range((day(last) - day(first)).days + 1)
        with Crew(self.database, 1) as crew:
            return [
                night.run(
                    self.database,
                    self.plugins,
                    night.Night(day(first) + number * DAY, **options),
                    crew=crew,
                )
                for number in days
            ]

    def cases(self, bill_unit_no: str = "B1") -> list[dict[str, Any]]:
        with self.database.connect() as connection:
            return [file.as_json() for file in queries.case_files(connection, bill_unit_no)]

    def case(self, bill_unit_no: str = "B1") -> dict[str, Any] | None:
        """The open case, if there is one."""
        open_cases = [case for case in self.cases(bill_unit_no) if case["status"] == "open"]
        return open_cases[0] if open_cases else None

    def newest_case(self, bill_unit_no: str = "B1") -> dict[str, Any]:
        """The case that was opened last, whether it is open or not."""
        return self.cases(bill_unit_no)[0]

    def in_collections(self, bill_unit_no: str = "B1") -> bool:
        return self.case(bill_unit_no) is not None

    def actions(self, bill_unit_no: str = "B1") -> dict[str, dict[str, Any]]:
        """The actions of the newest case, by name."""
        return {action["action"]: action for action in self.cases(bill_unit_no)[0]["actions"]}

    def statuses(self, bill_unit_no: str = "B1") -> list[str]:
        actions = self.cases(bill_unit_no)[0]["actions"]
        return [action["status"] for action in sorted(actions, key=lambda found: found["step"])]

    def status(self, action: str, bill_unit_no: str = "B1") -> str:
        return str(self.actions(bill_unit_no)[action]["status"])

    def due(self, action: str, bill_unit_no: str = "B1") -> str:
        return str(self.actions(bill_unit_no)[action]["due_on"])

    def message(self, action: str, bill_unit_no: str = "B1") -> str:
        return str(self.actions(bill_unit_no)[action]["message"])

    def events(self, kind: str, bill_unit_no: str = "B1") -> list[dict[str, Any]]:
        """What the log says of the newest case, oldest first."""
        found = self.newest_case(bill_unit_no)["events"]
        return [event for event in found if event["kind"] == kind]

    def overdue(self, bill_unit_no: str = "B1") -> str:
        """What the last night measured, in the currency's decimals; all debt classes together."""
        ((amount,),) = self.rows(
            """
            select round_money(coalesce(sum(overdue_amount), 0), bill_unit.currency)::text
            from bill_unit
            left join balance
                on balance.account_id = bill_unit.account_id and balance.bill_unit_id = bill_unit.id
            where bill_unit.bill_unit_no = %s
            group by bill_unit.currency
            """,
            bill_unit_no,
        )
        return str(amount)

    def owed(self, bill_unit_no: str = "B1") -> dict[str, str]:
        """What is open of each bill, by its first number; fees by their kind."""
        rows = self.rows(
            """
            select coalesce(bill.bill_no, item.kind),
                round_money(sum(item.open_amount), bill_unit.currency)::text
            from item
            join bill_unit
                on bill_unit.account_id = item.account_id and bill_unit.id = item.bill_unit_id
            left join bill on bill.account_id = item.account_id and bill.id = item.bill_id
            where bill_unit.bill_unit_no = %s
            group by 1, bill_unit.currency
            having sum(item.open_amount) <> 0
            order by 1
            """,
            bill_unit_no,
        )
        return dict(rows)

    def credit(self, bill_unit_no: str = "B1") -> str:
        """What was paid and not applied yet."""
        ((amount,),) = self.rows(
            """
            select round_money(coalesce(sum(credit.open_amount), 0), bill_unit.currency)::text
            from bill_unit
            left join credit
                on credit.account_id = bill_unit.account_id and credit.bill_unit_id = bill_unit.id
            where bill_unit.bill_unit_no = %s
            group by bill_unit.currency
            """,
            bill_unit_no,
        )
        return str(amount)

    def charges(self, bill_unit_no: str = "B1") -> list[str]:
        """The fees that were charged, in order."""
        rows = self.rows(
            """
            select round_money(charge.amount, charge.currency)::text
            from charge
            join bill_unit
                on bill_unit.account_id = charge.account_id and bill_unit.id = charge.bill_unit_id
            where bill_unit.bill_unit_no = %s
            order by charge.made_on, charge.id
            """,
            bill_unit_no,
        )
        return [amount for (amount,) in rows]

    def by_hand(self, on: str | dt.date, actor: Actor | None = None) -> ByHand:
        """Somebody at work on a day: Grace, who may do everything, or another."""
        return ByHand(self, day(on), actor or operator("Grace"))

    def promises(self, bill_unit_no: str = "B1") -> list[dict[str, Any]]:
        """The promises to pay, the newest first."""
        with self.database.connect() as connection:
            operation = Operation(connection, operator("Grace"), dt.date(2026, 1, 1))
            return promise_queries.promises(operation, bill_unit_no)

    def promise(self, bill_unit_no: str = "B1") -> str:
        """The newest promise in a line: `active 100.00 on 2026-07-01 completed, …`."""
        newest = self.promises(bill_unit_no)[0]
        told = ", ".join(
            f"{each['amount']} on {each['due_on']} {each['status']}"
            for each in newest["instalments"]
        )
        return f"{newest['status']}: {told}"

    def pay_plans(self, bill_unit_no: str = "B1", on: str | dt.date = "2026-12-31") -> Any:
        """The pay plans, the newest first."""
        with self.database.connect() as connection:
            operation = Operation(connection, operator("Grace"), day(on))
            return pay_plan_queries.pay_plans(operation, bill_unit_no)

    def events_of(self, kind: str, bill_unit_no: str = "B1") -> list[dict[str, Any]]:
        """The data of a bill unit's events of a kind, also of those that belong to no case."""
        rows = self.rows(
            """
            select event.data
            from event
            join bill_unit
                on bill_unit.account_id = event.account_id and bill_unit.id = event.bill_unit_id
            where bill_unit.bill_unit_no = %s and event.kind = %s
            order by event.business_date, event.id
            """,
            bill_unit_no,
            kind,
        )
        return [data for (data,) in rows]

    def group_role(self, bill_unit_no: str, on: str | dt.date = "2026-06-30") -> dict[str, Any]:
        with self.database.connect() as connection:
            operation = Operation(connection, operator("Grace"), day(on))
            return sharing_queries.role(operation, bill_unit_no)

    def explain(self, date: str | dt.date, bill_unit_no: str = "B1") -> dict[str, Any]:
        return explain(self.database, self.plugins, bill_unit_no, day(date)).as_json()

    def rows(self, query: str, *values: Any) -> list[Any]:
        with self.database.connect() as connection:
            return connection.execute(query.encode(), values or None).fetchall()

    def wait_for_the_feed(self) -> None:
        """Wait for what other tests are writing on the same server: it holds the feed back."""
        last = (
            "select coalesce(max(txid), '0') < pg_snapshot_xmin(pg_current_snapshot()) from event"
        )
        for _ in range(600):
            if self.rows(last) == [(True,)]:
                return
            time.sleep(0.1)
        raise AssertionError("somebody writes for ever")

    def check(self) -> None:
        """The invariants hold."""
        with self.database.connect() as connection:
            assert invariants.check(connection) == []
