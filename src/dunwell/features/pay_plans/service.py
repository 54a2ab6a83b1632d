"""Pay plans by hand: made, changed, cancelled, or denied.

While a plan is active, what is still to be paid on it is insulated from collections
(`dunwell.features.receivables.insulating`); the night says whether it is kept or broken.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from dunwell.db import statements
from dunwell.domain import handles
from dunwell.domain.errors import BadInput, NotFound, RuleViolation, Stale
from dunwell.domain.handles import Handle
from dunwell.domain.money import Currency
from dunwell.domain.statuses import Direction
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.contacts import service as contacts
from dunwell.features.contacts.queries import Contact
from dunwell.features.pay_plans import rules
from dunwell.features.pay_plans.rules import ScheduledPayment, Terms
from dunwell.features.policy import reasons
from dunwell.features.policy.reasons import Category
from dunwell.features.receivables.bill_units import BillUnit, own
from dunwell.features.receivables.insulating import PAID_ON_PLAN

_SERVICE = statements.load(__package__, "service.sql")

LONGEST_PAYER = 200


def make(
    operation: Operation,
    bill_unit_no: str,
    type_name: str,
    payments: Terms | Sequence[ScheduledPayment],
    *,
    payer: str | None = None,
    reason: str,
) -> Handle:
    """Make a pay plan of a type of the policy, by terms or payment by payment.

    Raises RuleViolation (`promise_active`, `second_pay_plan`, `payment_in_the_past`,
    `more_than_is_owed`), BadInput, NotFound.
    """
    operation.actor.require(Permission.PROMISE_TO_PAY)
    bill_unit = own(operation, bill_unit_no)
    reasons.check(operation, bill_unit.brand_id, Category.PAY_PLAN, reason)
    terms = _type(operation, type_name)
    _check_payer(payer, type_name, is_third_party=terms["third_party"])
    standing = _standing(operation, bill_unit, terms["debt_class_ids"])
    if standing["promised_on"] is not None:
        raise RuleViolation(
            "promise_active",
            f"The bill unit {bill_unit_no!r} promised this debt on {standing['promised_on']};"
            " revoke that promise before a pay plan is made.",
        )
    if standing["planned_on"] is not None:
        raise RuleViolation(
            "second_pay_plan",
            f"A pay plan of {standing['planned_on']} covers debt of the bill unit {bill_unit_no!r}"
            " that this one would cover; change or cancel that plan first.",
        )
    scheduled = _scheduled(operation, payments, standing)
    row = _run(
        operation,
        bill_unit,
        "make",
        **{name: terms[name] for name in _KEPT},
        type=type_name,
        payer=payer,
        slice_width=operation.slice_width,
    ).fetchone()
    made = Handle(bill_unit.account_id, row[0])
    _run(operation, bill_unit, "add_payments", id=made.id, **_columns(scheduled))
    facts = _facts(made, type_name, scheduled, payer=payer, reason=reason)
    _conclude(operation, bill_unit, "pay_plan_made", facts)
    return made


_KEPT = ("debt_class_ids", "grace_days", "third_party", "broken_points", "broken_days")


def change(
    operation: Operation,
    bill_unit_no: str,
    plan: str,
    payments: Terms | Sequence[ScheduledPayment],
    *,
    version: int | None = None,
    reason: str,
) -> None:
    """Put other payments, for what is left, in the place of those that aren't met yet. Raises as
    `make` does, and Stale if the plan's version isn't the given one any more.
    """
    operation.actor.require(Permission.PROMISE_TO_PAY)
    bill_unit, found = _active(operation, bill_unit_no, plan, version, reason)
    standing = _standing(operation, bill_unit, found["debt_class_ids"])
    scheduled = _scheduled(operation, payments, standing)
    _run(operation, bill_unit, "forget_unmet", id=found["id"])
    _run(operation, bill_unit, "keep_paid", id=found["id"])
    _run(operation, bill_unit, "add_payments", id=found["id"], **_columns(scheduled))
    _run(operation, bill_unit, "changed", id=found["id"])
    facts = _facts(Handle(bill_unit.account_id, found["id"]), found["type"], scheduled)
    _conclude(operation, bill_unit, "pay_plan_changed", {**facts, "reason": reason})


def cancel(
    operation: Operation,
    bill_unit_no: str,
    plan: str,
    *,
    reason: str,
    version: int | None = None,
) -> None:
    """Cancel an active pay plan, a third party's too: from today on it insulates nothing. Raises
    NotFound, RuleViolation (`pay_plan_ended`), Stale.
    """
    operation.actor.require(Permission.PROMISE_TO_PAY)
    bill_unit, found = _active(operation, bill_unit_no, plan, version, reason)
    _run(operation, bill_unit, "cancel", id=found["id"], reason=reason)
    facts = {
        "pay_plan": f"{bill_unit.account_id}-{found['id']}",
        "type": found["type"],
        "made_on": found["made_on"].isoformat(),
        "reason": reason,
    }
    _conclude(operation, bill_unit, "pay_plan_cancelled", facts)


def deny(operation: Operation, bill_unit_no: str, *, reason: str, text: str = "") -> Contact:
    """Deny a pay plan: the denial is recorded as a contact, whose kind alerts and reports count.
    Raises NotFound, BadInput, RuleViolation.
    """
    operation.actor.require(Permission.PROMISE_TO_PAY)
    bill_unit = own(operation, bill_unit_no)
    reasons.check(operation, bill_unit.brand_id, Category.PAY_PLAN, reason)
    told = contacts.record(
        operation,
        bill_unit_no,
        f"{reason}\n{text}".strip(),
        contact_class=contacts.PAY_PLAN,
        contact_type=contacts.DENIED,
        direction=Direction.INBOUND,
    )
    facts = {"contact": str(told.handle), "reason": reason}
    _run(operation, bill_unit, "log", kind="pay_plan_denied", facts=Jsonb(facts))
    return told


def _type(operation: Operation, name: str) -> dict[str, Any]:
    with operation.connection.cursor(row_factory=dict_row) as cursor:
        rows = {row["name"]: row for row in cursor.execute(_SERVICE["types"].render()).fetchall()}
    if name not in rows:
        raise NotFound(
            f"The policy has no pay plan type {name!r}; it has"
            f" {', '.join(map(repr, rows)) or 'none'}."
        )
    return rows[name]


def _check_payer(payer: str | None, type_name: str, *, is_third_party: bool) -> None:
    if is_third_party != (payer is not None):
        raise BadInput(
            f"The pay plan type {type_name!r} is for third parties; say who pays."
            if is_third_party
            else f"With the pay plan type {type_name!r} the customer pays, not {payer!r}."
        )
    if payer is not None and (
        not payer.strip() or len(payer) > LONGEST_PAYER or not payer.isprintable()
    ):
        raise BadInput(f"A payer's name has 1 to {LONGEST_PAYER} characters on one line.")


def _standing(
    operation: Operation, bill_unit: BillUnit, debt_class_ids: list[int] | None
) -> dict[str, Any]:
    """The bill unit's currency, what is open of the debt, and what covers it; locked till the
    end.
    """
    given = {
        "account_id": bill_unit.account_id,
        "bill_unit_id": bill_unit.id,
        "debt_class_ids": debt_class_ids,
        "business_date": operation.date,
    }
    with operation.connection.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(_SERVICE["standing"].render(), given).fetchone()
    assert row is not None
    return row


def _scheduled(
    operation: Operation,
    payments: Terms | Sequence[ScheduledPayment],
    standing: Mapping[str, Any],
) -> tuple[ScheduledPayment, ...]:
    currency = Currency(standing["currency"], standing["digits"])
    found = (
        rules.schedule(payments, currency)
        if isinstance(payments, Terms)
        else tuple(sorted(payments, key=lambda payment: payment.due_on))
    )
    rules.may_schedule(found, currency, operation.date)
    rules.may_insulate(rules.total(found), Decimal(standing["open_amount"]), currency)
    return found


def _active(
    operation: Operation, bill_unit_no: str, plan: str, version: int | None, reason: str
) -> tuple[BillUnit, dict[str, Any]]:
    handle = handles.parse(plan, "pay plan")
    bill_unit = own(operation, bill_unit_no)
    given = {
        "account_id": bill_unit.account_id,
        "bill_unit_id": bill_unit.id,
        "id": handle.id,
    }
    with operation.connection.cursor(row_factory=dict_row) as cursor:
        found = cursor.execute(_SERVICE["find"].render(), given).fetchone()
    if found is None or handle.account_id != bill_unit.account_id:
        raise NotFound(f"The bill unit {bill_unit_no!r} has no pay plan {plan}.")
    if version is not None and version != found["version"]:
        raise Stale(
            f"Somebody changed the pay plan {plan} meanwhile (version {found['version']}, not"
            f" {version}). Look again, then repeat."
        )
    if found["status"] != "active":
        raise RuleViolation(
            "pay_plan_ended",
            f"The pay plan {plan} is {found['status']} since {found['ended_on']}.",
        )
    reasons.check(operation, bill_unit.brand_id, Category.PAY_PLAN, reason)
    return bill_unit, found


def _columns(payments: Sequence[ScheduledPayment]) -> dict[str, Any]:
    return {
        "dates": [payment.due_on for payment in payments],
        "amounts": [payment.amount for payment in payments],
    }


def _facts(
    plan: Handle, type_name: str, payments: Sequence[ScheduledPayment], **more: Any
) -> dict[str, Any]:
    told = {
        "pay_plan": str(plan),
        "type": type_name,
        "total": str(rules.total(payments)),
        "payments": [
            {"due_on": payment.due_on.isoformat(), "amount": str(payment.amount)}
            for payment in payments
        ],
    }
    return {**told, **{name: value for name, value in more.items() if value}}


def _conclude(
    operation: Operation, bill_unit: BillUnit, kind: str, facts: Mapping[str, Any]
) -> None:
    """After every change: the event, and a mark for the night."""
    _run(operation, bill_unit, "log", kind=kind, facts=Jsonb(dict(facts)))
    _run(operation, bill_unit, "touch")


def _run(operation: Operation, bill_unit: BillUnit, name: str, **given: Any) -> Any:
    return _SERVICE[name].run(
        operation.connection,
        {
            "account_id": bill_unit.account_id,
            "bill_unit_id": bill_unit.id,
            "first_account": bill_unit.account_id,
            "last_account": bill_unit.account_id,
            "business_date": operation.date,
            "actor": operation.actor.name,
            **given,
        },
        {"paid_on_plan": PAID_ON_PLAN},
    )
