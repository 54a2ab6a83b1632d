"""TMF676, payments: those of a bill unit, and one that a counter or a shop has taken.

A payment's `status` is `done`, or `canceled` once it has come back; its reversal isn't a payment of
its own here. `correlatorId` makes it happen once.
"""

import datetime as dt
from dataclasses import replace
from typing import Annotated
from uuid import uuid4

from fastapi import APIRouter, Response
from pydantic import Field

from dunwell.api.caller import Caller, IdempotencyKey, may
from dunwell.api.tmf.shapes import (
    ByAccount,
    Fields,
    Given,
    GivenMoney,
    GivenReference,
    Part,
    described,
    gathered,
    one,
)
from dunwell.api.values import Line, PathHandle
from dunwell.domain import handles
from dunwell.domain.errors import BadInput, NotFound
from dunwell.domain.pages import Page
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.receivables import owing, payments, queries
from dunwell.features.receivables.payments import Payment as Found
from dunwell.features.receivables.payments import Received
from dunwell.features.tmf.payments import API, Payment, payment

router = APIRouter(prefix=f"/{API}/v4", tags=["TMF676 payments"])

Viewer = Annotated[Caller, may(Permission.VIEW)]
Taker = Annotated[Caller, may(Permission.TAKE_PAYMENT)]


class GivenMethod(Given):
    """How it was paid, such as cash, check or card."""

    name: Annotated[
        str, Field(min_length=1, max_length=payments.LONGEST_METHOD, pattern=r"^[^\x00-\x1f\x7f]+$")
    ]


class NewPayment(Given):
    """A payment that somebody has taken for a bill unit."""

    account: GivenReference
    payment_method: GivenMethod
    total_amount: GivenMoney
    payment_date: dt.datetime | None = None
    correlator_id: Annotated[
        str | None, Field(min_length=1, max_length=80, pattern=r"^[\x21-\x7e]+$")
    ] = None
    description: Line | None = None


@router.get("/payment", **described(Payment))
def list_payments(caller: Viewer, part: Part, account: ByAccount) -> Response:
    """The payments of a bill unit, the newest first."""
    with caller.look() as operation:

        def fetch(limit: int, after: str | None) -> Page[Found]:
            page = payments.payments(operation, account, limit=limit, cursor=after)
            return replace(page, items=tuple(each for each in page.items if each.reverses is None))

        found = gathered(fetch, part.needed)
    return part.answer([payment(each, account) for each in found])


@router.get("/payment/{id}", response_model=Payment)
def show_payment(id: PathHandle, caller: Viewer, fields: Fields = None) -> Response:  # noqa: A002 - TMF's name
    """One payment."""
    with caller.look() as operation:
        handle = handles.parse(id, "payment")
        account = owing.of_payment(operation, handle)
        (found,) = payments.payments(operation, account, only=handle).items
    if found.reverses is not None:
        raise NotFound(f"There is no payment {id!r}: it is the return of {found.reverses!r}.")
    return one(payment(found, account), fields)


@router.post("/payment", status_code=201, response_model=Payment)
def take_payment(given: NewPayment, caller: Taker, _key: IdempotencyKey = None) -> Response:
    """Record a payment that somebody has taken; the next night posts it."""
    key = f"tmf-{given.correlator_id or uuid4().hex}"

    def verb(operation: Operation) -> Payment:
        account = given.account.id
        unit = queries.bill_unit(operation, account)
        if unit["currency"] != given.total_amount.unit:
            raise BadInput(
                f"{account!r} is billed in {unit['currency']}, not in {given.total_amount.unit}."
            )
        day = given.payment_date.date() if given.payment_date else operation.date
        received = Received(
            given.total_amount.value, day, given.payment_method.name, given.description
        )
        number = payments.take_payment(operation, account, received, key=key)
        (found,) = payments.payments(operation, account, only=number).items
        return payment(found, account)

    return caller.once(verb, given, location=lambda made: made.href)
