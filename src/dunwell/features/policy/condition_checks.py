"""What can be wrong with a condition: unknown names, values of another type, too many levels."""

from collections.abc import Iterator

from dunwell.domain import conditions
from dunwell.features.policy import criteria
from dunwell.features.policy.criteria import Condition, Place
from dunwell.features.policy.model import Policy
from dunwell.features.policy.problems import Problem, error, unknown


def unknown_field(place: Place, name: str) -> Problem:
    """A field that neither is a column nor can be an attribute."""
    problem = unknown(place, "field", name, conditions.COLUMNS)
    if "did you mean" in problem.message:
        return problem
    return error(
        place,
        f"there is no field ({name!r}) — write a column such as account.credit_score, or"
        " account.attr.NAME or bill_unit.attr.NAME",
    )


def check(policy: Policy, tree: Condition, place: Place) -> Iterator[Problem]:
    """What is wrong with a rule or with a scenario's criteria."""
    levels = criteria.depth(tree)
    if levels > criteria.DEEPEST:
        yield error(
            place,
            f"a condition nested too deeply ({levels} levels) — keep at most {criteria.DEEPEST}",
        )
        return
    known = policy.criteria_by_name()
    for inner, leaf in criteria.written_leaves(tree, place):
        if leaf.criterion is not None and leaf.criterion not in known:
            yield unknown((*inner, "criterion"), "criterion", leaf.criterion, known)
        elif leaf.field is not None and not conditions.is_field(leaf.field):
            yield unknown_field((*inner, "field"), leaf.field)
        else:
            try:
                criteria.resolve(leaf, known)
            except ValueError as failure:
                key = next(key for key in ("value", "one_of", "missing") if hasattr(leaf, key))
                sought = ("criterion", leaf.criterion) if leaf.criterion is not None else None
                at = (*inner, key)
                yield error(at, f"{failure} — correct the value or the type", sought=sought)
