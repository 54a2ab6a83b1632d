"""The rules about what people note, agree and do: reason codes, kinds of contacts, pay plans and
to-dos, and the agents themselves.
"""

from collections.abc import Iterator

from dunwell.features.events.catalogue import KINDS
from dunwell.features.policy import condition_checks
from dunwell.features.policy.criteria import Place
from dunwell.features.policy.forms.actions import ToDoEntry
from dunwell.features.policy.forms.scenarios import DEFAULT_DEBT_CLASS
from dunwell.features.policy.model import Policy
from dunwell.features.policy.problems import Problem, twice, unknown, warning
from dunwell.features.policy.reasons import Category


def check(policy: Policy) -> Iterator[Problem]:
    """Everything that is wrong with them."""
    yield from _reason_codes(policy)
    yield from _contact_types(policy)
    yield from _pay_plan_types(policy)
    yield from _to_do_types(policy)
    yield from _agents(policy)


def _reason_codes(policy: Policy) -> Iterator[Problem]:
    for index, each in enumerate(policy.reason_codes):
        if each.category not in set(Category):
            yield warning(
                ("reason_codes", index, "category"),
                f"a category that no verb has ({each.category!r}) — nobody will be asked for this"
                f" code; write one of {', '.join(Category)}",
            )


def _contact_types(policy: Policy) -> Iterator[Problem]:
    yield from twice(
        "contact_types",
        "name",
        (((each.contact_class, each.name), each.name) for each in policy.contact_types),
    )


def _pay_plan_types(policy: Policy) -> Iterator[Problem]:
    yield from twice(
        "pay_plan_types", "name", ((each.name, each.name) for each in policy.pay_plan_types)
    )
    debt_classes = {DEFAULT_DEBT_CLASS, *(each.name for each in policy.debt_classes)}
    for index, each in enumerate(policy.pay_plan_types):
        for number, name in enumerate(each.debt_classes):
            if name not in debt_classes:
                place = ("pay_plan_types", index, "debt_classes", number)
                yield unknown(place, "debt class", name, debt_classes)


def _to_do_types(policy: Policy) -> Iterator[Problem]:
    yield from twice("to_do_types", "name", ((each.name, each.name) for each in policy.to_do_types))
    kinds = {*(kind for kind in KINDS if KINDS[kind].is_logged), "action_failed"} - {"to_do_made"}
    for index, each in enumerate(policy.to_do_types):
        place: Place = ("to_do_types", index)
        for number, kind in enumerate(each.events):
            if kind not in kinds:
                yield unknown((*place, "events", number), "kind of event", kind, kinds)
        if each.rule is not None:
            yield from condition_checks.check(policy, each.rule, (*place, "rule"))
    known = {each.name for each in policy.to_do_types}
    for index, action in enumerate(policy.actions):
        if isinstance(action, ToDoEntry) and action.to_do_type not in known:
            at = ("actions", index, "to_do_type")
            yield unknown(at, "to-do type", action.to_do_type, known)


def _agents(policy: Policy) -> Iterator[Problem]:
    managers = {agent.name for agent in policy.agents if agent.role == "manager"}
    for index, agent in enumerate(policy.agents):
        if agent.supervisor is not None and agent.supervisor not in managers:
            yield unknown(("agents", index, "supervisor"), "manager", agent.supervisor, managers)
