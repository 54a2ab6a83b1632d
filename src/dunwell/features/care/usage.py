"""Usage that isn't billed yet, by bill unit and debt class: what the billing system says, and until
when it had measured. It is told, or asked through the hook `fetch_unbilled_usage`.

It is no debt: nothing in collections looks at it.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import structlog
from pluggy import HookRelay

from dunwell.db import statements
from dunwell.domain.errors import BadInput, NotFound, RuleViolation, Unavailable
from dunwell.domain.money import Currency
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.receivables.bill_units import BillUnit, own, own_many
from dunwell.plugins.specs import UnbilledUsage

_USAGE = statements.load(__package__, "usage.sql")

LONGEST_DETAILS = 500

logger = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Unbilled:
    """What was used and isn't billed yet."""

    amount: Decimal
    as_of: dt.datetime
    """Until when the billing system had measured."""
    recorded_at: dt.datetime
    """When it was told here."""
    details: str | None


def put(operation: Operation, told: UnbilledUsage) -> bool:
    """Keep what was told; False if something newer is known already, which stays.

    Raises NotFound, BadInput.
    """
    operation.actor.require(Permission.LOAD_RECEIVABLES)
    return _put(operation, own(operation, told.bill_unit_no), told)


def ask(hooks: HookRelay, bill_unit_nos: Sequence[str]) -> list[UnbilledUsage]:
    """Ask the plug-ins' billing systems; not within a transaction, as they may take their time.

    Raises RuleViolation (`nobody_to_ask`), Unavailable when one fails.
    """
    if not hooks.fetch_unbilled_usage.get_hookimpls():
        raise RuleViolation(
            "nobody_to_ask",
            "No plug-in asks the billing system (the hook fetch_unbilled_usage); what it tells over"
            " the API is shown.",
        )
    try:
        answers = hooks.fetch_unbilled_usage(bill_unit_nos=list(bill_unit_nos))
    except Exception as failure:
        logger.warning("the billing system was not reached", why=type(failure).__name__)
        raise Unavailable("The billing system doesn't answer; try again later.") from failure
    wanted = set(bill_unit_nos)
    return [each for answer in answers for each in answer or () if each.bill_unit_no in wanted]


def put_many(operation: Operation, told: Sequence[UnbilledUsage]) -> int:
    """Keep what was asked for through the hook; how much of it is new. All or nothing."""
    operation.actor.require(Permission.VIEW)
    units = own_many(operation, {each.bill_unit_no for each in told})
    return sum(_put(operation, units[each.bill_unit_no], each) for each in told)


def _put(operation: Operation, bill_unit: BillUnit, told: UnbilledUsage) -> bool:
    if told.as_of.tzinfo is None:
        raise BadInput(f"The time {told.as_of} has no time zone; write it as 2026-03-01T12:00:00Z.")
    if told.details is not None and (len(told.details) > LONGEST_DETAILS or "\0" in told.details):
        raise BadInput(f"The details have at most {LONGEST_DETAILS} characters and no NUL.")
    given = {
        "account_id": bill_unit.account_id,
        "bill_unit_id": bill_unit.id,
        "debt_class": told.debt_class,
        "amount": told.amount,
        "as_of": told.as_of,
        "details": told.details,
    }
    row = _USAGE["place"].run(operation.connection, given).fetchone()
    if row is None:
        raise NotFound(f"There is no debt class {told.debt_class!r} in the policy.")
    currency = Currency(row[0], row[1])
    if currency.round(told.amount) != told.amount:
        raise BadInput(
            f"{told.amount} can't be: an amount in {currency.code} has at most {currency.digits}"
            " decimals."
        )
    return bool(
        _USAGE["put"].run(operation.connection, {**given, "debt_class_id": row[2]}).rowcount
    )
