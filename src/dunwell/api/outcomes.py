"""What actions brought a bill unit: its charges and the payments that were asked for."""

import datetime as dt
from typing import Annotated, Any

from fastapi import APIRouter

from dunwell.api.caller import Caller, may
from dunwell.api.values import HandleText, Money, PathNumber, Shown
from dunwell.features.access.actor import Permission
from dunwell.features.cases import outcomes

router = APIRouter(prefix="/bill-units/{bill_unit_no}", tags=["outcomes"])

Viewer = Annotated[Caller, may(Permission.VIEW)]


class Outcome(Shown):
    """What an action brought."""

    handle: HandleText
    case: HandleText
    action: HandleText
    made_on: dt.date


class Letter(Outcome):
    """A dunning letter, or a reminder that waits for the next invoice."""

    kind: str
    template: str
    locale: str | None
    status: str
    data: dict[str, Any]


class Charge(Outcome):
    """A fee, and how its amount came about."""

    kind: str
    amount: Money
    open: Money
    calculation: dict[str, Any]


class Attempt(Outcome):
    """A payment that a collect-payment action asked for."""

    amount: Money
    status: str


class Letters(Shown):
    """The newest first."""

    items: list[Letter]


class Charges(Shown):
    """The newest first."""

    items: list[Charge]


class Attempts(Shown):
    """The newest first."""

    items: list[Attempt]


@router.get("/letters")
def list_letters(bill_unit_no: PathNumber, caller: Viewer) -> Letters:
    """The letters and reminders of a bill unit, with what they say."""
    with caller.look() as operation:
        found = outcomes.letters(operation, bill_unit_no)
    return Letters(items=[Letter.model_validate(row) for row in found])


@router.get("/charges")
def list_charges(bill_unit_no: PathNumber, caller: Viewer) -> Charges:
    """The fees of a bill unit, with what of them is still open."""
    with caller.look() as operation:
        found = outcomes.charges(operation, bill_unit_no)
    return Charges(
        items=[
            Charge(
                handle=row.handle,
                case=row.case,
                action=row.action,
                made_on=row.made_on,
                kind=row.kind,
                amount=Money(amount=row.amount, currency=row.currency),
                open=Money(amount=row.open_amount, currency=row.currency),
                calculation=dict(row.calculation),
            )
            for row in found
        ]
    )


@router.get("/payment-attempts")
def list_payment_attempts(bill_unit_no: PathNumber, caller: Viewer) -> Attempts:
    """The payments that actions asked for, and what became of them."""
    with caller.look() as operation:
        found = outcomes.payment_attempts(operation, bill_unit_no)
    return Attempts(
        items=[
            Attempt(
                handle=row.handle,
                case=row.case,
                action=row.action,
                made_on=row.made_on,
                amount=Money(amount=row.amount, currency=row.currency),
                status=row.status,
            )
            for row in found
        ]
    )
