"""Asking the billing system for usage that isn't billed yet: between two transactions, so that none
is open while somebody else takes their time.
"""

from dunwell.features.care import overview, usage
from dunwell.serving.caller import Caller


def fetch(caller: Caller, account_no: str) -> int:
    """Ask for all bill units of an account (the first fifty); how much was new. Raises NotFound,
    RuleViolation (`nobody_to_ask`), Unavailable.
    """
    with caller.look() as operation:
        found = overview.overview(operation, account_no)
        hooks = operation.hooks
    told = usage.ask(hooks, [unit.bill_unit_no for unit in found.bill_units.items])
    if not told:
        return 0
    with caller.change() as operation:
        return usage.put_many(operation, told)
