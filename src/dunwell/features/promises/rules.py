"""Schedules of a promise to pay, and what may be promised: pure functions (manual: Creating a
Promise-to-Pay Action). Each refusal carries the name of its rule.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_DOWN, Decimal

from dunwell.domain.errors import BadInput, RuleViolation
from dunwell.domain.money import Currency

MOST_INSTALMENTS = 366
LONGEST_DAYS = 3660


@dataclass(frozen=True, slots=True)
class Instalment:
    """An amount promised for a day."""

    due_on: date
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Terms:
    """What is agreed with the customer: a number of instalments or the amount of each, and the
    days from one to the next or from the first to the last.
    """

    number: int | None = None
    amount: Decimal | None = None
    interval_days: int | None = None
    total_days: int | None = None
    first_on: date | None = None
    """None: the day on which it is promised."""


def schedule(
    total: Decimal, terms: Terms, currency: Currency, today: date
) -> tuple[Instalment, ...]:
    """The instalments that pay the total; what can't be divided evenly comes with the last.

    Raises BadInput for terms that say too little, RuleViolation for those that can't be met.
    """
    first = terms.first_on or today
    may_be_due(first, today)
    amounts = _amounts(total, terms, currency)
    return tuple(
        Instalment(first + timedelta(days=days), amount)
        for days, amount in zip(_days(len(amounts), terms), amounts, strict=True)
    )


def _amounts(total: Decimal, terms: Terms, currency: Currency) -> list[Decimal]:
    smallest = Decimal(1).scaleb(-currency.digits)
    if terms.amount is not None:
        each = terms.amount
        if each < smallest or each != currency.round(each):
            raise BadInput(
                f"An instalment can't be {each} {currency.code}; give a positive amount with at"
                f" most {currency.digits} decimals."
            )
        number = int((total - smallest) // each) + 1
        if terms.number not in (None, number):
            raise RuleViolation(
                "amounts_do_not_add_up",
                f"{terms.number} instalments of {each} {currency.code} don't add up to the"
                f" promised {currency.text(total)}, which takes {number}; give the number or the"
                " amount.",
            )
    elif terms.number is None:
        raise BadInput("Give the number of instalments or the amount of each.")
    else:
        number = terms.number
        if number < 1:
            raise BadInput(f"A promise has at least one instalment, not {number}.")
        each = (total / number).quantize(smallest, rounding=ROUND_DOWN)
        if not each:
            raise RuleViolation(
                "amounts_do_not_add_up",
                f"{currency.text(total)} {currency.code} can't be paid in {number} instalments;"
                " promise fewer.",
            )
    if number > MOST_INSTALMENTS:
        raise BadInput(
            f"{number} instalments are too many; a promise has at most {MOST_INSTALMENTS}."
        )
    return [each] * (number - 1) + [total - each * (number - 1)]


def _days(number: int, terms: Terms) -> list[int]:
    """How many days after the first each instalment is due."""
    interval, total = terms.interval_days, terms.total_days
    if interval is not None and total is not None:
        raise BadInput(
            f"Give the days between instalments ({interval}) or those from the first to the last"
            f" ({total}), not both."
        )
    if number == 1:
        return [0]
    if interval is not None:
        if not 1 <= interval <= LONGEST_DAYS:
            raise BadInput(f"Instalments can't be {interval} days apart; give at least 1 day.")
        total = interval * (number - 1)
    if total is None:
        raise BadInput("Give the days between instalments, or those from the first to the last.")
    if not number - 1 <= total <= LONGEST_DAYS:
        raise BadInput(
            f"{number} instalments can't be spread over {total} days; give from {number - 1} to"
            f" {LONGEST_DAYS} days."
        )
    return [index * total // (number - 1) for index in range(number)]


def may_promise(
    instalments: Sequence[Instalment], total: Decimal, currency: Currency, today: date
) -> None:
    """Raise RuleViolation unless these instalments may be promised on that day."""
    if not instalments:
        raise BadInput("A promise has at least one instalment.")
    for instalment in instalments:
        may_be_due(instalment.due_on, today)
        may_be_amount(instalment.amount, currency)
    promised = sum((instalment.amount for instalment in instalments), Decimal(0))
    if promised != total:
        raise RuleViolation(
            "amounts_do_not_add_up",
            f"The instalments come to {currency.text(promised)} {currency.code}, but"
            f" {currency.text(total)} is overdue; promise just that.",
        )


def may_be_due(due_on: date, today: date) -> None:
    """Raise unless an instalment may be put on that day."""
    if due_on < today:
        raise RuleViolation(
            "instalment_in_the_past",
            f"An instalment can't be due on {due_on}, before {today}; give that day or a later"
            " one.",
        )
    if due_on > today + timedelta(days=LONGEST_DAYS):
        raise BadInput(
            f"An instalment can't be due on {due_on}, more than {LONGEST_DAYS} days from {today}."
        )


def may_be_amount(amount: Decimal, currency: Currency) -> None:
    """Raise BadInput unless an instalment may be that much."""
    if amount <= 0 or amount != currency.round(amount):
        raise BadInput(
            f"An instalment can't be {amount} {currency.code}; give a positive amount with at most"
            f" {currency.digits} decimals."
        )
