"""The night's batch of to-dos: what the policy's rules make of the events since the last night."""

from dunwell.db import statements
from dunwell.features.receivables.work import Work

_BATCH = statements.load(__package__, "batch.sql")

EVERYBODY = ""
OF_UNITS = (
    "and (event.account_id, event.bill_unit_id) in"
    " (select unit.account_id, unit.bill_unit_id from unit)"
)


def make(work: Work) -> int:
    """Make the to-dos of the slice; how many. Without a rule nothing is asked."""
    if not work.parameters["to_do_kinds"]:
        return 0
    work.fragments["to_dos_of"] = EVERYBODY
    return work.count(_BATCH["make"])


def make_of_groups(work: Work) -> int:
    """The same for what the turn of the sharing groups has just logged."""
    if not work.parameters["to_do_kinds"]:
        return 0
    work.fragments["to_dos_of"] = OF_UNITS
    return work.count(_BATCH["make"], last_date=None)
