"""What a draft changes, and what differs between two versions, as people read it: values field by
field, and the words of templates line by line.
"""

import difflib
import json
from typing import Any

from dunwell.features.access.actor import Operation
from dunwell.features.letters import templates
from dunwell.features.policy import wordings
from dunwell.features.policy.comparison import Change
from dunwell.web.languages import _

AROUND = 2
"""Lines that are the same, shown around those that differ."""
MOST_LINES = 600
"""Of all differing words together; a page has its limits."""

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
                "name": change.name,
                "fields": [
                    {"name": each.name, "before": said(each.before), "after": said(each.after)}
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


def said(value: Any) -> str:
    """A value of the policy in a line or several."""
    found = json.dumps(value, ensure_ascii=False, indent=1)
    match value:
        # `{}` as a pattern would take every mapping
        case _ if value in (None, "", [], {}):
            found = "–"
        case bool():
            found = _("yes") if value else _("no")
        case str() | int():
            found = str(value)
        case list() if all(isinstance(each, dict) and "day" in each for each in value):
            found = "\n".join(_step(each) for each in value)
        case list() if all(isinstance(each, str | int) for each in value):
            found = ", ".join(map(str, value))
        case dict() if all(isinstance(each, str | int) for each in value.values()):
            found = "\n".join(f"{key}: {each}" for key, each in value.items())
    return found


def _step(step: dict[str, Any]) -> str:
    optional = "" if step.get("mandatory", True) else f"  ({_('optional')})"
    return f"{step['day']}  {step['action']}{optional}"
