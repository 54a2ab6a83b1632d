"""Exemptions and holds: keeping a bill unit out of collections, or its cases still, for a time."""

import datetime as dt
from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import Field

from dunwell.api import versions
from dunwell.api.caller import Caller, IdempotencyKey, may
from dunwell.api.pages import After, Limit, Page, key_of, page
from dunwell.api.values import Day, Given, HandleText, Line, PathNumber, Reasoned, Shown
from dunwell.api.versions import Seen
from dunwell.domain.pages import START
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.cases import assigning, sparing

router = APIRouter(tags=["exemptions and holds"])

OF_BILL_UNIT = "/bill-units/{bill_unit_no}"

Viewer = Annotated[Caller, may(Permission.VIEW)]
Manager = Annotated[Caller, may(Permission.MANAGE_CASES)]


class NewExemption(Reasoned):
    """From which day to which last day a bill unit is to be exempt."""

    since: Annotated[Day | None, Field(description="Null: today; may be past.")] = None
    until: Annotated[Day | None, Field(description="Null: until it is lifted.")] = None


class NewHold(Reasoned):
    """The last day on which a bill unit is to be on hold, from today on."""

    until: Day


class Several(Given):
    """Which bill units."""

    bill_unit_nos: Annotated[list[Line], Field(min_length=1, max_length=assigning.MOST)]


class NewExemptions(NewExemption, Several):
    """From which day to which last day bill units are to be exempt."""


class NewHolds(NewHold, Several):
    """The last day on which bill units are to be on hold, from today on."""


class Exemption(Shown):
    """From which day to which last day a bill unit is exempt."""

    handle: HandleText
    exempt_from: dt.date
    exempt_until: dt.date | None
    reason: str
    note: str | None
    actor: str


class Exemptions(Shown):
    """The newest first; of several bill units, in the order of their numbers."""

    items: list[Exemption]


class Hold(Shown):
    """From which day to which last day a bill unit is on hold."""

    handle: HandleText
    held_from: dt.date
    held_until: dt.date
    reason: str
    note: str | None
    actor: str


class Holds(Shown):
    """The newest first; of several bill units, in the order of their numbers."""

    items: list[Hold]


@router.get(OF_BILL_UNIT + "/exemptions")
def list_exemptions(
    bill_unit_no: PathNumber,
    caller: Viewer,
    response: Response,
    limit: Limit = 100,
    after: After = None,
) -> Page[Exemption]:
    """The bill unit's exemptions, the newest first, those that have ended too; the `ETag` is that
    of all together.
    """
    start = key_of(after, dt.date, int, first=START)
    with caller.look() as operation:
        found = sparing.exemptions(operation, bill_unit_no, after=start, limit=limit + 1)
        versions.show(response, _exemptions(operation, bill_unit_no))
    shown, following = page(found, limit, lambda row: (row.exempt_from, row.handle.id))
    return Page(items=[Exemption.model_validate(row) for row in shown], next=following)


@router.post(OF_BILL_UNIT + "/exemptions", status_code=201, response_model=Exemption)
def exempt(
    bill_unit_no: PathNumber,
    given: NewExemption,
    caller: Manager,
    seen: Seen,
    _key: IdempotencyKey = None,
) -> Response:
    """Exempt a bill unit; its open cases leave with the next night."""

    def verb(operation: Operation) -> Exemption:
        seen.check(operation, lambda: _exemptions(operation, bill_unit_no))
        return Exemption.model_validate(sparing.exempt(operation, bill_unit_no, **dict(given)))

    return caller.once(verb, given)


@router.post("/exemptions", status_code=201, response_model=Exemptions)
def exempt_many(given: NewExemptions, caller: Manager, _key: IdempotencyKey = None) -> Response:
    """Exempt several bill units, all or none."""
    return caller.once(
        lambda operation: Exemptions.model_validate(
            {"items": sparing.exempt_many(operation, **dict(given))}
        ),
        given,
    )


@router.post(OF_BILL_UNIT + "/exemptions/lift", response_model=Exemptions)
def lift_exemption(
    bill_unit_no: PathNumber,
    given: Reasoned,
    caller: Manager,
    seen: Seen,
    _key: IdempotencyKey = None,
) -> Response:
    """End every exemption that is in force or yet to come: today is no longer exempt."""

    def verb(operation: Operation) -> Exemptions:
        seen.check(operation, lambda: _exemptions(operation, bill_unit_no))
        lifted = sparing.lift_exemption(operation, bill_unit_no, **dict(given))
        return Exemptions.model_validate({"items": lifted})

    return caller.once(verb, given, status=200)


@router.get(OF_BILL_UNIT + "/holds")
def list_holds(
    bill_unit_no: PathNumber,
    caller: Viewer,
    response: Response,
    limit: Limit = 100,
    after: After = None,
) -> Page[Hold]:
    """The bill unit's holds, the newest first, those that have ended too; the `ETag` is that of
    all together.
    """
    start = key_of(after, dt.date, int, first=START)
    with caller.look() as operation:
        found = sparing.holds(operation, bill_unit_no, after=start, limit=limit + 1)
        versions.show(response, _holds(operation, bill_unit_no))
    shown, following = page(found, limit, lambda row: (row.held_from, row.handle.id))
    return Page(items=[Hold.model_validate(row) for row in shown], next=following)


@router.post(OF_BILL_UNIT + "/holds", status_code=201, response_model=Hold)
def hold(
    bill_unit_no: PathNumber,
    given: NewHold,
    caller: Manager,
    seen: Seen,
    _key: IdempotencyKey = None,
) -> Response:
    """Put a bill unit on hold: the night performs none of its actions, and it enters nothing."""

    def verb(operation: Operation) -> Hold:
        seen.check(operation, lambda: _holds(operation, bill_unit_no))
        return Hold.model_validate(sparing.hold(operation, bill_unit_no, **dict(given)))

    return caller.once(verb, given)


@router.post("/holds", status_code=201, response_model=Holds)
def hold_many(given: NewHolds, caller: Manager, _key: IdempotencyKey = None) -> Response:
    """Put several bill units on hold, all or none."""
    return caller.once(
        lambda operation: Holds.model_validate(
            {"items": sparing.hold_many(operation, **dict(given))}
        ),
        given,
    )


@router.post(OF_BILL_UNIT + "/holds/lift", response_model=Holds)
def lift_hold(
    bill_unit_no: PathNumber,
    given: Reasoned,
    caller: Manager,
    seen: Seen,
    _key: IdempotencyKey = None,
) -> Response:
    """End every hold that is in force or yet to come."""

    def verb(operation: Operation) -> Holds:
        seen.check(operation, lambda: _holds(operation, bill_unit_no))
        lifted = sparing.lift_hold(operation, bill_unit_no, **dict(given))
        return Holds.model_validate({"items": lifted})

    return caller.once(verb, given, status=200)


def _exemptions(operation: Operation, bill_unit_no: str) -> Exemptions:
    return Exemptions.model_validate({"items": sparing.exemptions(operation, bill_unit_no)})


def _holds(operation: Operation, bill_unit_no: str) -> Holds:
    return Holds.model_validate({"items": sparing.holds(operation, bill_unit_no)})
