"""What a draft changes, and what differs between two versions, as people read it: values field by
field, and the words of templates line by line.
"""

import difflib
from typing import Any

from dunwell.domain import stored_conditions
from dunwell.features.access.actor import Operation
from dunwell.features.letters import templates
from dunwell.features.policy import wordings
from dunwell.features.policy.comparison import Change, FieldChange
from dunwell.web.configuration import conditions
from dunwell.web.configuration.words import choice, title
from dunwell.web.configuration.words.titles import TITLES
from dunwell.web.languages import _

AROUND = 2
"""Lines that are the same, shown around those that differ."""
MOST_LINES = 600
"""Of all differing words together; a page has its limits."""

CONDITIONS = frozenset({"rule", "criteria", "condition"})
CHOSEN = frozenset(
    {
        *("overdue_date", "entry_date", "delivery", "email_option", "day_unit", "when_finished"),
        *("target", "combine", "role"),
    }
)
"""Keys whose values are chosen from a few, which have words of their own."""

WORDS = "sha256"
ACTION = "action "


def shown(operation: Operation, changes: list[Change]) -> list[dict[str, Any]]:
    """Changes with their values as people read them."""
    named = {
        value
        for change in changes
        if change.noun == "template"
        for field in change.fields
        if field.name == WORDS
        for value in (field.before, field.after)
        if value is not None
    }
    texts = wordings.sources(operation.connection, named) if named else {}
    left = MOST_LINES
    found = []
    for change in changes:
        lines = _lines(change, texts)
        found.append(
            {
                "kind": change.kind.value,
                "noun": change.noun,
                "name": title(change.name) if change.noun == "setting" else change.name,
                "fields": [
                    {
                        "name": each.name,
                        "before": said(each.before, _key(change, each)),
                        "after": said(each.after, _key(change, each)),
                    }
                    for each in change.fields
                    if change.kind.value == "changed" and not _is_told_elsewhere(change, each.name)
                ],
                "follows": [
                    each.name.removeprefix(ACTION)
                    for each in change.fields
                    if change.kind.value == "changed" and _is_of_action(change, each.name)
                ],
                "lines": lines[:left],
                "more": len(lines[left:]),
            }
        )
        left -= len(lines[:left])
    return found


def _is_of_action(change: Change, field: str) -> bool:
    """Whether a scenario has a successor because one of its actions has."""
    return change.noun == "scenario" and field.startswith(ACTION)


def _is_told_elsewhere(change: Change, field: str) -> bool:
    return field == WORDS or _is_of_action(change, field)


def _lines(change: Change, texts: dict[str, str]) -> list[tuple[str, str]]:
    """The words of a template line by line: `same`, `gone`, `new`, or `gap` where some are left
    out. One that takes the place of a shipped one is compared with that, and the other way round.
    """
    hashes = next(((each.before, each.after) for each in change.fields if each.name == WORDS), None)
    if change.noun != "template" or hashes is None:
        return []
    shipped = _shipped(change)
    before, after = (texts.get(each, "") if each else shipped for each in hashes)
    marks = {" ": "same", "-": "gone", "+": "new", "@": "gap"}
    compared = difflib.unified_diff(before.splitlines(), after.splitlines(), n=AROUND, lineterm="")
    # the first two lines name files
    return [(marks[line[0]], line[1:]) for line in list(compared)[2:]]


def _shipped(change: Change) -> str:
    brand, *name = change.key
    own = (each for each in templates.shipped() if not brand)
    return next((each.source for each in own if [each.kind, each.name, each.locale] == name), "")


def _key(change: Change, field: FieldChange) -> str:
    """What the value is of: a setting has one, which is its own."""
    return change.name if change.noun == "setting" else field.name


def said(value: Any, key: str = "") -> str:  # noqa: PLR0911 - one line for each kind
    """A value of the policy in a line or several; `key` tells what it is of."""
    match value:
        # `{}` as a pattern would take every mapping
        case _ if value in (None, "", [], {}):
            return "–"
        case bool():
            return _("yes") if value else _("no")
        case dict() if key in CONDITIONS:
            return conditions.in_words(stored_conditions.from_data(value))
        case list() if all(isinstance(each, dict) and "day" in each for each in value):
            return "\n".join(_step(each) for each in value)
        case list() if any(isinstance(each, dict) for each in value):
            return "\n".join(said(each, key).replace("\n", ", ") for each in value)
        case list():
            return ", ".join(said(each, key) for each in value)
        case dict():
            return "\n".join(f"{_named(each)}: {said(value[each], each)}" for each in value)
        case str() if key in CHOSEN:
            return choice(value)
        case _:
            return str(value)


def _named(key: str) -> str:
    """A key of the policy file by its title; a currency, a locale or a name as it is."""
    return title(key) if key in TITLES else key


def _step(step: dict[str, Any]) -> str:
    optional = "" if step.get("mandatory", True) else "  (" + _("optional") + ")"
    return f"{step['day']}  {step['action']}{optional}"
