"""Reading cases: the whole file of a bill unit's stays in collections."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.rows import TupleRow, dict_row

from dunwell.db import statements
from dunwell.domain.errors import NotFound

_QUERIES = statements.load(__package__, "queries.sql")


@dataclass(frozen=True, slots=True)
class CaseFile:
    """A case with its actions and events; amounts are decimal strings."""

    fields: Mapping[str, Any]

    def as_json(self) -> dict[str, Any]:
        """One JSON object: the case's fields, `actions` and `events`; dates as ISO strings."""
        return {
            name: value.isoformat() if hasattr(value, "isoformat") else value
            for name, value in self.fields.items()
        }


def case_files(connection: psycopg.Connection[TupleRow], bill_unit_no: str) -> list[CaseFile]:
    """All cases of a bill unit, the newest first; raises NotFound for an unknown number."""
    row = _QUERIES["find_bill_unit"].run(connection, {"bill_unit_no": bill_unit_no}).fetchone()
    if row is None:
        raise NotFound(f"There is no bill unit {bill_unit_no!r}.")
    with connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(
            _QUERIES["case_files"].render(), {"account_id": row[0], "bill_unit_id": row[1]}
        )
        return [CaseFile(found) for found in rows]
