"""What people do with a promise to pay as a whole: it is made, and revoked; `instalments` has the
rest. Each function is one verb; the surface commits.
"""

from collections.abc import Sequence
from decimal import Decimal

from dunwell.domain.errors import RuleViolation
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.policy.reasons import Category
from dunwell.features.promises import in_hand, rules
from dunwell.features.promises.in_hand import Case
from dunwell.features.promises.rules import Instalment, Terms
from dunwell.plugins.specs import Refused


def make(
    operation: Operation,
    bill_unit_no: str,
    terms: Terms | Sequence[Instalment],
    *,
    payment_method_id: int | None = None,
    debt_class: str | None = None,
    reason: str,
) -> int:
    """Promise the overdue balance of a case, by terms or instalment by instalment; the promise's
    id.

    With a payment method each instalment is collected when it is due. Raises RuleViolation
    (`not_in_collections`, `second_promise`, `instalment_in_the_past`, `amounts_do_not_add_up`,
    `refused_by_policy`), BadInput, NotFound. Manual: PCM_OP_COLLECTIONS_INVOKE_PROMISE_TO_PAY.
    """
    operation.actor.require(Permission.PROMISE_TO_PAY)
    case = in_hand.open_case(operation, bill_unit_no, debt_class, Category.PROMISE, reason)
    if case.facts["promise_id"] is not None:
        raise RuleViolation(
            "second_promise",
            f"The bill unit {bill_unit_no!r} has promised already, on {case.facts['made_on']};"
            " change or revoke that promise first.",
        )
    if case.facts["in_pay_plan"]:
        raise RuleViolation(
            "pay_plan_active",
            f"A pay plan of the bill unit {bill_unit_no!r} covers this debt already; change that"
            " plan, or cancel it before a promise is made.",
        )
    total = case.facts["overdue_amount"]
    if total <= 0:
        raise RuleViolation(
            "nothing_overdue", f"Nothing is overdue for the bill unit {bill_unit_no!r} any more."
        )
    instalments = (
        rules.schedule(total, terms, case.currency, operation.date)
        if isinstance(terms, Terms)
        else tuple(sorted(terms, key=lambda instalment: instalment.due_on))
    )
    rules.may_promise(instalments, total, case.currency, operation.date)
    instalments = _shaped(operation, case, instalments, total)
    row = case.run("make", payment_method_id=payment_method_id).fetchone()
    made = case.having(promise_id=row[0], payment_method_id=payment_method_id)
    made.add(instalments)
    made.conclude("promise_made", reason)
    return int(row[0])


def revoke(
    operation: Operation,
    bill_unit_no: str,
    *,
    debt_class: str | None = None,
    reason: str,
) -> None:
    """Take the active promise back: what is open of it is cancelled, and the other actions start
    again the next day. Raises RuleViolation (`no_promise`), NotFound.
    Manual: PCM_OP_COLLECTIONS_REVOKE_PROMISE_TO_PAY.
    """
    operation.actor.require(Permission.PROMISE_TO_PAY)
    case = in_hand.promised(operation, bill_unit_no, debt_class, Category.PROMISE, reason)
    case.revoke(reason)


def _shaped(
    operation: Operation, case: Case, instalments: tuple[Instalment, ...], total: Decimal
) -> tuple[Instalment, ...]:
    """What the policy's hook makes of the instalments. Raises RuleViolation if it refuses."""
    if not hasattr(operation.hooks, "shape_promise"):  # a surface without plug-ins
        return instalments
    case.run("propose", promised=total, **in_hand.columns(instalments))
    for answer in operation.hooks.shape_promise(batch=case.work.batch("proposal")):
        if isinstance(answer, Refused):
            raise RuleViolation("refused_by_policy", answer.message)
        instalments = tuple(Instalment(*each) for each in answer)
        rules.may_promise(instalments, total, case.currency, operation.date)
    case.run("withdraw_proposal")
    return instalments
