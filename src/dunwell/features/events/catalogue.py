"""Every kind of event that there is: its meaning and its fields, in one place.

A test finds every kind that is written anywhere and refuses one that isn't here;
docs/reference/events.md is made from this (`dunwell.features.events.reference`). Some kinds tell of
several actions of a case at once. Subscribers may ask for the actions apart: such a kind *unfolds*
into parts, which have kinds of their own.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from dunwell.features.events.kind import Kind, Unfolding
from dunwell.features.events.kinds_of_agreements import KINDS_OF_AGREEMENTS
from dunwell.features.events.kinds_of_care import KINDS_OF_CARE
from dunwell.features.events.kinds_of_cases import KINDS_OF_CASES
from dunwell.features.events.kinds_of_crm import KINDS_OF_CRM
from dunwell.features.events.kinds_of_delivery import KINDS_OF_DELIVERY
from dunwell.features.events.kinds_of_house import KINDS_OF_HOUSE
from dunwell.features.events.kinds_of_severance import KINDS_OF_SEVERANCE

CATALOGUE: Sequence[Kind] = (
    *KINDS_OF_CASES,
    *KINDS_OF_SEVERANCE,
    *KINDS_OF_AGREEMENTS,
    *KINDS_OF_CRM,
    *KINDS_OF_CARE,
    *KINDS_OF_DELIVERY,
    *KINDS_OF_HOUSE,
)

KINDS: Mapping[str, Kind] = {kind.name: kind for kind in CATALOGUE}


def matching(patterns: Sequence[str]) -> frozenset[str]:
    """The kinds that any of the patterns (`action_*`) names."""
    return frozenset(
        name for name in KINDS if any(fnmatchcase(name, pattern) for pattern in patterns)
    )


def logged(wanted: frozenset[str]) -> frozenset[str]:
    """The kinds of the log in which these stand, by themselves or as parts."""
    return frozenset(
        kind.name
        for kind in CATALOGUE
        if kind.is_logged
        and (kind.name in wanted or (kind.unfolds and kind.unfolds.kinds() & wanted))
    )


@dataclass(frozen=True, slots=True)
class Message:
    """What one subscriber is told of one event: all of it, or a part."""

    kind: str
    details: Mapping[str, Any]
    part: int = 0
    """The number of the part, from 1; 0: the event as it is."""


def messages(kind: str, data: Mapping[str, Any], wanted: frozenset[str] | None) -> list[Message]:
    """What a subscriber who wants these kinds (none: every event as it is logged) is told."""
    told = [Message(kind, data)] if wanted is None or kind in wanted else []
    known = KINDS.get(kind)
    if wanted is None or known is None or known.unfolds is None:
        return told
    return [*told, *_parts(known.unfolds, data, wanted)]


def _parts(
    unfolding: Unfolding, data: Mapping[str, Any], wanted: frozenset[str]
) -> Iterator[Message]:
    common = {name: value for name, value in data.items() if name != unfolding.parts_in}
    for number, part in enumerate(data.get(unfolding.parts_in) or (), start=1):
        kind = unfolding.kind_of(part)
        if kind in wanted:
            yield Message(kind, {**common, **part}, number)
