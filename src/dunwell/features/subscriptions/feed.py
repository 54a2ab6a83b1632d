"""The log as a feed: for systems that ask for events instead of being sent them.

Events come in the order of the transactions that wrote them, and only when every transaction that
began before has ended. So whoever asks on from the last one that they were shown misses nothing.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from psycopg.rows import dict_row

from dunwell.db import statements
from dunwell.domain.errors import BadInput
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.events import catalogue
from dunwell.features.receivables.bill_units import find

_FEED = statements.load(__package__, "feed.sql")

START = (0, 0)


@dataclass(frozen=True, slots=True)
class Asked:
    """Which events; what is left out doesn't matter."""

    kinds: Sequence[str] = ()
    """Kinds, or patterns like `action_*`, as they stand in the log."""
    bill_unit_no: str | None = None
    since: dt.date | None = None
    """The first business date."""


def read(
    operation: Operation, asked: Asked, *, after: tuple[int, int] = START, most: int = 100
) -> list[dict[str, Any]]:
    """Events after this position (of a transaction and an event), in order. Who sees some brands
    only is shown those of their bill units. Raises NotFound, BadInput.
    """
    operation.actor.require(Permission.SUBSCRIBE)
    unit = find(operation, asked.bill_unit_no) if asked.bill_unit_no is not None else None
    given = {
        "kinds": _kinds(asked.kinds),
        "account_id": unit and unit.account_id,
        "bill_unit_id": unit and unit.id,
        "since": asked.since or dt.date.min,
        "brands": operation.actor.brand_ids,
        "after_transaction": after[0],
        "after_event": after[1],
        "most": most,
    }
    with operation.connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(_FEED["read"].render(), given).fetchall()


def _kinds(patterns: Sequence[str]) -> list[str] | None:
    if not patterns:
        return None
    found = catalogue.logged(catalogue.matching(patterns))
    if not found:
        raise BadInput(
            f"No kind of event is called {', '.join(map(repr, patterns))}; the kinds are listed"
            " under event-kinds."
        )
    return sorted(found)
