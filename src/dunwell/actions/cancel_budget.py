"""Cancel budget: the active budgets of the bill units that are reached end, and are settled."""

import pluggy

from dunwell.actions import base
from dunwell.db import statements
from dunwell.features.receivables import budgets
from dunwell.plugins.batch import Batch

_CANCEL = statements.load(__package__, "cancel_budget.sql")


def _perform(batch: Batch, _hooks: pluggy.HookRelay) -> None:
    given = batch.parameters
    for reason, *units in _CANCEL["reached"].run(batch.connection, given).fetchall():
        budgets.settle(
            batch.connection, {**given, "reason": reason}, list(zip(*units, strict=True))
        )
    base.complete(batch)


handler = base.Handler(_perform)
