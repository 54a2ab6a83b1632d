"""Collection cases, actions and promises in TM Forum's style; to read."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from dunwell.api.caller import Caller, may
from dunwell.api.pages import After
from dunwell.api.tmf.shapes import ByAccount, Fields, Part, described, one
from dunwell.api.values import GivenHandle, Line, PathHandle, PathId
from dunwell.domain.errors import NotFound
from dunwell.domain.pages import Page
from dunwell.features.access.actor import Permission
from dunwell.features.cases import queries, searching
from dunwell.features.cases.search_ways import Order
from dunwell.features.cases.searching import Criteria, Found
from dunwell.features.promises import queries as promise_queries
from dunwell.features.tmf.collections import (
    API,
    CollectionAction,
    CollectionCase,
    PromiseToPay,
    action,
    case,
    found_case,
    promise,
)

router = APIRouter(prefix=f"/{API}/v4", tags=["collection management in TM Forum's style"])

Viewer = Annotated[Caller, may(Permission.VIEW)]


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
            return part.answer([case(each.fields) for each in files])
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
    return part.page([found_case(each) for each in page.items], page.next_cursor)


@router.get("/collectionCase/{id}", response_model=CollectionCase)
def show_collection_case(id: PathHandle, caller: Viewer, fields: Fields = None) -> Response:  # noqa: A002 - TMF's name
    """One case with its actions."""
    with caller.look() as operation:
        return one(case(queries.case_file(operation, id).fields), fields)


@router.get("/collectionAction", **described(CollectionAction))
def list_collection_actions(
    caller: Viewer,
    part: Part,
    case: Annotated[GivenHandle, Query(alias="collectionCase.id", examples=["12-3456"])],
) -> Response:
    """The actions of a case, in the order of their dates."""
    with caller.look() as operation:
        found = queries.case_state(operation, case)
    return part.answer([action(each, found) for each in found.actions])


@router.get("/collectionAction/{id}", response_model=CollectionAction)
def show_collection_action(id: PathHandle, caller: Viewer, fields: Fields = None) -> Response:  # noqa: A002 - TMF's name
    """One action."""
    with caller.look() as operation:
        return one(action(*queries.action_state(operation, id)), fields)


@router.get("/promiseToPay", **described(PromiseToPay))
def list_promises(caller: Viewer, part: Part, account: ByAccount) -> Response:
    """The promises of a bill unit, the newest first."""
    with caller.look() as operation:
        found = promise_queries.promises(operation, account)
    return part.answer([promise(each, account) for each in found])


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
                return one(promise(each, account), fields)
    raise NotFound(f"The bill unit {account!r} has no promise {id}.")
