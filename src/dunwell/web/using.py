"""What the installation uses, for menus and tabs: read again once a minute, as every page asks."""

import time
from dataclasses import dataclass, field

from fastapi import FastAPI

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
        with transactions.autocommit() as connection:
            found.using = using.read(connection)
        found.read_at = time.monotonic()
    return found.using
