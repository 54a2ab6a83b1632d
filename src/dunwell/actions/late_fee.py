"""Late fee: an amount, a percentage of the balance, or both (manual: Applying Late Fees)."""

import pluggy

from dunwell.actions import base
from dunwell.domain.statuses import ItemKind
from dunwell.plugins.batch import Batch


def _perform(batch: Batch, hooks: pluggy.HookRelay) -> None:
    base.override_amounts(batch, hooks.apply_late_fee(batch=batch))
    base.charge(batch, ItemKind.LATE_FEE)


handler = base.Handler(_perform)
