"""Amounts of rows with the decimals of their currency: 12.50, 1200, 3.125."""

from collections.abc import Sequence

import psycopg
from psycopg.rows import TupleRow

from dunwell.db import statements
from dunwell.features.reports.report import Column, Kind, Row

_RUNNING = statements.load(__package__, "running.sql")


def rounded(
    connection: psycopg.Connection[TupleRow], columns: Sequence[Column], rows: list[Row]
) -> list[Row]:
    """The rows, their amounts with as many decimals as their currency has."""
    digits: dict[str, int] = dict(_RUNNING["digits"].run(connection).fetchall())
    money = [column.name for column in columns if column.kind is Kind.MONEY]
    for row in rows:
        for name in money:
            if row[name] is not None:
                row[name] = round(row[name], digits[row["currency"]])
    return rows
