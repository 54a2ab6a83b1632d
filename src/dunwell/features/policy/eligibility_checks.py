"""What can be wrong with eligibility: conditions, the scenarios it names, what nobody can reach."""

from collections.abc import Iterator

from dunwell.features.policy import condition_checks
from dunwell.features.policy.forms.scenarios import DEFAULT_DEBT_CLASS
from dunwell.features.policy.model import Policy
from dunwell.features.policy.problems import Problem, error, unknown


def check(policy: Policy) -> Iterator[Problem]:
    """Everything that is wrong with the eligibility conditions and with debt classes."""
    debt_classes = {DEFAULT_DEBT_CLASS, *(each.name for each in policy.debt_classes)}
    scenarios = {(each.brand, each.name): each for each in policy.scenarios}
    for index, entry in enumerate(policy.eligibility):
        place = ("eligibility", index)
        if entry.brand not in policy.brand_names():
            yield unknown((*place, "brand"), "brand", entry.brand, policy.brand_names())
        if entry.debt_class is not None and entry.debt_class not in debt_classes:
            yield unknown((*place, "debt_class"), "debt class", entry.debt_class, debt_classes)
        if entry.condition is not None:
            yield from condition_checks.check(policy, entry.condition, (*place, "condition"))
        for number, name in enumerate(entry.scenarios):
            found = scenarios.get((entry.brand, name))
            at = (*place, "scenarios", number)
            if found is None:
                names = {known for brand, known in scenarios if brand == entry.brand}
                yield unknown(at, "scenario", name, names)
            elif entry.debt_class not in {None, found.debt_class}:
                yield error(
                    at,
                    f"a scenario for another debt ({name!r} is for {found.debt_class!r}, not"
                    f" {entry.debt_class!r}) — name one for this debt, or leave the debt class out",
                )
    yield from _write_off(policy)


def _write_off(policy: Policy) -> Iterator[Problem]:
    classes = [(index, each) for index, each in enumerate(policy.debt_classes) if each.write_off]
    for index, each in classes[1:]:
        yield error(
            ("debt_classes", index, "write_off"),
            f"a second debt class for what is written off ({each.name!r} after"
            f" {classes[0][1].name!r}) — keep one",
        )
    for index, each in classes[:1]:
        if each.name == DEFAULT_DEBT_CLASS:
            yield error(
                ("debt_classes", index, "write_off"),
                f"what is written off can't move to {each.name!r}, where it would be chased as"
                " before — give it a debt class of its own",
            )
