"""The keys that a policy file may have, and where each may stand: for hints about one that stands
where it doesn't belong, or is misspelt.
"""

from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from typing import Any, get_args

from pydantic import BaseModel

from dunwell.features.policy.criteria import CONDITION_FORMS
from dunwell.features.policy.forms.actions import ACTION_FORMS
from dunwell.features.policy.model import Policy

MOST_OWNERS = 3
"""A key that more places have is no hint where one belongs."""

_TYPES: dict[type[BaseModel], str] = {
    form: f"actions of type {kind.value}" for kind, form in ACTION_FORMS.items()
}


def known() -> tuple[str, ...]:
    """Every key that there is."""
    return tuple(_places())


def owners(key: str) -> list[str]:
    """Where the key may stand, such as `scenarios.steps`; nothing for one that can in most places,
    or in none.
    """
    found = _places().get(key, [])
    return found if len(found) <= MOST_OWNERS else []


@cache
def _places() -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for form, place in dict(_forms(Policy, "the top of the file")).items():
        for name, field in form.model_fields.items():
            places = found[field.alias or name]
            if place not in places:
                places.append(place)
    return dict(found)


def _forms(form: type[BaseModel], place: str) -> Iterator[tuple[type[BaseModel], str]]:
    yield form, place
    for name, field in form.model_fields.items():
        if form is Policy and name == "templates":
            # policy files have none
            continue
        below = name if form is Policy else f"{place}.{name}"
        for inner in _models(field.annotation):
            if inner in CONDITION_FORMS:
                yield inner, "conditions"
            else:
                yield from _forms(inner, _TYPES.get(inner, below))


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _models(inner)
