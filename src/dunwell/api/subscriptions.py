"""Subscriptions: who is sent which events by webhooks, how that goes, and what wasn't taken.

A secret is told when it is made or rotated, and never again.
"""

import datetime as dt
from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from pydantic import Field

from dunwell.api import versions
from dunwell.api.caller import Caller, IdempotencyKey, may
from dunwell.api.pages import After, Limit, Page, key_of, page
from dunwell.api.values import Day, Given, Line, Shown, Whole
from dunwell.api.versions import Seen
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.subscriptions import queries, service
from dunwell.features.subscriptions.delivering import utc_now
from dunwell.features.subscriptions.outgoing import Outgoing

router = APIRouter(prefix="/subscriptions", tags=["subscriptions"])

Subscriber = Annotated[Caller, may(Permission.SUBSCRIBE)]

NAME = r"^[^/\x00-\x1f\x7f]+$"
Name = Annotated[str, Path(min_length=1, max_length=service.LONGEST_NAME, pattern=NAME)]
Several = Annotated[list[Line], Field(max_length=1000)]
EventNo = Annotated[Whole, Field(ge=1, le=2**62)]


class NewSubscription(Given):
    """What is subscribed to; an empty filter lets everything through."""

    name: Annotated[str, Field(min_length=1, max_length=service.LONGEST_NAME, pattern=NAME)]
    url: Annotated[str, Field(min_length=1, max_length=2000)]
    kinds: Several = Field(default=[], description="Kinds, or patterns like action_*.")
    brands: Several = Field(default=[], description="Names; none: all that the caller sees.")
    bill_units: Several = Field(default=[], description="Numbers; none: all.")


class Subscription(Shown):
    """A subscription and how its receiver does."""

    name: str
    url: str
    kinds: list[str] | None
    brands: list[str] | None
    bill_units: list[str] | None
    status: str
    secret_no: int
    created_by: str
    created_at: dt.datetime
    sent: int
    last_sent_at: dt.datetime | None
    failures: int
    failing_since: dt.datetime | None
    retry_at: dt.datetime | None
    last_error: str | None
    waiting: int
    parked: int
    oldest: dt.datetime | None


class Secret(Shown):
    """The secret that verifies signatures; null when the answer is repeated."""

    name: str
    secret: str | None


class Replay(Given):
    """From where to send again: a business date, or an event."""

    since: Day | None = None
    from_event: EventNo | None = None


class Count(Shown):
    """How many events."""

    events: int


class Parked(Shown):
    """An event that the receiver didn't take for three days."""

    event_id: int
    business_date: dt.date
    kind: str | None
    attempts: int
    parked_at: dt.datetime
    last_error: str | None


class Some(Given):
    """Which parked events; none named: all of them."""

    events: Annotated[list[EventNo] | None, Field(max_length=10_000)] = None


class These(Given):
    """Which parked events."""

    events: Annotated[list[EventNo], Field(min_length=1, max_length=10_000)]


class Subscriptions(Shown):
    """The caller's subscriptions, by name."""

    items: list[Subscription]


def _outgoing(request: Request) -> Outgoing:
    return Outgoing.of(request.app.state.application.settings)


def _found(operation: Operation, name: str) -> Subscription:
    (row,) = queries.subscriptions(operation, name)
    return Subscription.model_validate(row)


def _without_secret(made: Secret) -> Secret:
    return made.model_copy(update={"secret": None})


@router.get("")
def list_subscriptions(caller: Subscriber) -> Subscriptions:
    """Subscriptions with what waits, what is parked, and how the receivers do."""
    with caller.look() as operation:
        found = queries.subscriptions(operation)
    return Subscriptions(items=[Subscription.model_validate(row) for row in found])


@router.post("", status_code=201, response_model=Secret)
def create_subscription(
    given: NewSubscription, caller: Subscriber, _key: IdempotencyKey = None
) -> Response:
    """Subscribe to what happens from now on; the answer has the secret, once."""
    wish = service.Wish(given.kinds, given.brands, given.bill_units)

    def verb(operation: Operation) -> Secret:
        outgoing = _outgoing(caller.request)
        secret = service.create(operation, outgoing, given.name, given.url, wish)
        return Secret(name=given.name, secret=secret)

    return caller.once(verb, given, kept=_without_secret)


@router.get("/{name}")
def show_subscription(name: Name, caller: Subscriber, response: Response) -> Subscription:
    """One subscription."""
    with caller.look() as operation:
        found = _found(operation, name)
    versions.show(response, _changeable(found))
    return found


def _changeable(found: Subscription) -> tuple[object, ...]:
    """What a caller decides; how the receiver does changes all the time."""
    return (
        *(found.url, found.kinds, found.brands, found.bill_units),
        *(found.status, found.secret_no),
    )


@router.delete("/{name}", status_code=204)
def delete_subscription(name: Name, caller: Subscriber, seen: Seen) -> None:
    """End a subscription; what waits isn't sent any more."""
    with caller.change() as operation:
        seen.check(operation, lambda: _changeable(_found(operation, name)))
        service.delete(operation, name)


@router.post("/{name}/pause", response_model=Subscription)
def pause_subscription(
    name: Name, caller: Subscriber, seen: Seen, _key: IdempotencyKey = None
) -> Response:
    """Send nothing for a while; what happens meanwhile waits."""
    return _change(caller, name, seen, service.pause)


@router.post("/{name}/resume", response_model=Subscription)
def resume_subscription(
    name: Name, caller: Subscriber, seen: Seen, _key: IdempotencyKey = None
) -> Response:
    """Send again, at once and beginning with what has waited."""
    return _change(caller, name, seen, service.resume)


def _change(
    caller: Caller, name: str, seen: Seen, change: Callable[[Operation, str], None]
) -> Response:
    def verb(operation: Operation) -> Subscription:
        seen.check(operation, lambda: _changeable(_found(operation, name)))
        change(operation, name)
        return _found(operation, name)

    return caller.once(verb, status=200)


@router.post("/{name}/rotate", response_model=Secret)
def rotate_secret(
    name: Name, caller: Subscriber, seen: Seen, _key: IdempotencyKey = None
) -> Response:
    """A new secret; for a day messages are signed with the old one too."""

    def verb(operation: Operation) -> Secret:
        seen.check(operation, lambda: _changeable(_found(operation, name)))
        secret = service.rotate(operation, _outgoing(caller.request), name, utc_now())
        return Secret(name=name, secret=secret)

    return caller.once(verb, status=200, kept=_without_secret)


@router.post("/{name}/replay", response_model=Count)
def replay_events(
    name: Name, given: Replay, caller: Subscriber, _key: IdempotencyKey = None
) -> Response:
    """Send again what the log holds, from a business date or an event on."""
    return caller.once(
        lambda operation: Count(
            events=service.replay(
                operation, name, utc_now(), since=given.since, from_event=given.from_event
            )
        ),
        given,
        status=200,
    )


@router.get("/{name}/parked")
def list_parked(
    name: Name, caller: Subscriber, limit: Limit = 100, after: After = None
) -> Page[Parked]:
    """What the receiver didn't take for three days, by event."""
    (last,) = key_of(after, int, first=[0])
    with caller.look() as operation:
        found = queries.parked(operation, name, after_event=last, at_most=limit + 1)
    shown, following = page(found, limit, lambda row: [row["event_id"]])
    return Page(items=[Parked.model_validate(row) for row in shown], next=following)


@router.post("/{name}/parked/retry", response_model=Count)
def retry_parked(
    name: Name, given: Some, caller: Subscriber, _key: IdempotencyKey = None
) -> Response:
    """Send parked events again: these, or all."""
    return caller.once(
        lambda operation: Count(
            events=service.retry_parked(operation, name, utc_now(), given.events)
        ),
        given,
        status=200,
    )


@router.post("/{name}/parked/discard", response_model=Count)
def discard_parked(
    name: Name, given: These, caller: Subscriber, _key: IdempotencyKey = None
) -> Response:
    """Give up these parked events; the log keeps them."""
    return caller.once(
        lambda operation: Count(events=service.discard_parked(operation, name, given.events)),
        given,
        status=200,
    )
