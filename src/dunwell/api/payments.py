"""Payments: the methods with which a bill unit pays, and what became of the charges that actions
asked for.
"""

import datetime as dt
from typing import Annotated, Literal

from fastapi import APIRouter, Response
from pydantic import Field

from dunwell.api import repeats
from dunwell.api.caller import Caller, IdempotencyKey, may
from dunwell.api.pages import After, Limit, Page, key_of, page
from dunwell.api.values import (
    LARGEST,
    Amount,
    Day,
    Flag,
    Given,
    HandleText,
    Line,
    Money,
    PathId,
    PathNumber,
    Shown,
    Whole,
    in_currency,
)
from dunwell.domain.errors import BadInput, NotFound
from dunwell.domain.handles import Handle
from dunwell.domain.pages import START
from dunwell.engine import collecting
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.cases import outcomes
from dunwell.features.cases.states import CaseState
from dunwell.features.payments import capturing, methods
from dunwell.features.payments.gateways import registry

router = APIRouter(prefix="/bill-units/{bill_unit_no}", tags=["payments"])

Cashier = Annotated[Caller, may(Permission.TAKE_PAYMENT)]
Viewer = Annotated[Caller, may(Permission.VIEW)]
Registrar = Annotated[Caller, may(Permission.REGISTER_CARD)]
Changer = Annotated[Caller, may(Permission.UPDATE_PAYMENT)]


class PaymentMethod(Shown):
    """A card or a mandate. Holder and mandate are shown to those with `unmask_payment` only; a full
    number is shown to nobody.
    """

    id: int
    handle: Annotated[str, Field(description="How cases, actions and promises name it.")]
    kind: str
    brand: str | None
    last_four: str
    expires_on: dt.date | None
    is_default: bool
    added_on: dt.date
    holder: str | None
    mandate_reference: str | None
    mandate_signed_on: dt.date | None


class PaymentMethods(Shown):
    """A bill unit's payment methods, the default one first."""

    items: list[PaymentMethod]


class NewCard(Given):
    """A card that a gateway keeps: its token there, never its number."""

    kind: Literal["card"]
    token: Line
    last_four: Annotated[str, Field(pattern=r"^[0-9]{4}$")]
    brand: Line | None = None
    customer: Annotated[Line | None, Field(description="The customer's number there.")] = None
    holder: Line | None = None
    expires_on: Day | None = None
    default: Flag = True


class NewMandate(Given):
    """A permission to debit an account, whose number is sealed."""

    kind: Literal["direct_debit"]
    iban: Annotated[str, Field(min_length=5, max_length=50, repr=False)]
    mandate_reference: Annotated[str, Field(min_length=1, max_length=35)]
    signed_on: Day
    holder: Line | None = None
    default: Flag = True


NewMethod = Annotated[NewCard | NewMandate, Field(discriminator="kind")]

OnTheSpot = Annotated[
    NewMethod | None,
    Field(description="Instead of a registered one: registered now, with `register_card`."),
]
"""A payment method that is made where it is first used."""


class NewAttempt(Given):
    """How much is charged, and with which of the bill unit's methods."""

    amount: Amount
    payment_method_id: Annotated[Whole, Field(ge=1, le=LARGEST)]


class Attempt(Shown):
    """A charge that an action asked for, or a person; `code` is the gateway's, or why it wasn't
    charged.
    """

    handle: HandleText
    case: HandleText | None
    action: HandleText | None
    made_on: dt.date
    status: str
    asked: Money
    charged: Money | None
    tries: int
    next_attempt_on: dt.date | None
    payment_method_id: int | None
    gateway: str | None
    gateway_reference: str | None
    code: str | None
    message: str | None


@router.get("/payment-methods")
def list_payment_methods(bill_unit_no: PathNumber, caller: Viewer) -> PaymentMethods:
    """A bill unit's payment methods, the default one first."""
    with caller.look() as operation:
        found = methods.listed(operation, bill_unit_no)
    return PaymentMethods(items=[PaymentMethod.model_validate(row) for row in found])


@router.post("/payment-methods", status_code=201, response_model=PaymentMethod)
def add_payment_method(
    bill_unit_no: PathNumber, given: NewMethod, caller: Registrar, _key: IdempotencyKey = None
) -> Response:
    """Register a card or a mandate; one that is there already is left alone."""

    def verb(operation: Operation) -> PaymentMethod:
        number = register(caller, operation, bill_unit_no, given)
        return PaymentMethod.model_validate(methods.find(operation, bill_unit_no, number))

    return caller.once(verb, given)


def register(caller: Caller, operation: Operation, bill_unit_no: str, given: NewMethod) -> int:
    """Add the method to the bill unit's, or find it there; its number."""
    if isinstance(given, NewCard):
        card = methods.Card(
            token=given.token,
            last_four=given.last_four,
            brand=given.brand,
            customer=given.customer,
            holder=given.holder,
            expires_on=given.expires_on,
        )
        return methods.add_card(operation, bill_unit_no, card, default=given.default)
    mandate = methods.Mandate(
        iban=given.iban,
        reference=given.mandate_reference,
        signed_on=given.signed_on,
        holder=given.holder,
    )
    vault = registry.vault_of(caller.request.app.state.application.settings)
    return methods.add_mandate(operation, vault, bill_unit_no, mandate, default=given.default)


def number_of(
    caller: Caller,
    operation: Operation,
    bill_unit_no: str,
    number: int | None,
    new: NewCard | NewMandate | None,
) -> int | None:
    """The number of the method that is named, or that is registered on the spot. Raises NotFound if
    the bill unit doesn't have it, BadInput.
    """
    if new is not None:
        _either(number)
        return register(caller, operation, bill_unit_no, new)
    if number is not None and all(
        number != row["id"] for row in methods.listed(operation, bill_unit_no)
    ):
        raise NotFound(f"The bill unit {bill_unit_no!r} has no payment method {number}.")
    return number


def handle_of(
    caller: Caller,
    operation: Operation,
    case: CaseState,
    named: str | None,
    new: NewCard | NewMandate,
) -> str:
    """The handle of a method that is registered on the spot for an action of a case. Raises
    BadInput if one is named besides.
    """
    _either(named)
    number = register(caller, operation, case.bill_unit_no, new)
    return str(Handle(case.handle.account_id, number))


def _either(named: object) -> None:
    if named is not None:
        raise BadInput("Name a registered payment method or give a new one, not both.")


@router.delete("/payment-methods/{method_id}", status_code=204)
def remove_payment_method(bill_unit_no: PathNumber, method_id: PathId, caller: Changer) -> None:
    """Remove a payment method; its token or account number is forgotten."""
    with caller.change() as operation:
        methods.remove(operation, bill_unit_no, method_id)


@router.get("/payment-attempts")
def list_payment_attempts(
    bill_unit_no: PathNumber, caller: Viewer, limit: Limit = 100, after: After = None
) -> Page[Attempt]:
    """What became of the charges that actions asked for, the newest first."""
    start = key_of(after, dt.date, int, first=START)
    with caller.look() as operation:
        found = outcomes.payment_attempts(operation, bill_unit_no, after=start, limit=limit + 1)
    shown, following = page(found, limit, lambda row: (row.made_on, row.handle.id))
    return Page(items=[_attempt(row) for row in shown], next=following)


@router.post("/payment-attempts", status_code=201, response_model=Attempt)
def capture_payment(
    bill_unit_no: PathNumber, given: NewAttempt, caller: Cashier, _key: IdempotencyKey = None
) -> Response:
    """Have a card or an account charged now, as the customer asks for it. What a gateway takes by
    file, or gives no answer to, stays `ready` or `charging` for the next delivery. Repeated with
    its idempotency key, it answers as it stood when it was asked for.
    """
    application = caller.request.app.state.application
    gateways = caller.request.app.state.gateways
    asked: list[tuple[dt.date, Handle]] = []

    def verb(operation: Operation) -> Attempt:
        made = capturing.ask(
            operation, gateways, bill_unit_no, given.amount, given.payment_method_id
        )
        asked.append((operation.date, made))
        return _attempt(outcomes.payment_attempt(operation, bill_unit_no, made))

    answer = caller.once(verb, given)
    if not asked:
        return answer
    ((date, made),) = asked
    collecting.capture(
        application.database,
        application.plugins,
        gateways,
        caller.actor,
        date,
        made,
        slice_width=application.settings.slice_width,
    )
    with caller.look() as operation:
        found = outcomes.payment_attempt(operation, bill_unit_no, made)
    return repeats.response(_attempt(found), 201)


def _attempt(row: outcomes.AttemptRow) -> Attempt:
    amounts = in_currency(row.currency, asked=row.amount, charged=row.charged_amount)
    return Attempt.told(row, **amounts)
