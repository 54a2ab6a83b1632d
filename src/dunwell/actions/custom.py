"""Custom: whatever a plug-in makes of it; without one it stays pending and the report names it."""

import pluggy

from dunwell.actions.base import Handler
from dunwell.db import statements
from dunwell.domain.errors import BadInput
from dunwell.plugins.batch import Batch
from dunwell.plugins.specs import COMPLETED, Failed

_CUSTOM = statements.load(__package__, "custom.sql")


def _perform(batch: Batch, hooks: pluggy.HookRelay) -> None:
    for answer in hooks.execute_custom_action(batch=batch):
        for no, outcome in answer.items():
            found: tuple[str, str | None]
            match outcome:
                case Failed(message):
                    found = ("error", message)
                case "completed":
                    found = (COMPLETED, None)
                case _:
                    raise BadInput(
                        f"A plug-in answered {outcome!r} for a custom action; it must be"
                        f" COMPLETED or Failed(message)."
                    )
            batch.connection.execute(
                _CUSTOM["settle"].render(),
                {"no": no, "outcome": found[0], "message": found[1]},
            )


# what a plug-in does may well bring money in
handler = Handler(_perform, lowers_balance=True)
