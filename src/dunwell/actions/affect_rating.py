"""Affect credit rating or cash-only score: a demerit of so many points, for so many days."""

import pluggy

from dunwell.actions import base
from dunwell.db import statements
from dunwell.features.ratings import adding
from dunwell.plugins.batch import Batch

_RATING = statements.load(__package__, "affect_rating.sql")


def _perform(batch: Batch, _hooks: pluggy.HookRelay) -> None:
    adding.add(batch.connection, batch.parameters, _RATING["demerits"])
    base.complete(batch)


handler = base.Handler(_perform)
