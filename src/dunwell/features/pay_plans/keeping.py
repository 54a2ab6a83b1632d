"""Keeping pay plans: which scheduled payments have been met, which plans are kept or broken."""

from dunwell.db import statements
from dunwell.features.receivables.insulating import PAID_ON_PLAN
from dunwell.features.receivables.work import Work

_KEEP = statements.load(__package__, "keep.sql")


def judge(work: Work) -> None:
    """Decide about the active pay plans of the slice; what was posted tonight counts."""
    if work.run(_KEEP["any_active"]).fetchone() != (True,):
        return
    work.fragments["paid_on_plan"] = PAID_ON_PLAN
    work.fill("due_scheduled_payment", _KEEP["due_payments"])
    work.run(_KEEP["meet"])
    if work.fill("ended_pay_plan", _KEEP["ended"]):
        work.run(_KEEP["end"])
        work.run(_KEEP["examine_ended"])
        work.run(_KEEP["clear_ended"])
    work.run(_KEEP["clear_due"])
