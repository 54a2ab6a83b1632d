"""Notifications as TM Forum's Open APIs publish them: what the callback of a hub is sent of an
event of ours, and which hub wants it (`query`).

A notification carries the resource as it stands when it is sent; so one that comes late or twice
tells nothing that isn't so.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any
from urllib.parse import parse_qs

import psycopg
from psycopg.rows import TupleRow

from dunwell.domain.errors import BadInput, NotFound
from dunwell.features.access.actor import Operation, operator
from dunwell.features.subscriptions.messages import Notice
from dunwell.features.tmf import notified
from dunwell.features.tmf.shapes import attributes, digits


@dataclass(frozen=True, slots=True)
class Type:
    """A type of event: the kinds of ours that it stands for, and the resource that it carries."""

    name: str
    kinds: tuple[str, ...]
    resource: str
    of: notified.Reading
    field_path: str | None = None
    """Which attribute has changed."""


TYPES: Mapping[str, Sequence[Type]] = {
    "accountManagement": (
        Type(
            "BillingAccountAttributeValueChangeEvent",
            ("case_opened", "case_closed"),
            "billingAccount",
            notified.billing_account,
            "paymentStatus",
        ),
        Type(
            "BillingAccountStateChangeEvent",
            ("collection_status_changed",),
            "billingAccount",
            notified.billing_account,
        ),
    ),
    "customerBillManagement": (
        Type(
            "CustomerBillStateChangeEvent",
            ("dispute_raised", "dispute_resolved"),
            "customerBill",
            notified.customer_bill,
        ),
    ),
    "paymentManagement": (
        Type(
            "PaymentCreateEvent",
            ("payment_collected", "payment_received", "payment_taken"),
            "payment",
            notified.payment,
        ),
        Type("PaymentStateChangeEvent", ("payment_returned",), "payment", notified.payment),
    ),
    "communicationManagement": (
        Type(
            "CommunicationMessageStateChangeEvent",
            (
                *("letter_sent", "letter_failed", "letter_uncertain", "letter_not_sent"),
                *("letter_retried", "letter_withdrawn"),
            ),
            "communicationMessage",
            notified.message,
        ),
    ),
    "collectionManagement": (
        Type("CollectionCaseCreateEvent", ("case_opened",), "collectionCase", notified.case),
        Type("CollectionCaseStateChangeEvent", ("case_closed",), "collectionCase", notified.case),
        Type(
            "CollectionActionCreateEvent",
            ("action_created", "action_added"),
            "collectionAction",
            notified.action,
        ),
        Type(
            "CollectionActionStateChangeEvent",
            (
                *("action_due", "action_completed", "action_cancelled", "action_failed"),
                *("action_released", "action_rescheduled", "action_retried", "action_executed"),
            ),
            "collectionAction",
            notified.action,
        ),
        Type("PromiseToPayCreateEvent", ("promise_made",), "promiseToPay", notified.promise),
        Type(
            "PromiseToPayStateChangeEvent",
            ("promise_kept", "promise_broken", "promise_revoked"),
            "promiseToPay",
            notified.promise,
        ),
    ),
}
"""By API: its types of event."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a hub asks for: types of event, and attributes with the values that will do."""

    types: tuple[Type, ...]
    attributes: tuple[tuple[tuple[str, ...], frozenset[str]], ...]


def asked(api: str, query: str | None) -> Asked:
    """What a hub's `query` asks for; all of the API without one. Raises BadInput."""
    known = TYPES[api]
    given = parse_qs((query or "").removeprefix("?"), keep_blank_values=True)
    if query and not given:
        raise BadInput(f"The query {query!r} can't be answered; {_FORM}")
    wanted = [name for each in given.pop("eventType", ["*"]) for name in each.split(",")]
    for name in wanted:
        if not any(fnmatchcase(each.name, name) for each in known):
            names = ", ".join(each.name for each in known)
            raise BadInput(f"{name} is no event of {api}; it has {names}.")
    for name in given:
        if not name.startswith("event."):
            raise BadInput(f"The query's {name!r} can't be answered; {_FORM}")
    return Asked(
        tuple(each for each in known if any(fnmatchcase(each.name, name) for name in wanted)),
        tuple(
            (
                tuple(name.split(".")),
                frozenset(value for each in values for value in each.split(",")),
            )
            for name, values in given.items()
        ),
    )


def notification(
    connection: psycopg.Connection[TupleRow], hub: Mapping[str, Any], notice: Notice
) -> str | None:
    """What a hub is sent of an event; none if it doesn't want it."""
    api = hub["api"]
    wanted = asked(api, hub.get("query"))
    kind = next((each for each in wanted.types if notice.kind in each.kinds), None)
    if kind is None:
        return None
    operation = Operation(connection, operator("publisher"), notice.business_date)
    try:
        resource = kind.of(operation, notice)
    except NotFound:
        return None
    event = {kind.resource: attributes(resource)}
    told = {
        "eventId": notice.number,
        "eventTime": notice.time.isoformat(),
        "eventType": kind.name,
        "domain": api,
        **({"fieldPath": kind.field_path} if kind.field_path else {}),
        "event": event,
    }
    if api == "accountManagement":
        # TMF666 4.0.0 publishes the resource under this name, all others under `event`
        told["payload"] = event
    for path, values in wanted.attributes:
        if not values & {str(each) for each in _at(told, path)}:
            return None
    return digits(told)


def _at(value: Any, path: Sequence[str]) -> Iterator[Any]:
    """What stands at a path; of a list, at that of any of its elements."""
    if isinstance(value, list):
        for each in value:
            yield from _at(each, path)
    elif not path:
        yield value
    elif isinstance(value, Mapping) and path[0] in value:
        yield from _at(value[path[0]], path[1:])


_FORM = "it can be eventType=A,B and attributes such as event.payment.status=done."
