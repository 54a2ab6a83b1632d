"""A case under a person's hands, for what they do with its promise to pay: found, locked, and left
as every change leaves it. The verbs are in `service` (the promise) and `instalments`.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from dunwell.db import statements
from dunwell.domain.errors import BadInput, NotFound, RuleViolation
from dunwell.domain.money import Currency
from dunwell.features.access.actor import Operation
from dunwell.features.policy import reasons
from dunwell.features.policy.reasons import Category
from dunwell.features.promises import keeping
from dunwell.features.promises.rules import Instalment
from dunwell.features.receivables.bill_units import own
from dunwell.features.receivables.work import Work, create_temporary_tables

_SERVICE = statements.load(__package__, "service.sql")


@dataclass(frozen=True, slots=True)
class Case:
    """An open case under a person's hands, and its active promise if it has one."""

    work: Work
    facts: Mapping[str, Any]
    currency: Currency

    def run(self, name: str, **more: Any) -> Any:
        """A statement of `service.sql` about the case."""
        return self.work.run(_SERVICE[name], **more)

    def having(self, **more: Any) -> "Case":
        """The same case with other parameters for its statements."""
        return replace(self, work=replace(self.work, parameters={**self.work.parameters, **more}))

    def open_instalments(self, steps: Collection[int]) -> list[dict[str, Any]]:
        """All open instalments in order of their dates; every given step must be among them."""
        with self.work.connection.cursor(row_factory=dict_row) as cursor:
            cursor.execute(_SERVICE["open_instalments"].render(), self.work.parameters)
            found = cursor.fetchall()
        known = {row["step"] for row in found}
        for step in steps:
            if step not in known:
                raise NotFound(
                    f"The promise has no open instalment with the step {step}; its open ones are"
                    f" {', '.join(map(str, sorted(known))) or 'none'}."
                )
        return found

    def add(self, instalments: Sequence[Instalment]) -> None:
        """Add instalments to the promise."""
        self.run("add_instalments", **columns(instalments))

    def revoke(self, reason: str) -> None:
        """Take the promise back."""
        self.run("revoke", reason=reason)
        keeping.end(self.work)
        self.run("touch")

    def conclude(self, kind: str, reason: str, **facts: Any) -> None:
        """After every change: the others' dates, the event, and a mark for the night."""
        self.run("rest")
        keeping.resume(self.work)
        self.run("log", kind=kind, reason=reason, facts=Jsonb(facts))
        self.run("touch")


def columns(instalments: Sequence[Instalment]) -> dict[str, Any]:
    """Instalments as a statement takes them."""
    return {
        "dates": [instalment.due_on for instalment in instalments],
        "amounts": [instalment.amount for instalment in instalments],
    }


def promised(
    operation: Operation,
    bill_unit_no: str,
    debt_class: str | None,
    category: Category,
    reason: str,
) -> Case:
    """The open case with its active promise. Raises RuleViolation (`no_promise`) besides what
    `open_case` raises.
    """
    case = open_case(operation, bill_unit_no, debt_class, category, reason)
    if case.facts["promise_id"] is None:
        raise RuleViolation(
            "no_promise", f"The bill unit {bill_unit_no!r} has no active promise to pay."
        )
    return case


def open_case(
    operation: Operation,
    bill_unit_no: str,
    debt_class: str | None,
    category: Category,
    reason: str,
) -> Case:
    """The bill unit's open case, its slice and itself locked, once the reason is one of the
    policy's. Raises NotFound, BadInput, RuleViolation (`not_in_collections`).
    """
    bill_unit = own(operation, bill_unit_no)
    reasons.check(operation, bill_unit.brand_id, category, reason)
    given = {"account_id": bill_unit.account_id, "bill_unit_id": bill_unit.id}
    _SERVICE["lock_cases"].run(operation.connection, given)
    with operation.connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(_SERVICE["open_cases"].render(), given).fetchall()
    found = [row for row in rows if debt_class in (None, row["debt_class"])]
    if not found:
        of_class = "" if debt_class is None else f" for the debt class {debt_class!r}"
        raise RuleViolation(
            "not_in_collections",
            f"The bill unit {bill_unit_no!r} isn't in collections{of_class}; only then a promise"
            " to pay is possible.",
        )
    if len(found) > 1:
        classes = ", ".join(repr(row["debt_class"]) for row in found)
        raise BadInput(
            f"The bill unit {bill_unit_no!r} is in collections for several debt classes; say for"
            f" which: {classes}."
        )
    (facts,) = found
    create_temporary_tables(operation.connection)
    parameters = {
        **given,
        **facts,
        "actor": operation.actor.name,
        "run_id": None,
        "business_date": operation.date,
        "first_account": bill_unit.account_id,
        "last_account": bill_unit.account_id,
        "slice_width": operation.slice_width,
    }
    work = Work(operation.connection, operation.hooks, parameters)
    return Case(work, facts, Currency(facts["currency"], facts["digits"]))
