"""Close bill unit: the bill unit is closed for good."""

import pluggy

from dunwell.actions import base
from dunwell.plugins.batch import Batch


def _perform(batch: Batch, _hooks: pluggy.HookRelay) -> None:
    base.set_bill_unit_status(batch, "closed")


handler = base.Handler(_perform)
