"""Promise to pay: an instalment is due. The night has looked at the payments before; one that isn't
paid yet is collected if a payment method was given, and is a task of the case's agent until it is
paid or the promise broken (`dunwell.features.promises.keeping`).
"""

import pluggy

from dunwell.actions.base import Handler
from dunwell.db import statements
from dunwell.plugins.batch import Batch

_PROMISE = statements.load(__package__, "promise.sql")


def _perform(batch: Batch, _hooks: pluggy.HookRelay) -> None:
    batch.execute(_PROMISE["ask"])
    batch.execute(_PROMISE["ask_once_known"])
    batch.execute(_PROMISE["become_task"])


handler = Handler(_perform)
