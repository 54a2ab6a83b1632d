"""Cards and direct debits: registered for a bill unit, and removed. Where a form asks from what is
collected, one can be registered on the spot (`fields`, `chosen`).

An account's number is sealed before it is stored, and no form shows again what was typed of one.
"""

import datetime as dt
from typing import Annotated, Any

from pydantic import Field as Bounds
from pydantic import ValidationInfo, field_validator

from dunwell.domain.errors import NotFound
from dunwell.features.access.actor import Permission
from dunwell.features.payments import methods
from dunwell.web import forms, words
from dunwell.web.languages import N_, _
from dunwell.web.verbs.verb import Asked, Field, Of, Verb, entry

CARD = "card"
MANDATE = "direct_debit"
"""Instead of a registered method's number: one of this kind is registered now."""

_NEEDED = {
    "token": CARD,
    "last_four": CARD,
    "iban": MANDATE,
    "mandate_reference": MANDATE,
    "signed_on": MANDATE,
}
"""What must be known of a kind."""

_Part = Annotated[forms.Line | None, Bounds(validate_default=True)]


class Paying(forms.Given):
    """With what something is paid: a registered method, or what is known of a new one."""

    payment_method: forms.Line | None = None
    token: _Part = None
    last_four: _Part = None
    card_brand: forms.Line | None = None
    gateway_customer: forms.Line | None = None
    expires_on: dt.date | None = None
    iban: Annotated[_Part, Bounds(repr=False)] = None
    mandate_reference: _Part = None
    signed_on: Annotated[dt.date | None, Bounds(validate_default=True)] = None
    holder: forms.Line | None = None
    usual: bool = False

    @field_validator(*_NEEDED)
    @classmethod
    def _is_known(cls, value: object, info: ValidationInfo) -> object:
        if value is None and info.data.get("payment_method") == _NEEDED[info.field_name or ""]:
            raise ValueError(_("This is needed."))
        return value


class Registering(Paying):
    """A new one."""

    payment_method: Annotated[str, Bounds(pattern=f"^({CARD}|{MANDATE})$")]


def chosen(asked: Asked, given: Paying) -> int | None:
    """The number of the method that is chosen, registered now if it is a new one; none: none is
    chosen. Raises NotFound, BadInput, Forbidden.
    """
    choice = given.payment_method
    if choice is None:
        return None
    if choice in (CARD, MANDATE):
        return _register(asked, given)
    return int(methods.find(asked.operation, asked.number, _number(choice))["id"])


def _number(text: str) -> int:
    return int(text) if text.isdecimal() else 0


def _register(asked: Asked, given: Paying) -> int:
    if given.payment_method == CARD:
        card = methods.Card(
            token=given.token or "",
            last_four=given.last_four or "",
            brand=given.card_brand,
            customer=given.gateway_customer,
            holder=given.holder,
            expires_on=given.expires_on,
        )
        return methods.add_card(asked.operation, asked.number, card, default=given.usual)
    assert given.signed_on is not None
    mandate = methods.Mandate(
        iban=given.iban or "",
        reference=given.mandate_reference or "",
        signed_on=given.signed_on,
        holder=given.holder,
    )
    return methods.add_mandate(
        asked.operation, asked.vault, asked.number, mandate, default=given.usual
    )


def fields(
    asked: Asked, title: str, *others: tuple[str, str], value: str = "", **options: Any
) -> list[Field]:
    """With what it is paid: one of the `others`, a registered method, or for those who may register
    one a new one; nothing where there is no choice.
    """
    found = methods.listed(asked.operation, asked.number)
    known = [(str(each["id"]), words.method(each)) for each in found]
    may = Permission.REGISTER_CARD in asked.operation.actor.permissions
    if not known and not may:
        return []
    choices = [*others, *known, *(_new() if may else ())]
    choice = entry("payment_method", title, value, choices=choices, **options)
    return [choice, *(_details() if may else ())]


def _new() -> tuple[tuple[str, str, str], ...]:
    """The kinds that can be registered, with the fields that they show."""
    return (
        (CARD, _("a new card …"), "card method"),
        (MANDATE, _("a new direct debit …"), "mandate method"),
    )


def _details() -> list[Field]:
    """What is to be known of a new method; each is shown with the kind that it belongs to."""
    of_card, of_mandate, of_both = "card", "mandate", "method"
    return [
        entry("token", _("Gateway's token"), shown_with=of_card, secret=True, maxlength=200,
              hint=_("never the card's number")),
        entry("last_four", _("Last four digits"), shown_with=of_card, inputmode="numeric",
              maxlength=4, autocomplete="off"),
        entry("card_brand", _("Card brand"), shown_with=of_card, maxlength=200),
        entry("expires_on", _("Valid until"), shown_with=of_card, type="date"),
        entry("gateway_customer", _("Customer's number there"), shown_with=of_card, maxlength=200,
              hint=_("if the gateway needs it")),
        entry("iban", _("IBAN"), shown_with=of_mandate, secret=True, maxlength=50,
              hint=_("kept sealed; the last four digits are shown")),
        entry("mandate_reference", _("Mandate reference"), shown_with=of_mandate, maxlength=35),
        entry("signed_on", _("Signed on"), shown_with=of_mandate, type="date"),
        entry("holder", _("Holder"), shown_with=of_both, maxlength=200,
              hint=_("if it isn't the customer")),
        entry("usual", _("The usual payment method from now on"), "true", shown_with=of_both,
              type="checkbox"),
    ]  # fmt: skip


def _add(asked: Asked, given: Registering) -> str:
    number = _register(asked, given)
    found = methods.find(asked.operation, asked.number, number)
    return _("%(method)s is registered.") % {"method": words.method(found)}


def _remove(asked: Asked, _given: forms.Given) -> str:
    methods.remove(asked.operation, asked.number, _number(asked.member or ""))
    return _("The payment method is removed, and its number forgotten.")


def _which(asked: Asked) -> str:
    for each in methods.listed(asked.operation, asked.number):
        if str(each["id"]) == asked.member:
            return words.method(each)
    raise NotFound(_("There is no such payment method."))


REGISTER = Verb(
    "register",
    N_("Register a payment method"),
    (Permission.REGISTER_CARD,),
    Registering,
    _add,
    fields=lambda _asked: [
        entry("payment_method", _("Kind"), CARD, choices=_new()),
        *_details(),
    ],
    back_to="payments",
)
REMOVE = Verb(
    "remove_method",
    N_("Remove"),
    (Permission.UPDATE_PAYMENT,),
    forms.Given,
    _remove,
    of=Of.ROW,
    explains=_which,
    back_to="payments",
    grave=True,
)
