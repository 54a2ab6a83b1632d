"""Inactivate bill unit: the bill unit's services stop; what is owed stays owed."""

import pluggy

from dunwell.actions import base
from dunwell.plugins.batch import Batch


def _perform(batch: Batch, _hooks: pluggy.HookRelay) -> None:
    base.set_bill_unit_status(batch, "inactive")


handler = base.Handler(_perform)
