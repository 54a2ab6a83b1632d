"""Completing a to-do, and what waits for it: the event of a severance process that asked for it is
completed with it, and those that come after get their dates; a payment in suspense is dismissed.
"""

from dunwell.domain import handles
from dunwell.features.access.actor import Operation
from dunwell.features.payments import suspense
from dunwell.features.severance import service as severance
from dunwell.features.tasks import service as to_dos
from dunwell.features.tasks import suspended


def complete(
    operation: Operation, to_do: str, *, comment: str = "", version: int | None = None
) -> None:
    """A to-do is done with. One about a payment in suspense is completed by giving the payment to a
    bill unit, or here by saying why it is no business of collections. Raises NotFound,
    RuleViolation, Stale, BadInput.
    """
    handle = handles.parse(to_do, "to-do")
    if suspended.is_one(handle):
        suspended.open_one(operation, handle, version)
        suspense.dismiss(operation, handle.id, comment)
        return
    to_dos.complete(operation, to_do, comment=comment, version=version)
    event = severance.event_of_to_do(operation, to_do)
    if event is not None:
        severance.complete_by_to_do(operation, event, comment)
