"""Assigning bill units to an agent: many at once, all or nothing."""

from collections.abc import Sequence
from dataclasses import dataclass

from dunwell.db import statements
from dunwell.domain.errors import BadInput, NotFound, RuleViolation
from dunwell.domain.handles import Handle
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.policy import reasons
from dunwell.features.policy.reasons import Category
from dunwell.features.receivables.bill_units import own_many

_ASSIGNING = statements.load(__package__, "assigning.sql")

MOST = 10_000


@dataclass(frozen=True, slots=True)
class Assignment:
    """Who works on which bill units from now on."""

    agent: str | None
    bill_units: tuple[str, ...]
    cases: tuple[Handle, ...]
    """Those that had another agent, or none, before."""


def assign(
    operation: Operation,
    bill_unit_nos: Sequence[str],
    agent: str | None,
    *,
    reason: str,
    note: str | None = None,
) -> Assignment:
    """Give the open cases of bill units to an agent (none: to nobody), with their tasks.

    Raises NotFound and RuleViolation, naming every bill unit that stands in the way; then nothing
    was assigned. Manual: PCM_OP_COLLECTIONS_ASSIGN_AGENT.
    """
    operation.actor.require(Permission.ASSIGN)
    if not 1 <= len(bill_unit_nos) <= MOST:
        raise BadInput(f"Give 1 to {MOST:,} bill units, not {len(bill_unit_nos):,}.")
    agent_id = _agent(operation, agent)
    found = own_many(operation, bill_unit_nos)
    for brand_id in {bill_unit.brand_id for bill_unit in found.values()}:
        reasons.check(operation, brand_id, Category.ASSIGN, reason)
    given = {
        "account_ids": [bill_unit.account_id for bill_unit in found.values()],
        "bill_unit_ids": [bill_unit.id for bill_unit in found.values()],
        "agent_id": agent_id,
        "agent": agent,
        "actor": operation.actor.name,
        "business_date": operation.date,
        "reason": reason,
        "note": note,
    }
    locked = _ASSIGNING["lock_cases"].run(operation.connection, given).fetchall()
    out = sorted({number for number, bill_unit in found.items()} - {row[0] for row in locked})
    if out:
        raise RuleViolation(
            "not_in_collections",
            f"Not in collections, so nobody can be assigned: {', '.join(map(repr, out))}. Nothing"
            f" was assigned.",
        )
    changed = _ASSIGNING["assign"].run(operation.connection, given).fetchall()
    return Assignment(agent, tuple(sorted(found)), tuple(Handle(*row) for row in changed))


def _agent(operation: Operation, name: str | None) -> int | None:
    if name is None:
        return None
    row = _ASSIGNING["agent"].run(operation.connection, {"agent": name}).fetchone()
    if row is None:
        raise NotFound(f"There is no agent {name!r}; add the agent to the policy.")
    return int(row[0])
