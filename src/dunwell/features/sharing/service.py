"""What people do with sharing groups. Each function is one verb, and each takes the reason; the
surface commits.

A bill unit is in one group at most; the parent is nobody's member; all are of one brand and one
currency. Members may belong to other accounts, so each verb shares the slices of all of them.
"""

from collections.abc import Collection, Sequence

from dunwell.domain.errors import BadInput, RuleViolation
from dunwell.domain.statuses import GroupRole
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.policy import reasons
from dunwell.features.policy.reasons import Category
from dunwell.features.receivables.bill_units import own_many
from dunwell.features.sharing import in_hand
from dunwell.features.sharing.in_hand import Group


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
    currency = in_hand.fetch(operation, "facts", units[parent])[0]["currency"]
    brand_id = units[parent].brand_id
    reasons.check(operation, brand_id, Category.SHARING_GROUP, reason)
    group = Group(operation, 0, _checked(name), currency, brand_id, reason, units)
    with in_hand.one_at_a_time():
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
    group = in_hand.own(operation, group_id, reason=reason)
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
    group = in_hand.own(operation, group_id, others, version=version, reason=reason)
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
    group = in_hand.own(operation, group_id, members, version=version, reason=reason)
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
    group = in_hand.own(operation, group_id, members, version=version, reason=reason)
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
    group = in_hand.own(operation, group_id, [parent], version=version, reason=reason)
    _change_parent(group, parent)
    group.conclude()


def delete(operation: Operation, group_id: int, *, version: int | None = None, reason: str) -> None:
    """End the group; refused while it is in collections (`group_in_collections`).
    Manual: PCM_OP_COLLECTIONS_GROUP_DELETE.
    """
    operation.actor.require(Permission.MANAGE_CASES)
    group = in_hand.own(operation, group_id, version=version, reason=reason)
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


def _rename(group: Group, name: str) -> None:
    _check_name(group, name)
    with in_hand.one_at_a_time():
        group.run("rename", name=_checked(name))
    if group.parent:
        group.log("group_renamed", group.parent, name=name.strip())
    group.name = name.strip()


def _add(group: Group, members: Sequence[str]) -> None:
    for number in members:
        if number == group.parent:
            _refuse_parent(number)
        with in_hand.one_at_a_time():
            group.join(number, GroupRole.MEMBER)


def _remove(group: Group, members: Sequence[str]) -> None:
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


def _change_parent(group: Group, parent: str) -> None:
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
    with in_hand.one_at_a_time():
        group.join(parent, GroupRole.PARENT)
    members = [row for row in group.current if row["role"] == GroupRole.MEMBER]
    group.current = [{"bill_unit_no": parent, "role": GroupRole.PARENT}, *members]


def _check_parent(parent: str | None, members: Collection[str]) -> None:
    if parent in members:
        _refuse_parent(parent)


def _refuse_parent(parent: str | None) -> None:
    raise RuleViolation(
        "parent_is_member", f"The bill unit {parent!r} can't be parent and member at once."
    )


def _check_name(group: Group, name: str) -> None:
    taken = group.run("named", brand_id=group.brand_id, name=_checked(name)).fetchone()
    if taken is not None and taken[0] != group.id:
        raise RuleViolation(
            "name_taken", f"There is a sharing group {name!r} already; choose another name."
        )


def _checked(name: str) -> str:
    if not name.strip():
        raise BadInput("A sharing group needs a name.")
    return name.strip()
