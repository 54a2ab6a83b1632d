"""The steps of the night for one slice, in their order (the picture in DESIGN section 3).

post → measure → leave → replace → enter → act → settle. Each step is a few statements over the
slice that live with their noun; here is only what follows what, and when a step can be skipped.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

import psycopg

from dunwell.actions.registry import HANDLERS
from dunwell.domain.errors import DunwellError
from dunwell.engine.report import Counts
from dunwell.features.cases import acting, by_agreement, dating, entering, examining, leaving
from dunwell.features.crm import following
from dunwell.features.pay_plans import keeping as pay_plans
from dunwell.features.promises import keeping
from dunwell.features.receivables import measuring, posting
from dunwell.features.receivables.work import Work
from dunwell.features.severance import severing
from dunwell.features.sharing import grouping
from dunwell.features.tasks import batch

LARGE = 10_000
"""From how many bill units on the planner is told not to loop over an index: keyed by two columns,
it expects one row where there are many."""

MEASURED_IN_PASSING = 2_500
"""From how many bill units on measuring reads the slice's indexes once, from end to end."""

LastDates = Mapping[int, date | None]
"""The last night of each account's slice."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What of the slice is looked at."""

    everything: bool = False
    conforms: bool = False
    """The policy changed: open cases take over the setting of the dependencies."""
    one_bill_unit: bool = False


def perform_night(work: Work, scope: Scope) -> Counts:
    """All steps for one slice of accounts, in the caller's transaction."""
    counts = Counts()
    grouped = grouping.leave_out(work)
    if scope.conforms:
        dating.conform_to_dependencies(work)
    examined = _examine(work, scope, grouped=grouped)
    measured = measuring.measure(work, everything=scope.everything) if examined else 0
    agreements_left = by_agreement.leave(work, everything=scope.everything) if examined else 0
    if measured or agreements_left:
        _decide(work, counts, measured)
        counts.totals = acting.totals(work)
    elif grouped:
        # who joined or left a group is counted elsewhere now
        counts.totals = acting.totals(work)
    _sever(work, counts)
    following.follow(work, everybody=scope.everything)
    batch.make(work)
    return counts


def perform_groups(work: Work, scope: Scope, last_dates: LastDates | None = None) -> Counts:
    """All steps for one slice of sharing groups, whose accounts have been posted before; with the
    accounts' `last_dates` they are posted here.
    """
    counts = Counts()
    for account, last_date in (last_dates or {}).items():
        of_account = {"first_account": account, "last_account": account, "last_date": last_date}
        posting.post(work.connection, {**work.parameters, **of_account})
        whole, work.parameters = work.parameters, {**work.parameters, **of_account}
        pay_plans.judge(work)
        work.parameters = whole
    if not grouping.gather(work, everything=scope.everything):
        _sever(work, counts)
        following.follow(work)
        return counts
    if last_dates is not None:
        grouping.leave_others_touched(work)
    keeping.judge(work)
    examining.find_due_cases(work)
    measured = grouping.measure(work)
    if measured:
        _decide(work, counts, measured)
    counts.totals = grouping.totals(work)
    _sever(work, counts)
    following.follow(work)
    batch.make_of_groups(work)
    return counts


def _sever(work: Work, counts: Counts) -> None:
    """The step of severance: with every balance as it is stored by now."""
    severed = severing.work_off(work)
    if severed:
        counts.actions = {**counts.actions, "severance": dict(severed)}


def _decide(work: Work, counts: Counts, measured: int) -> None:
    """From what was measured (so many rows) to what is done about it."""
    few = measured <= LARGE
    _let_planner_loop(work, few)
    counts.left += leaving.leave(work)
    counts.left += by_agreement.close(work)
    counts.entered = entering.choose(work, few=few)
    if counts.entered:
        counts.left += entering.replace(work)
        # a schedule is planned in steps whose sizes the planner can't know
        _let_planner_loop(work, few=False)
        entering.enter(work)
        _let_planner_loop(work, few)
    dating.follow_overdue_date(work)
    if acting.gather(work):
        _act(work)
        for account in acting.charged_with_credit(work):
            posting.post_today(work.connection, work.parameters, account)
        counts.actions = acting.conclude(work)
        counts.unhandled = acting.unhandled(work)
        if work.parameters["action_dependencies"]:
            dating.advance(work, dating.PERFORMED_TONIGHT)
        measuring.measure_again(work)
        counts.left += leaving.leave(work)
    measuring.store(work)


def _examine(work: Work, scope: Scope, *, grouped: bool) -> bool:
    """Post, and gather the bill units to look at; whether there is anything to do."""
    if not scope.everything:
        # the few rows of an ordinary night are found through indexes, however small the tables are
        work.connection.execute("set local enable_seqscan = off")
    if not scope.one_bill_unit:
        examining.claim_touched(work)
    posting.post(work.connection, work.parameters)
    pay_plans.judge(work)
    keeping.judge(work)
    examining.find_due_cases(work)
    if scope.one_bill_unit:
        examining.leave_others_touched(work)
        examining.examine_one(work)
    elif scope.everything:
        work.connection.execute("set local enable_nestloop = off")
        if grouped:
            grouping.hand_over(work, everything=True)
        return True
    else:
        examining.examine_window(work)
        if grouped:
            grouping.examine_memberships(work)
            grouping.hand_over(work, everything=False)
    examined = examining.units(work)
    if examined > MEASURED_IN_PASSING:
        work.connection.execute("set local enable_nestloop = off")
    return examined > 0


def _let_planner_loop(work: Work, few: bool) -> None:
    """Few rows of `work` are looked up one by one, many in one pass over the slice."""
    work.connection.execute(f"set local enable_nestloop = {'on' if few else 'off'}")


def _act(work: Work) -> None:
    """Perform the due actions batch by batch; where one fails, each of its batch by itself."""
    for kind, first, last in acting.batches(work):
        perform = HANDLERS[kind].perform
        failure = attempt(work, perform, first, last)
        if failure is None:
            continue
        for no in range(first, last + 1):
            failure = attempt(work, perform, no, no)
            if failure is not None:
                acting.fail(work, no, failure)


def attempt(work: Work, perform: Callable[..., None], first: int, last: int) -> str | None:
    """Perform a range of due actions within a savepoint; the message if it failed."""
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
