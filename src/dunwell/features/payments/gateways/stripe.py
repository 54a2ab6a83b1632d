"""Stripe: cards, charged off-session as payment intents through Stripe's own SDK.

The idempotency key is Stripe's, and stands in the intent's metadata too, so that an intent can be
found when Stripe has forgotten the key (after a day). Codes: https://docs.stripe.com/declines/codes
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import iso4217

from dunwell.domain.errors import Forbidden
from dunwell.features.payments.gateways.base import (
    Charge,
    Declined,
    GatewayDown,
    News,
    Outcome,
    Pending,
    Returned,
    Succeeded,
)

KEY = "dunwell_key"
TIMEOUT = 30.0

HARD = frozenset(
    {
        *("authentication_required", "card_not_supported", "currency_not_supported"),
        *("do_not_try_again", "expired_card", "fraudulent", "incorrect_number", "invalid_account"),
        *("invalid_number", "invalid_request", "lost_card", "merchant_blacklist"),
        *("mandate_invalid", "new_account_information_available", "no_action_taken"),
        *("not_permitted", "pickup_card", "restricted_card", "revocation_of_all_authorizations"),
        *("revocation_of_authorization", "security_violation", "service_not_allowed"),
        *("stolen_card", "stop_payment_order", "testmode_decline", "transaction_not_allowed"),
    }
)
"""Codes after which the same card can't succeed; every other one may be tried again."""

# where Stripe's smallest unit isn't ISO 4217's
_DIGITS = {"ISK": 2, "MGA": 0, "UGX": 2}
_WHOLE = {"ISK", "UGX"}


class StripeGateway:
    """One Stripe account."""

    name = "stripe"

    def __init__(self, key: str, *, webhook_secret: str = "", address: str | None = None) -> None:
        import stripe  # noqa: PLC0415 - half a second that most commands save

        self._stripe = stripe
        self._webhook_secret = webhook_secret
        self._client = stripe.StripeClient(
            key,
            base_addresses={"api": address} if address else {},
            # with the same key, so a repeated request charges once
            max_network_retries=2,
            http_client=stripe.RequestsClient(timeout=TIMEOUT),
        )

    def charge(self, charge: Charge) -> Outcome:
        """Create and confirm a payment intent."""
        amount = smallest_units(charge.amount, charge.currency)
        if amount is None:
            return Declined(
                "invalid_amount",
                retryable=False,
                message=f"Stripe can't charge {charge.amount} {charge.currency} exactly.",
            )
        parameters: Any = {
            "amount": amount,
            "currency": charge.currency.lower(),
            "payment_method": charge.method.token,
            "confirm": True,
            "off_session": True,
            "description": charge.text,
            "metadata": {KEY: charge.key},
        }
        if charge.method.customer:
            parameters["customer"] = charge.method.customer
        errors = self._stripe
        try:
            intent = self._client.v1.payment_intents.create(
                parameters, {"idempotency_key": charge.key}
            )
        except errors.CardError as error:
            code = _decline_code(error)
            intent_no = getattr(getattr(error.error, "payment_intent", None), "id", None)
            return Declined(code, code not in HARD, error.user_message or "", intent_no)
        except errors.InvalidRequestError as error:
            return Declined("invalid_request", retryable=False, message=error.user_message or "")
        except errors.StripeError as error:
            raise _down(error) from error
        return _outcome(intent)

    def find(self, charge: Charge, reference: str | None) -> Outcome | None:
        """The intent by its number, else by the key in its metadata."""
        intents = self._client.v1.payment_intents
        try:
            if reference:
                return _outcome(intents.retrieve(reference))
            found = intents.search({"query": f"metadata['{KEY}']:'{charge.key}'", "limit": 1})
        except self._stripe.StripeError as error:
            raise _down(error) from error
        return _outcome(found.data[0]) if found.data else None

    def read_webhook(self, payload: bytes, signature: str) -> Sequence[News]:
        """The news in a signed event: an intent that ended, or money that a dispute took back."""
        if not self._webhook_secret:
            raise Forbidden("DUNWELL_STRIPE_WEBHOOK_SECRET isn't set, so no webhook is believed.")
        try:
            event = self._client.construct_event(payload, signature, self._webhook_secret)
        except (ValueError, self._stripe.SignatureVerificationError) as failure:
            raise Forbidden("The webhook's signature is wrong, missing or too old.") from failure
        thing: Any = event.data.object
        match event.type:
            case (
                "payment_intent.succeeded"
                | "payment_intent.payment_failed"
                | "payment_intent.canceled"
                | "payment_intent.processing"
            ):
                key = _metadata(thing)
                return [News(key, _outcome(thing))] if key else []
            case "charge.dispute.funds_withdrawn":
                return self._disputed(thing)
        return []

    def _disputed(self, dispute: Any) -> Sequence[News]:
        try:
            intent = self._client.v1.payment_intents.retrieve(dispute.payment_intent)
        except self._stripe.StripeError as error:
            raise _down(error) from error
        key = _metadata(intent)
        if not key:
            return []
        amount = from_smallest_units(dispute.amount, dispute.currency)
        return [News(key, Returned(dispute.reason, retryable=False, amount=amount))]


def _metadata(intent: Any) -> str | None:
    metadata = getattr(intent, "metadata", None)
    try:
        return str(metadata[KEY]) if metadata else None
    except KeyError:
        return None


def _decline_code(error: Any) -> str:
    details = error.error
    return str(getattr(details, "decline_code", None) or error.code or "card_error")


def _down(error: Any) -> GatewayDown:
    # the class says what is wrong; the text may hold what the log must not
    return GatewayDown(f"Stripe gave no answer ({type(error).__name__}); it is asked again.")


def _outcome(intent: Any) -> Outcome:
    match intent.status:
        case "succeeded":
            return Succeeded(
                from_smallest_units(intent.amount_received, intent.currency), intent.id
            )
        case "processing" | "requires_capture":
            return Pending(intent.id)
        case "requires_action":
            # nobody is there to confirm it
            return Declined("authentication_required", retryable=False, reference=intent.id)
        case "canceled":
            return Declined("canceled", retryable=False, reference=intent.id)
    error = getattr(intent, "last_payment_error", None)
    code = str(
        getattr(error, "decline_code", None) or getattr(error, "code", None) or intent.status
    )
    message = str(getattr(error, "message", None) or "")
    return Declined(code, code not in HARD, message, intent.id)


def _digits(currency: str) -> int:
    code = currency.upper()
    return _DIGITS.get(code, iso4217.Currency(code).exponent or 0)


def smallest_units(amount: Decimal, currency: str) -> int | None:
    """The amount as Stripe counts it; none if it can't be charged exactly.

    Stripe takes three-decimal currencies in steps of ten, and ISK and UGX in whole units.
    """
    digits = _digits(currency)
    units = amount.scaleb(digits)
    step = 10 if digits == 3 else 100 if currency.upper() in _WHOLE else 1  # noqa: PLR2004 - mils
    return int(units) if units % step == 0 else None


def from_smallest_units(units: int, currency: str) -> Decimal:
    """The amount that Stripe counts in its smallest units."""
    return Decimal(units).scaleb(-_digits(currency))
