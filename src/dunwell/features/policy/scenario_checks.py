"""The rules about scenarios: what they refer to, the order of their steps, whether they are
ever chosen.
"""

from collections.abc import Iterator
from decimal import Decimal
from itertools import groupby

from dunwell.domain.statuses import ActionType
from dunwell.features.policy import condition_checks
from dunwell.features.policy.criteria import Place
from dunwell.features.policy.forms.actions import Action, LateFee
from dunwell.features.policy.forms.scenarios import DEFAULT_DEBT_CLASS, Profile, Scenario, Step
from dunwell.features.policy.installation import PREDEFINED_ACTIONS
from dunwell.features.policy.model import Policy
from dunwell.features.policy.problems import Problem, decimals, error, unknown, warning
from dunwell.features.policy.values import plain


def exit_amount(policy: Policy, scenario: Scenario) -> Decimal:
    """Whoever owes no more leaves: the scenario's own amount or its debt class's threshold for the
    profile's currency, whichever is higher.
    """
    currency = next(
        (
            profile.currency
            for profile in policy.profiles
            if (profile.brand, profile.name) == (scenario.brand, scenario.profile)
        ),
        "",
    )
    return max(
        scenario.exit_amount,
        *(
            each.cancel_threshold.get(currency, Decimal(0))
            for each in policy.debt_classes
            if each.name == scenario.debt_class
        ),
        Decimal(0),
    )


def check(policy: Policy) -> Iterator[Problem]:
    """Everything that is wrong with the scenarios."""
    debt_classes = {DEFAULT_DEBT_CLASS, *(each.name for each in policy.debt_classes)}
    profiles = {(profile.brand, profile.name): profile for profile in policy.profiles}
    for index, scenario in enumerate(policy.scenarios):
        place = ("scenarios", index)
        if scenario.debt_class not in debt_classes:
            yield unknown((*place, "debt_class"), "debt class", scenario.debt_class, debt_classes)
        profile = profiles.get((scenario.brand, scenario.profile))
        if profile is None:
            names = {name for brand, name in profiles if brand == scenario.brand}
            yield unknown((*place, "profile"), "profile", scenario.profile, names)
        else:
            yield from _amounts(policy, scenario, profile, place)
        if scenario.criteria is not None:
            yield from condition_checks.check(policy, scenario.criteria, (*place, "criteria"))
        yield from _steps(policy, scenario, profile, place)
    yield from _unreachable(policy)


def _amounts(
    policy: Policy, scenario: Scenario, profile: Profile, place: Place
) -> Iterator[Problem]:
    yield from decimals((*place, "entry_amount"), scenario.entry_amount, profile.currency)
    yield from decimals((*place, "exit_amount"), scenario.exit_amount, profile.currency)
    leaves_at = exit_amount(policy, scenario)
    if leaves_at > scenario.exit_amount and leaves_at >= scenario.entry_amount:
        yield error(
            (*place, "entry_amount"),
            f"the entry amount is not above the cancel threshold of its debt class"
            f" ({plain(scenario.entry_amount)} and {plain(leaves_at)}) — bill units would enter"
            " and leave every night; raise the one or lower the other",
        )
    elif scenario.exit_amount >= scenario.entry_amount:
        yield error(
            (*place, "exit_amount" if scenario.exit_amount else "entry_amount"),
            f"the exit amount is not below the entry amount ({plain(scenario.exit_amount)} and"
            f" {plain(scenario.entry_amount)}) — bill units would enter and leave every night;"
            " lower the one or raise the other",
        )
    minimum = policy.settings.minimum_due.get(profile.currency)
    if minimum is not None and scenario.entry_amount < minimum:
        yield warning(
            (*place, "entry_amount"),
            f"the entry amount is below the minimum due ({plain(scenario.entry_amount)} and"
            f" {plain(minimum)} {profile.currency}) — nobody below the minimum enters",
        )


def in_order(steps: list[Step]) -> list[Step]:
    """The steps in the order of their days; those of one day in the order of the file."""
    return sorted(steps, key=lambda step: step.day)


def _steps(
    policy: Policy, scenario: Scenario, profile: Profile | None, place: Place
) -> Iterator[Problem]:
    own = {
        action.name: action for action in policy.actions if action.brand in {None, scenario.brand}
    }
    predefined = set(PREDEFINED_ACTIONS.values())
    for number, step in enumerate(scenario.steps):
        at = (*place, "steps", number, "action")
        if step.action not in own and step.action not in predefined:
            yield unknown(at, "action", step.action, {*own, *predefined})
        elif profile is not None:
            yield from _fee_without_rate(policy, own.get(step.action), profile, at)
    if not scenario.steps and scenario.when_finished == "close":
        # its cases would be finished before anything happened, and enter and leave for ever
        yield error(
            (*place, "when_finished"),
            f"a scenario without steps ({scenario.name!r}) can't close when they are done — give"
            f' it steps, or when_finished = "stay"',
        )
    elif not scenario.steps:
        yield warning(
            place, f"a scenario without steps ({scenario.name!r}) — nothing happens to its cases"
        )
    yield from _write_off_first(scenario, place)


def _write_off_first(scenario: Scenario, place: Place) -> Iterator[Problem]:
    actions = [step.action for step in in_order(scenario.steps)]
    write_off = PREDEFINED_ACTIONS[ActionType.WRITE_OFF]
    inactivate = PREDEFINED_ACTIONS[ActionType.INACTIVATE]
    if inactivate in actions and write_off in actions[actions.index(inactivate) :]:
        late = max(
            (step.day, number)
            for number, step in enumerate(scenario.steps)
            if step.action == write_off
        )
        yield error(
            (*place, "steps", late[1]),
            f"the write-off comes after the inactivation ({scenario.name!r}, day {late[0]}) — what"
            " is inactive can't be written off; put the write-off first",
        )


def _fee_without_rate(
    policy: Policy, action: Action | None, profile: Profile, place: Place
) -> Iterator[Problem]:
    if not isinstance(action, LateFee) or action.currency == profile.currency:
        return
    if action.amount is None and action.cap is None:
        return
    rated = {(rate.source_currency, rate.target_currency) for rate in policy.exchange_rates}
    if (action.currency, profile.currency) not in rated:
        yield warning(
            place,
            f"a late fee in {action.currency} for a profile in {profile.currency}"
            f" ({action.name!r}) without an exchange rate — give one, or load it",
        )


def rank_key(scenario: Scenario) -> tuple[object, ...]:
    """The order of choice: entry amount, entry days (highest first), severity, name."""
    return (-scenario.entry_amount, -scenario.entry_days, scenario.severity, scenario.name)


def _unreachable(policy: Policy) -> Iterator[Problem]:
    def group(pair: tuple[int, Scenario]) -> tuple[str, str, str]:
        return pair[1].brand, pair[1].profile, pair[1].debt_class

    # eligibility decides between these, and challengers are given their entries
    governed = {name for entry in policy.eligibility for name in entry.scenarios} | {
        each.scenario for experiment in policy.experiments for each in experiment.challengers
    }
    for _, members in groupby(sorted(enumerate(policy.scenarios), key=group), key=group):
        ranked = sorted(members, key=lambda pair: rank_key(pair[1]))
        for number, (index, scenario) in enumerate(ranked):
            before = (
                other for _, other in ranked[:number] if _is_hidden_by(scenario, other, governed)
            )
            if hiding := next(before, None):
                yield warning(
                    ("scenarios", index, "name"),
                    f"a scenario that is never chosen ({scenario.name!r}) — whoever fits it is"
                    f" taken by {hiding.name!r} first; raise its entry amount or days, lower its"
                    " severity's number, or give the other one criteria",
                )


def _is_hidden_by(scenario: Scenario, other: Scenario, governed: set[str]) -> bool:
    return (
        other.name != scenario.name
        and not governed & {scenario.name, other.name}
        and other.entry_amount <= scenario.entry_amount
        and other.entry_days <= scenario.entry_days
        and (other.criteria is None or other.criteria == scenario.criteria)
    )
