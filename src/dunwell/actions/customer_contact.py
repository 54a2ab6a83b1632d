"""Customer contact: the contact is recorded, and a letter written if the definition has a template;
delivery renders and sends it after commit.
"""

import pluggy

from dunwell.actions import base
from dunwell.db import statements
from dunwell.plugins.batch import Batch

_CONTACT = statements.load(__package__, "customer_contact.sql")


def _perform(batch: Batch, hooks: pluggy.HookRelay) -> None:
    given = batch.parameters
    if _CONTACT["any_letters"].run(batch.connection, given).fetchone() == (True,):
        base.add_data(batch, hooks.prepare_dunning_data(batch=batch))
        batch.execute(_CONTACT["write_letters"])
    batch.execute(_CONTACT["record"])
    base.complete(batch)


handler = base.Handler(_perform)
