"""What people do by hand in a random history, through the same services as everywhere."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from dunwell.domain.statuses import AdjustmentDirection, DemeritKind
from dunwell.engine import placing
from dunwell.features.access.actor import Operation, operator
from dunwell.features.care import adjusting, disputing
from dunwell.features.care import queries as care
from dunwell.features.care.adjusting import Wanted
from dunwell.features.cases import closing, scheduling, sparing, stopping
from dunwell.features.ratings import service as ratings
from dunwell.features.receivables import bills
from tests.histories import Deed

WHY = "a test"


def do(operation: Operation, deed: Deed) -> None:
    """Do it to the bill unit, its case or the first action that it can be done to."""
    _VERBS[deed.verb](operation, deed)


def _action(operation: Operation, deed: Deed, *statuses: str) -> str | None:
    row = operation.connection.execute(
        """
        select action.account_id || '-' || action.id
        from action
        join collection_case
            on collection_case.account_id = action.account_id
            and collection_case.id = action.case_id
        join bill_unit
            on bill_unit.account_id = action.account_id and bill_unit.id = action.bill_unit_id
        where bill_unit.bill_unit_no = %s
            and collection_case.status = 'open'
            and action.status = any(%s)
        order by action.due_on, action.step
        limit 1
        """,
        [deed.bill_unit_no, list(statuses)],
    ).fetchone()
    return None if row is None else str(row[0])


def _case(operation: Operation, deed: Deed) -> str | None:
    row = operation.connection.execute(
        """
        select collection_case.account_id || '-' || collection_case.id
        from collection_case
        join bill_unit
            on bill_unit.account_id = collection_case.account_id
            and bill_unit.id = collection_case.bill_unit_id
        where bill_unit.bill_unit_no = %s and collection_case.status = 'open'
        order by collection_case.id
        limit 1
        """,
        [deed.bill_unit_no],
    ).fetchone()
    return None if row is None else str(row[0])


def _complete(operation: Operation, deed: Deed) -> None:
    if action := _action(operation, deed, "pending", "error"):
        closing.complete_action(operation, action, reason=WHY)


def _cancel(operation: Operation, deed: Deed) -> None:
    if action := _action(operation, deed, "pending", "error"):
        closing.cancel_action(operation, action, reason=WHY, with_following=deed.until is None)


def _retry(operation: Operation, deed: Deed) -> None:
    if action := _action(operation, deed, "error"):
        closing.retry_action(operation, action, reason=WHY)


def _reschedule(operation: Operation, deed: Deed) -> None:
    if action := _action(operation, deed, "pending", "waiting", "error"):
        scheduling.reschedule_action(
            operation, action, deed.until or deed.on, reason=WHY, followers=deed.days
        )


def _add(operation: Operation, deed: Deed) -> None:
    row = operation.connection.execute(
        "select name from action_definition where retired_version is null order by name limit 1"
    ).fetchone()
    assert row is not None
    if case := _case(operation, deed):
        due_on = (deed.until or deed.on) + timedelta(1)
        scheduling.add_action(operation, case, row[0], due_on, reason=WHY, followers=deed.days)


def _exempt(operation: Operation, deed: Deed) -> None:
    since = deed.on - timedelta(deed.days) if deed.days > 0 else None
    sparing.exempt(operation, deed.bill_unit_no, WHY, since=since, until=deed.until)


def _lift_exemption(operation: Operation, deed: Deed) -> None:
    sparing.lift_exemption(operation, deed.bill_unit_no, reason=WHY)


def _hold(operation: Operation, deed: Deed) -> None:
    sparing.hold(operation, deed.bill_unit_no, deed.until or deed.on, reason=WHY)


def _lift_hold(operation: Operation, deed: Deed) -> None:
    sparing.lift_hold(operation, deed.bill_unit_no, reason=WHY)


def _demerit(operation: Operation, deed: Deed) -> None:
    """From today or some days on, until another day or for good."""
    ratings.add_demerit(
        operation,
        deed.bill_unit_no,
        DemeritKind.CREDIT_RATING,
        -150,
        reason=WHY,
        since=deed.on + timedelta(max(0, deed.days)),
        until=deed.until,
    )


def _stop(operation: Operation, deed: Deed) -> None:
    if case := _case(operation, deed):
        stopping.stop_case(operation, case, reason=WHY)


def _replace(operation: Operation, deed: Deed) -> None:
    if case := _case(operation, deed):
        placing.replace_scenario(operation, case, None, reason=WHY)


def _place(operation: Operation, deed: Deed) -> None:
    """Into the first scenario of the bill unit's currency, replacing another one."""
    rows = operation.connection.execute(
        """
        select scenario.name, debt_class.name
        from scenario
        join profile on profile.id = scenario.profile_id
        join debt_class on debt_class.id = scenario.debt_class_id
        join bill_unit on bill_unit.currency = profile.currency
        where bill_unit.bill_unit_no = %s and scenario.retired_version is null
        order by scenario.name
        limit 1
        """,
        [deed.bill_unit_no],
    ).fetchall()
    for scenario, debt_class in rows:
        if case := _case(operation, deed):
            placing.replace_scenario(operation, case, scenario, reason=WHY)
        else:
            placing.place_in_scenario(
                operation, deed.bill_unit_no, scenario, reason=WHY, debt_class=debt_class
            )


def _adjust(operation: Operation, deed: Deed) -> None:
    """One asks, another approves: a debit on some days, else a credit."""
    way = AdjustmentDirection.DEBIT if deed.days > 0 else AdjustmentDirection.CREDIT
    wanted = Wanted(way, Decimal(10), WHY)
    made = adjusting.request(operation, deed.bill_unit_no, wanted)
    second = replace(operation, actor=operator("a second person"))
    adjusting.approve(second, str(made.handle))


def _dispute(operation: Operation, deed: Deed) -> None:
    """The bill that is due last."""
    found = bills.bills(operation, deed.bill_unit_no, limit=1).items
    for bill in found:
        disputing.raise_dispute(operation, deed.bill_unit_no, bill.bill_no, reason=WHY)


def _resolve(operation: Operation, deed: Deed) -> None:
    """With a part granted on some days, which a second person approves at once."""
    for dispute in care.disputes(operation, deed.bill_unit_no)[:1]:
        granted = min(Decimal(max(0, 5 * deed.days)), dispute.amount)
        disputing.resolve_dispute(
            operation, deed.bill_unit_no, str(dispute.handle), granted=granted, reason=WHY
        )
        for waiting in care.waiting(operation).items:
            second = replace(operation, actor=operator("a second person"))
            adjusting.approve(second, str(waiting.handle))


_VERBS: dict[str, Callable[[Operation, Deed], None]] = {
    "adjust": _adjust,
    "dispute": _dispute,
    "resolve": _resolve,
    "complete": _complete,
    "cancel": _cancel,
    "retry": _retry,
    "reschedule": _reschedule,
    "add": _add,
    "exempt": _exempt,
    "lift_exemption": _lift_exemption,
    "hold": _hold,
    "lift_hold": _lift_hold,
    "stop": _stop,
    "replace": _replace,
    "place": _place,
    "demerit": _demerit,
}
