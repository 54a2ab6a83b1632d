"""The steps of the night for one slice, in their order (the picture in DESIGN section 3).

post → measure → leave → replace → enter → act → settle. Each step is a few statements over the
slice that live with their noun; here is only what follows what, and when a step can be skipped.
"""

from collections.abc import Callable
from dataclasses import dataclass

import psycopg

from dunwell.actions.registry import HANDLERS
from dunwell.domain.errors import DunwellError
from dunwell.engine.report import Counts
from dunwell.features.cases import acting, dating, entering, examining, leaving
from dunwell.features.promises import keeping
from dunwell.features.receivables import measuring, posting
from dunwell.features.receivables.work import Work

LARGE = 10_000
"""From how many bill units on the planner is told not to loop over an index: keyed by two columns,
it expects one row where there are many."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What of the slice is looked at."""

    everything: bool = False
    conforms: bool = False
    """The policy changed: open cases take over the setting of the dependencies."""
    one_bill_unit: bool = False


def perform_night(work: Work, scope: Scope) -> Counts:
    """All steps for one slice, in the caller's transaction."""
    counts = Counts()
    if scope.conforms:
        dating.conform_to_dependencies(work)
    if not _examine(work, scope):
        return counts
    if not measuring.measure(work, everything=scope.everything):
        return counts
    counts.left += leaving.leave(work)
    counts.entered = entering.choose(work)
    if counts.entered:
        counts.left += entering.replace(work)
        entering.enter(work)
    dating.follow_overdue_date(work)
    if acting.gather(work):
        _act(work)
        counts.actions = acting.conclude(work)
        counts.unhandled = acting.unhandled(work)
        if work.parameters["action_dependencies"]:
            dating.advance(work, dating.PERFORMED_TONIGHT)
        measuring.measure_again(work)
        counts.left += leaving.leave(work)
    measuring.store(work)
    counts.totals = acting.totals(work)
    return counts


def _examine(work: Work, scope: Scope) -> bool:
    """Post, and gather the bill units to look at; whether there is anything to do."""
    if not scope.everything:
        # the few rows of an ordinary night are found through indexes, however small the tables are
        work.connection.execute("set local enable_seqscan = off")
    if not scope.one_bill_unit:
        examining.claim_touched(work)
    posting.post(work.connection, work.parameters)
    keeping.judge(work)
    examining.find_due_cases(work)
    if scope.one_bill_unit:
        examining.leave_others_touched(work)
        examining.examine_one(work)
    elif scope.everything:
        work.connection.execute("set local enable_nestloop = off")
        return True
    else:
        examining.examine_window(work)
    examined = examining.units(work)
    if examined > LARGE:
        work.connection.execute("set local enable_nestloop = off")
    return examined > 0


def _act(work: Work) -> None:
    """Perform the due actions batch by batch; where one fails, each of its batch by itself."""
    for kind, first, last in acting.batches(work):
        failure = _attempt(work, kind, first, last)
        if failure is None:
            continue
        for no in range(first, last + 1):
            failure = _attempt(work, kind, no, no)
            if failure is not None:
                acting.fail(work, no, failure)


def _attempt(work: Work, kind: str, first: int, last: int) -> str | None:
    """Perform a range of due actions within a savepoint; the message if it failed."""
    perform: Callable[..., None] = HANDLERS[kind].perform
    batch = work.batch("due_action", {"first_no": first, "last_no": last})
    try:
        with work.connection.transaction():
            perform(batch, work.hooks)
    except DunwellError as failure:
        return failure.message
    except psycopg.OperationalError:
        # the connection or the server, not this action
        raise
    except Exception as failure:  # noqa: BLE001 - a plug-in may raise anything
        return f"{type(failure).__name__}: {failure}"
    return None
