"""Collect payment: the row that asks for the overdue balance; delivery collects it after commit."""

import pluggy

from dunwell.actions import base
from dunwell.db import statements
from dunwell.plugins.batch import Batch

_COLLECT = statements.load(__package__, "collect_payment.sql")


def _perform(batch: Batch, _hooks: pluggy.HookRelay) -> None:
    batch.execute(_COLLECT["ask"])
    base.complete(batch)


handler = base.Handler(_perform)
