"""A sharing group as one debtor. The slices of its accounts post for them and leave their bill
units out; then the group has its turn, through the same statements as everybody (DESIGN rule 3).

What makes the difference is which text stands in the statements' places: whose items count for
whom, and who is looked at.
"""

from collections.abc import Mapping
from typing import Any

from dunwell.db import statements
from dunwell.features.receivables import measuring
from dunwell.features.receivables.work import Work

_GROUPING = statements.load(__package__, "grouping.sql")

_GROUPED = (
    "select grouped.account_id, grouped.bill_unit_id from sharing_member as grouped"
    " where grouped.account_id between %(first_account)s::bigint and %(last_account)s::bigint"
    " and grouped.joined_on <= %(business_date)s::date"
    " and (grouped.left_on is null or grouped.left_on > %(business_date)s::date)"
)
_SHARES = "join group_share using (account_id, bill_unit_id)"

OUTSIDE_GROUPS: Mapping[str, str] = {
    "grouped": _GROUPED,
    "outside_groups": f"and (account_id, bill_unit_id) not in ({_GROUPED})",
    "of_promises": f"and (promise.account_id, promise.bill_unit_id) not in ({_GROUPED})",
    "of_severances": f"and (severance.account_id, severance.bill_unit_id) not in ({_GROUPED})",
}
"""A slice of accounts in which there are bill units of groups."""

AS_GROUPS: Mapping[str, str] = {
    "debtor_account": "group_share.parent_account_id",
    "debtor_bill_unit": "group_share.parent_bill_unit_id",
    "shared": "join group_share on group_share.account_id = item.account_id"
    " and group_share.bill_unit_id = item.bill_unit_id",
    "of_debtor": "group_share.parent_account_id = debtor.account_id"
    " and group_share.parent_bill_unit_id = debtor.bill_unit_id",
    "of_promises": "and (promise.account_id, promise.bill_unit_id) in"
    " (select unit.account_id, unit.bill_unit_id from unit)",
    "disputes_of": "and (account_id, bill_unit_id) in"
    " (select unit.account_id, unit.bill_unit_id from unit)",
    "of_severances": "and (severance.account_id, severance.bill_unit_id) in"
    " (select grouped.account_id, grouped.bill_unit_id from sharing_member as grouped"
    " where grouped.sharing_group_id between %(first_group)s::int and %(last_group)s::int"
    " and grouped.joined_on <= %(business_date)s::date"
    " and (grouped.left_on is null or grouped.left_on > %(business_date)s::date))",
    "is_member": "(account_id, bill_unit_id) in"
    " (select unit.account_id, unit.bill_unit_id from unit where unit.member)",
    "outside_groups": "",
    "acted": "select distinct work.account_id, work.bill_unit_id, work.debt_class_id"
    " from due_action join work on work.account_id = due_action.case_account_id"
    " and work.case_id = due_action.case_id where due_action.lowers_balance",
}
"""A slice of groups: what a group's bill units owe is owed by its parent."""


def leave_out(work: Work) -> bool:
    """Let the statements of a slice of accounts pass over bill units in groups; whether there may
    be any.
    """
    if work.run(_GROUPING["any_members"]).fetchone() != (True,):
        return False
    work.fragments |= OUTSIDE_GROUPS
    return True


def examine_memberships(work: Work) -> None:
    """Add whom the passing of days brought into a group or out of it."""
    work.run(_GROUPING["examine_memberships"])


def hand_over(work: Work, *, everything: bool) -> None:
    """Leave those of the slice that are in groups to the turn of their groups."""
    work.run(_GROUPING["hand_over_everything" if everything else "hand_over"])


def take(work: Work, first: int, last: int) -> list[int]:
    """Let the work be about the groups with these numbers, each as one debtor; their accounts, in
    ascending order.
    """
    work.fragments |= AS_GROUPS
    # a group's overdue date is its oldest, whatever the setting
    groups = {"first_group": first, "last_group": last, "overdue_date": "earliest"}
    work.parameters = {**work.parameters, **groups}
    found = [account for (account,) in work.run(_GROUPING["accounts"])]
    work.parameters = {
        **work.parameters,
        "first_account": min(found, default=0),
        "last_account": max(found, default=-1),
    }
    return found


def group_of(work: Work) -> int | None:
    """The group that the bill unit of the parameters is in."""
    row = work.run(_GROUPING["group_of"]).fetchone()
    return None if row is None else int(row[0])


def gather(work: Work, *, everything: bool) -> int:
    """Gather the bill units of the groups to look at; how many there are."""
    work.run(_GROUPING["every_group" if everything else "claim_touched"])
    found = work.fill("unit", _GROUPING["units"])
    if found:
        work.fill("group_share", _GROUPING["shares"])
    return found


def leave_others_touched(work: Work) -> None:
    """What one group's accounts have besides is for the next night."""
    work.run(_GROUPING["leave_others_touched"])


def measure(work: Work) -> int:
    """Measure the groups, each as what its parent owes; how many rows `work` got."""
    return measuring.measure(work, everything=False, debts=_SHARES)


def totals(work: Work) -> dict[str, Any]:
    """Open cases and overdue amounts by currency of the slice's groups, after the steps."""
    row = work.run(_GROUPING["totals"]).fetchone()
    assert row is not None
    found: dict[str, Any] = row[0]
    return found
