"""Sharing groups: bill units whose debts one of them, the parent, answers for."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from pydantic import Field

from dunwell.api import repeats
from dunwell.api.caller import Caller, IdempotencyKey, may
from dunwell.api.pages import After, Limit, Page, key_of, page
from dunwell.api.values import Given, Line, Money, PathId, PathNumber, Shown
from dunwell.api.versions import Expected
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.sharing import queries, service

router = APIRouter(tags=["sharing groups"])

Viewer = Annotated[Caller, may(Permission.VIEW)]
Manager = Annotated[Caller, may(Permission.MANAGE_CASES)]

MOST_MEMBERS = 10_000

Numbers = Annotated[list[Line], Field(max_length=MOST_MEMBERS)]
SomeNumbers = Annotated[list[Line], Field(min_length=1, max_length=MOST_MEMBERS)]


class Why(Given):
    """Why a group is made or changed, as one of the policy's reason codes if it has some for
    `sharing_group`; the events of the change keep it.
    """

    reason: Line


class NewGroup(Why):
    """A group to be made."""

    name: Line
    parent: Line
    members: Numbers = Field(default=[])


class ChangedGroup(Why):
    """What a group is instead; only what is sent changes."""

    name: Line | None = None
    parent: Line | None = None
    members: Annotated[Numbers | None, Field(description="All of them, instead.")] = None


class Members(Why):
    """Bill units that join or leave a group; all, or none."""

    members: SomeNumbers


class Parent(Why):
    """The bill unit that answers for the group."""

    parent: Line


class GroupHead(Shown):
    """A group."""

    id: int
    name: str
    currency: str
    version: int


class Share(Shown):
    """A bill unit of a group, and what it owes today."""

    bill_unit_no: str
    account_no: str
    role: str
    open: Money
    overdue: Money


class Group(GroupHead):
    """A group with everybody in it, the parent first."""

    parent: str
    bill_units: list[Share]


class Role(Shown):
    """What a bill unit is: `parent`, `member` or `neither`; and its group if it has one."""

    bill_unit_no: str
    role: str
    group_id: int | None
    group: str | None
    parent: str | None
    bill_units: list[Share]


@router.get("/sharing-groups")
def list_sharing_groups(
    caller: Viewer,
    limit: Limit = 100,
    after: After = None,
    name: Annotated[Line | None, Query()] = None,
) -> Page[GroupHead]:
    """The groups there are; one by its `name`."""
    (last,) = key_of(after, int, first=[0])
    with caller.look() as operation:
        found = queries.groups(operation, name=name, after=last, limit=limit + 1)
    shown, following = page(found, limit, lambda row: [row["id"]])
    return Page(items=[GroupHead.model_validate(row) for row in shown], next=following)


@router.post("/sharing-groups", status_code=201, response_model=Group)
def create_sharing_group(given: NewGroup, caller: Manager, _key: IdempotencyKey = None) -> Response:
    """Make a group of a parent and its members: of one brand, one currency, and no other group."""
    return caller.once(
        lambda operation: _group(
            operation,
            service.create(operation, given.name, given.parent, given.members, reason=given.reason),
        ),
        given,
        location=lambda group: f"/api/v1/sharing-groups/{group.id}",
    )


@router.get("/sharing-groups/{group_id}", response_model=Group)
def show_sharing_group(group_id: PathId, caller: Viewer) -> Response:
    """A group with everybody in it and what they owe, its version as `ETag`."""
    with caller.look() as operation:
        return repeats.response(_group(operation, group_id), 200)


@router.patch("/sharing-groups/{group_id}", response_model=Group)
def change_sharing_group(
    group_id: PathId, given: ChangedGroup, caller: Manager, version: Expected
) -> Response:
    """Change the name, the parent or the members; all that is sent, or nothing."""
    with caller.change() as operation:
        service.modify(operation, group_id, version=version, **dict(given))
        return repeats.response(_group(operation, group_id), 200)


@router.delete("/sharing-groups/{group_id}", status_code=204)
def delete_sharing_group(
    group_id: PathId,
    caller: Manager,
    version: Expected,
    reason: Annotated[Line, Query(description="Why; its events keep it.")],
) -> None:
    """End a group; refused while it is in collections."""
    with caller.change() as operation:
        service.delete(operation, group_id, version=version, reason=reason)


@router.put("/sharing-groups/{group_id}/parent", response_model=Group)
def change_parent(group_id: PathId, given: Parent, caller: Manager, version: Expected) -> Response:
    """Let another bill unit answer for the group; the old parent leaves it."""
    with caller.change() as operation:
        service.change_parent(
            operation, group_id, given.parent, version=version, reason=given.reason
        )
        return repeats.response(_group(operation, group_id), 200)


@router.post("/sharing-groups/{group_id}/members/add", response_model=Group)
def add_members(
    group_id: PathId,
    given: Members,
    caller: Manager,
    version: Expected,
    _key: IdempotencyKey = None,
) -> Response:
    """Let bill units into the group, all or none."""
    return _once(caller, service.add_members, group_id, given, version)


@router.post("/sharing-groups/{group_id}/members/remove", response_model=Group)
def remove_members(
    group_id: PathId,
    given: Members,
    caller: Manager,
    version: Expected,
    _key: IdempotencyKey = None,
) -> Response:
    """Take members out of the group, all or none; they are chased on their own again."""
    return _once(caller, service.remove_members, group_id, given, version)


@router.get("/bill-units/{bill_unit_no}/sharing-group")
def show_role(bill_unit_no: PathNumber, caller: Viewer) -> Role:
    """Whether a bill unit is parent, member or neither, and what each of its group owes."""
    with caller.look() as operation:
        told = queries.role(operation, bill_unit_no)
    return Role.model_validate({**told, "bill_units": _shares(told)})


def _once(
    caller: Caller,
    verb: Callable[..., None],
    group_id: int,
    given: Members,
    version: int | None,
) -> Response:
    def answer(operation: Operation) -> Group:
        verb(operation, group_id, given.members, version=version, reason=given.reason)
        return _group(operation, group_id)

    return caller.once(answer, given, status=200)


def _group(operation: Operation, group_id: int) -> Group:
    found = queries.detail(operation, group_id)
    return Group.model_validate({**found, "bill_units": _shares(found)})


def _shares(told: dict[str, Any]) -> list[Share]:
    return [
        Share(
            bill_unit_no=row["bill_unit_no"],
            account_no=row["account_no"],
            role=row["role"],
            open=Money(amount=row["open"], currency=told["currency"]),
            overdue=Money(amount=row["overdue"], currency=told["currency"]),
        )
        for row in told["bill_units"]
    ]
