"""Measuring: what each examined bill unit owes and since when, against what is stored."""

from contextlib import nullcontext

from dunwell.db import planner, statements
from dunwell.features.receivables.insulating import insulate
from dunwell.features.receivables.work import WORTH_ANALYZING, Work

_MEASURE = statements.load(__package__, "measure.sql")

FEW = 2_500
"""Up to how many changed balances are looked up one by one; the planner would read all of them."""

_NO_DISPUTES = {"less_disputed": "", "with_disputed": "", "not_wholly_disputed": ""}
_DISPUTES = {
    "less_disputed": " - coalesce(disputed_item.amount, 0)",
    "with_disputed": "left join disputed_item"
    " on disputed_item.account_id = item.account_id and disputed_item.item_id = item.id",
    "not_wholly_disputed": "and item.open_amount > coalesce(disputed_item.amount, 0)",
}
_EVERYTHING = ""
_EXAMINED = "join unit using (account_id, bill_unit_id)"


def measure(work: Work, *, everything: bool, debts: str | None = None) -> int:
    """Fill `work` with the bill units whose fate may change; how many rows it got.

    `debts` joins the items to those who owe them, if they aren't those examined.
    """
    # most slices have no dispute and no pay plan, and then the big aggregate is spared a join
    disputed = work.count(_MEASURE["disputed_items"])
    disputed += insulate(work, everything=everything)
    work.fragments |= _DISPUTES if disputed else _NO_DISPUTES
    work.fragments["of_examined"] = _EVERYTHING if everything else _EXAMINED
    work.fragments["of_debts"] = work.fragments["of_examined"] if debts is None else debts
    return work.fill("work", _MEASURE["measure"])


def measure_again(work: Work) -> None:
    """Measure once more where an action may have lowered the balance."""
    work.run(_MEASURE["measure_again"])


def store(work: Work) -> None:
    """Keep what was measured, writing only what differs; a few are looked up one by one."""
    ((changed,),) = work.run(_MEASURE["count_changed"]).fetchall()
    if not changed:
        return
    # whose number the planner isn't told it would take for more than they are
    few = WORTH_ANALYZING < changed <= FEW
    with planner.without(work.connection, "hashjoin", "mergejoin") if few else nullcontext():
        for name in ("carry_to_cases", "forget_balances", "change_balances", "add_balances"):
            work.run(_MEASURE[name])
