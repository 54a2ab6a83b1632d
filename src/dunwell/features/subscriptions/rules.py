"""How long to wait for a receiver that doesn't take a message, and when to give up."""

import datetime as dt
from itertools import chain, repeat
from random import Random

PATIENCE = dt.timedelta(days=3)
"""After it an event that wasn't taken is parked."""
OVERLAP = dt.timedelta(hours=24)
"""How long messages are signed with the old secret too, after it was rotated."""

PAUSES = tuple(
    chain(
        (dt.timedelta(seconds=seconds) for seconds in (5, 30, 120, 600, 1800)),
        (dt.timedelta(hours=hours) for hours in (1, 2, 4)),
    )
)
LONGEST_PAUSE = dt.timedelta(hours=6)


def pause(failures: int, asked: dt.timedelta | None, chance: Random) -> dt.timedelta:
    """The pause after the n-th failure in a row, or what the receiver asked for if that is longer.

    A tenth is left to chance, so that what failed together doesn't come again together.
    """
    planned = next(chain(PAUSES[failures - 1 : failures], repeat(LONGEST_PAUSE)))
    return max(planned * chance.uniform(0.9, 1.1), asked or dt.timedelta())


def is_over(first_failed_at: dt.datetime, now: dt.datetime) -> bool:
    """Whether an event has been tried for long enough."""
    return now - first_failed_at >= PATIENCE
