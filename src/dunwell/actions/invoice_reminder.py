"""Invoice reminder: a message that waits for the bill unit's next invoice."""

import pluggy

from dunwell.actions import base
from dunwell.plugins.batch import Batch


def _perform(batch: Batch, hooks: pluggy.HookRelay) -> None:
    base.add_data(batch, hooks.prepare_invoice_reminder(batch=batch))
    base.write_message(batch, "reminder_message")


handler = base.Handler(_perform)
