"""Manual: a person's work. When due it becomes a task of the case's agent, and stays pending."""

import pluggy

from dunwell.actions.base import Handler
from dunwell.db import statements
from dunwell.plugins.batch import Batch

_MANUAL = statements.load(__package__, "manual.sql")


def _perform(batch: Batch, _hooks: pluggy.HookRelay) -> None:
    batch.execute(_MANUAL["become_task"])


handler = Handler(_perform)
