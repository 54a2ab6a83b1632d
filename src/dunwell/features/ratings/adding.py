"""Demerits that the night makes, for actions and for events of severance alike."""

from collections.abc import Mapping
from typing import Any

import psycopg
from psycopg.rows import TupleRow

from dunwell.db import statements
from dunwell.db.statements import Statement

_SERVICE = statements.load(__package__, "service.sql")


def add(
    connection: psycopg.Connection[TupleRow], parameters: Mapping[str, Any], demerits: Statement
) -> None:
    """Add what a query of the night tells: account_id, bill_unit_id, case_id and action_id; for how
    many days (none: for good), how many points, of which rating, and the reason.
    """
    _SERVICE["add_due"].run(connection, parameters, {"demerits": demerits.text})
