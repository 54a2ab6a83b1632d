"""People: who may come in, their roles and brands, single permissions beyond or in spite of them.
What is changed here counts at once, with why; a person's page shows all that was changed
(docs/decisions/0176-people-change-at-once.md).
"""

from collections.abc import Callable
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response
from pydantic import BeforeValidator, Field, StringConstraints

from dunwell.domain.errors import BadInput, DunwellError, NotFound
from dunwell.features.access import people, people_history, roles
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.access.people import Person, Rights
from dunwell.features.access.roles import Role
from dunwell.features.policy import queries, versions
from dunwell.web import forms, refusals
from dunwell.web.caller import Caller, may
from dunwell.web.configuration import changes
from dunwell.web.configuration import words as told
from dunwell.web.forms import Fields, Form
from dunwell.web.languages import _

ADDRESS = "/configuration/people"

router = APIRouter(prefix=ADDRESS)

Administrator = Annotated[Caller, may(Permission.ADMINISTER, everywhere=True)]
PersonId = Annotated[int, Path(ge=1, le=2**31 - 1)]
MOST = 50


def _list(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


Several = Annotated[list[str], BeforeValidator(_list)]


class Given(forms.Given):
    """A person as the form sends them."""

    login: Annotated[str, StringConstraints(max_length=200)] = ""
    name: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    roles: Several = Field(default=[])
    every_brand: bool = False
    brands: Several = Field(default=[])
    granted: Several = Field(default=[])
    denied: Several = Field(default=[])
    agent: str | None = None
    version: int | None = None
    reason: forms.Line
    password: Annotated[str | None, StringConstraints(max_length=1000, strip_whitespace=False)] = (
        None
    )


@router.get("")
def list_people(
    caller: Administrator, after: Annotated[str, Query(max_length=200)] = ""
) -> Response:
    """Everybody by login."""
    with caller.oversee() as operation:
        found = people.everybody(operation, after=after, limit=MOST + 1)
        lately = people_history.lately(operation)
    more = found[MOST - 1].login if len(found) > MOST else None
    return _page(caller, "people", people=found[:MOST], more=more, first=bool(after), lately=lately)


@router.get("/new")
def new_person(caller: Administrator) -> Response:
    """The form of a new person."""
    return _form(caller, Form[Given]({"every_brand": "true"}))


@router.post("/new")
def add(caller: Administrator, fields: Fields) -> Response:
    """Let somebody in; without a password they come through single sign-on only."""
    form = forms.read(Given, fields)
    if given := form.given:
        with form.refusing(), caller.oversee() as operation:
            people.add(
                operation,
                given.login,
                given.name,
                _rights(given),
                password=given.password,
                reason=given.reason,
            )
    if form.given is None:
        return _form(caller, form)
    said = _("%(name)s may come in.") % {"name": form.given.name}
    return caller.go(ADDRESS, flash=("good", said))


@router.get("/{person_id}")
def show_person(
    person_id: PersonId,
    caller: Administrator,
    then: Annotated[int | None, Query(ge=1, le=2**31 - 1)] = None,
) -> Response:
    """The form of a person; filled with the rights that they had after so many changes, if it is
    these that they shall have again.
    """
    with caller.oversee() as operation:
        person = people.get(operation, person_id)
        rights = asdict(person)
        if then is not None:
            rights |= people_history.rights_after(operation, person_id, then)
    values: dict[str, Any] = {
        "name": person.name,
        "roles": rights["roles"],
        "granted": rights["granted"],
        "denied": rights["denied"],
        "every_brand": "true" if rights["brands"] is None else "",
        "brands": rights["brands"] or [],
        "agent": rights["agent"] or "",
        "version": person.version,
    }
    return _form(caller, Form[Given](values), person, then=then)


@router.post("/{person_id}")
def change(person_id: PersonId, caller: Administrator, fields: Fields) -> Response:
    """Give a person other rights; they count from the next request on."""
    form = forms.read(Given, fields)
    with caller.oversee() as operation:
        person = people.get(operation, person_id)
    if given := form.given:
        with form.refusing(), caller.oversee() as operation:
            people.change(
                operation,
                person_id,
                version=given.version,
                name=given.name,
                rights=_rights(given),
                reason=given.reason,
            )
    if form.given is None:
        return _form(caller, form, person)
    return caller.go(f"{ADDRESS}/{person_id}", flash=("good", _("The rights are changed.")))


@router.post("/{person_id}/password")
def set_password(person_id: PersonId, caller: Administrator, fields: Fields) -> Response:
    """Another password; the person's sessions end."""
    password = str(fields.get("password", ""))
    return _do(
        caller,
        person_id,
        fields,
        lambda operation, why: people.set_password(operation, person_id, password, reason=why),
        _("The password is set, and the person's sessions have ended."),
    )


@router.post("/{person_id}/disable")
def disable(person_id: PersonId, caller: Administrator, fields: Fields) -> Response:
    """Keep a person out from now on."""
    return _do(
        caller,
        person_id,
        fields,
        lambda operation, why: people.disable(operation, person_id, reason=why),
        _("The person is kept out from now on."),
    )


@router.post("/{person_id}/enable")
def enable(person_id: PersonId, caller: Administrator, fields: Fields) -> Response:
    """Let a person in again."""
    return _do(
        caller,
        person_id,
        fields,
        lambda operation, why: people.enable(operation, person_id, reason=why),
        _("The person may come in again."),
    )


def _do(
    caller: Caller,
    person_id: int,
    fields: dict[str, Any],
    verb: Callable[[Operation, str], Person],
    said: str,
) -> Response:
    address = f"{ADDRESS}/{person_id}"
    why = str(fields.get("reason", "")).strip()
    try:
        with caller.oversee() as operation:
            if not why:
                people.get(operation, person_id)
                raise BadInput(_("Say why: the reason is kept beside your name."))
            verb(operation, why)
    except NotFound:
        raise
    except DunwellError as failure:
        return caller.go(address, flash=("bad", refusals.told(failure.message)))
    return caller.go(address, flash=("good", said))


def _rights(given: Given) -> Rights:
    brands = None if given.every_brand else given.brands
    return Rights(given.roles, brands, given.granted, given.denied, given.agent)


def _form(
    caller: Caller, form: Form[Given], person: Person | None = None, *, then: int | None = None
) -> Response:
    with caller.oversee() as operation:
        policy = versions.read(operation.connection).policy
        seen = queries.objects(operation.connection, "brand", operation.actor.sees)
        history = people_history.history(operation, person.id) if person else []
    return _page(
        caller,
        "person",
        status=form.status,
        form=form,
        person=person,
        history=history,
        then=history[-then] if then else None,
        said=changes.said,
        all_roles=[(role.value, sorted(roles.PERMISSIONS[role])) for role in Role],
        permissions=[(each.value, roles.MEANINGS[each]) for each in Permission],
        brands=[brand.name for brand in seen],
        agents=[("", "–"), *((each.name, each.name) for each in policy.agents)],
    )


def _page(caller: Caller, template: str, *, status: int = 200, **values: Any) -> Response:
    return caller.page(
        f"configuration/{template}.html",
        status=status,
        desk=None,
        noun="people",
        told=told,
        **values,
    )
