"""Explain: why a bill unit is in collections on a date, or why it stays out.

The data are put back to the date and the night's own statements decide, in a transaction that is
rolled back; so the explanation can't disagree with the night. Beside that, every scenario of the
profile is shown with each criterion's value against its threshold.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import psycopg
from pluggy import HookRelay, PluginManager
from psycopg.rows import TupleRow, dict_row

from dunwell.db import statements
from dunwell.db.database import Database
from dunwell.domain.errors import NotFound
from dunwell.engine import policy_in_force, verdict
from dunwell.engine.policy_in_force import PolicyInForce
from dunwell.features.cases import entering, examining
from dunwell.features.receivables import measuring, posting
from dunwell.features.receivables.work import Work, create_temporary_tables

_EXPLAIN = statements.load(__package__, "explain.sql")


@dataclass(frozen=True, slots=True)
class Explanation:
    """Everything that led to the decision."""

    told: Mapping[str, Any]

    def as_json(self) -> dict[str, Any]:
        """One JSON object; amounts as decimal strings, dates as ISO strings."""
        return dict(self.told)


def explain(
    database: Database, plugins: PluginManager, bill_unit_no: str, date: dt.date
) -> Explanation:
    """Explain the decision for a bill unit on a date; raises NotFound for an unknown number."""
    with database.connect() as connection:
        return explain_to(connection, plugins.hook, bill_unit_no, date)


def explain_to(
    connection: psycopg.Connection[TupleRow], hooks: HookRelay, bill_unit_no: str, date: dt.date
) -> Explanation:
    """As `explain`, in the caller's transaction; nothing of it stays."""
    create_temporary_tables(connection)
    with connection.transaction(force_rollback=True):
        bill_unit = _find(connection, bill_unit_no, date)
        policy = policy_in_force.read(connection, date)
        parameters = {
            **policy.parameters,
            **bill_unit,
            "first_account": bill_unit["account_id"],
            "last_account": bill_unit["account_id"],
            "run_id": None,
        }
        work = Work(connection, hooks, parameters, dict(policy.fragments))
        return _Inquiry(work, policy, bill_unit).answer()


def _find(
    connection: psycopg.Connection[TupleRow], bill_unit_no: str, date: dt.date
) -> dict[str, Any]:
    given = {"bill_unit_no": bill_unit_no, "business_date": date}
    with connection.cursor(row_factory=dict_row) as cursor:
        found = cursor.execute(_EXPLAIN["find"].render(), given).fetchone()
    if found is None:
        raise NotFound(f"There is no bill unit {bill_unit_no!r}.")
    return found


@dataclass(frozen=True, slots=True)
class _Inquiry:
    """One bill unit on one date, inside the transaction that will be rolled back."""

    work: Work
    policy: PolicyInForce
    bill_unit: Mapping[str, Any]

    def answer(self) -> Explanation:
        """Put the data back to the date, let the night's statements decide, and tell."""
        self._recall()
        cases = self._fetch("open_cases")
        self._run("forget_decisions")
        examining.examine_one(self.work)
        examining.units(self.work)
        measuring.measure(self.work, everything=False)
        measured = self._fetch("decided")
        entering.choose(self.work)
        chosen = {row["scenario_id"] for row in self._fetch("chosen")}
        profile = next(iter(self._fetch("profile")), None)
        scenarios = [
            self._scenario(row, chosen=row["id"] in chosen)
            for row in (self._fetch("scenarios", profile_id=profile["id"]) if profile else ())
        ]
        balances = self._fetch("balances")
        conditions = verdict.conditions(self.policy.switches, self.bill_unit, measured)
        return Explanation(
            {
                "bill_unit_no": self.bill_unit["bill_unit_no"],
                "account_no": self.bill_unit["account_no"],
                "date": self.work.parameters["business_date"].isoformat(),
                "currency": self.bill_unit["currency"],
                "pay_type": self.bill_unit["pay_type"],
                "profile": profile["name"] if profile else None,
                "balances": balances,
                "conditions": conditions,
                "cases": cases,
                "scenarios": scenarios,
                "outcome": verdict.outcome(balances, conditions, cases, scenarios),
            }
        )

    def _recall(self) -> None:
        """What the night of the date saw, or would see: later postings and cases undone."""
        row = self.work.connection.execute("select max(business_date) from run_slice").fetchone()
        last_night = row and row[0]
        if last_night and self.work.parameters["business_date"] <= last_night:
            self._run("recall_items")
        else:
            # every day that is still to come is posted in turn, as its night will do
            posting.post(self.work.connection, {**self.work.parameters, "last_date": last_night})
        self._run("forget_later_items")
        self._run("forget_cases")
        self._run("recall_cases")

    def _scenario(self, row: Mapping[str, Any], *, chosen: bool) -> dict[str, Any]:
        criteria = [
            verdict.line(
                f"amount at least {row['entry_days']} days overdue",
                row["ripe_amount"],
                row["entry_amount"],
                holds=row["ripe_enough"],
            ),
            verdict.line(
                "days overdue of the oldest item",
                row["oldest_days"],
                row["entry_days"],
                holds=row["old_enough"],
            ),
        ]
        for extra in self.policy.rules.criteria(row["id"]):
            self.work.fragments |= {"value": extra.value_expression, "holds": extra.expression}
            value, holds = self._run("criterion").fetchall()[0]
            criteria.append(verdict.line(extra.text, value, None, holds=holds))
        ((extras_hold,),) = self._run("criteria_hold", scenario_id=row["id"]).fetchall()
        return {
            "scenario": row["scenario"],
            "debt_class": row["debt_class"],
            "severity": row["severity"],
            "criteria": criteria,
            "valid": row["ripe_enough"] and row["old_enough"] and extras_hold,
            "chosen": chosen,
        }

    def _run(self, name: str, **more: Any) -> psycopg.Cursor[TupleRow]:
        return self.work.run(_EXPLAIN[name], **more)

    def _fetch(self, name: str, **more: Any) -> list[dict[str, Any]]:
        with self.work.connection.cursor(row_factory=dict_row) as cursor:
            cursor.execute(
                _EXPLAIN[name].render(self.work.fragments), {**self.work.parameters, **more}
            )
            return [
                {
                    key: value.isoformat() if isinstance(value, dt.date) else value
                    for key, value in row.items()
                }
                for row in cursor
            ]
