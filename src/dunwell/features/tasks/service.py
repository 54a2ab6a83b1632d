"""To-dos in people's hands: made, assigned, forwarded to another role, and completed."""

from typing import Any

from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from dunwell.db import statements
from dunwell.domain import handles
from dunwell.domain.errors import BadInput, NotFound, RuleViolation, Stale
from dunwell.domain.handles import Handle
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.receivables.bill_units import own, own_accounts
from dunwell.features.tasks import suspended

_SERVICE = statements.load(__package__, "service.sql")

LONGEST = 2_000


def make(
    operation: Operation,
    bill_unit_no: str,
    type_name: str,
    message: str,
    *,
    agent: str | None = None,
) -> Handle:
    """Make a to-do of one of the policy's types about a bill unit. Raises NotFound, BadInput."""
    operation.actor.require(Permission.WORK_ACTIONS)
    _check_text(message)
    bill_unit = own(operation, bill_unit_no)
    kind = _one(operation, "type", name=type_name)
    if kind is None:
        names = ", ".join(repr(name) for (name,) in _SERVICE["types"].run(operation.connection))
        raise NotFound(f"The policy has no to-do type {type_name!r}; it has {names or 'none'}.")
    row = _one(
        operation,
        "make",
        **kind,
        account_id=bill_unit.account_id,
        bill_unit_id=bill_unit.id,
        message=message,
        agent_id=_agent(operation, agent),
    )
    assert row is not None
    return Handle(bill_unit.account_id, row["id"])


def assign(
    operation: Operation,
    to_do: str,
    agent: str | None,
    *,
    reason: str = "",
    version: int | None = None,
) -> None:
    """Give an open to-do to an agent; none: back to whoever has its role. Raises NotFound,
    RuleViolation, Stale.
    """
    operation.actor.require(Permission.WORK_ACTIONS)
    handle = handles.parse(to_do, "to-do")
    if suspended.is_one(handle):
        entry = suspended.open_one(operation, handle, version)
        role, given = entry["role"], _agent(operation, agent)
        told = {"agent": agent, "reason": reason}
        suspended.change(operation, handle, "to_do_assigned", role, given, **told)
        return
    found = _open(operation, to_do, version)
    agent_id = _agent(operation, agent)
    _change(operation, found, role=found["role"], agent_id=agent_id)
    _log(operation, found, "to_do_assigned", agent=agent, reason=reason)


def forward(
    operation: Operation,
    to_do: str,
    role: str,
    *,
    reason: str,
    version: int | None = None,
) -> None:
    """Pass an open to-do on to another role, whoever has it. Raises as `assign`, and BadInput."""
    operation.actor.require(Permission.WORK_ACTIONS)
    if not role.strip() or len(role) > LONGEST or "\0" in role:
        raise BadInput("Say which role the to-do goes to.")
    _check_text(reason)
    handle = handles.parse(to_do, "to-do")
    if suspended.is_one(handle):
        entry = suspended.open_one(operation, handle, version)
        told = {"from": entry["role"], "to": role, "reason": reason}
        suspended.change(operation, handle, "to_do_forwarded", role, None, **told)
        return
    found = _open(operation, to_do, version)
    _change(operation, found, role=role, agent_id=None)
    _log(operation, found, "to_do_forwarded", **{"from": found["role"]}, to=role, reason=reason)


def complete(
    operation: Operation, to_do: str, *, comment: str = "", version: int | None = None
) -> None:
    """A to-do is done with. Raises NotFound, RuleViolation, Stale."""
    operation.actor.require(Permission.WORK_ACTIONS)
    if comment:
        _check_text(comment)
    found = _open(operation, to_do, version)
    _one(
        operation,
        "complete",
        account_id=found["account_id"],
        id=found["id"],
        comment=comment or None,
    )
    _log(operation, found, "to_do_completed", reason=comment)


def _open(operation: Operation, to_do: str, version: int | None) -> dict[str, Any]:
    handle = handles.parse(to_do, "to-do")
    own_accounts(operation, [handle.account_id])
    found = _one(operation, "find", account_id=handle.account_id, id=handle.id)
    if found is None or not operation.actor.sees(found["brand_id"]):
        raise NotFound(f"There is no to-do {to_do!r}.")
    if version is not None and version != found["version"]:
        raise Stale(
            f"Somebody changed the to-do {to_do} meanwhile (version {found['version']}, not"
            f" {version}). Look again, then repeat."
        )
    if found["status"] != "open":
        raise RuleViolation(
            "to_do_completed",
            f"{found['completed_by']} completed the to-do {to_do} on {found['completed_on']}.",
        )
    return found


def _agent(operation: Operation, name: str | None) -> int | None:
    if name is None:
        return None
    row = _one(operation, "agent", name=name)
    if row is None:
        raise NotFound(f"There is no agent {name!r}.")
    return int(row["id"])


def _check_text(text: str) -> None:
    if not text.strip() or len(text) > LONGEST or "\0" in text:
        raise BadInput(f"Say what it is about, in 1 to {LONGEST:,} characters.")


def _change(operation: Operation, found: dict[str, Any], **values: Any) -> None:
    _one(operation, "change", account_id=found["account_id"], id=found["id"], **values)


def _log(operation: Operation, found: dict[str, Any], kind: str, **facts: Any) -> None:
    told = {"to_do": f"{found['account_id']}-{found['id']}", "type": found["type"], **facts}
    kept = {name: value for name, value in told.items() if value not in (None, "")}
    given = {
        "account_id": found["account_id"],
        "bill_unit_id": found["bill_unit_id"],
        "case_id": found["case_id"],
        "kind": kind,
        "facts": Jsonb(kept),
        "business_date": operation.date,
        "actor": operation.actor.name,
    }
    _SERVICE["log"].run(operation.connection, given)


def _one(operation: Operation, name: str, /, **given: Any) -> dict[str, Any] | None:
    parameters = {"business_date": operation.date, "actor": operation.actor.name, **given}
    with operation.connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(_SERVICE[name].render(), parameters).fetchone()
