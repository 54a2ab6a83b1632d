"""The rules about what customer care is shown: collection substatuses and credit alerts."""

from collections.abc import Iterator

from dunwell.domain.statuses import RESERVED_SUBSTATUSES
from dunwell.features.policy.criteria import Place
from dunwell.features.policy.forms.people import CollectionSubstatus
from dunwell.features.policy.installation import ACTIONS_BY_HAND, PREDEFINED_ACTIONS
from dunwell.features.policy.model import Policy
from dunwell.features.policy.problems import Problem, error, unknown, warning


def check(policy: Policy) -> Iterator[Problem]:
    """Everything that is wrong with them."""
    switches = policy.settings
    if switches.credit_alerts and not switches.collection_status:
        yield error(
            ("settings", "credit_alerts"),
            "credit alerts without collection_status (true) — set collection_status = true, too",
        )
    names = set()
    for index, each in enumerate(policy.collection_substatuses):
        place: Place = ("collection_substatuses", index)
        if each.name in names:
            yield error(
                (*place, "name"),
                f"the same name twice in collection_substatuses ({each.name!r}) — rename or remove"
                " one of them",
            )
        names.add(each.name)
        yield from _substatus(policy, each, place)
    if policy.collection_substatuses and not switches.collection_status:
        yield warning(
            ("collection_substatuses",),
            "substatuses that nobody sees — set collection_status = true in the settings",
        )


def _substatus(policy: Policy, substatus: CollectionSubstatus, place: Place) -> Iterator[Problem]:
    if substatus.name.casefold() in RESERVED_SUBSTATUSES:
        yield error(
            (*place, "name"),
            f"a name that Dunwell uses itself ({substatus.name!r}) — choose another one",
        )
    if not (substatus.from_days or substatus.scenarios or _asks_for_actions(substatus)):
        yield error(
            place,
            f"a substatus that holds for everybody ({substatus.name!r}) — say from_days, scenarios,"
            " actions or action_types",
        )
    scenarios = {each.name for each in policy.scenarios}
    for number, name in enumerate(substatus.scenarios):
        if name not in scenarios:
            yield unknown((*place, "scenarios", number), "scenario", name, scenarios)
    actions = {
        *(each.name for each in policy.actions),
        *PREDEFINED_ACTIONS.values(),
        *ACTIONS_BY_HAND.values(),
    }
    for number, name in enumerate(substatus.actions):
        if name not in actions:
            yield unknown((*place, "actions", number), "action", name, actions)


def _asks_for_actions(substatus: CollectionSubstatus) -> bool:
    return bool(substatus.actions or substatus.action_types)
