"""Cancel pay plan: active plans that cover the case's debt end, except those of third parties."""

import pluggy

from dunwell.actions import base
from dunwell.db import statements
from dunwell.plugins.batch import Batch

_CANCEL = statements.load(__package__, "cancel_pay_plan.sql")


def _perform(batch: Batch, _hooks: pluggy.HookRelay) -> None:
    batch.execute(_CANCEL["cancel"])
    base.complete(batch)


handler = base.Handler(_perform)
