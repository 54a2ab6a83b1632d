"""What customer care does to a bill unit: takes a payment and gives a receipt, has a card charged,
asks for an adjustment, raises and resolves disputes.
"""

import datetime as dt
import secrets
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Annotated

from pydantic import Field as Bounds

from dunwell.domain.handles import Handle
from dunwell.domain.statuses import AdjustmentDirection
from dunwell.features.access.actor import Permission
from dunwell.features.care import adjusting, disputing, receipts
from dunwell.features.payments import capturing
from dunwell.features.payments.gateways.registry import Gateways
from dunwell.features.policy.reasons import Category
from dunwell.features.receivables import bills, payments
from dunwell.features.receivables import queries as receivables
from dunwell.web import formats, forms
from dunwell.web.languages import N_, _
from dunwell.web.verbs import payment_methods
from dunwell.web.verbs.payment_methods import Paying
from dunwell.web.verbs.payments import METHODS
from dunwell.web.verbs.verb import Asked, Done, Field, Of, Verb, entry

BILLS = 100
"""So many bills can be chosen from, the newest."""


@dataclass(frozen=True, slots=True)
class Captured(Done):
    """A charge was asked for; it is made once that is committed."""

    attempt: Handle | None = None
    bill_unit_no: str = ""


Key = Annotated[str, Bounds(pattern=r"^[A-Za-z0-9_-]{8,64}$")]
"""The form's own, so that what is sent twice is done once."""


class Taken(forms.Given):
    """What the customer paid; the key makes it one payment."""

    amount: forms.Amount
    paid_on: dt.date
    method: forms.Line
    bill_no: forms.Line | None = None
    reference: forms.Line | None = None
    payer: forms.Line | None = None
    key: Key


class Charged(Paying):
    """How much is charged, with what."""

    amount: forms.Amount
    payment_method: forms.Line
    key: Key


class Adjusted(forms.Reasoned):
    """Which way, how much, of which bill."""

    direction: AdjustmentDirection
    amount: forms.Amount
    bill_no: forms.Line | None = None
    key: Key


class Disputed(forms.Reasoned):
    """How much of a bill; nothing: all of it."""

    bill_no: forms.Line
    amount: forms.Amount | None = None


class Resolved(forms.Reasoned):
    """How much is granted; nothing: the dispute is refused."""

    granted: forms.Amount | None = None


class Nothing(forms.Given):
    """Nothing else is needed."""


def _take(asked: Asked, given: Taken) -> str:
    received = payments.Received(
        given.amount, given.paid_on, given.method, given.reference, given.bill_no
    )
    made = receipts.take(asked.operation, asked.number, received, key=given.key, payer=given.payer)
    return _("The payment is recorded, receipt %(number)s; the next night posts it.") % {
        "number": made.receipt_no
    }


def _unready(_asked: Asked, _given: Charged) -> Done:
    raise NotImplementedError("the application's gateways are wired by `charging`")


def _adjust(asked: Asked, given: Adjusted) -> Done:
    wanted = adjusting.Wanted(
        given.direction, given.amount, given.reason, given.bill_no, given.note, given.key
    )
    made = adjusting.request(asked.operation, asked.number, wanted)
    if made.status == "posted":
        return Done(_("The adjustment is posted; the next night applies it."))
    return Done(_("The adjustment waits for somebody who approves it."), "warn")


def _dispute(asked: Asked, given: Disputed) -> str:
    disputing.raise_dispute(
        asked.operation,
        asked.number,
        given.bill_no,
        amount=given.amount,
        reason=given.reason,
        note=given.note,
    )
    return _("It is under dispute, and not collected from the next night on.")


def _resolve(asked: Asked, given: Resolved) -> Done:
    found = disputing.resolve_dispute(
        asked.operation,
        asked.number,
        asked.member or "",
        granted=given.granted or Decimal(0),
        reason=given.reason,
        note=given.note,
    )
    if found.granting is not None:
        return Done(_("The dispute goes on until somebody approves what is granted."), "warn")
    return Done(_("The dispute is over."))


def _withdraw(asked: Asked, _given: Nothing) -> str:
    adjusting.withdraw(asked.operation, asked.member or "")
    return _("The request is withdrawn.")


def _currency(asked: Asked) -> str:
    return str(receivables.bill_unit(asked.operation, asked.number)["currency"])


def _amount(asked: Asked, name: str = "amount", **options: object) -> Field:
    return entry(
        name,
        _("Amount in %(currency)s") % {"currency": _currency(asked)},
        inputmode="decimal",
        autocomplete="off",
        **{"required": True, **options},
    )


def _bill(asked: Asked, *, title: str, without: str | None = None) -> Field:
    """The bill that it is about; `without` is what none means, if none is possible."""
    found = bills.bills(asked.operation, asked.number, limit=BILLS).items
    said = [
        (
            bill.bill_no,
            f"{bill.bill_no} · {formats.date(bill.due_on)} · "
            + formats.money(bill.open_amount, bill.currency),
        )
        for bill in found
    ]
    empty = [("", without)] if without is not None else [("", _("choose …"))]
    return entry(
        "bill_no",
        title,
        asked.member or "",
        choices=[*empty, *said],
        required=without is None,
    )


def _key() -> Field:
    return entry("key", "", secrets.token_urlsafe(16), type="hidden")


def _to_take(asked: Asked) -> list[Field]:
    return [
        _key(),
        _amount(asked),
        entry("method", _("Paid by"), choices=[(each, _(said)) for each, said in METHODS.items()]),
        entry("paid_on", _("Paid on"), asked.today, type="date", required=True, max=asked.today),
        _bill(asked, title=_("Pays first"), without=_("the oldest bill")),
        entry("payer", _("Payer"), maxlength=200, hint=_("if it isn't the customer")),
        entry(
            "reference", _("Reference"), maxlength=200, hint=_("such as the number of the check")
        ),
    ]


def _to_charge(asked: Asked) -> list[Field]:
    ways = payment_methods.fields(asked, _("Charged to"))
    if not ways:
        ways = [entry("payment_method", _("Charged to"), choices=[("", _("none is registered"))])]
    return [_key(), _amount(asked), *ways]


def _to_adjust(asked: Asked) -> list[Field]:
    ways = [("credit", _("credit: they owe less")), ("debit", _("debit: they owe more"))]
    return [
        _key(),
        entry("direction", _("Which way"), "credit", choices=ways),
        _amount(asked),
        _bill(asked, title=_("About the bill"), without=_("none")),
    ]


def _alone(asked: Asked) -> str:
    currency = _currency(asked)
    limit = adjusting.limit(asked.operation, currency)
    if not limit:
        return _("Somebody else has to approve it before it is posted.")
    return _("Up to %(limit)s it is posted at once; above, somebody else has to approve it.") % {
        "limit": formats.money(limit, currency)
    }


def charging(gateways: Gateways) -> Verb:
    """The verb that has a card charged, with the installation's gateways."""

    def charge(asked: Asked, given: Charged) -> Done:
        made = capturing.ask(
            asked.operation,
            gateways,
            asked.number,
            given.amount,
            payment_methods.chosen(asked, given) or 0,
            key=given.key,
        )
        return Captured(_("The charge is asked for."), attempt=made, bill_unit_no=asked.number)

    return replace(CHARGE, do=charge)


TAKE = Verb(
    "take",
    N_("Take a payment"),
    (Permission.TAKE_PAYMENT,),
    Taken,
    _take,
    fields=_to_take,
    back_to="payments",
)
CHARGE = Verb(
    "charge",
    N_("Charge card or account"),
    (Permission.TAKE_PAYMENT,),
    Charged,
    _unready,
    fields=_to_charge,
    explains=lambda _asked: _(
        "The customer asks for it now. A card is charged at once; a direct debit goes to the bank"
        " with the next delivery."
    ),
    back_to="payments",
)
ADJUST = Verb(
    "adjust",
    N_("Request an adjustment"),
    (Permission.ADJUST,),
    Adjusted,
    _adjust,
    fields=_to_adjust,
    explains=_alone,
    category=Category.ADJUSTMENT,
    back_to="adjustments",
)
DISPUTE = Verb(
    "dispute",
    N_("Raise a dispute"),
    (Permission.DISPUTE,),
    Disputed,
    _dispute,
    of=Of.MEMBER,
    fields=lambda asked: [
        _bill(asked, title=_("Bill")),
        _amount(asked, required=False),
    ],
    explains=lambda _asked: _(
        "Without an amount, all of the bill. What is disputed isn't collected until that is over."
    ),
    category=Category.DISPUTE,
    back_to="adjustments",
)
RESOLVE = Verb(
    "resolve",
    N_("Resolve the dispute"),
    (Permission.DISPUTE,),
    Resolved,
    _resolve,
    of=Of.MEMBER,
    fields=lambda asked: [_amount(asked, "granted", required=False)],
    explains=lambda asked: (
        _("What is granted is credited to the bill; without an amount, the dispute is refused.")
        + " "
        + _alone(asked)
    ),
    category=Category.DISPUTE,
    back_to="adjustments",
)
WITHDRAW = Verb(
    "withdraw",
    N_("Withdraw the request"),
    (Permission.ADJUST,),
    Nothing,
    _withdraw,
    of=Of.MEMBER,
    back_to="adjustments",
)

OF_BILL_UNIT = (TAKE, CHARGE, ADJUST, DISPUTE)
"""What is offered beside each bill unit."""

VERBS = {verb.name: verb for verb in (*OF_BILL_UNIT, RESOLVE, WITHDRAW)}
