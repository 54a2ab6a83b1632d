"""The service agreements of a case by hand, measured at once; and how much must be paid, by when,
for each case of a bill unit to end. The night's own statements decide both.
"""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from psycopg.rows import dict_row

from dunwell.db import statements
from dunwell.domain.errors import RuleViolation
from dunwell.domain.money import Currency
from dunwell.engine import one_bill_unit
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.cases import by_agreement, leaving, queries
from dunwell.features.cases.desk import Desk
from dunwell.features.cases.states import CaseState
from dunwell.features.policy import values
from dunwell.features.policy.reasons import Category
from dunwell.features.receivables import measuring
from dunwell.features.receivables.bill_units import find
from dunwell.features.receivables.work import Work

_AGREEMENTS = statements.load(__package__, "case_agreements.sql")


@dataclass(frozen=True, slots=True)
class CaseAgreement:
    """A service agreement that is or was in a case; amounts as decimal texts in its currency."""

    service_agreement_no: str
    type: str
    entry_amount: str
    threshold: str
    """At or below it the agreement leaves the case."""
    joined_on: dt.date
    left_on: dt.date | None
    added_by: str | None


@dataclass(frozen=True, slots=True)
class AgreementRequirement:
    """What one agreement lacks to leave its case."""

    service_agreement_no: str
    overdue_amount: str
    threshold: str
    to_pay: str


@dataclass(frozen=True, slots=True)
class Requirement:
    """How much must be paid, by when, for a case to end."""

    case: str
    debt_class: str
    scenario: str
    currency: str
    overdue_amount: str
    exit_amount: str
    """The case ends at no more than this."""
    to_pay: str
    """Of this debt; what is paid without naming its bills goes to the oldest ones first."""
    pay_by: dt.date | None
    """The day before the next action is due; none: nothing is to come."""
    next_action: str | None
    agreements: tuple[AgreementRequirement, ...]


def requirements(operation: Operation, bill_unit_no: str) -> tuple[Requirement, ...]:
    """What each open case takes to end, as of the operation's date with everything posted that came
    in by then. Raises NotFound.
    """
    operation.actor.require(Permission.VIEW)
    bill_unit = find(operation, bill_unit_no)
    with operation.connection.transaction(force_rollback=True):
        work = one_bill_unit.measured(
            operation, bill_unit.account_id, bill_unit.id, cases_replaced=True
        )
        rows = _rows(work, "requirements")
    return tuple(_requirement(row, operation.date) for row in rows)


def listed(
    operation: Operation, case: str, *, after: str | None = None, limit: int | None = None
) -> tuple[CaseAgreement, ...]:
    """The agreements that are in a case or were, by number; those after one. Raises NotFound."""
    operation.actor.require(Permission.VIEW)
    handle = queries.case_state(operation, case).handle
    given = {
        "account_id": handle.account_id,
        "case_id": handle.id,
        "after": after,
        "most": limit,
    }
    with operation.connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(_AGREEMENTS["listed"].render(), given).fetchall()
    return tuple(CaseAgreement(**row) for row in rows)


def add_agreement(
    operation: Operation,
    case: str,
    service_agreement_no: str,
    *,
    reason: str,
    note: str | None = None,
    expected_version: int | None = None,
) -> CaseState:
    """Add a service agreement with overdue debt to a case. Raises NotFound, RuleViolation,
    Conflict. Manual: step 3.5.
    """
    desk, work, found = _sit_down(
        operation, case, service_agreement_no, reason, note, expected_version
    )
    if found["listed"]:
        raise RuleViolation("in_case", f"{service_agreement_no!r} is in the case already.")
    if found["overdue_amount"] <= found["threshold"]:
        currency = values.currency(desk.before.currency)
        owed, left_at = currency.text(found["overdue_amount"]), currency.text(found["threshold"])
        raise RuleViolation(
            "nothing_to_collect",
            f"{service_agreement_no!r} owes {owed} {currency.code} overdue in this debt class, and"
            f" agreements leave at {left_at} or less.",
        )
    work.run(
        _AGREEMENTS["add"],
        service_agreement_id=found["id"],
        overdue_amount=found["overdue_amount"],
        threshold=found["threshold"],
    )
    return _rise(desk, work, "agreement_added", service_agreement_no, found)


def remove_agreement(
    operation: Operation,
    case: str,
    service_agreement_no: str,
    *,
    reason: str,
    note: str | None = None,
    expected_version: int | None = None,
) -> CaseState:
    """Take a service agreement out of a case; the last one closes it. Raises NotFound,
    RuleViolation, Conflict. Manual: steps 2.5 and 3.5.
    """
    desk, work, found = _sit_down(
        operation, case, service_agreement_no, reason, note, expected_version
    )
    if not found["listed"]:
        raise RuleViolation("not_in_case", f"{service_agreement_no!r} isn't in the case.")
    work.run(_AGREEMENTS["remove"], service_agreement_id=found["id"])
    return _rise(desk, work, "agreement_removed", service_agreement_no, found)


def _sit_down(
    operation: Operation,
    case: str,
    service_agreement_no: str,
    reason: str,
    note: str | None,
    expected_version: int | None,
) -> tuple[Desk, Work, dict[str, Any]]:
    operation.actor.require(Permission.MANAGE_CASES)
    desk = Desk.at_case(
        operation,
        case,
        category=Category.AGREEMENTS,
        reason=reason,
        note=note,
        expected_version=expected_version,
    )
    handle = desk.before.handle
    work = one_bill_unit.measured(
        operation, handle.account_id, desk.before.bill_unit_id, case_id=handle.id
    )
    work.parameters = {**work.parameters, "case_id": handle.id}
    found = _rows(work, "agreement", service_agreement_no=service_agreement_no)
    if not found:
        raise RuleViolation(
            "unknown_agreement",
            f"The bill unit {desk.before.bill_unit_no!r} has no service agreement"
            f" {service_agreement_no!r}.",
        )
    if not found[0]["by_agreement"]:
        raise RuleViolation(
            "not_by_agreement",
            f"The debt class {desk.before.debt_class!r} isn't chased by agreement; its cases list"
            " none.",
        )
    return desk, work, found[0]


def _rise(desk: Desk, work: Work, kind: str, number: str, found: dict[str, Any]) -> CaseState:
    """What was measured may end the case at once; then the log is told."""
    desk.log(
        kind,
        service_agreement_no=number,
        overdue_amount=str(found["overdue_amount"]),
        threshold=str(found["threshold"]),
    )
    by_agreement.leave(work, everything=False)
    leaving.leave(work)
    by_agreement.close(work)
    measuring.store(work)
    one_bill_unit.forget(work)
    return desk.now()


def _rows(work: Work, name: str, **more: Any) -> list[dict[str, Any]]:
    with work.connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(
            _AGREEMENTS[name].render(work.fragments), {**work.parameters, **more}
        ).fetchall()


def _requirement(row: dict[str, Any], date: dt.date) -> Requirement:
    currency = Currency(row["currency"], row["digits"])

    def shown(amount: Decimal) -> str:
        return format(currency.round(amount), "f")

    agreements = tuple(
        AgreementRequirement(
            each["service_agreement_no"],
            shown(Decimal(each["overdue_amount"])),
            shown(Decimal(each["threshold"])),
            shown(max(Decimal(each["overdue_amount"]) - Decimal(each["threshold"]), Decimal(0))),
        )
        for each in row["agreements"] or ()
    )
    lacking = [row["overdue_amount"] - row["exit_amount"]]
    if agreements:
        lacking.append(sum((Decimal(each.to_pay) for each in agreements), Decimal(0)))
    next_on = row["next_action_on"]
    return Requirement(
        case=row["case"],
        debt_class=row["debt_class"],
        scenario=row["scenario"],
        currency=row["currency"],
        overdue_amount=shown(row["overdue_amount"]),
        exit_amount=shown(row["exit_amount"]),
        to_pay=shown(max(min(lacking), Decimal(0))),
        pay_by=None if next_on is None else max(next_on - dt.timedelta(days=1), date),
        next_action=row["next_action"],
        agreements=agreements,
    )
