"""What can be wrong with experiments: shares, dates, and arms that can't be compared."""

from collections.abc import Iterator

from dunwell.features.policy.criteria import Place
from dunwell.features.policy.experiments import Experiment
from dunwell.features.policy.forms.scenarios import Scenario
from dunwell.features.policy.model import Policy
from dunwell.features.policy.problems import Problem, error, unknown
from dunwell.features.policy.values import plain

WHOLE = 100

_ALIKE = ("profile", "debt_class", "entry_amount", "entry_days", "exit_amount")


def check(policy: Policy) -> Iterator[Problem]:
    """Everything that is wrong with the experiments."""
    scenarios = {(each.brand, each.name): each for each in policy.scenarios}
    arms: dict[tuple[str, str], str] = {}
    for index, experiment in enumerate(policy.experiments):
        place: Place = ("experiments", index)
        yield from _shares_and_days(experiment, place)
        names = {name for brand, name in scenarios if brand == experiment.brand}
        champion = scenarios.get((experiment.brand, experiment.champion))
        if champion is None:
            yield unknown((*place, "champion"), "scenario", experiment.champion, names)
        places: list[tuple[Place, str]] = [((*place, "champion"), experiment.champion)]
        for number, each in enumerate(experiment.challengers):
            at = (*place, "challengers", number, "scenario")
            places.append((at, each.scenario))
            found = scenarios.get((experiment.brand, each.scenario))
            if found is None:
                yield unknown(at, "scenario", each.scenario, names)
            elif champion is not None:
                yield from _differs(champion, found, at)
        for at, name in places:
            other = arms.setdefault((experiment.brand, name), str(at))
            if other != str(at):
                yield error(
                    at,
                    f"a scenario twice in experiments ({name!r}) — one experiment at a time; copy"
                    " the scenario under another name",
                )


def _shares_and_days(experiment: Experiment, place: Place) -> Iterator[Problem]:
    if experiment.challenged > WHOLE:
        yield error(
            (*place, "challengers"),
            f"shares of more than 100 percent ({plain(experiment.challenged)}) — lower them; the"
            " rest is the champion's",
        )
    if experiment.starts_on is not None and experiment.ends_on < experiment.starts_on:
        yield error(
            (*place, "ends_on"),
            f"the experiment ends on {experiment.ends_on}, before it starts — correct a date",
        )


def _differs(champion: Scenario, challenger: Scenario, place: Place) -> Iterator[Problem]:
    for name in _ALIKE:
        ours, theirs = getattr(champion, name), getattr(challenger, name)
        if ours != theirs:
            yield error(
                place,
                f"arms that can't be compared ({challenger.name!r} has {name} {theirs}, the"
                f" champion {ours}) — only their steps may differ",
            )
