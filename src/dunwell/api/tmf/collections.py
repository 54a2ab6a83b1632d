"""Collection cases, actions and promises in TM Forum's style: resources of our own, for which they
have no API. A case's `state` is `inProgress` or `completed`, an action's and a promise's our own
word.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from dunwell.api.caller import Caller, may
from dunwell.api.pages import After
from dunwell.api.tmf.shapes import (
    ByAccount,
    Entity,
    Fields,
    Money,
    Part,
    Period,
    Reference,
    described,
    href,
    one,
)
from dunwell.api.values import GivenHandle, Line, PathHandle, PathId
from dunwell.domain.errors import NotFound
from dunwell.domain.pages import Page
from dunwell.features.access.actor import Permission
from dunwell.features.cases import queries, searching
from dunwell.features.cases.searching import Criteria, Found, Order
from dunwell.features.cases.states import ActionState, CaseState
from dunwell.features.promises import queries as promise_queries

API = "collectionManagement"

router = APIRouter(prefix=f"/{API}/v4", tags=["collection management in TM Forum's style"])

Viewer = Annotated[Caller, may(Permission.VIEW)]


class CollectionCase(Entity):
    """A bill unit's stay in a scenario."""

    state: str | None = None
    status_reason: str | None = None
    scenario: str | None = None
    profile: str | None = None
    debt_class: str | None = None
    overdue_amount: Money | None = None
    overdue_since: str | None = None
    valid_for: Period | None = None
    assigned_agent: str | None = None
    billing_account: Reference | None = None
    collection_action: list[Reference] | None = None


class CollectionAction(Entity):
    """One step of a case."""

    name: str | None = None
    action_type: str | None = None
    state: str | None = None
    due_date: str | None = None
    completion_date: str | None = None
    is_mandatory: bool | None = None
    message: str | None = None
    collection_case: Reference | None = None
    billing_account: Reference | None = None


class Instalment(Entity):
    """What is promised for one day."""

    due_date: str
    amount: Money
    state: str


class PromiseToPay(Entity):
    """A promise with its instalments."""

    state: str | None = None
    total_amount: Money | None = None
    promise_date: str | None = None
    valid_for: Period | None = None
    instalment: list[Instalment] | None = None
    billing_account: Reference | None = None
    collection_case: Reference | None = None


@router.get("/collectionCase", **described(CollectionCase))
def list_collection_cases(
    caller: Viewer,
    part: Part,
    after: After = None,
    account: Annotated[Line | None, Query(alias="billingAccount.id")] = None,
    party: Annotated[Line | None, Query(alias="relatedParty.id")] = None,
    agent: Annotated[Line | None, Query(alias="assignedAgent")] = None,
) -> Response:
    """Open cases, the longest overdue first; those of a bill unit with the closed ones."""
    with caller.look() as operation:
        if account is not None:
            files = queries.files_of(operation, account)
            return part.answer([_file(each.fields) for each in files])
        criteria = Criteria(account_no=party, agent=agent)

        def fetch(limit: int, cursor: str | None) -> Page[Found]:
            order = Order.DAYS_OVERDUE
            return searching.search(
                operation, criteria, order=order, limit=limit, cursor=cursor or after
            )

        passed = fetch(part.offset, None) if part.offset else None
        if passed and passed.next_cursor is None:
            return part.beyond(len(passed.items))
        page = fetch(part.limit, passed.next_cursor if passed else None)
    return part.page([_found(each) for each in page.items], page.next_cursor)


@router.get("/collectionCase/{id}", response_model=CollectionCase)
def show_collection_case(id: PathHandle, caller: Viewer, fields: Fields = None) -> Response:  # noqa: A002 - TMF's name
    """One case with its actions."""
    with caller.look() as operation:
        return one(_file(queries.case_file(operation, id).fields), fields)


@router.get("/collectionAction", **described(CollectionAction))
def list_collection_actions(
    caller: Viewer,
    part: Part,
    case: Annotated[GivenHandle, Query(alias="collectionCase.id", examples=["12-3456"])],
) -> Response:
    """The actions of a case, in the order of their dates."""
    with caller.look() as operation:
        found = queries.case_state(operation, case)
    return part.answer([_action(each, found) for each in found.actions])


@router.get("/collectionAction/{id}", response_model=CollectionAction)
def show_collection_action(id: PathHandle, caller: Viewer, fields: Fields = None) -> Response:  # noqa: A002 - TMF's name
    """One action."""
    with caller.look() as operation:
        return one(_action(*queries.action_state(operation, id)), fields)


@router.get("/promiseToPay", **described(PromiseToPay))
def list_promises(caller: Viewer, part: Part, account: ByAccount) -> Response:
    """The promises of a bill unit, the newest first."""
    with caller.look() as operation:
        found = promise_queries.promises(operation, account)
    return part.answer([_promise(each, account) for each in found])


@router.get("/promiseToPay/{id}", response_model=PromiseToPay)
def show_promise(
    id: PathId,  # noqa: A002 - TMF's name
    caller: Viewer,
    account: ByAccount,
    fields: Fields = None,
) -> Response:
    """One promise of a bill unit."""
    with caller.look() as operation:
        for each in promise_queries.promises(operation, account):
            if each["promise_id"] == id:
                return one(_promise(each, account), fields)
    raise NotFound(f"The bill unit {account!r} has no promise {id}.")


def _found(case: Found) -> CollectionCase:
    number = str(case.case)
    return CollectionCase(
        id=number,
        href=href(API, "collectionCase", number),
        type="CollectionCase",
        state="inProgress",
        scenario=case.scenario,
        profile=case.profile,
        debt_class=case.debt_class,
        overdue_amount=Money.of(case.overdue_amount, case.currency),
        overdue_since=_moment(case.overdue_date),
        valid_for=Period(start_date_time=_moment(case.entered_on)),
        assigned_agent=case.agent,
        billing_account=_account(case.bill_unit_no),
    )


def _file(case: Mapping[str, Any]) -> CollectionCase:
    return CollectionCase(
        id=case["handle"],
        href=href(API, "collectionCase", case["handle"]),
        type="CollectionCase",
        state="inProgress" if case["status"] == "open" else "completed",
        status_reason=case["close_reason"],
        scenario=case["scenario"],
        profile=case["profile"],
        debt_class=case["debt_class"],
        overdue_amount=Money.of(case["overdue_amount"], case["currency"]),
        overdue_since=_moment(case["overdue_date"]),
        valid_for=Period(
            start_date_time=_moment(case["entered_on"]), end_date_time=_moment(case["closed_on"])
        ),
        assigned_agent=case["agent"],
        billing_account=_account(case["bill_unit_no"]),
        collection_action=[
            Reference(
                id=each["handle"],
                href=href(API, "collectionAction", each["handle"]),
                name=each["action"],
                referred_type="CollectionAction",
            )
            for each in case["actions"]
        ],
    )


def _action(action: ActionState, case: CaseState) -> CollectionAction:
    number = str(action.handle)
    return CollectionAction(
        id=number,
        href=href(API, "collectionAction", number),
        type="CollectionAction",
        name=action.name,
        action_type=action.type,
        state=action.status,
        due_date=_moment(action.due_on),
        completion_date=_moment(action.closed_on),
        is_mandatory=action.mandatory,
        message=action.message,
        collection_case=_case(str(case.handle)),
        billing_account=_account(case.bill_unit_no),
    )


def _promise(promise: Mapping[str, Any], account: str) -> PromiseToPay:
    number, currency = str(promise["promise_id"]), promise["currency"]
    return PromiseToPay(
        id=number,
        href=f"{href(API, 'promiseToPay', number)}",
        type="PromiseToPay",
        state=promise["status"],
        total_amount=Money.of(promise["total"], currency),
        promise_date=_moment(promise["made_on"]),
        valid_for=Period(
            start_date_time=_moment(promise["made_on"]), end_date_time=_moment(promise["ended_on"])
        ),
        instalment=[
            Instalment(
                id=str(each["step"]),
                due_date=_moment(each["due_on"]) or "",
                amount=Money.of(each["amount"], currency),
                state=each["status"],
            )
            for each in promise["instalments"]
        ],
        billing_account=_account(account),
    )


def _account(number: str) -> Reference:
    return Reference(
        id=number,
        href=href("accountManagement", "billingAccount", number),
        referred_type="BillingAccount",
    )


def _case(number: str) -> Reference:
    return Reference(
        id=number, href=href(API, "collectionCase", number), referred_type="CollectionCase"
    )


def _moment(day: dt.date | str | None) -> str | None:
    if day is None:
        return None
    return f"{day if isinstance(day, str) else day.isoformat()}T00:00:00Z"
