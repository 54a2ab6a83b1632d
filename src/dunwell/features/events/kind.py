"""The form of the catalogue's entries: a kind of event, and how one is taken apart."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Unfolding:
    """How an event is taken apart: the list in its data, and the kind of each part."""

    parts_in: str
    kind: str = ""
    """The kind of every part, or:"""
    by_status: Mapping[str, str] = field(default_factory=dict)
    """the kind by the part's status."""

    def kinds(self) -> frozenset[str]:
        """The kinds of the parts."""
        return frozenset(self.by_status.values()) if self.by_status else frozenset({self.kind})

    def kind_of(self, part: Mapping[str, Any]) -> str:
        """What a part is; a status that isn't known yields nothing to send."""
        return self.by_status.get(str(part.get("status")), "") if self.by_status else self.kind


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of event. `fields` are those of its data."""

    name: str
    meaning: str
    fields: Mapping[str, str] = field(default_factory=dict)
    unfolds: Unfolding | None = None
    is_logged: bool = True
    """False: it only ever is a part of another."""
