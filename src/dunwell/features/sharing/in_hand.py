"""A sharing group under a person's hands: found, locked, with everybody whom a change concerns. The
verbs are in `service`.
"""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from psycopg import errors
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from dunwell.db import statements
from dunwell.domain.errors import Conflict, NotFound, RuleViolation, Stale
from dunwell.domain.statuses import GroupRole
from dunwell.features.access.actor import Operation
from dunwell.features.policy import reasons
from dunwell.features.policy.reasons import Category
from dunwell.features.receivables.bill_units import BillUnit, own_many

_SERVICE = statements.load(__package__, "service.sql")


@dataclass(slots=True)
class Group:
    """A group under a person's hands: its slices are shared, its row is locked."""

    operation: Operation
    id: int
    name: str
    currency: str
    brand_id: int
    reason: str
    """Why it is changed; it stands on every event of the change."""
    units: Mapping[str, BillUnit]
    """Everybody concerned, by number."""
    current: list[dict[str, Any]] = field(default_factory=list)

    @property
    def parent(self) -> str | None:
        """The parent's number."""
        return next(
            (row["bill_unit_no"] for row in self.current if row["role"] == GroupRole.PARENT), None
        )

    @property
    def members(self) -> list[str]:
        """The members' numbers."""
        return [row["bill_unit_no"] for row in self.current if row["role"] == GroupRole.MEMBER]

    def run(self, statement: str, bill_unit_no: str | None = None, /, **more: Any) -> Any:
        """A statement of `service.sql` about the group, and one of its bill units."""
        unit = self.units[bill_unit_no] if bill_unit_no else None
        given = {
            "group_id": self.id,
            "business_date": self.operation.date,
            "actor": self.operation.actor.name,
            "account_id": unit and unit.account_id,
            "bill_unit_id": unit and unit.id,
            **more,
        }
        return _SERVICE[statement].run(self.operation.connection, given)

    def join(self, bill_unit_no: str, role: GroupRole) -> None:
        """Let a bill unit in, if the rules allow it."""
        facts = fetch(self.operation, "facts", self.units[bill_unit_no])[0]
        if facts["group_id"] is not None:
            raise RuleViolation(
                "already_in_group",
                f"The bill unit {bill_unit_no!r} is {facts['role']} of the sharing group"
                f" {facts['group_name']!r} already; take it out of there first.",
            )
        if facts["currency"] != self.currency:
            raise RuleViolation(
                "other_currency",
                f"The bill unit {bill_unit_no!r} is in {facts['currency']}; the sharing group"
                f" {self.name!r} is in {self.currency}.",
            )
        if self.units[bill_unit_no].brand_id != self.brand_id:
            raise RuleViolation(
                "other_brand",
                f"The bill unit {bill_unit_no!r} belongs to another brand than the sharing group"
                f" {self.name!r}.",
            )
        self.run("join", bill_unit_no, role=str(role))
        self.log("joined_group", bill_unit_no, role=str(role))

    def leave(self, bill_unit_no: str) -> None:
        """Let a bill unit out."""
        self.run("leave", bill_unit_no)
        self.log("left_group", bill_unit_no)

    def log(self, kind: str, bill_unit_no: str, **facts: Any) -> None:
        """An event of the bill unit, which the night looks at."""
        named = {"group": self.name, **facts, "reason": self.reason}
        self.run("log", bill_unit_no, kind=kind, facts=Jsonb(named))
        self.run("touch", bill_unit_no)

    def conclude(self) -> None:
        """Everybody who is or was in the group is looked at by the night."""
        self.run("changed")
        for number in self.units:
            self.run("touch", number)


def own(
    operation: Operation,
    group_id: int,
    others: Collection[str] = (),
    *,
    version: int | None = None,
    reason: str,
) -> Group:
    """The group, to change, with the slices of everybody concerned shared in ascending order."""
    looked = fetch(operation, "look_group", None, group_id=group_id)
    if not looked or not operation.actor.sees(looked[0]["brand_id"]):
        raise NotFound(f"There is no sharing group {group_id}.")
    before = fetch(operation, "current", None, group_id=group_id)
    numbers = {*others, *(row["bill_unit_no"] for row in before)}
    units = own_many(operation, numbers)
    locked = fetch(operation, "lock_group", None, group_id=group_id)
    current = fetch(operation, "current", None, group_id=group_id)
    if not locked or not {row["bill_unit_no"] for row in current} <= units.keys():
        raise Conflict(f"Somebody changed the sharing group {group_id} meanwhile; look again.")
    facts = locked[0]
    if version not in (None, facts["version"]):
        raise Stale(
            f"Somebody changed the sharing group {facts['name']!r} meanwhile: it is at version"
            f" {facts['version']} now, not {version}; look again."
        )
    reasons.check(operation, facts["brand_id"], Category.SHARING_GROUP, reason)
    named = facts["name"], facts["currency"], facts["brand_id"]
    return Group(operation, group_id, *named, reason, units, current)


def fetch(
    operation: Operation, name: str, unit: BillUnit | None, **more: Any
) -> list[dict[str, Any]]:
    """The rows of a statement of `service.sql`, about a bill unit if one is given."""
    given = {**more}
    if unit is not None:
        given |= {"account_id": unit.account_id, "bill_unit_id": unit.id}
    with operation.connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(_SERVICE[name].render(), given).fetchall()


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Two people who let one bill unit in, or take one name, at the same moment."""
    try:
        yield
    except errors.UniqueViolation as failure:
        raise Conflict(
            "Somebody changed the same sharing group or bill unit at the same moment; look again."
        ) from failure
