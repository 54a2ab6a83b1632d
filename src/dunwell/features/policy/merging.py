"""Two people's changes of one policy, merged part by part: what only one of them changed is taken,
what both changed differently is a conflict that somebody must decide.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from dunwell.domain.errors import RuleViolation
from dunwell.features.policy.model import Policy
from dunwell.features.policy.parts import NAMED_BY, id_of, name_of, words

_GONE = object()


class Whose(StrEnum):
    """Whose change counts where both have changed a part."""

    MINE = "mine"
    THEIRS = "theirs"


@dataclass(frozen=True, slots=True)
class _Choice:
    """What is taken of each part; `conflicts` are the names of those that are undecided."""

    whose: Whose | None
    conflicts: list[str] = field(default_factory=list)

    def of(self, base: Any, theirs: Any, mine: Any, name: str) -> Any:
        if mine in (base, theirs):
            return theirs
        if theirs != base:
            if self.whose is Whose.THEIRS:
                return theirs
            if self.whose is None:
                self.conflicts.append(name)
        return mine


def merge(base: Policy, theirs: Policy, mine: Policy, whose: Whose | None = None) -> Policy:
    """My changes of `base` on top of theirs. Raises RuleViolation naming what both changed, unless
    it is said whose change counts there.
    """
    choice = _Choice(whose)
    data: dict[str, Any] = {
        "aging_buckets": choice.of(
            base.aging_buckets, theirs.aging_buckets, mine.aging_buckets, "aging buckets"
        )
    }
    settings = {
        name: choice.of(
            getattr(base.settings, name),
            getattr(theirs.settings, name),
            getattr(mine.settings, name),
            f"settings: {name}",
        )
        for name in type(base.settings).model_fields
    }
    data["settings"] = type(base.settings).model_validate(settings)
    for noun in NAMED_BY:
        data[noun] = _list(noun, base, theirs, mine, choice)
    if choice.conflicts:
        named = "; ".join(choice.conflicts)
        raise RuleViolation(
            "both_changed",
            f"The draft and the policy in force both changed: {named}. Say whose change counts"
            " there: mine, the draft's, or theirs, the one in force.",
        )
    return mine.model_copy(update=data)


def _list(noun: str, base: Policy, theirs: Policy, mine: Policy, choice: _Choice) -> list[Any]:
    by_id = [
        {id_of(noun, part): part for part in getattr(policy, noun)}
        for policy in (base, theirs, mine)
    ]
    old, current, draft = by_id
    merged = {}
    for part_id in dict.fromkeys([*draft, *current, *old]):
        states = [each.get(part_id, _GONE) for each in by_id]
        part = next(each for each in reversed(states) if each is not _GONE)
        name = f"{words(noun)}: {name_of(noun, part)}"
        chosen = choice.of(states[0], states[1], states[2], name)
        if chosen is not _GONE:
            merged[part_id] = chosen
    # the order is mine if I changed it, else theirs
    mine_moved = [each for each in draft if each in old] != [each for each in old if each in draft]
    order = [*draft, *current] if mine_moved else [*current, *draft]
    return [merged[part_id] for part_id in dict.fromkeys(order) if part_id in merged]
