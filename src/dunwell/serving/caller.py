"""Who asks over HTTP, and the transactions that are theirs; API and pages each add their own."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

from fastapi import Request

from dunwell.db import walls
from dunwell.features.access import sessions
from dunwell.features.access.actor import Actor, Operation
from dunwell.features.access.sessions import Identity
from dunwell.features.events import log as event_log
from dunwell.serving.transactions import Transactions

COOKIE = "dunwell_session"
"""Holds the token of a person's session in a browser."""


def identify(request: Request, token: str) -> Identity:
    """Whom the token stands for; the log and the event of a denial know it from then on.

    Raises Unauthenticated.
    """
    transactions: Transactions = request.app.state.transactions
    with transactions.autocommit() as connection:
        identity = sessions.identify(connection, token)
    request.state.identity = identity
    return identity


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, and how they get at the data."""

    identity: Identity
    transactions: Transactions
    request: Request

    @property
    def actor(self) -> Actor:
        """Who asks."""
        return self.identity.actor

    def look(self) -> AbstractContextManager[Operation]:
        """Read, behind the walls of the caller's brands."""
        return self.transactions.walled(self.actor)

    @contextmanager
    def look_closely(self) -> Iterator[Operation]:
        """Read much about one customer, behind the walls: many small statements, each by the
        customer's own keys, so that one plan does for everybody's and isn't made each time.
        """
        with self.look() as operation:
            connection = operation.connection
            usual, connection.prepare_threshold = connection.prepare_threshold, 0
            try:
                yield operation
            finally:
                # also after a failure within `planner.without`
                connection.prepare_threshold = usual

    def oversee(self) -> AbstractContextManager[Operation]:
        """Read or change what stands before the walls: people, keys, the policy, nights."""
        return self.transactions.owner(self.actor)

    @contextmanager
    def change(self) -> Iterator[Operation]:
        """Change something, behind the walls; commits at the end of the block."""
        with self.transactions.owner(self.actor) as operation:
            event_log.ensure_month(operation.connection, operation.date)
            walls.enter(operation.connection, self.actor.brands)
            yield operation

    @contextmanager
    def preview(self) -> Iterator[Operation]:
        """Do something to see what would come of it; nothing of the block stays."""
        with self.change() as operation, operation.connection.transaction(force_rollback=True):
            yield operation
