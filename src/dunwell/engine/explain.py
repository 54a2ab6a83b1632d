"""Explain: why a bill unit is in collections on a date, or why it stays out.

The data are put back to the date and the night's own statements decide, in a transaction that is
rolled back; so the explanation can't disagree with the night. Beside that, every scenario of the
profile is shown with each criterion's value against its threshold.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from pluggy import HookRelay, PluginManager
from psycopg.rows import TupleRow, dict_row

from dunwell.db import statements
from dunwell.db.database import Database
from dunwell.domain.errors import NotFound
from dunwell.domain.statuses import GroupRole
from dunwell.engine import policy_in_force, verdict
from dunwell.engine.policy_in_force import PolicyInForce
from dunwell.features.cases import entering, examining
from dunwell.features.policy.today import last_night
from dunwell.features.receivables import measuring, posting
from dunwell.features.receivables.work import Work, create_temporary_tables
from dunwell.features.sharing import grouping

_EXPLAIN = statements.load(__package__, "explain.sql")

OWN_DEBTS = {
    "debts": "item.account_id = %(account_id)s::bigint"
    " and item.bill_unit_id = %(bill_unit_id)s::bigint"
}
GROUPS_DEBTS = {
    "debts": "(item.account_id, item.bill_unit_id) in ("
    "select group_share.account_id, group_share.bill_unit_id from group_share"
    " where group_share.parent_account_id = %(account_id)s::bigint"
    " and group_share.parent_bill_unit_id = %(bill_unit_id)s::bigint)"
}
"""Whose items are shown: its own, or for a group's parent those of the whole group."""


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
        work = Work(connection, hooks, parameters, {**policy.fragments, **OWN_DEBTS})
        return _Inquiry(work, policy, bill_unit, _accounts(work)).answer()


def _accounts(work: Work) -> list[int]:
    """The accounts to look at: one, or all of a sharing group, which then is one debtor."""
    group = grouping.group_of(work)
    if group is None:
        return [work.parameters["account_id"]]
    return grouping.take(work, group, group)


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
    accounts: Sequence[int]

    def answer(self) -> Explanation:
        """Put the data back to the date, let the night's statements decide, and tell."""
        self._recall()
        cases = self._fetch("open_cases")
        group = next(iter(self._fetch("group")), None)
        for account in self.accounts:
            self._run("forget_decisions", account_id=account)
        self._measure(group)
        measured = self._fetch("decided")
        entering.choose(self.work)
        chosen = {row["scenario_id"] for row in self._fetch("chosen")}
        profile = next(iter(self._fetch("profile")), None)
        scenarios = [
            self._scenario(row, chosen=row["id"] in chosen)
            for row in (self._fetch("scenarios", profile_id=profile["id"]) if profile else ())
        ]
        balances = self._fetch("balances")
        conditions = verdict.conditions(self.policy.switches, self.bill_unit, measured, group)
        why = verdict.why(balances, conditions, cases, scenarios)
        return Explanation(
            {
                "bill_unit_no": self.bill_unit["bill_unit_no"],
                "account_no": self.bill_unit["account_no"],
                "date": self.work.parameters["business_date"].isoformat(),
                "currency": self.bill_unit["currency"],
                "pay_type": self.bill_unit["pay_type"],
                "profile": profile["name"] if profile else None,
                "sharing_group": group,
                "balances": balances,
                "conditions": conditions,
                "cases": cases,
                "scenarios": scenarios,
                "why": why,
                "outcome": verdict.outcome(why),
            }
        )

    def _measure(self, group: Mapping[str, Any] | None) -> None:
        if group is None:
            examining.examine_one(self.work)
            examining.units(self.work)
            measuring.measure(self.work, everything=False)
            return
        grouping.gather(self.work, everything=True)
        grouping.measure(self.work)
        if group["role"] == GroupRole.PARENT:
            self.work.fragments |= GROUPS_DEBTS

    def _recall(self) -> None:
        """What the night of the date saw, or would see: later postings and cases undone."""
        last = last_night(self.work.connection)
        for account in self.accounts:
            if last and self.work.parameters["business_date"] <= last:
                self._run("recall_items", account_id=account)
            else:
                # every day that is still to come is posted in turn, as its night will do
                alone = {"first_account": account, "last_account": account}
                given = {**self.work.parameters, **alone, "last_date": last}
                posting.post(self.work.connection, given)
            self._run("forget_later_items", account_id=account)
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
