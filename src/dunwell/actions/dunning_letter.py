"""Dunning letter: its row with the data of tonight; delivery renders and sends it after commit."""

import pluggy

from dunwell.actions import base
from dunwell.plugins.batch import Batch


def _perform(batch: Batch, hooks: pluggy.HookRelay) -> None:
    base.add_data(batch, hooks.prepare_dunning_data(batch=batch))
    base.write_message(batch, "letter")


handler = base.Handler(_perform)
