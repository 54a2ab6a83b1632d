"""Events: the catalogue of their kinds, and the log as a feed for systems that ask."""

import datetime as dt
from typing import Annotated, Any

from fastapi import APIRouter, Query

from dunwell.api.caller import Caller, may
from dunwell.api.pages import After, Limit, key_of, page
from dunwell.api.values import Day, Line, Shown
from dunwell.domain import pages
from dunwell.features.access.actor import Permission
from dunwell.features.events.catalogue import CATALOGUE
from dunwell.features.subscriptions import feed

router = APIRouter(tags=["events"])

Known = Annotated[Caller, may(None)]
Subscriber = Annotated[Caller, may(Permission.SUBSCRIBE)]


class EventKind(Shown):
    """A kind of event, and the fields of its data."""

    name: str
    meaning: str
    fields: dict[str, str]
    is_logged: bool
    """False: it only ever is a part of another, for subscribers who ask for parts."""


class EventKinds(Shown):
    """The catalogue."""

    items: list[EventKind]


class LoggedEvent(Shown):
    """Something that happened, with its reason as data."""

    id: int
    business_date: dt.date
    recorded_at: dt.datetime
    kind: str
    actor: str
    account_no: str | None
    bill_unit_no: str | None
    case: str | None
    run_id: int | None
    data: dict[str, Any]


class Feed(Shown):
    """Some events. `last` is where they end, also on the last page: ask on from there later."""

    items: list[LoggedEvent]
    next: str | None
    last: str | None


@router.get("/event-kinds")
def list_event_kinds(caller: Known) -> EventKinds:
    """Every kind of event with its meaning and its fields."""
    del caller
    return EventKinds(items=[EventKind.model_validate(kind) for kind in CATALOGUE])


@router.get("/events")
def read_events(
    caller: Subscriber,
    limit: Limit = 100,
    after: After = None,
    kind: Annotated[
        list[Line] | None, Query(description="Kinds, or patterns like action_*.", max_length=100)
    ] = None,
    bill_unit_no: Annotated[Line | None, Query()] = None,
    since: Annotated[Day | None, Query(description="The first business date.")] = None,
) -> Feed:
    """The log in the order in which it was written, from the beginning or `after` a `next` or
    `last`. Nothing is missed by asking on.
    """
    transaction, number = key_of(after, int, int, first=feed.START)
    asked = feed.Asked(kind or (), bill_unit_no, since)
    with caller.look() as operation:
        found = feed.read(operation, asked, after=(transaction, number), most=limit + 1)
    shown, following = page(found, limit, _position)
    last = pages.write(_position(shown[-1])) if shown else after
    return Feed(items=[LoggedEvent.model_validate(row) for row in shown], next=following, last=last)


def _position(row: dict[str, Any]) -> list[Any]:
    return [row["position"], row["id"]]
