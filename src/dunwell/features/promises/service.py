"""What people do with promises to pay. Each function is one verb; the surface commits.

An instalment is named by its step among the actions of the case. Whatever changes the last
instalment's date moves the start of the other actions with it (DESIGN section 9, ruling 9).
"""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from dunwell.db import statements
from dunwell.domain.errors import BadInput, NotFound, RuleViolation, Stale
from dunwell.domain.money import Currency
from dunwell.domain.statuses import ActionStatus
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.cases import reasons
from dunwell.features.cases.reasons import Category
from dunwell.features.promises import keeping, rules
from dunwell.features.promises.rules import Instalment, Terms
from dunwell.features.receivables.bill_units import own
from dunwell.features.receivables.work import Work, create_temporary_tables
from dunwell.plugins.specs import Refused

_SERVICE = statements.load(__package__, "service.sql")

_CLOSING: Final = {
    ActionStatus.COMPLETED: Category.COMPLETE,
    ActionStatus.CANCELLED: Category.CANCEL,
}
"""An instalment is closed with the reasons of any action."""


class Unchanged:
    """What isn't sent stays as it is; none is a value of its own."""


UNCHANGED: Final = Unchanged()


@dataclass(frozen=True, slots=True)
class _Case:
    """An open case under a person's hands, and its active promise if it has one."""

    work: Work
    facts: Mapping[str, Any]
    currency: Currency

    def run(self, name: str, **more: Any) -> Any:
        return self.work.run(_SERVICE[name], **more)

    def open_instalments(self, steps: Collection[int]) -> list[dict[str, Any]]:
        """All open instalments in order of their dates; every given step must be among them."""
        with self.work.connection.cursor(row_factory=dict_row) as cursor:
            cursor.execute(_SERVICE["open_instalments"].render(), self.work.parameters)
            found = cursor.fetchall()
        known = {row["step"] for row in found}
        for step in steps:
            if step not in known:
                raise NotFound(
                    f"The promise has no open instalment with the step {step}; its open ones are"
                    f" {', '.join(map(str, sorted(known))) or 'none'}."
                )
        return found

    def conclude(self, kind: str, reason: str, **facts: Any) -> None:
        """After every change: the others' dates, the event, and a mark for the night."""
        self.run("rest")
        keeping.resume(self.work)
        self.run("log", kind=kind, reason=reason, facts=Jsonb(facts))
        self.run("touch")


def make(
    operation: Operation,
    bill_unit_no: str,
    terms: Terms | Sequence[Instalment],
    *,
    payment_method_id: int | None = None,
    debt_class: str | None = None,
    reason: str = "",
) -> int:
    """Promise the overdue balance of a case, by terms or instalment by instalment; the promise's
    id.

    With a payment method each instalment is collected when it is due. Raises RuleViolation
    (`not_in_collections`, `second_promise`, `instalment_in_the_past`, `amounts_do_not_add_up`,
    `refused_by_policy`), BadInput, NotFound. Manual: PCM_OP_COLLECTIONS_INVOKE_PROMISE_TO_PAY.
    """
    operation.actor.require(Permission.PROMISE_TO_PAY)
    case = _open_case(operation, bill_unit_no, debt_class, Category.PROMISE, reason)
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
    made = _with(case, promise_id=row[0], payment_method_id=payment_method_id)
    _add(made, instalments)
    made.conclude("promise_made", reason)
    return int(row[0])


def _shaped(
    operation: Operation, case: _Case, instalments: tuple[Instalment, ...], total: Decimal
) -> tuple[Instalment, ...]:
    """What the policy's hook makes of the instalments. Raises RuleViolation if it refuses."""
    if not hasattr(operation.hooks, "shape_promise"):  # a surface without plug-ins
        return instalments
    case.run("propose", promised=total, **_columns(instalments))
    for answer in operation.hooks.shape_promise(batch=case.work.batch("proposal")):
        if isinstance(answer, Refused):
            raise RuleViolation("refused_by_policy", answer.message)
        instalments = tuple(Instalment(*each) for each in answer)
        rules.may_promise(instalments, total, case.currency, operation.date)
    case.run("withdraw_proposal")
    return instalments


def add_instalment(
    operation: Operation,
    bill_unit_no: str,
    instalment: Instalment,
    *,
    payment_method_id: int | Unchanged | None = UNCHANGED,
    debt_class: str | None = None,
    reason: str = "",
) -> None:
    """Add an instalment to the active promise, whose total grows by it.

    The promise's payment method collects it unless another (or none) is sent. Raises RuleViolation
    (`no_promise`, `instalment_before_promise`, `instalment_in_the_past`), BadInput.
    """
    operation.actor.require(Permission.PROMISE_TO_PAY)
    case = _promised(operation, bill_unit_no, debt_class, Category.PROMISE, reason)
    if instalment.due_on < case.facts["made_on"]:
        raise RuleViolation(
            "instalment_before_promise",
            f"An instalment can't be due on {instalment.due_on}, before the promise was made on"
            f" {case.facts['made_on']}.",
        )
    rules.may_be_due(instalment.due_on, operation.date)
    rules.may_be_amount(instalment.amount, case.currency)
    if not isinstance(payment_method_id, Unchanged):
        case = _with(case, payment_method_id=payment_method_id)
    _add(case, [instalment])
    case.conclude("instalment_added", reason)


def change_instalment(
    operation: Operation,
    bill_unit_no: str,
    step: int,
    *,
    amount: Decimal | Unchanged = UNCHANGED,
    payment_method_id: int | Unchanged | None = UNCHANGED,
    following: bool = False,
    version: int | None = None,
    debt_class: str | None = None,
    reason: str = "",
) -> None:
    """Change the amount or payment method of an open instalment, or of it and all that follow.

    Only what is sent changes; the payment method none means that it is no longer collected. Raises
    NotFound, Conflict if the instalment's version isn't the given one any more, BadInput.
    Manual: PCM_OP_COLLECTIONS_UPDATE_ACTION_PAYMENT_DETAILS.
    """
    operation.actor.require(Permission.PROMISE_TO_PAY)
    if not isinstance(payment_method_id, Unchanged):
        operation.actor.require(Permission.UPDATE_PAYMENT)
    case = _promised(operation, bill_unit_no, debt_class, Category.PAYMENT_DETAILS, reason)
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
    reason: str = "",
) -> None:
    """Put open instalments, by step, on other days; all or none.

    Raises RuleViolation (`instalment_in_the_past`), NotFound, Conflict.
    """
    operation.actor.require(Permission.PROMISE_TO_PAY)
    case = _promised(operation, bill_unit_no, debt_class, Category.RESCHEDULE, reason)
    found = case.open_instalments(dates)
    ids = {row["step"]: row["action_id"] for row in found}
    for step, due_on in dates.items():
        _check_version(found, step, version)
        rules.may_be_due(due_on, operation.date)
    case.run("reschedule", action_ids=[ids[step] for step in dates], dates=list(dates.values()))
    case.conclude("instalments_rescheduled", reason, steps=sorted(dates))


def complete_instalment(
    operation: Operation,
    bill_unit_no: str,
    step: int,
    *,
    version: int | None = None,
    debt_class: str | None = None,
    reason: str = "",
) -> None:
    """Take an open instalment as paid, before its payment is seen; later ones still want the sum
    of all.
    """
    _close(operation, bill_unit_no, step, ActionStatus.COMPLETED, version, debt_class, reason)


def cancel_instalment(
    operation: Operation,
    bill_unit_no: str,
    step: int,
    *,
    version: int | None = None,
    debt_class: str | None = None,
    reason: str = "",
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
    case = _promised(operation, bill_unit_no, debt_class, _CLOSING[status], reason)
    found = case.open_instalments([step])
    _check_version(found, step, version)
    ids = [row["action_id"] for row in found if row["step"] == step]
    case.run("close", action_ids=ids, status=str(status))
    case.conclude(f"instalment_{status}", reason, steps=[step])
    if case.run("promised_nothing").fetchone() == (True,):
        _revoke(case, reason)


def revoke(
    operation: Operation,
    bill_unit_no: str,
    *,
    debt_class: str | None = None,
    reason: str = "",
) -> None:
    """Take the active promise back: what is open of it is cancelled, and the other actions start
    again the next day. Raises RuleViolation (`no_promise`), NotFound.
    Manual: PCM_OP_COLLECTIONS_REVOKE_PROMISE_TO_PAY.
    """
    operation.actor.require(Permission.PROMISE_TO_PAY)
    _revoke(_promised(operation, bill_unit_no, debt_class, Category.PROMISE, reason), reason)


def _revoke(case: _Case, reason: str) -> None:
    case.run("revoke", reason=reason)
    keeping.end(case.work)
    case.run("touch")


def _add(case: _Case, instalments: Sequence[Instalment]) -> None:
    case.run("add_instalments", **_columns(instalments))


def _columns(instalments: Sequence[Instalment]) -> dict[str, Any]:
    return {
        "dates": [instalment.due_on for instalment in instalments],
        "amounts": [instalment.amount for instalment in instalments],
    }


def _steps(found: Sequence[Mapping[str, Any]], ids: Collection[int]) -> list[int]:
    return sorted(row["step"] for row in found if row["action_id"] in ids)


def _check_version(found: Sequence[Mapping[str, Any]], step: int, version: int | None) -> None:
    now = next(row for row in found if row["step"] == step)
    if version is not None and version != now["version"]:
        raise Stale(
            f"Somebody changed the instalment {step} meanwhile: it is {now['amount']} due on"
            f" {now['due_on']} (version {now['version']}, not {version}). Look again, then repeat."
        )


def _promised(
    operation: Operation,
    bill_unit_no: str,
    debt_class: str | None,
    category: Category,
    reason: str,
) -> _Case:
    case = _open_case(operation, bill_unit_no, debt_class, category, reason)
    if case.facts["promise_id"] is None:
        raise RuleViolation(
            "no_promise", f"The bill unit {bill_unit_no!r} has no active promise to pay."
        )
    return case


def _open_case(
    operation: Operation,
    bill_unit_no: str,
    debt_class: str | None,
    category: Category,
    reason: str,
) -> _Case:
    bill_unit = own(operation, bill_unit_no)
    reasons.check_code(operation, bill_unit.brand_id, category, reason)
    given = {"account_id": bill_unit.account_id, "bill_unit_id": bill_unit.id}
    _SERVICE["lock_cases"].run(operation.connection, given)
    with operation.connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(_SERVICE["open_cases"].render(), given).fetchall()
    found = [row for row in rows if debt_class in (None, row["debt_class"])]
    if not found:
        of_class = "" if debt_class is None else f" for the debt class {debt_class!r}"
        raise RuleViolation(
            "not_in_collections",
            f"The bill unit {bill_unit_no!r} isn't in collections{of_class}; only then a promise"
            " to pay is possible.",
        )
    if len(found) > 1:
        classes = ", ".join(repr(row["debt_class"]) for row in found)
        raise BadInput(
            f"The bill unit {bill_unit_no!r} is in collections for several debt classes; say for"
            f" which: {classes}."
        )
    (facts,) = found
    create_temporary_tables(operation.connection)
    parameters = {
        **given,
        **facts,
        "actor": operation.actor.name,
        "run_id": None,
        "business_date": operation.date,
        "first_account": bill_unit.account_id,
        "last_account": bill_unit.account_id,
        "slice_width": operation.slice_width,
    }
    work = Work(operation.connection, operation.hooks, parameters)
    return _Case(work, facts, Currency(facts["currency"], facts["digits"]))


def _with(case: _Case, **more: Any) -> _Case:
    work = Work(
        case.work.connection,
        case.work.hooks,
        {**case.work.parameters, **more},
        case.work.fragments,
    )
    return _Case(work, case.facts, case.currency)
