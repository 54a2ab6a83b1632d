"""The work on one slice (or one bill unit): what every step of the night is given.

The rows themselves stand in temporary tables of the connection; this is what binds them together:
the parameters of all statements, the policy compiled to SQL, and the hooks.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, LiteralString
from weakref import WeakSet

import psycopg
from pluggy import HookRelay
from psycopg import sql
from psycopg.rows import TupleRow

from dunwell.db import statements
from dunwell.db.statements import Statement
from dunwell.plugins.batch import WHOLE_TABLE, Batch

_WORK = statements.load(__package__, "work.sql")

WORTH_ANALYZING = 500
ANALYZED: Mapping[str, LiteralString] = {
    "work": "work (account_id, case_id)",
    "due_action": "due_action (account_id, no)",
}
"""Of wide tables the columns that they are joined and cut by: the others change no plan."""

# DESIGN section 5: issued, due before the business date, and not paid in full. What of it is under
# dispute is taken off where it is measured
IS_OVERDUE = (
    "item.open_amount > 0 and item.due_on < %(business_date)s::date"
    " and item.issued_on <= %(business_date)s::date"
)

# an action rests while a promise to pay is active for its case; an instalment doesn't
MAY_ACT = (
    "(action.promise_id is not null or not exists ("
    "select from promise where promise.account_id = action.account_id"
    " and promise.case_id = action.case_id and promise.status = 'active'))"
)

# who owes an item: its own bill unit
ORDINARY = {
    "debtor_account": "item.account_id",
    "debtor_bill_unit": "item.bill_unit_id",
    "shared": "",
    "of_debtor": "item.account_id = debtor.account_id and item.bill_unit_id = debtor.bill_unit_id",
    "of_promises": "",
    "disputes_of": "",
    "is_member": "false",
    "outside_groups": "",
    "of_severances": "",
    "acted": "select distinct account_id, bill_unit_id, debt_class_id from due_action"
    " where lowers_balance",
}


_READY: WeakSet[psycopg.Connection[TupleRow]] = WeakSet()
"""Connections that have their tables for good: to look whether they are there takes longer than to
read what a page shows."""


def create_temporary_tables(connection: psycopg.Connection[TupleRow]) -> None:
    """The tables that carry a slice through the steps; once for each connection."""
    if connection not in _READY:
        connection.execute(_WORK["create_temporary_tables"].render())


def keep_temporary_tables(connection: psycopg.Connection[TupleRow]) -> None:
    """Make them for as long as the connection lives, and commit."""
    create_temporary_tables(connection)
    connection.commit()
    _READY.add(connection)


@dataclass(slots=True)
class Work:
    """One transaction's share of a night."""

    connection: psycopg.Connection[TupleRow]
    hooks: HookRelay
    parameters: Mapping[str, Any]
    fragments: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.fragments = {
            "is_overdue": IS_OVERDUE,
            "may_act": MAY_ACT,
            **ORDINARY,
            **self.fragments,
        }

    def run(self, statement: Statement, **more: Any) -> psycopg.Cursor[TupleRow]:
        """Execute a statement over the slice, with more parameters if given."""
        return statement.run(self.connection, {**self.parameters, **more}, self.fragments)

    def count(self, statement: Statement, **more: Any) -> int:
        """Execute a statement; the number of rows that it changed."""
        return self.run(statement, **more).rowcount

    def fill(self, table: str, statement: Statement, **more: Any) -> int:
        """Execute a statement that fills a temporary table; how many rows it has.

        Nobody else tells the planner about a temporary table, and it expects few rows.
        """
        filled = self.count(statement, **more)
        if filled > WORTH_ANALYZING:
            described = ANALYZED.get(table)
            what = sql.SQL(described) if described else sql.Identifier(table)
            self.connection.execute(sql.SQL("analyze {}").format(what))
        return filled

    def batch(self, table: str, bounds: Mapping[str, int] = WHOLE_TABLE) -> Batch:
        """A hook's view of a temporary table."""
        return Batch(self.connection, table, {**self.parameters, **bounds}, self.fragments)
