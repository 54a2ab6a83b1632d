"""Choosing an account's treatment in an experiment by hand, instead of the draw."""

from dunwell.db import statements
from dunwell.domain.errors import NotFound, RuleViolation
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.experiments import queries
from dunwell.features.policy import reasons
from dunwell.features.policy.reasons import Category
from dunwell.features.receivables.bill_units import own

_QUERIES = statements.load(__package__, "queries.sql")


def choose_arm(
    operation: Operation, bill_unit_no: str, experiment: str, arm: str, *, reason: str
) -> None:
    """From its next entry on, the bill unit's account gets this arm; the case that it may have
    stays where it is (replace its scenario for that). Raises NotFound, RuleViolation.
    """
    operation.actor.require(Permission.MANAGE_CASES)
    bill_unit = own(operation, bill_unit_no)
    reasons.check(operation, bill_unit.brand_id, Category.EXPERIMENT, reason)
    named = queries.of_brand(operation, experiment, bill_unit.brand_id)
    if named is None or not named[1].in_policy:
        raise NotFound(f"There is no experiment {experiment!r} in the brand of {bill_unit_no!r}.")
    number, found = named
    if found.ends_on < operation.date:
        raise RuleViolation(
            "experiment_ended",
            f"The experiment {experiment!r} ended on {found.ends_on}: whoever enters now gets its"
            f" champion. To treat the customer otherwise, replace the scenario of the case.",
        )
    if arm not in found.arms:
        known = ", ".join(map(repr, found.arms))
        raise NotFound(f"The experiment {experiment!r} has no arm {arm!r}; it has {known}.")
    _QUERIES["choose"].run(
        operation.connection,
        {
            "account_id": bill_unit.account_id,
            "bill_unit_id": bill_unit.id,
            "experiment_id": number,
            "experiment": experiment,
            "arm": arm,
            "reason": reason,
            "actor": operation.actor.name,
            "business_date": operation.date,
        },
    )
