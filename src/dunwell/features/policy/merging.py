"""Two people's changes of one policy, merged part by part: what only one of them changed is taken,
what both changed differently is a conflict that somebody must decide.
"""

from typing import Any

from dunwell.domain.errors import RuleViolation
from dunwell.features.policy.model import Policy
from dunwell.features.policy.parts import NAMED_BY, id_of, name_of, words

_GONE = object()


def merge(base: Policy, theirs: Policy, mine: Policy) -> Policy:
    """My changes of `base` on top of theirs. Raises RuleViolation naming what both changed."""
    conflicts: list[str] = []
    data: dict[str, Any] = {
        "aging_buckets": _choose(
            base.aging_buckets, theirs.aging_buckets, mine.aging_buckets, "aging buckets", conflicts
        )
    }
    settings = {
        name: _choose(
            getattr(base.settings, name),
            getattr(theirs.settings, name),
            getattr(mine.settings, name),
            f"setting {name}",
            conflicts,
        )
        for name in type(base.settings).model_fields
    }
    data["settings"] = type(base.settings).model_validate(settings)
    for noun in NAMED_BY:
        data[noun] = _list(noun, base, theirs, mine, conflicts)
    if conflicts:
        raise RuleViolation(
            "both_changed",
            f"The draft and the policy in force both changed: {', '.join(conflicts)}. Write these"
            " down, discard the draft and make the changes again on the policy in force.",
        )
    return mine.model_copy(update=data)


def _choose(base: Any, theirs: Any, mine: Any, name: str, conflicts: list[str]) -> Any:
    if mine in (base, theirs):
        return theirs
    if theirs != base:
        conflicts.append(name)
    return mine


def _list(noun: str, base: Policy, theirs: Policy, mine: Policy, conflicts: list[str]) -> list[Any]:
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
        chosen = _choose(states[0], states[1], states[2], name, conflicts)
        if chosen is not _GONE:
            merged[part_id] = chosen
    # the order is mine if I changed it, else theirs
    mine_moved = [each for each in draft if each in old] != [each for each in old if each in draft]
    order = [*draft, *current] if mine_moved else [*current, *draft]
    return [merged[part_id] for part_id in dict.fromkeys(order) if part_id in merged]
