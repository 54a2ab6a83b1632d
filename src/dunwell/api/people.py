"""People: who may come in, what they may do, which brands they see. For administrators."""

import datetime as dt
from collections.abc import Callable
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from pydantic import Field

from dunwell.api import repeats
from dunwell.api.caller import Caller, IdempotencyKey, may
from dunwell.api.pages import After, Limit, Page, key_of, page
from dunwell.api.values import Given, Line, PathId, Shown, Text
from dunwell.api.versions import Expected
from dunwell.features.access import people, people_history
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.access.people import Rights
from dunwell.features.access.roles import Role

router = APIRouter(prefix="/people", tags=["people"])

Administrator = Annotated[Caller, may(Permission.ADMINISTER, everywhere=True)]

Roles = Annotated[list[Role], Field(max_length=len(Role))]
Permissions = Annotated[list[Permission], Field(max_length=len(Permission))]
Brands = Annotated[
    list[Line] | None, Field(max_length=1000, description="Names; null for every brand.")
]


class PersonRights(Given):
    """What somebody may do and see."""

    roles: Roles
    brands: Brands
    granted: Permissions = Field(default=[], description="Beyond what the roles give.")
    denied: Permissions = Field(default=[], description="In spite of what the roles give.")
    agent: Annotated[Line | None, Field(description="Their name on task lists.")] = None
    reason: Annotated[Text, Field(description="Why; it is kept in the log.")] = ""

    def rights(self) -> Rights:
        """For the service."""
        return Rights(self.roles, self.brands, self.granted, self.denied, self.agent)


class NewPerson(PersonRights):
    """A person to be; without a password they come in through single sign-on only."""

    login: Line
    name: Line
    password: Annotated[str | None, Field(min_length=12, max_length=256, repr=False)] = None


class ChangedPerson(PersonRights):
    """All of a person's rights, in place of those they have."""

    name: Line


Reason = Annotated[Text, Query(description="Why; it is kept in the log.")]


class Difference(Shown):
    """One of a person's facts before and after."""

    name: str
    before: Any
    after: Any


class Step(Shown):
    """Something that was done to a person."""

    at: dt.datetime
    actor: str
    kind: str
    reason: str | None
    differences: list[Difference]


class History(Shown):
    """All that was done to a person, the newest first."""

    items: list[Step]


class Password(Given):
    """A new password."""

    password: Annotated[str, Field(min_length=12, max_length=256, repr=False)]
    reason: Annotated[Text, Field(description="Why; it is kept in the log.")] = ""


class Person(Shown):
    """Somebody who may come in."""

    id: int
    login: str
    name: str
    roles: list[str]
    granted: list[str]
    denied: list[str]
    brands: list[str] | None
    agent: str | None
    disabled: bool
    has_password: bool
    version: int


def _shown(person: people.Person) -> Person:
    return Person.model_validate(person)


def _answer(person: people.Person) -> Response:
    return repeats.response(_shown(person), 200)


@router.get("")
def list_people(caller: Administrator, limit: Limit = 100, after: After = None) -> Page[Person]:
    """Everybody, by login."""
    (login,) = key_of(after, str, first=[""])
    with caller.oversee() as operation:
        found = people.everybody(operation, after=login, limit=limit + 1)
    shown, following = page(found, limit, lambda person: [person.login])
    return Page(items=[_shown(person) for person in shown], next=following)


@router.post("", status_code=201, response_model=Person)
def add_person(given: NewPerson, caller: Administrator, _key: IdempotencyKey = None) -> Response:
    """A new person."""
    return caller.once(
        lambda operation: _shown(
            people.add(
                operation,
                given.login,
                given.name,
                given.rights(),
                password=given.password,
                reason=given.reason,
            )
        ),
        given,
        location=lambda person: f"/api/v1/people/{person.id}",
        walled=False,
    )


@router.get("/{person_id}", response_model=Person)
def show_person(person_id: PathId, caller: Administrator) -> Response:
    """One person, with the version as `ETag`."""
    with caller.oversee() as operation:
        return _answer(people.get(operation, person_id))


@router.get("/{person_id}/history")
def show_history(person_id: PathId, caller: Administrator) -> History:
    """What was done to a person, by whom and why, and what it gave or took."""
    with caller.oversee() as operation:
        found = people_history.history(operation, person_id)
    return History(items=[Step.model_validate(asdict(each)) for each in found])


@router.put("/{person_id}", response_model=Person)
def change_person(
    person_id: PathId, given: ChangedPerson, caller: Administrator, version: Expected
) -> Response:
    """Give a person other rights; they count from the next request on."""
    with caller.oversee() as operation:
        person = people.change(
            operation,
            person_id,
            version=version,
            name=given.name,
            rights=given.rights(),
            reason=given.reason,
        )
    return _answer(person)


@router.post("/{person_id}/disable", response_model=Person)
def disable_person(
    person_id: PathId,
    caller: Administrator,
    version: Expected,
    reason: Reason = "",
    _key: IdempotencyKey = None,
) -> Response:
    """Keep a person out from now on; their sessions end."""
    return _once(caller, lambda op: people.disable(op, person_id, version=version, reason=reason))


@router.post("/{person_id}/enable", response_model=Person)
def enable_person(
    person_id: PathId,
    caller: Administrator,
    version: Expected,
    reason: Reason = "",
    _key: IdempotencyKey = None,
) -> Response:
    """Let a person in again."""
    return _once(caller, lambda op: people.enable(op, person_id, version=version, reason=reason))


@router.put("/{person_id}/password", response_model=Person)
def set_password(
    person_id: PathId, given: Password, caller: Administrator, version: Expected
) -> Response:
    """Give a person another password; their sessions end."""
    with caller.oversee() as operation:
        person = people.set_password(
            operation, person_id, given.password, version=version, reason=given.reason
        )
    return _answer(person)


def _once(caller: Caller, verb: Callable[[Operation], people.Person]) -> Response:
    return caller.once(lambda operation: _shown(verb(operation)), status=200, walled=False)
