"""Field work: right before the field system carries an activity out it asks here. Its bill unit is
posted and measured under lock, and the protections are asked once more; so nobody is cut who has
paid, whoever took the payment.
"""

from dataclasses import dataclass

from dunwell.engine import one_bill_unit, relief
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.severance import cancelling, rules
from dunwell.features.severance.desk import SERVICE, Desk
from dunwell.features.severance.severing import protect


@dataclass(frozen=True, slots=True)
class Release:
    """Whether the activity may be carried out now, and why not."""

    go: bool
    reason: str | None = None


def release(operation: Operation, event: str) -> Release:
    """Give a field activity free, or say why not: the process was cancelled, the debt has fallen
    (and the process ends now), or a protection stands against a cut (which is tried again). The
    surface commits in every case. Raises NotFound, RuleViolation.
    """
    operation.actor.require(Permission.WORK_ACTIONS)
    desk = Desk.at_event(operation, event)
    if desk.event["status"] == "cancelled":
        return Release(go=False, reason="cancelled")
    rules.may_answer(event, desk.event["type"], desk.event["status"])
    if desk.process["status"] != "active":
        return Release(go=False, reason="cancelled")
    account_id, bill_unit_id = desk.process["account_id"], desk.process["bill_unit_id"]
    work = relief.measured(operation, account_id, bill_unit_id)
    try:
        if cancelling.cancel_fallen(work, bill_unit_id=bill_unit_id) and not _is_active(desk):
            return Release(go=False, reason="debt_fell")
        work.run(SERVICE["this_event_due"], event_id=desk.event["id"])
        reason = protect(work)
        if reason is not None:
            desk.run(SERVICE["take_back"], message=reason)
            desk.log("severance_event_refused", reason=reason)
            return Release(go=False, reason=reason)
    finally:
        one_bill_unit.forget(work)
    desk.run(SERVICE["release"])
    desk.log("field_activity_released")
    return Release(go=True)


def _is_active(desk: Desk) -> bool:
    rows = desk.work.run(SERVICE["process"]).fetchall()
    return any(row[4] == "active" for row in rows)
