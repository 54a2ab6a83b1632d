"""What people do with subscriptions: make, pause, resume, rotate, replay, delete.

An actor who sees some brands only can subscribe to those only, and meets no other's subscription.
The surface commits. A secret is told when it is made or rotated, and can't be asked for later.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from dunwell.db import locks, statements
from dunwell.domain.errors import BadInput, Conflict, NotFound
from dunwell.features.access.actor import Actor, Operation, Permission
from dunwell.features.events import catalogue, log
from dunwell.features.receivables import bill_units as bill_units_of
from dunwell.features.subscriptions import rules, secrets, streams
from dunwell.features.subscriptions.addresses import check_url, is_subject
from dunwell.features.subscriptions.outgoing import Outgoing

_SERVICE = statements.load(__package__, "service.sql")

LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class Wish:
    """What is subscribed to; an empty filter lets everything through."""

    kinds: Sequence[str] = ()
    """Kinds, or patterns like `action_*`; none: every event as it is logged."""
    brands: Sequence[str] = ()
    bill_units: Sequence[str] = ()
    hub: Mapping[str, Any] | None = None
    """The `api` and `query` of a TM Forum hub, which is sent their notifications."""


def create(operation: Operation, outgoing: Outgoing, name: str, url: str, wish: Wish) -> str:
    """Subscribe: from now on what is wished for is sent to the URL; the secret of the signatures.

    Raises BadInput, Conflict if there is one of that name, NotFound.
    """
    operation.actor.require(Permission.SUBSCRIBE)
    if not name.strip() or len(name) > LONGEST_NAME or not name.isprintable():
        raise BadInput(f"A subscription's name has 1 to {LONGEST_NAME} printable characters.")
    if is_subject(check_url(url, outgoing.allowed)):
        streams.check_installed()
    salt = secrets.new_salt()
    given = {
        "name": name,
        "url": url,
        "kinds": _json(_known_kinds(wish.kinds)),
        "brands": _json(_brand_ids(operation, wish.brands)),
        "bill_units": _json([bill_units_of.find(operation, no).id for no in wish.bill_units]),
        "hub": Jsonb(wish.hub) if wish.hub else None,
        "actor": operation.actor.name,
        "secret_salt": salt,
        "key_check": secrets.check(outgoing.key, salt),
    }
    if _SERVICE["create"].run(operation.connection, given).fetchone() is None:
        raise Conflict(f"There is a subscription {name!r} already; choose another name.")
    _log(operation, name, url, "created")
    return secrets.secret(outgoing.key, salt, 1)


def pause(operation: Operation, name: str) -> None:
    """Send nothing for a while; what happens meanwhile waits."""
    _set_status(operation, name, "paused")


def resume(operation: Operation, name: str) -> None:
    """Send again, at once and beginning with what has waited."""
    _set_status(operation, name, "active")


def rotate(operation: Operation, outgoing: Outgoing, name: str, now: dt.datetime) -> str:
    """A new secret; for a day messages are signed with the old one too.

    If the installation's key is another one than before, the old secret is gone and only the new
    one signs.
    """
    subscription = _find(operation, name)
    salt = subscription["secret_salt"]
    given = {
        "subscription_id": subscription["id"],
        "old_secret_until": now + rules.OVERLAP,
        "secret_salt": salt,
        "key_check": secrets.check(outgoing.key, salt),
    }
    row = _SERVICE["rotate"].run(operation.connection, given).fetchone()
    assert row is not None
    _log(operation, name, subscription["url"], "secret rotated")
    return secrets.secret(outgoing.key, salt, row[0])


def delete(operation: Operation, name: str) -> None:
    """End a subscription; what still waited for it isn't sent any more."""
    subscription = _find(operation, name)
    given = {"subscription_id": subscription["id"]}
    _SERVICE["delete_deliveries"].run(operation.connection, given)
    _SERVICE["delete"].run(operation.connection, given)
    _log(operation, name, subscription["url"], "deleted")


def replay(
    operation: Operation,
    name: str,
    now: dt.datetime,
    *,
    since: dt.date | None = None,
    from_event: int | None = None,
) -> int:
    """Send again what was logged from a business date or from an event on; how many events.

    They come after what already waits, in their own order. What waits or is parked isn't doubled.
    """
    if (since is None) == (from_event is None):
        raise BadInput("Give either the business date or the event from which to send again.")
    operation.actor.require(Permission.SUBSCRIBE)
    # not while the log is being read, so that nothing is found by both
    operation.connection.execute("select pg_advisory_xact_lock(%s)", [locks.FAN_OUT])
    subscription = _find(operation, name)
    if from_event is not None:
        _check_event(operation, from_event)
    kinds = subscription["kinds"]
    given = {
        **subscription,
        "subscription_id": subscription["id"],
        "since": since or dt.date.min,
        "from_event": from_event,
        "kinds": None if kinds is None else sorted(catalogue.logged(catalogue.matching(kinds))),
        "now": now,
    }
    count = _SERVICE["replay"].run(operation.connection, given).rowcount
    _log(operation, name, subscription["url"], "replayed", events=count)
    return count


def retry_parked(
    operation: Operation, name: str, now: dt.datetime, events: Sequence[int] | None = None
) -> int:
    """Send parked events again (all, or those with these numbers); how many there are."""
    subscription = _find(operation, name)
    given = {"subscription_id": subscription["id"], "now": now, "events": _list(events)}
    count = _SERVICE["unpark"].run(operation.connection, given).rowcount
    _log(operation, name, subscription["url"], "parked events retried", events=count)
    return count


def discard_parked(operation: Operation, name: str, events: Sequence[int]) -> int:
    """Give up parked events, by their numbers; how many there were. The log keeps them."""
    subscription = _find(operation, name)
    given = {"subscription_id": subscription["id"], "events": list(events)}
    count = _SERVICE["discard"].run(operation.connection, given).rowcount
    _log(operation, name, subscription["url"], "parked events discarded", events=count)
    return count


def may_see(actor: Actor, brand_ids: Sequence[int] | None) -> bool:
    """Whether a subscription to these brands (none: all) is the actor's business."""
    return actor.brands is None or (
        brand_ids is not None and all(actor.sees(number) for number in brand_ids)
    )


def _set_status(operation: Operation, name: str, status: str) -> None:
    subscription = _find(operation, name)
    given = {"subscription_id": subscription["id"], "status": status}
    _SERVICE["set_status"].run(operation.connection, given)
    _log(operation, name, subscription["url"], "resumed" if status == "active" else status)


def _find(operation: Operation, name: str) -> dict[str, Any]:
    operation.actor.require(Permission.SUBSCRIBE)
    with operation.connection.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(_SERVICE["find"].render(), {"name": name}).fetchone()
    if row is None or not may_see(operation.actor, row["brands"]):
        raise NotFound(f"There is no subscription {name!r}.")
    return row


def _known_kinds(patterns: Sequence[str]) -> list[str]:
    for pattern in patterns:
        if not catalogue.matching([pattern]):
            known = ", ".join(sorted(catalogue.KINDS))
            raise BadInput(f"No kind of event is called {pattern!r}. The kinds are: {known}.")
    return list(patterns)


def _brand_ids(operation: Operation, names: Sequence[str]) -> list[int]:
    """The brands by name; for an actor behind walls who names none, all of theirs."""
    if not names:
        return sorted(operation.actor.brands or ())
    found = []
    for name in names:
        row = _SERVICE["brand_id"].run(operation.connection, {"brand": name}).fetchone()
        if row is None or not operation.actor.sees(row[0]):
            raise NotFound(f"There is no brand {name!r}.")
        found.append(row[0])
    return found


def _check_event(operation: Operation, number: int) -> None:
    given = {"from_event": number}
    if _SERVICE["find_event"].run(operation.connection, given).fetchone() is None:
        raise NotFound(f"There is no event {number} in the log.")


def _json(values: Sequence[Any]) -> Jsonb | None:
    return Jsonb(list(values)) if values else None


def _list(values: Sequence[int] | None) -> list[int] | None:
    return None if values is None else list(values)


def _log(operation: Operation, name: str, url: str, change: str, **facts: Any) -> None:
    data = {"subscription": name, "change": change, "host": urlsplit(url).hostname, **facts}
    log.record(
        operation.connection,
        operation.date,
        "subscription_changed",
        data,
        actor=operation.actor.name,
    )
