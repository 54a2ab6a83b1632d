"""Pure rules of collecting: whether an attempt is still wanted, how much of it, and when again."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of an attempt at the moment at which it would be charged."""

    case_is_open: bool
    asked: Decimal
    """What the action asked for."""
    owed: Decimal
    """What is overdue now, less money that is on its way."""
    has_method: bool
    expires_on: dt.date | None
    has_gateway: bool
    kind: str | None = None
    still_wanted: bool = True
    """Its instalment, if it is one's, is open and still to be collected."""
    put_off_until: dt.date | None = None


@dataclass(frozen=True, slots=True)
class ChargeIt:
    """Charge this much."""

    amount: Decimal


@dataclass(frozen=True, slots=True)
class Drop:
    """Don't charge: the attempt ends with this status, code and message."""

    status: str
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Leave:
    """Nothing can be done about it today; it stays ready."""

    why: str


def decide(facts: Facts, today: dt.date) -> ChargeIt | Drop | Leave:
    """Charge no more than what is owed, and nothing that isn't wanted any more."""
    amount = min(facts.asked, facts.owed)
    refused = _not_now(facts) or _not_chargeable(facts, amount, today)
    return refused or ChargeIt(amount)


def _not_now(facts: Facts) -> Drop | Leave | None:
    """Why it isn't asked for any more, or not today."""
    if not facts.case_is_open:
        return Drop("withdrawn", "case_closed", "The case has been closed.")
    if not facts.still_wanted:
        return Drop(
            "withdrawn", "instalment_closed", "The instalment is closed, or no longer collected."
        )
    if facts.put_off_until is not None:
        return Leave("the instalment was put off, and is asked for again on its new date")
    return None


def _not_chargeable(facts: Facts, amount: Decimal, today: dt.date) -> Drop | Leave | None:
    if amount <= 0:
        return Drop("withdrawn", "nothing_owed", "Nothing is owed any more, or it is on its way.")
    if not facts.has_method:
        return Drop("failed", "no_payment_method", "The bill unit has no payment method.")
    if facts.expires_on is not None and facts.expires_on < today:
        return Drop("declined", "expired_card", f"The card expired on {facts.expires_on}.")
    if not facts.has_gateway:
        return Leave(f"no gateway collects {facts.kind}; DUNWELL_GATEWAYS names one")
    return None


def next_try(
    tries: int, retryable: bool, schedule: Sequence[int], refused_on: dt.date
) -> dt.date | None:
    """When a refused charge is tried again; none: never. `tries` were made so far."""
    if not retryable or tries > len(schedule):
        return None
    return refused_on + dt.timedelta(days=schedule[tries - 1])
