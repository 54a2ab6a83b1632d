"""Pydantic's errors as sentences for the policy owner: what is wrong (value) — remedy."""

from difflib import get_close_matches
from typing import Any

from pydantic import ValidationError

from dunwell.features.policy import keys
from dunwell.features.policy.criteria import CONDITION_TAGS, Place
from dunwell.features.policy.forms.actions import ACTION_FORMS
from dunwell.features.policy.installation import PREDEFINED_ACTIONS
from dunwell.features.policy.problems import Problem, error

_TAGS = CONDITION_TAGS | {kind.value for kind in ACTION_FORMS}

_LONGEST_VALUE = 60


def sentences(failure: ValidationError, data: dict[str, Any]) -> list[Problem]:
    """One problem for each error, its place a path into the document."""
    found: dict[tuple[Place, bool], Problem] = {}
    for each in failure.errors(include_url=False):
        place = _place(each["loc"], data)
        if each["type"] == "union_tag_invalid":
            place = (*place, "type")
        # of the ways in which a value could be read, the first complaint says enough
        found.setdefault((place, each["type"] == "missing"), error(place, _sentence(each, place)))
    return list(found.values())


def holds(node: Any, step: str | int) -> bool:
    """Whether the table has that key, or the list that element."""
    if isinstance(node, list):
        return isinstance(step, int) and step < len(node)
    return isinstance(node, dict) and step in node


def _place(location: tuple[str | int, ...], data: Any) -> Place:
    """The path without the names of alternatives that Pydantic puts into it."""
    place: Place = ()
    node = data
    for number, step in enumerate(location):
        last = number == len(location) - 1
        if holds(node, step):
            node = node[step]
        elif step in _TAGS or not last or step == "[key]" or not isinstance(node, dict):
            continue
        place = (*place, step)
    return place


SENTENCES = {
    "missing": "{name} is missing — add it",
    "literal_error": "{key} is wrong ({given}) — write {expected}",
    "enum": "{key} is wrong ({given}) — write {expected}",
    "union_tag_not_found": "type is missing — write one of {types}",
    "union_tag_invalid": "type is wrong ({tag!r}) — write one of {types}",
    "predefined_type": "type is wrong ({tag!r}) — use the predefined action {action!r} in a step;"
    " it needs no definition",
    "misspelt_key": "an unknown key ({key!r}) — did you mean {near!r}?",
    "misplaced_key": "an unknown key here ({key!r}) — it belongs to {owners}; remove it here",
    "unknown_key": "an unknown key ({key!r}) — remove it",
    "greater_than_equal": "{key} is too small ({given}) — write {ge} or more",
    "greater_than": "{key} is too small ({given}) — write more than {gt}",
    "less_than_equal": "{key} is too large ({given}) — write {le} or less",
    "too_short": "{key} is empty — give at least {min_length}",
    "string_too_long": "{key} is too long — write at most {max_length} characters",
    "int_parsing": "{key} is wrong ({given}) — write a whole number",
    "int_type": "{key} is wrong ({given}) — write a whole number",
    "int_from_float": "{key} is wrong ({given}) — write a whole number",
    "decimal_parsing": "{key} is wrong ({given}) — write digits, such as 12.50",
    "decimal_type": "{key} is wrong ({given}) — write digits, such as 12.50",
    "finite_number": "{key} is wrong ({given}) — write digits, such as 12.50",
    "decimal_max_places": "{key} has too many decimals ({given}) — write at most {decimal_places}",
    "bool_parsing": "{key} is wrong ({given}) — write true or false",
    "bool_type": "{key} is wrong ({given}) — write true or false",
    "date_from_datetime_parsing": "{key} is wrong ({given}) — write a date, such as 2026-12-24",
    "value_error": "{key} is wrong ({given}) — {error}",
}
"""Pydantic's kinds of error, and those that `_sentence` tells apart. The names in them are
Pydantic's own and those of `_sentence`; the web translates these texts.
"""


def _sentence(each: Any, place: Place) -> str:
    key = place[-1] if place else "policy"
    tag = each.get("ctx", {}).get("tag")
    owners = keys.owners(str(key))
    near = get_close_matches(str(key), keys.known(), n=1)
    facts = {
        **each.get("ctx", {}),
        "key": key,
        "given": _shown(each["input"]),
        "name": each["loc"][-1] if each["loc"] else key,
        "types": ", ".join(ACTION_FORMS),
        "action": PREDEFINED_ACTIONS.get(tag),
        "owners": " or ".join(owners),
        "near": near[0] if near else "",
    }
    wrong = each["type"]
    if wrong == "extra_forbidden":
        misspelt = near and near[0] != key
        wrong = "misplaced_key" if owners else "misspelt_key" if misspelt else "unknown_key"
    elif tag in PREDEFINED_ACTIONS:
        wrong = "predefined_type"
    form = SENTENCES.get(wrong)
    if form is None:
        return f"{key} is wrong ({facts['given']}) — {each['msg'].removeprefix('Input ')}"
    return form.format(**facts)


def _shown(value: Any) -> str:
    shown = repr(value) if isinstance(value, str | bool) else _flat(value)
    return shown if len(shown) <= _LONGEST_VALUE else f"{shown[:_LONGEST_VALUE]}…"


def _flat(value: Any) -> str:
    return (
        "a table"
        if isinstance(value, dict)
        else "a list"
        if isinstance(value, list)
        else str(value)
    )
