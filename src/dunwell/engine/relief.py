"""Relief: what lowers a debt ends its severance at once, in the same transaction; and so does the
end of an agreement that isn't cut yet, or is about to be given back.

Whoever commits for a service or for the loader calls `relieve` first. Everything that can alter a
bill unit's fate leaves a row in `touched`, which carries its transaction; so the one question here
is whether this transaction touched a bill unit with an active process. Usually none is active
anywhere. Where one is, the bill unit is posted and measured with the night's own statements. Then,
where the policy keeps collection statuses, those of what was changed follow
(`dunwell.features.crm.following`).
"""

from dataclasses import replace

from dunwell.db import locks, statements
from dunwell.engine import one_bill_unit
from dunwell.features.access.actor import Operation
from dunwell.features.crm import following
from dunwell.features.events import log as event_log
from dunwell.features.policy.today import last_night
from dunwell.features.receivables.work import Work
from dunwell.features.severance import cancelling

_RELIEF = statements.load(__package__, "relief.sql")


def relieve(operation: Operation) -> int:
    """End the severance of bill units whose debt this transaction has let fall, and of agreements
    that it has ended; how many processes ended. Its slices are shared already, by whoever wrote.
    """
    connection = operation.connection
    ended = 0
    if _RELIEF["any_active"].run(connection).fetchone() == (True,):
        found = _RELIEF["severed_and_touched"].run(
            connection, fragments={"nothing_left": cancelling.NOTHING_LEFT}
        )
        units = found.fetchall()
        ended = sum(_relieve(operation, *unit) for unit in units)
    following.follow_operation(operation)
    return ended


def _relieve(operation: Operation, account_id: int, bill_unit_id: int) -> int:
    work = measured(operation, account_id, bill_unit_id)
    ended = cancelling.cancel_unserved(work, bill_unit_id)
    ended += cancelling.cancel_fallen(work, bill_unit_id=bill_unit_id)
    one_bill_unit.forget(work)
    return ended


def measured(operation: Operation, account_id: int, bill_unit_id: int) -> Work:
    """The work on a bill unit whose severance may end, measured; nobody else changes its processes
    or posts for its account until the transaction ends.
    """
    operation = _today(operation)
    locks.share_slice(operation.connection, account_id, operation.slice_width)
    event_log.ensure_month(operation.connection, operation.date)
    given = {"account_id": account_id, "bill_unit_id": bill_unit_id}
    _RELIEF["lock_account"].run(operation.connection, given)
    _RELIEF["lock_processes"].run(operation.connection, given)
    return one_bill_unit.measured(operation, account_id, bill_unit_id)


def _today(operation: Operation) -> Operation:
    """The operation, not dated before the last night: what was overdue then still is."""
    last = last_night(operation.connection)
    return operation if last is None or last <= operation.date else replace(operation, date=last)
