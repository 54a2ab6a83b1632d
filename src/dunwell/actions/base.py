"""The form of an action type: it performs a batch of due actions and leaves their outcome.

Rows of `due_action` that get no outcome stay pending. Each statement guards itself with the unique
constraint of the row that it makes, so nothing can happen twice for one action.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pluggy
from psycopg.types.json import Jsonb

from dunwell.db import statements
from dunwell.plugins.batch import Batch

_SHARED = statements.load(__package__, "shared.sql")


@dataclass(frozen=True, slots=True)
class Handler:
    """How a type is performed. `lowers_balance`: the night measures again and settles after it."""

    perform: Callable[[Batch, pluggy.HookRelay], None]
    lowers_balance: bool = False


def complete(batch: Batch) -> None:
    """Every row without another outcome is done."""
    batch.execute(_SHARED["complete"])


def override_amounts(batch: Batch, answers: list[Mapping[int, Decimal]]) -> None:
    """Put plug-ins' amounts in the place of the default ones, rounded to the currency."""
    for answer in answers:
        for no, amount in answer.items():
            batch.connection.execute(
                _SHARED["override_amount"].render(), {"no": no, "amount": amount}
            )


def add_data(batch: Batch, answers: list[Mapping[int, Mapping[str, Any]]]) -> None:
    """Add plug-ins' fields to the data of letters and reminders."""
    for answer in answers:
        for no, fields in answer.items():
            batch.connection.execute(
                _SHARED["add_data"].render(), {"no": no, "fields": Jsonb(dict(fields))}
            )


def charge(batch: Batch, kind: str) -> None:
    """Post the amounts as items of their own kind, due at once, with their charge rows."""
    statement = _SHARED["charge"]
    statement.run(batch.connection, {**batch.parameters, "kind": kind})
    complete(batch)


def set_bill_unit_status(batch: Batch, status: str) -> None:
    """Give the bill units another status; rules that ask for it see it from the next night on."""
    _SHARED["set_bill_unit_status"].run(batch.connection, {**batch.parameters, "status": status})
    complete(batch)


def write_message(batch: Batch, table: str) -> None:
    """Write a letter or a reminder message with the data that was gathered."""
    _SHARED["write_message"].run(batch.connection, batch.parameters, {"table": table})
    complete(batch)
