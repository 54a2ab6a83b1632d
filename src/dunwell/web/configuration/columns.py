"""What lists of parts show of each: a few columns for each noun, in words."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from dunwell.features.policy import compiled, criteria
from dunwell.features.policy.forms.scenarios import Scenario
from dunwell.features.policy.model import Policy
from dunwell.features.policy.values import plain
from dunwell.web import formats, words
from dunwell.web.configuration.words import choice, title
from dunwell.web.languages import _, ngettext


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its title, the text or amount of a part, and how it stands."""

    title: str
    value: Callable[[Policy, Any], Any]
    kind: str = "text"


def columns(noun: str) -> list[Column]:
    """The columns of a list beside its names."""
    chosen = _COLUMNS.get(noun)
    if chosen is None:
        return [Column(title("description"), lambda _policy, part: _get(part, "description"))]
    return [Column(title(key), value, kind) for key, value, kind in chosen]


def _get(part: Any, key: str) -> Any:
    return getattr(part, key, "")


def _plainly(key: str) -> Callable[[Policy, Any], Any]:
    return lambda _policy, part: _get(part, key)


def _condition(key: str) -> Callable[[Policy, Any], str]:
    return lambda policy, part: in_words(policy, getattr(part, key))


def in_words(policy: Policy, tree: Any) -> str:
    """A condition as one line of text."""
    if tree is None:
        return ""
    try:
        lines = compiled.lines(criteria.resolve(tree, policy.criteria_by_name()))
    except ValueError as failure:
        return str(failure)
    joint = _("or") if isinstance(tree, criteria.AnyOf) else _("and")
    return f" {joint} ".join(line.text for line in lines)


def _entry(policy: Policy, part: Scenario) -> tuple[Any, str]:
    currency = next(
        (
            each.currency
            for each in policy.profiles
            if (each.brand, each.name) == (part.brand, part.profile)
        ),
        "",
    )
    return part.entry_amount, currency


def _exit(policy: Policy, part: Scenario) -> tuple[Any, str]:
    return part.exit_amount, _entry(policy, part)[1]


def _steps(_policy: Policy, part: Scenario) -> str:
    count = len(part.steps)
    last = max((step.day for step in part.steps), default=0)
    said = ngettext("%(count)s step", "%(count)s steps", count) % {"count": count}
    return _("%(steps)s, to day %(day)s") % {"steps": said, "day": last} if count else said


def _terms(_policy: Policy, part: Any) -> str:
    told = []
    if getattr(part, "amount", None) is not None:
        told.append(formats.money(part.amount, part.currency))
    if getattr(part, "percentage", None) is not None:
        told.append(f"{formats.number(part.percentage)} %")
    if getattr(part, "template", None):
        told.append(part.template)
    return " + ".join(told)


def _days_off(_policy: Policy, part: Any) -> str:
    region = "-".join(filter(None, (part.country, part.subdivision)))
    told = [region] if region else []
    told.append(", ".join(part.weekend) or _("every day of the week is worked"))
    if part.days:
        count = len(part.days)
        told.append(ngettext("%(count)s own day", "%(count)s own days", count) % {"count": count})
    return " · ".join(told)


def _labels(_policy: Policy, part: Any) -> str:
    return " · ".join(f"{locale}: {label}" for locale, label in part.labels.items())


_COLUMNS: Mapping[str, list[tuple[str, Callable[[Policy, Any], Any], str]]] = {
    "profiles": [
        ("currency", _plainly("currency"), "text"),
        ("default", _plainly("default"), "flag"),
        ("rule", _condition("rule"), "text"),
        ("description", _plainly("description"), "text"),
    ],
    "criteria": [
        ("type", lambda _policy, part: choice(part.type.value), "text"),
        ("source", _plainly("source"), "code"),
        ("values", lambda _policy, part: ", ".join(part.values), "text"),
        ("description", _plainly("description"), "text"),
    ],
    "scenarios": [
        ("profile", _plainly("profile"), "name"),
        ("debt_class", _plainly("debt_class"), "name"),
        ("entry_amount", _entry, "amount"),
        ("entry_days", _plainly("entry_days"), "number"),
        ("exit_amount", _exit, "amount"),
        ("severity", _plainly("severity"), "number"),
        ("steps", _steps, "text"),
    ],
    "actions": [
        ("type", lambda _policy, part: words.word("type", part.type), "text"),
        ("terms", _terms, "text"),
        ("target", lambda _policy, part: choice(part.target.value), "text"),
        ("description", _plainly("description"), "text"),
    ],
    "reason_codes": [("labels", _labels, "text")],
    "calendars": [("days", _days_off, "text")],
    "brands": [
        ("locale", _plainly("locale"), "text"),
        ("time_zone", _plainly("time_zone"), "text"),
        ("calendar", _plainly("calendar"), "text"),
    ],
    "agencies": [("email", lambda _policy, part: part.email or "", "text")],
    "agents": [
        ("role", lambda _policy, part: words.word("role", part.role), "text"),
        ("supervisor", lambda _policy, part: part.supervisor or "", "name"),
    ],
    "exchange_rates": [("rate", lambda _policy, part: plain(part.rate), "number")],
}
