"""Cancelling severance: the processes in the temporary table `ended_severance` end, what the field
system has is taken back, and what was cut is given back.
"""

from dunwell.db import statements
from dunwell.features.receivables.work import Work

_CANCEL = statements.load(__package__, "cancel.sql")
_ADVANCE = statements.load(__package__, "advance.sql")
_START = statements.load(__package__, "start.sql")

# the agreement was stopped or closed by somebody else than the process itself, which hasn't cut yet
# or is giving back
NOTHING_LEFT = (
    "severance.status = 'active' and (severance.purpose = 'reconnect' or severance.cut_on is null)"
    " and service_agreement.status in ('stopped', 'closed') and not exists ("
    "select from severance_event as ending where ending.account_id = severance.account_id"
    " and ending.severance_id = severance.id and ending.type = 'expire'"
    " and ending.status = 'completed')"
)


def cancel_fallen(work: Work, *, bill_unit_id: int | None = None) -> int:
    """End the processes whose debt has fallen; how many."""
    if not work.count(_ADVANCE["fallen"], severance_bill_unit=bill_unit_id):
        return 0
    return cancel(work)


def cancel_unserved(work: Work, bill_unit_id: int) -> int:
    """End the processes that have nothing left to cut or to give back; how many."""
    work.fragments["nothing_left"] = NOTHING_LEFT
    if not work.count(_ADVANCE["unserved"], severance_bill_unit=bill_unit_id):
        return 0
    return cancel(work)


def cancel(work: Work) -> int:
    """End the processes that are named, and begin the reconnections that are due; how many."""
    work.run(_START["take_reconnections"])
    ended = work.count(_CANCEL["end_processes"])
    work.run(_START["open_processes"])
    work.run(_START["forget_starting"])
    work.run(_CANCEL["clear_ended"])
    work.run(_ADVANCE["date_events"], severance_id=None)
    return ended
