"""What an action that collects a payment is to collect: asked when it is added (`actions`), changed
while it is open.
"""

from collections.abc import Iterable
from decimal import Decimal

from dunwell.domain.handles import Handle, parse
from dunwell.domain.statuses import ActionType
from dunwell.features.access.actor import Permission
from dunwell.features.cases import scheduling
from dunwell.features.cases.scheduling import PaymentDetails
from dunwell.features.policy.queries import ConfigurationObject
from dunwell.features.policy.reasons import Category
from dunwell.web import formats, forms
from dunwell.web.languages import N_, _
from dunwell.web.verbs import payment_methods
from dunwell.web.verbs.payment_methods import Paying
from dunwell.web.verbs.verb import Asked, Field, Of, Verb, entry

SHOWN = "collection"
"""Marks what is shown with an action that collects."""


class Collecting(forms.Reasoned, Paying):
    """How much, with what; empty: what is overdue then, as the customer usually pays."""

    amount: forms.Amount | None = None


def among(definitions: Iterable[ConfigurationObject]) -> frozenset[str]:
    """The names of those that collect a payment."""
    collects = ActionType.COLLECT_PAYMENT
    return frozenset(each.name for each in definitions if each.values["type"] == collects)


def details(asked: Asked, given: Collecting) -> PaymentDetails:
    """What the service takes. Raises NotFound, BadInput, Forbidden."""
    number = payment_methods.chosen(asked, given)
    method = None if number is None else str(Handle(asked.case.handle.account_id, number))
    return PaymentDetails(given.amount, method)


def fields(asked: Asked, amount: str = "", method: str = "", **options: str) -> list[Field]:
    """How much and with what, to begin with."""
    return [
        entry(
            "amount",
            _("Amount"),
            amount,
            inputmode="decimal",
            autocomplete="off",
            hint=_("empty: what is overdue then"),
            **options,
        ),
        *payment_methods.fields(
            asked,
            _("Collected from"),
            ("", _("as the customer usually pays")),
            value=method,
            **options,
        ),
    ]


def _as_it_is(asked: Asked) -> list[Field]:
    own, amount, method = asked.action.parameters, "", ""
    if "amount" in own:
        amount = "".join(formats.amount(Decimal(own["amount"]), asked.case.currency))
    if "payment_method" in own:
        method = str(parse(own["payment_method"], "payment method").id)
    return fields(asked, amount, method)


def _change(asked: Asked, given: Collecting) -> str:
    wanted = details(asked, given)
    scheduling.change_payment_details(
        asked.operation,
        str(asked.action.handle),
        reason=given.reason,
        note=given.note,
        amount=wanted.amount,
        payment_method=wanted.payment_method,
        expected_version=asked.version,
    )
    return _("What is collected is changed.")


CHANGE = Verb(
    "change_payment",
    N_("Change what is collected"),
    (Permission.UPDATE_PAYMENT,),
    Collecting,
    _change,
    of=Of.ACTION,
    fields=_as_it_is,
    category=Category.PAYMENT_DETAILS,
)
