"""Schedules of a pay plan, and what may be scheduled: pure functions. Each refusal carries the name
of its rule.
"""

import calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_DOWN, Decimal

from dunwell.domain.errors import BadInput, RuleViolation
from dunwell.domain.money import Currency

MOST_PAYMENTS = 366
LONGEST_DAYS = 3660


@dataclass(frozen=True, slots=True)
class ScheduledPayment:
    """An amount that is to be paid by a day."""

    due_on: date
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Terms:
    """So much in so many payments, from a day on, so many days or months apart."""

    total: Decimal
    number: int
    first_on: date
    interval_days: int | None = None
    interval_months: int | None = None


def schedule(terms: Terms, currency: Currency) -> tuple[ScheduledPayment, ...]:
    """The payments that come to the total; what can't be divided evenly comes with the last. Raises
    BadInput.
    """
    if not 1 <= terms.number <= MOST_PAYMENTS:
        raise BadInput(f"A pay plan has 1 to {MOST_PAYMENTS} payments, not {terms.number}.")
    apart = (terms.interval_days, terms.interval_months)
    if terms.number > 1 and (None not in apart or apart == (None, None)):
        raise BadInput("Give the days between payments, or the months; one of them.")
    if any(each is not None and not 1 <= each <= LONGEST_DAYS for each in apart):
        raise BadInput(f"Payments can't be {apart[0] or apart[1]} apart; give at least 1.")
    if terms.total <= 0 or terms.total != currency.round(terms.total):
        raise BadInput(
            f"A pay plan can't be about {terms.total} {currency.code}; give a positive amount with"
            f" at most {currency.digits} decimals."
        )
    smallest = Decimal(1).scaleb(-currency.digits)
    each = (terms.total / terms.number).quantize(smallest, rounding=ROUND_DOWN)
    if each < smallest:
        raise BadInput(
            f"{currency.text(terms.total)} {currency.code} can't be paid in {terms.number}"
            " payments; schedule fewer."
        )
    amounts = [each] * (terms.number - 1) + [terms.total - each * (terms.number - 1)]
    return tuple(
        ScheduledPayment(_due(terms, number), amount) for number, amount in enumerate(amounts)
    )


def _due(terms: Terms, number: int) -> date:
    """The day of a payment; months count from the first: 31 January, 28 February, 31 March."""
    try:
        if terms.interval_months is None:
            return terms.first_on + timedelta(days=number * (terms.interval_days or 0))
        months = terms.first_on.month - 1 + number * terms.interval_months
        year, month = terms.first_on.year + months // 12, months % 12 + 1
        last = calendar.monthrange(year, month)[1]
        return date(year, month, min(terms.first_on.day, last))
    except (OverflowError, ValueError) as failure:
        raise BadInput("The last payment lies too far in the future; schedule fewer.") from failure


def may_schedule(payments: Sequence[ScheduledPayment], currency: Currency, today: date) -> None:
    """Raise unless these payments may be scheduled on that day."""
    if not 1 <= len(payments) <= MOST_PAYMENTS:
        raise BadInput(f"A pay plan has 1 to {MOST_PAYMENTS} payments, not {len(payments)}.")
    for payment in payments:
        if payment.due_on < today:
            raise RuleViolation(
                "payment_in_the_past",
                f"A payment can't be due on {payment.due_on}, before {today}; give that day or a"
                " later one.",
            )
        if payment.due_on > today + timedelta(days=LONGEST_DAYS):
            raise BadInput(
                f"A payment can't be due on {payment.due_on}, more than {LONGEST_DAYS} days from"
                f" {today}."
            )
        if payment.amount <= 0 or payment.amount != currency.round(payment.amount):
            raise BadInput(
                f"A payment can't be {payment.amount} {currency.code}; give a positive amount with"
                f" at most {currency.digits} decimals."
            )


def total(payments: Sequence[ScheduledPayment]) -> Decimal:
    """What the payments come to."""
    return sum((payment.amount for payment in payments), Decimal(0))


def may_insulate(amount: Decimal, owed: Decimal, currency: Currency) -> None:
    """Raise RuleViolation if a plan is about more than is owed: it would insulate future bills."""
    if amount > owed:
        raise RuleViolation(
            "more_than_is_owed",
            f"The payments come to {currency.text(amount)} {currency.code}, but only"
            f" {currency.text(owed)} of what the plan covers is open; schedule that or less.",
        )
