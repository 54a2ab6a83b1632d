"""Cases that list their service agreements, each with its own arrears: an agreement whose debt has
fallen to its threshold leaves the case, and the last one closes it.

Only debt classes that the policy chases `by_agreement` have such cases; without any, no statement
runs. A sharing group's case isn't split: its debt is the group's.
"""

from collections import Counter

from dunwell.db import statements
from dunwell.features.cases import leaving
from dunwell.features.receivables.work import ORDINARY, Work

_BY_AGREEMENT = statements.load(__package__, "by_agreement.sql")


def _concerns(work: Work) -> bool:
    return bool(work.parameters.get("agreement_classes")) and (
        work.fragments["is_member"] == ORDINARY["is_member"]
    )


def join(work: Work) -> None:
    """List the agreements of the cases in `entry`."""
    if _concerns(work):
        chosen = work.parameters.get("chosen_agreements")
        work.run(_BY_AGREEMENT["join"], chosen_agreements=chosen)


def leave(work: Work, *, everything: bool) -> int:
    """Take those that owe no more than their threshold out of their cases; how many left. The
    cases of the examined bill units are looked at, or `everything`.
    """
    if not _concerns(work):
        return 0
    return work.count(_BY_AGREEMENT["leave"], everything=everything)


def close(work: Work) -> Counter[str]:
    """Close the cases whose last agreement left today; how many by reason."""
    if not _concerns(work) or not work.fill("closed_case", _BY_AGREEMENT["close"]):
        return Counter()
    return leaving.close_for_good(work)
