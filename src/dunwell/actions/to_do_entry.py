"""To-do entry: something for somebody to look at. Unlike a manual action it is done with when it is
made; the to-do has its own life.
"""

import pluggy

from dunwell.actions import base
from dunwell.db import statements
from dunwell.plugins.batch import Batch

_TO_DO = statements.load(__package__, "to_do_entry.sql")


def _perform(batch: Batch, _hooks: pluggy.HookRelay) -> None:
    batch.execute(_TO_DO["refuse_unknown_types"])
    batch.execute(_TO_DO["make"])
    base.complete(batch)


handler = base.Handler(_perform)
