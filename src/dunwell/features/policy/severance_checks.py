"""The rules about severance templates and moratoria: what they refer to, and that their events
wait for each other without a circle.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter

from dunwell.domain.statuses import FieldActivity, SeveranceEventType
from dunwell.features.policy import condition_checks
from dunwell.features.policy.criteria import Place
from dunwell.features.policy.forms.severance import SeveranceTemplate
from dunwell.features.policy.model import Policy
from dunwell.features.policy.problems import Problem, error, unknown, warning

_LEAP_YEAR = 2024
_NEEDS = {
    SeveranceEventType.LETTER: "template",
    SeveranceEventType.FIELD_ACTIVITY: "activity",
    SeveranceEventType.CREDIT_RATING: "points",
}


def circle(after: Mapping[str, Sequence[str]]) -> list[str] | None:
    """Events that wait for each other, the first one again at the end; none: there are none."""
    try:
        TopologicalSorter(after).prepare()
    except CycleError as failure:
        return list(reversed(failure.args[1]))
    return None


def check(policy: Policy) -> Iterator[Problem]:
    """Everything that is wrong with severance templates and moratoria."""
    for index, template in enumerate(policy.severance_templates):
        place = ("severance_templates", index)
        yield from _template(policy, template, place)
        yield from _events(template, place)
        yield from _to_dos(policy, template, place)
    for index, moratorium in enumerate(policy.moratoria):
        yield from _days(moratorium.first_day, moratorium.last_day, ("moratoria", index))


def _template(policy: Policy, template: SeveranceTemplate, place: Place) -> Iterator[Problem]:
    if template.criteria is not None:
        yield from condition_checks.check(policy, template.criteria, (*place, "criteria"))
    for fact in set(template.only_with) & set(template.only_without):
        yield error(
            (*place, "only_without"),
            f"a fact that is wanted and refused ({fact!r}) — remove it from one of them",
        )
    if template.reconnect is not None:
        names = {
            each.name
            for each in policy.severance_templates
            if each.brand == template.brand and each.purpose == "reconnect"
        }
        if template.purpose == "reconnect":
            yield error(
                (*place, "reconnect"),
                f"a reconnection of a reconnection ({template.name!r}) — remove it",
            )
        elif template.reconnect not in names:
            yield unknown((*place, "reconnect"), "reconnect template", template.reconnect, names)
    elif template.purpose == "sever" and _cuts(template):
        yield warning(
            place,
            f"a cut that nothing undoes ({template.name!r}) — name a reconnect template",
        )


def _cuts(template: SeveranceTemplate) -> bool:
    return any(event.activity is FieldActivity.CUT for event in template.events)


def _events(template: SeveranceTemplate, place: Place) -> Iterator[Problem]:
    names = {event.name for event in template.events}
    yield from _each_event(template, names, place)
    after = {
        event.name: [each for each in event.after if each in names] for event in template.events
    }
    found = circle(after)
    if found is not None:
        yield error(
            (*place, "events"),
            f"events that wait for each other ({' → '.join(found)}) — break the circle",
        )
    for number, notice in enumerate(template.notices):
        if notice.event not in names:
            yield unknown((*place, "notices", number, "event"), "event", notice.event, names)


def _each_event(template: SeveranceTemplate, names: set[str], place: Place) -> Iterator[Problem]:
    seen: set[str] = set()
    for number, event in enumerate(template.events):
        at = (*place, "events", number)
        if event.name in seen:
            yield error(
                (*at, "name"),
                f"the same name twice in events ({event.name!r}) — rename or remove one of them",
            )
        seen.add(event.name)
        for before, other in enumerate(event.after):
            if other not in names:
                yield unknown((*at, "after", before), "event", other, names)
        for kind, key in _NEEDS.items():
            given = getattr(event, key) is not None
            if given != (event.type is kind):
                remedy = "give it" if event.type is kind else "remove it"
                yield error(at, f"`{key}` is for a {kind.value} ({event.name!r}) — {remedy}")
        if event.points == 0:
            yield error((*at, "points"), f"points of nothing ({event.name!r}) — give a number")
        if template.purpose == "reconnect" and event.activity is FieldActivity.CUT:
            yield error(at, f"a cut in a reconnect template ({event.name!r}) — remove it")


def _to_dos(policy: Policy, template: SeveranceTemplate, place: Place) -> Iterator[Problem]:
    names = {each.name for each in policy.to_do_types}
    for number, event in enumerate(template.events):
        at = (*place, "events", number, "to_do_type")
        if event.to_do_type is None:
            continue
        if event.type is not SeveranceEventType.TO_DO:
            yield error(at, f"`to_do_type` is for a to_do ({event.name!r}) — remove it")
        elif event.to_do_type not in names:
            yield unknown(at, "to-do type", event.to_do_type, names)


def _days(first: str, last: str, place: Place) -> Iterator[Problem]:
    yearly = [len(day) == len("12-31") for day in (first, last)]
    if yearly[0] != yearly[1]:
        yield error(
            (*place, "last_day"),
            f"one day of every year and one of a single year ({first} and {last}) — write both"
            " in the same way",
        )
        return
    for key, day in (("first_day", first), ("last_day", last)):
        try:
            dt.date.fromisoformat(f"{_LEAP_YEAR}-{day}" if yearly[0] else day)
        except ValueError:
            yield error((*place, key), f"no day of the calendar ({day}) — correct it")
            return
    if not yearly[0] and last < first:
        yield error((*place, "last_day"), f"ends before it begins ({last}) — swap the days")
