"""A payment in suspense as a to-do: it belongs to no account yet, so the entry of the bank
statement is the to-do itself, and stands in the same list. It is open as long as the entry waits;
whoever gives it to a bill unit, or dismisses it, completes it.

Its handle has no account: `0-7` is the entry 7. Only who takes payments in every brand sees it.
"""

from typing import Any

from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from dunwell.db import statements
from dunwell.domain.errors import NotFound, RuleViolation, Stale
from dunwell.domain.handles import Handle
from dunwell.features.access.actor import Actor, Operation, Permission

_SUSPENDED = statements.load(__package__, "suspended.sql")

NOBODY = 0
"""The account of what has none."""

TYPE = "suspense"
"""A to-do type of this name in the policy says whose they are and how urgent."""

DOT = " · "
"""Stands between what the bank tells of an entry, and before the reason why it waits."""

FRAGMENTS = {
    "suspense_role": "coalesce(statement_entry.role, todo_type.role, 'agent')",
    "suspense_told": (
        f"concat_ws('{DOT}', statement_entry.name, nullif(statement_entry.reference, ''),"
        " statement_entry.reason)"
    ),
    "suspense_amount": "round_money(statement_entry.amount, statement_entry.currency)",
}
"""What the lists say of an entry, too."""


def is_one(handle: Handle) -> bool:
    """Whether the to-do is an entry in suspense."""
    return handle.account_id == NOBODY


def sees(actor: Actor) -> bool:
    """Whether somebody may see entries in suspense: they may belong to any brand."""
    return Permission.TAKE_PAYMENT in actor.permissions and actor.brands is None


def find(operation: Operation, handle: Handle) -> dict[str, Any]:
    """One, whatever became of it. Raises NotFound."""
    row = None
    if sees(operation.actor):
        with operation.connection.cursor(row_factory=dict_row) as cursor:
            text = _SUSPENDED["find"].render(FRAGMENTS)
            row = cursor.execute(text, {"id": handle.id}).fetchone()
    if row is None:
        raise NotFound(f"There is no to-do '{handle}'.")
    return row


def open_one(operation: Operation, handle: Handle, version: int | None) -> dict[str, Any]:
    """One that is open, locked. Raises NotFound, RuleViolation, Stale."""
    find(operation, handle)
    _SUSPENDED["lock"].run(operation.connection, {"id": handle.id})
    found = find(operation, handle)
    if version is not None and version != found["version"]:
        raise Stale(
            f"Somebody changed the to-do {handle} meanwhile (version {found['version']}, not"
            f" {version}). Look again, then repeat."
        )
    if found["status"] != "suspense":
        raise RuleViolation(
            "to_do_completed", f"The to-do {handle} is done with: its entry is {found['status']}."
        )
    return found


def change(
    operation: Operation, handle: Handle, kind: str, role: str, agent_id: int | None, **told: Any
) -> None:
    """Whose it is from now on, and the log entry that says so."""
    given = {"id": handle.id, "role": role, "agent_id": agent_id}
    _SUSPENDED["change"].run(operation.connection, given)
    facts = {"to_do": str(handle), "type": TYPE, **told}
    logged = {
        "business_date": operation.date,
        "kind": kind,
        "actor": operation.actor.name,
        "facts": Jsonb({name: value for name, value in facts.items() if value not in (None, "")}),
    }
    _SUSPENDED["log"].run(operation.connection, logged)
