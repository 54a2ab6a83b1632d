"""Write off: what the case's bill unit still owes in its debt class is given up."""

import pluggy

from dunwell.actions import base
from dunwell.db import statements
from dunwell.plugins.batch import Batch

_WRITE_OFF = statements.load(__package__, "write_off.sql")


def _perform(batch: Batch, _hooks: pluggy.HookRelay) -> None:
    batch.execute(_WRITE_OFF["write_off"])
    base.complete(batch)


handler = base.Handler(_perform, lowers_balance=True)
