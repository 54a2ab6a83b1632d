"""The history of a bill unit: every event of the log that names it, the newest first."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from psycopg.rows import dict_row

from dunwell.db import statements
from dunwell.domain import pages
from dunwell.domain.pages import Page
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.receivables.bill_units import Whose, find

_HISTORY = statements.load(__package__, "history.sql")

_ORDER = "date"


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that happened, with its facts and its reason as the event keeps them."""

    id: int
    bill_unit_no: str | None
    currency: str | None
    date: dt.date
    recorded_at: dt.datetime
    kind: str
    actor: str
    case_id: int | None
    data: Mapping[str, Any]


def history(
    operation: Operation,
    bill_unit_no: str,
    *,
    limit: int = pages.DEFAULT_LIMIT,
    cursor: str | None = None,
) -> Page[Entry]:
    """What happened to a bill unit, the newest first. Raises NotFound, BadInput."""
    operation.actor.require(Permission.VIEW)
    return history_of(operation, find(operation, bill_unit_no), limit=limit, cursor=cursor)


def history_of(
    operation: Operation,
    whose: Whose,
    *,
    limit: int = pages.DEFAULT_LIMIT,
    cursor: str | None = None,
) -> Page[Entry]:
    """The same of whom somebody has found already, also of a whole account. Raises BadInput."""
    operation.actor.require(Permission.VIEW)
    pages.check_limit(limit)
    after_date, after_id = pages.decode(_ORDER, cursor, dt.date, int)
    given = {
        "account_id": whose.account_id,
        "bill_unit_id": whose.id,
        "after_date": after_date,
        "after_id": after_id,
        "limit": limit + 1,
    }
    with operation.connection.cursor(row_factory=dict_row) as fetching:
        rows = fetching.execute(_HISTORY["history"].render(whose.among("event")), given).fetchall()
    found = [Entry(**row) for row in rows]
    return pages.page(found, limit, lambda entry: (entry.date, entry.id), _ORDER)
