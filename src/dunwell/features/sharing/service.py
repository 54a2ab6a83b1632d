"""What people do with sharing groups. Each function is one verb, and each takes the reason; the
surface commits.

A bill unit is in one group at most; the parent is nobody's member; all are of one brand and one
currency. Members may belong to other accounts, so each verb shares the slices of all of them.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from psycopg import errors
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from dunwell.db import statements
from dunwell.domain.errors import BadInput, Conflict, NotFound, RuleViolation, Stale
from dunwell.domain.statuses import GroupRole
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.policy import reasons
from dunwell.features.policy.reasons import Category
from dunwell.features.receivables.bill_units import BillUnit, own_many

_SERVICE = statements.load(__package__, "service.sql")


@dataclass(slots=True)
class _Group:
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
        facts = _fetch(self.operation, "facts", self.units[bill_unit_no])[0]
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


def create(
    operation: Operation,
    name: str,
    parent: str,
    members: Collection[str] = (),
    *,
    reason: str,
) -> int:
    """Make a sharing group of a parent and its members, by bill unit numbers; the group's id.

    Raises RuleViolation (`already_in_group`, `parent_is_member`, `other_currency`, `other_brand`,
    `name_taken`), NotFound, BadInput. Manual: PCM_OP_COLLECTIONS_GROUP_CREATE.
    """
    operation.actor.require(Permission.MANAGE_CASES)
    _check_parent(parent, members)
    units = own_many(operation, {parent, *members})
    currency = _fetch(operation, "facts", units[parent])[0]["currency"]
    brand_id = units[parent].brand_id
    reasons.check(operation, brand_id, Category.SHARING_GROUP, reason)
    group = _Group(operation, 0, _checked(name), currency, brand_id, reason, units)
    with _one_at_a_time():
        _check_name(group, name)
        row = group.run(
            "create", brand_id=group.brand_id, name=group.name, currency=currency
        ).fetchone()
        group.id = row[0]
        group.join(parent, GroupRole.PARENT)
        for number in sorted(set(members)):
            group.join(number, GroupRole.MEMBER)
    return group.id


def rename(operation: Operation, group_id: int, name: str, *, reason: str) -> None:
    """Give the group another name. Raises RuleViolation (`name_taken`), NotFound."""
    operation.actor.require(Permission.MANAGE_CASES)
    group = _own(operation, group_id, reason=reason)
    _rename(group, name)


def modify(
    operation: Operation,
    group_id: int,
    *,
    name: str | None = None,
    parent: str | None = None,
    members: Collection[str] | None = None,
    version: int | None = None,
    reason: str,
) -> None:
    """Change what is given: the name, the parent, all members; all or nothing.

    Raises as the single verbs do, and Stale if the group's version isn't the given one any more.
    Manual: PCM_OP_COLLECTIONS_GROUP_MODIFY.
    """
    operation.actor.require(Permission.MANAGE_CASES)
    others = {*([parent] if parent else []), *(members or ())}
    group = _own(operation, group_id, others, version=version, reason=reason)
    if name is not None and name != group.name:
        _rename(group, name)
    if members is not None:
        _check_parent(parent or group.parent, members)
        _remove(group, sorted(set(group.members) - set(members)))
    if parent is not None and parent != group.parent:
        _change_parent(group, parent)
    if members is not None:
        _add(group, sorted(set(members) - set(group.members)))
    group.conclude()


def add_members(
    operation: Operation,
    group_id: int,
    members: Collection[str],
    *,
    version: int | None = None,
    reason: str,
) -> None:
    """Let bill units into the group; all or none. Raises RuleViolation, NotFound.
    Manual: PCM_OP_COLLECTIONS_GROUP_ADD_MEMBER.
    """
    operation.actor.require(Permission.MANAGE_CASES)
    group = _own(operation, group_id, members, version=version, reason=reason)
    _add(group, sorted(set(members)))
    group.conclude()


def remove_members(
    operation: Operation,
    group_id: int,
    members: Collection[str],
    *,
    version: int | None = None,
    reason: str,
) -> None:
    """Take members out of the group; from the next night on they are chased on their own.

    Raises RuleViolation (`not_a_member`, `group_needs_parent`), NotFound.
    Manual: PCM_OP_COLLECTIONS_GROUP_DELETE_MEMBER.
    """
    operation.actor.require(Permission.MANAGE_CASES)
    group = _own(operation, group_id, members, version=version, reason=reason)
    _remove(group, sorted(set(members)))
    group.conclude()


def change_parent(
    operation: Operation,
    group_id: int,
    parent: str,
    *,
    version: int | None = None,
    reason: str,
) -> None:
    """Let another bill unit answer for the group; the old parent leaves it.

    The new one is neither a member nor in another group. Raises RuleViolation (`parent_is_member`,
    `already_in_group`, …), NotFound. Manual: PCM_OP_COLLECTIONS_GROUP_SET_PARENT.
    """
    operation.actor.require(Permission.MANAGE_CASES)
    group = _own(operation, group_id, [parent], version=version, reason=reason)
    _change_parent(group, parent)
    group.conclude()


def delete(operation: Operation, group_id: int, *, version: int | None = None, reason: str) -> None:
    """End the group; refused while it is in collections (`group_in_collections`).
    Manual: PCM_OP_COLLECTIONS_GROUP_DELETE.
    """
    operation.actor.require(Permission.MANAGE_CASES)
    group = _own(operation, group_id, version=version, reason=reason)
    chased = [number for (number,) in group.run("in_collections")]
    if chased:
        raise RuleViolation(
            "group_in_collections",
            f"The sharing group {group.name!r} is in collections"
            f" ({', '.join(map(repr, chased))}) and can't be deleted until it has left.",
        )
    for row in group.current:
        group.leave(row["bill_unit_no"])
    group.run("delete")


def _rename(group: _Group, name: str) -> None:
    _check_name(group, name)
    with _one_at_a_time():
        group.run("rename", name=_checked(name))
    if group.parent:
        group.log("group_renamed", group.parent, name=name.strip())
    group.name = name.strip()


def _add(group: _Group, members: Sequence[str]) -> None:
    for number in members:
        if number == group.parent:
            _refuse_parent(number)
        with _one_at_a_time():
            group.join(number, GroupRole.MEMBER)


def _remove(group: _Group, members: Sequence[str]) -> None:
    for number in members:
        if number == group.parent:
            raise RuleViolation(
                "group_needs_parent",
                f"The bill unit {number!r} is the parent of the sharing group {group.name!r}; give"
                " the group another parent, or delete it.",
            )
        if number not in group.members:
            raise RuleViolation(
                "not_a_member",
                f"The bill unit {number!r} is no member of the sharing group {group.name!r}.",
            )
        group.leave(number)
    group.current = [row for row in group.current if row["bill_unit_no"] not in set(members)]


def _change_parent(group: _Group, parent: str) -> None:
    if parent == group.parent:
        return
    if parent in group.members:
        raise RuleViolation(
            "parent_is_member",
            f"The bill unit {parent!r} is a member of the sharing group {group.name!r}; take it"
            " out first.",
        )
    if group.parent:
        group.leave(group.parent)
    with _one_at_a_time():
        group.join(parent, GroupRole.PARENT)
    members = [row for row in group.current if row["role"] == GroupRole.MEMBER]
    group.current = [{"bill_unit_no": parent, "role": GroupRole.PARENT}, *members]


def _own(
    operation: Operation,
    group_id: int,
    others: Collection[str] = (),
    *,
    version: int | None = None,
    reason: str,
) -> _Group:
    """The group, to change, with the slices of everybody concerned shared in ascending order."""
    looked = _fetch(operation, "look_group", None, group_id=group_id)
    if not looked or not operation.actor.sees(looked[0]["brand_id"]):
        raise NotFound(f"There is no sharing group {group_id}.")
    before = _fetch(operation, "current", None, group_id=group_id)
    numbers = {*others, *(row["bill_unit_no"] for row in before)}
    units = own_many(operation, numbers)
    locked = _fetch(operation, "lock_group", None, group_id=group_id)
    current = _fetch(operation, "current", None, group_id=group_id)
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
    return _Group(operation, group_id, *named, reason, units, current)


def _fetch(
    operation: Operation, name: str, unit: BillUnit | None, **more: Any
) -> list[dict[str, Any]]:
    given = {**more}
    if unit is not None:
        given |= {"account_id": unit.account_id, "bill_unit_id": unit.id}
    with operation.connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(_SERVICE[name].render(), given).fetchall()


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Two people who let one bill unit in, or take one name, at the same moment."""
    try:
        yield
    except errors.UniqueViolation as failure:
        raise Conflict(
            "Somebody changed the same sharing group or bill unit at the same moment; look again."
        ) from failure


def _check_parent(parent: str | None, members: Collection[str]) -> None:
    if parent in members:
        _refuse_parent(parent)


def _refuse_parent(parent: str | None) -> None:
    raise RuleViolation(
        "parent_is_member", f"The bill unit {parent!r} can't be parent and member at once."
    )


def _check_name(group: _Group, name: str) -> None:
    taken = group.run("named", brand_id=group.brand_id, name=_checked(name)).fetchone()
    if taken is not None and taken[0] != group.id:
        raise RuleViolation(
            "name_taken", f"There is a sharing group {name!r} already; choose another name."
        )


def _checked(name: str) -> str:
    if not name.strip():
        raise BadInput("A sharing group needs a name.")
    return name.strip()
