"""Finance charge: a percentage of the overdue balance (manual: Applying Finance Charges)."""

import pluggy

from dunwell.actions import base
from dunwell.domain.statuses import ItemKind
from dunwell.plugins.batch import Batch


def _perform(batch: Batch, hooks: pluggy.HookRelay) -> None:
    base.override_amounts(batch, hooks.apply_finance_charge(batch=batch))
    base.charge(batch, ItemKind.FINANCE_CHARGE)


handler = base.Handler(_perform)
