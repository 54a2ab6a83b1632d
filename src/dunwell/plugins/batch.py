"""What a hook is given: a batch of rows that stand in a temporary table of the running slice.

A plug-in may stay in SQL (`execute`, over `table`, between `first_no` and `last_no`) or look at
the rows in Python (`rows`), which are fetched only when asked for.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg.rows import TupleRow, dict_row

from dunwell.db import statements

_ROWS = statements.load(__package__, "batch.sql")

WHOLE_TABLE = {"first_no": -(2**31), "last_no": 2**31 - 1}


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows of `table` whose `no` lies between the parameters `first_no` and `last_no`."""

    connection: psycopg.Connection[TupleRow]
    table: str
    parameters: Mapping[str, Any]
    """Among them business_date, first_account and last_account."""
    fragments: Mapping[str, str] = field(default_factory=dict)
    """SQL that the policy compiled: profile_expression, criteria_expression."""

    def rows(self) -> list[dict[str, Any]]:
        """The rows, each with `no`, `account_no`, `bill_unit_no`, both attributes and its table's
        columns.
        """
        statement = _ROWS[f"{self.table}_rows"]
        given = {name: self.parameters[name] for name in statement.parameters}
        with self.connection.cursor(row_factory=dict_row) as cursor:
            return cursor.execute(statement.render(), given).fetchall()

    def execute(self, statement: statements.Statement) -> None:
        """Run a set-based statement with the batch's parameters and fragments."""
        statement.run(self.connection, self.parameters, self.fragments)
