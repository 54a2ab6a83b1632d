"""Leaving collections: who does, and what every close does."""

from collections import Counter

from dunwell.db import statements
from dunwell.features.receivables.work import Work

_LEAVE = statements.load(__package__, "leave.sql")

_CLOSING = (
    "log_closed",
    "end_promises",
    "cancel_open_actions",
    "close_cases",
    "recall_referrals",
    "detach_work",
)


def leave(work: Work) -> Counter[str]:
    """Close the cases that meet the exit rule, are exempt or finished; how many by reason."""
    return close_for_good(work) if choose(work) else Counter()


def choose(work: Work) -> int:
    """Find the cases that meet the exit rule, are exempt or finished; how many there are."""
    return work.fill("closed_case", _LEAVE["leave"])


def detach(work: Work) -> None:
    """Let the steps that follow see no case where one ends."""
    work.run(_LEAVE["detach_work"])


def close_for_good(work: Work) -> Counter[str]:
    """Close the cases in `closed_case`, which have no successor tonight; if debt remains, their
    bill units may enter again the next night.
    """
    work.run(_LEAVE["examine_tomorrow"])
    return close(work)


def close(work: Work) -> Counter[str]:
    """Close the cases in `closed_case`: the exit hook, an event, actions, the row, referrals."""
    work.hooks.exit_scenario(batch=work.batch("closed_case"))
    for name in _CLOSING:
        work.run(_LEAVE[name])
    return Counter(dict(work.run(_LEAVE["clear_closed"]).fetchall()))
