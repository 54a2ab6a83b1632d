"""Pydantic's errors as sentences for the policy owner: what is wrong (value) — remedy."""

from difflib import get_close_matches
from functools import cache
from typing import Any

from pydantic import BaseModel, ValidationError

from dunwell.features.policy import model
from dunwell.features.policy.criteria import CONDITION_FORMS, CONDITION_TAGS, Criterion, Place
from dunwell.features.policy.eligibility import Eligibility
from dunwell.features.policy.experiments import Challenger, Experiment
from dunwell.features.policy.forms.actions import ACTION_FORMS
from dunwell.features.policy.forms.brands import Brand
from dunwell.features.policy.forms.calendars import Calendar, OwnDay
from dunwell.features.policy.forms.people import (
    Agency,
    Agent,
    CollectionSubstatus,
    ContactType,
    PayPlanType,
    ReasonCode,
    ToDoType,
)
from dunwell.features.policy.forms.scenarios import DebtClass, Profile, Scenario, Step
from dunwell.features.policy.installation import PREDEFINED_ACTIONS
from dunwell.features.policy.problems import Problem, error
from dunwell.features.policy.settings import PolicySettings

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


@cache
def _keys() -> tuple[str, ...]:
    forms: list[type[BaseModel]] = [
        model.Policy,
        PolicySettings,
        Calendar,
        OwnDay,
        Brand,
        DebtClass,
        Criterion,
        Profile,
        *ACTION_FORMS.values(),
        Scenario,
        Step,
        Eligibility,
        Experiment,
        Challenger,
        ReasonCode,
        ContactType,
        PayPlanType,
        ToDoType,
        CollectionSubstatus,
        Agency,
        Agent,
        model.ExchangeRate,
        *CONDITION_FORMS,
    ]
    return tuple(
        dict.fromkeys(
            field.alias or name for form in forms for name, field in form.model_fields.items()
        )
    )


_SENTENCES = {
    "missing": "{name} is missing — add it",
    "literal_error": "{key} is wrong ({given}) — write {expected}",
    "enum": "{key} is wrong ({given}) — write {expected}",
    "union_tag_not_found": "type is missing — {action_types}",
    "greater_than_equal": "{key} is too small ({given}) — write {ge} or more",
    "greater_than": "{key} is too small ({given}) — write more than {gt}",
    "less_than_equal": "{key} is too large ({given}) — write {le} or less",
    "too_short": "{key} is empty — give at least {min_length}",
    "int_parsing": "{key} is wrong ({given}) — write a whole number",
    "int_type": "{key} is wrong ({given}) — write a whole number",
    "int_from_float": "{key} is wrong ({given}) — write a whole number",
    "decimal_parsing": "{key} is wrong ({given}) — write digits, such as 12.50",
    "decimal_type": "{key} is wrong ({given}) — write digits, such as 12.50",
    "finite_number": "{key} is wrong ({given}) — write digits, such as 12.50",
    "bool_parsing": "{key} is wrong ({given}) — write true or false",
    "bool_type": "{key} is wrong ({given}) — write true or false",
    "value_error": "{key} is wrong ({given}) — {error}",
}
"""Pydantic's kinds of error; the names are its own and those that `_sentence` adds."""


def _sentence(each: Any, place: Place) -> str:
    key = place[-1] if place else "policy"
    given = _shown(each["input"])
    context = each.get("ctx", {})
    if each["type"] == "extra_forbidden":
        near = get_close_matches(str(key), _keys(), n=1)
        return f"an unknown key ({key!r}) — " + (
            f"did you mean {near[0]!r}?" if near else "remove it"
        )
    if each["type"] == "union_tag_invalid":
        return f"type is wrong ({context['tag']!r}) — {_instead_of_type(context['tag'])}"
    form = _SENTENCES.get(each["type"])
    if form is None:
        return f"{key} is wrong ({given}) — {each['msg'].removeprefix('Input ')}"
    facts = {"key": key, "given": given, "name": each["loc"][-1] if each["loc"] else key}
    return form.format(**{**context, **facts, "action_types": _action_types()})


def _instead_of_type(kind: str) -> str:
    predefined = PREDEFINED_ACTIONS.get(kind)
    if predefined is not None:
        return f"use the predefined action {predefined!r} in a step; it needs no definition"
    return _action_types()


def _action_types() -> str:
    return f"write one of {', '.join(ACTION_FORMS)}"


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
