"""Refer to collections agency: the case's debt goes to one of the brand's agencies."""

import pluggy

from dunwell.actions import base
from dunwell.db import statements
from dunwell.plugins.batch import Batch

_REFER = statements.load(__package__, "refer_to_agency.sql")


def _perform(batch: Batch, hooks: pluggy.HookRelay) -> None:
    for answer in hooks.assign_agency(batch=batch):
        for no, agency in answer.items():
            batch.connection.execute(
                _REFER["override_agency"].render(), {"no": no, "agency": agency}
            )
    batch.execute(_REFER["refuse_without_agency"])
    batch.execute(_REFER["refer"])
    base.complete(batch)


handler = base.Handler(_perform)
