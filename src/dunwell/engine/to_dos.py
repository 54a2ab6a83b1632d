"""Completing a to-do, and what waits for it: the event of a severance process that asked for it is
completed with it, and those that come after get their dates.
"""

from dunwell.features.access.actor import Operation
from dunwell.features.severance import service as severance
from dunwell.features.tasks import service as to_dos


def complete(
    operation: Operation, to_do: str, *, comment: str = "", version: int | None = None
) -> None:
    """A to-do is done with. Raises NotFound, RuleViolation, Stale."""
    to_dos.complete(operation, to_do, comment=comment, version=version)
    event = severance.event_of_to_do(operation, to_do)
    if event is not None:
        severance.complete_event(operation, event, reason=comment or "to-do completed")
