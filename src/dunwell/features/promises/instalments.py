"""What people do with the instalments of an active promise. Each function is one verb; the surface
commits.

An instalment is named by its step among the actions of the case. Whatever changes the last
instalment's date moves the start of the other actions with it (DESIGN section 9, ruling 9).
"""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from dunwell.domain.errors import BadInput, RuleViolation, Stale
from dunwell.domain.statuses import ActionStatus
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.policy.reasons import Category
from dunwell.features.promises import in_hand, rules
from dunwell.features.promises.rules import Instalment

_CLOSING: Final = {
    ActionStatus.COMPLETED: Category.COMPLETE,
    ActionStatus.CANCELLED: Category.CANCEL,
}
"""An instalment is closed with the reasons of any action."""


class Unchanged:
    """What isn't sent stays as it is; none is a value of its own."""


UNCHANGED: Final = Unchanged()


def add(
    operation: Operation,
    bill_unit_no: str,
    instalment: Instalment,
    *,
    payment_method_id: int | Unchanged | None = UNCHANGED,
    debt_class: str | None = None,
    reason: str,
) -> None:
    """Add an instalment to the active promise, whose total grows by it.

    The promise's payment method collects it unless another (or none) is sent. Raises RuleViolation
    (`no_promise`, `instalment_before_promise`, `instalment_in_the_past`), BadInput.
    """
    operation.actor.require(Permission.PROMISE_TO_PAY)
    case = in_hand.promised(operation, bill_unit_no, debt_class, Category.PROMISE, reason)
    if instalment.due_on < case.facts["made_on"]:
        raise RuleViolation(
            "instalment_before_promise",
            f"An instalment can't be due on {instalment.due_on}, before the promise was made on"
            f" {case.facts['made_on']}.",
        )
    rules.may_be_due(instalment.due_on, operation.date)
    rules.may_be_amount(instalment.amount, case.currency)
    if not isinstance(payment_method_id, Unchanged):
        case = case.having(payment_method_id=payment_method_id)
    case.add([instalment])
    case.conclude("instalment_added", reason)


def change(
    operation: Operation,
    bill_unit_no: str,
    step: int,
    *,
    amount: Decimal | Unchanged = UNCHANGED,
    payment_method_id: int | Unchanged | None = UNCHANGED,
    following: bool = False,
    version: int | None = None,
    debt_class: str | None = None,
    reason: str,
) -> None:
    """Change the amount or payment method of an open instalment, or of it and all that follow.

    Only what is sent changes; the payment method none means that it is no longer collected. Raises
    NotFound, Conflict if the instalment's version isn't the given one any more, BadInput.
    Manual: PCM_OP_COLLECTIONS_UPDATE_ACTION_PAYMENT_DETAILS.
    """
    operation.actor.require(Permission.PROMISE_TO_PAY)
    if not isinstance(payment_method_id, Unchanged):
        operation.actor.require(Permission.UPDATE_PAYMENT)
    elif isinstance(amount, Unchanged):
        raise BadInput("Give another amount, another payment method, or both.")
    case = in_hand.promised(operation, bill_unit_no, debt_class, Category.PAYMENT_DETAILS, reason)
    found = case.open_instalments([step])
    _check_version(found, step, version)
    index = [row["step"] for row in found].index(step)
    ids = [row["action_id"] for row in (found[index:] if following else found[index : index + 1])]
    if not isinstance(amount, Unchanged):
        rules.may_be_amount(amount, case.currency)
        case.run("change_amounts", action_ids=ids, amount=amount)
    if not isinstance(payment_method_id, Unchanged):
        case.run("change_payment_method", action_ids=ids, payment_method_id=payment_method_id)
    case.run("changed", action_ids=ids)
    case.conclude("instalments_changed", reason, steps=_steps(found, ids))


def reschedule(
    operation: Operation,
    bill_unit_no: str,
    dates: Mapping[int, dt.date],
    *,
    version: int | None = None,
    debt_class: str | None = None,
    reason: str,
) -> None:
    """Put open instalments, by step, on other days; all or none.

    Raises RuleViolation (`instalment_in_the_past`), NotFound, Conflict.
    """
    operation.actor.require(Permission.PROMISE_TO_PAY)
    case = in_hand.promised(operation, bill_unit_no, debt_class, Category.RESCHEDULE, reason)
    found = case.open_instalments(dates)
    ids = {row["step"]: row["action_id"] for row in found}
    for step, due_on in dates.items():
        _check_version(found, step, version)
        rules.may_be_due(due_on, operation.date)
    case.run("reschedule", action_ids=[ids[step] for step in dates], dates=list(dates.values()))
    case.conclude("instalments_rescheduled", reason, steps=sorted(dates))


def complete(
    operation: Operation,
    bill_unit_no: str,
    step: int,
    *,
    version: int | None = None,
    debt_class: str | None = None,
    reason: str,
) -> None:
    """Take an open instalment as paid, before its payment is seen; later ones still want the sum
    of all.
    """
    _close(operation, bill_unit_no, step, ActionStatus.COMPLETED, version, debt_class, reason)


def cancel(
    operation: Operation,
    bill_unit_no: str,
    step: int,
    *,
    version: int | None = None,
    debt_class: str | None = None,
    reason: str,
) -> None:
    """Let the customer off an open instalment; with the last one the promise is revoked."""
    _close(operation, bill_unit_no, step, ActionStatus.CANCELLED, version, debt_class, reason)


def _close(
    operation: Operation,
    bill_unit_no: str,
    step: int,
    status: ActionStatus,
    version: int | None,
    debt_class: str | None,
    reason: str,
) -> None:
    operation.actor.require(Permission.PROMISE_TO_PAY)
    case = in_hand.promised(operation, bill_unit_no, debt_class, _CLOSING[status], reason)
    found = case.open_instalments([step])
    _check_version(found, step, version)
    ids = [row["action_id"] for row in found if row["step"] == step]
    case.run("close", action_ids=ids, status=str(status))
    case.conclude(f"instalment_{status}", reason, steps=[step])
    if case.run("promised_nothing").fetchone() == (True,):
        case.revoke(reason)


def _steps(found: Sequence[Mapping[str, Any]], ids: Collection[int]) -> list[int]:
    return sorted(row["step"] for row in found if row["action_id"] in ids)


def _check_version(found: Sequence[Mapping[str, Any]], step: int, version: int | None) -> None:
    now = next(row for row in found if row["step"] == step)
    if version is not None and version != now["version"]:
        raise Stale(
            f"Somebody changed the instalment {step} meanwhile: it is {now['amount']} due on"
            f" {now['due_on']} (version {now['version']}, not {version}). Look again, then repeat."
        )
