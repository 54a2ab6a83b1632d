"""What the installation uses, for menus and tabs: read again once a minute, as every page asks."""

import contextlib
import time
from dataclasses import dataclass, field

import psycopg
from fastapi import FastAPI

from dunwell.domain.errors import Unavailable
from dunwell.features.policy import using
from dunwell.features.policy.using import Using
from dunwell.serving.transactions import Transactions

FOR_SECONDS = 60


@dataclass(slots=True)
class Known:
    """What was read, and when."""

    using: Using = field(default_factory=Using)
    read_at: float = float("-inf")


def known(app: FastAPI) -> Using:
    """What the installation uses."""
    found: Known = app.state.using
    if time.monotonic() - found.read_at > FOR_SECONDS:
        transactions: Transactions = app.state.transactions
        # the page that says that the database doesn't answer has a menu, too
        with (
            contextlib.suppress(Unavailable, psycopg.Error),
            transactions.autocommit() as connection,
        ):
            found.using = using.read(connection)
        found.read_at = time.monotonic()
    return found.using
