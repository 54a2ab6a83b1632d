"""Acting: which actions are due, in which order, and what became of them.

What a due action does is the business of its type (`dunwell.actions`); the night puts both
together.
"""

from collections.abc import Iterator
from typing import Any

from dunwell.db import statements
from dunwell.features.receivables.work import Work

_ACT = statements.load(__package__, "act.sql")


def gather(work: Work, *, action_id: int | None = None) -> int:
    """Find the due actions (or the one) in the order in which they run; how many there are."""
    ((any_due,),) = work.run(_ACT["any_due"]).fetchall()
    if not any_due:
        return 0
    work.run(_ACT["enter_work"])
    count = work.fill("due_action", _ACT["due_actions"])
    if action_id is not None:
        count -= work.count(_ACT["keep_one"], action_id=action_id)
    if count and work.run(_ACT["aimed_at_groups"]).fetchone() == (True,):
        for targets in work.hooks.target_bill_units(batch=work.batch("due_action")):
            for no, bill_units in targets.items():
                work.run(_ACT["forget_targets"], no=no)
                for bill_unit_no in bill_units:
                    work.run(_ACT["add_target"], no=no, bill_unit_no=bill_unit_no)
        if work.count(_ACT["reach_targets"]):
            work.run(_ACT["drop_reached"])
            work.run(_ACT["number_again"])
    return count


def batches(work: Work) -> Iterator[tuple[str, int, int]]:
    """Type, first and last number of each batch: wave by wave, in each wave type by type."""
    for _, kind, first, last in work.run(_ACT["batches"]).fetchall():
        yield kind, first, last


def fail(work: Work, no: int, message: str) -> None:
    """Put this action, and only this one, in error."""
    work.run(_ACT["fail"], first_no=no, last_no=no, message=message)


def charged_with_credit(work: Work) -> list[int]:
    """The accounts where somebody was charged tonight who has credit left: in a group, or where a
    plug-in named another bill unit. Who is chased for a debt of their own has none.
    """
    return [account for (account,) in work.run(_ACT["charged_with_credit"])]


def conclude(work: Work) -> dict[str, dict[str, int]]:
    """Give the actions their status and write the events; how many by type and status."""
    work.run(_ACT["conclude"])
    counts: dict[str, dict[str, int]] = {}
    for kind, status, number in work.run(_ACT["count_performed"]):
        counts.setdefault(kind, {})[status] = number
    return counts


def unhandled(work: Work) -> list[str]:
    """Names of the custom actions that no plug-in carried out."""
    return sorted(name for (name,) in work.run(_ACT["unhandled"]))


def skipped(work: Work) -> int:
    """How many actions are passed over because they were due by the installation date."""
    row = work.run(_ACT["count_skipped"]).fetchone()
    assert row is not None
    return int(row[0])


def totals(work: Work) -> dict[str, Any]:
    """Open cases and overdue amounts by currency, after the steps."""
    row = work.run(_ACT["totals"]).fetchone()
    assert row is not None
    found: dict[str, Any] = row[0]
    return found
