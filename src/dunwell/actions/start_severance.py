"""Start severance: a process begins for the service agreement that is nominated, or for all of the
debt class (manual: steps 1.8.7.1 to 1.8.7.4).
"""

import pluggy

from dunwell.actions import base
from dunwell.features.severance import starting
from dunwell.plugins.batch import Batch


def _perform(batch: Batch, hooks: pluggy.HookRelay) -> None:
    starting.start(batch, hooks)
    base.complete(batch)


handler = base.Handler(_perform)
