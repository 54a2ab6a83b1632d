"""What can still be understood of a document with errors, so that the rest is checked all the same.

The pieces that Pydantic refuses get a harmless stand-in or are left out, as small as possible,
until the rest is a policy. The rules then run on that; a problem that only comes from the change
isn't reported.
"""

from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from dunwell.features.policy import checks
from dunwell.features.policy.criteria import Place
from dunwell.features.policy.model import Policy
from dunwell.features.policy.problems import Problem, Severity
from dunwell.features.policy.sentences import holds, sentences

STAND_INS: dict[str, str | int] = {
    "name": "unreadable ",
    # with four decimals, so that no amount has too many
    "currency": "CLF",
    "entry_amount": 100_000_000_000_000,
    "entry_days": 1,
    "day": 1,
    "action": "Close bill unit",
    "percentage": 1,
    "template": "unreadable",
}
"""Required keys, each with a value that breaks no rule."""


MOST_ROUNDS = 100
"""A document that is still unreadable then has no rest that is worth checking."""


def problems(data: dict[str, Any]) -> tuple[Policy, list[Problem]]:
    """The policy, or what can be understood of it, and everything that is wrong with it."""
    try:
        policy = Policy.model_validate(data)
    except ValidationError as failure:
        found = sentences(failure, data)
        rest = _Rest(data)
        rest.omit(found)
        policy = rest.policy()
        return policy, [*found, *rest.further(policy)]
    return policy, checks.check(policy)


@dataclass
class _Rest:
    """The document without the refused places, and where its list elements stood."""

    data: dict[str, Any]
    omitted: set[Place] = field(default_factory=set)
    stand_ins: dict[Place, str | int] = field(default_factory=dict)
    numbers: dict[Place, list[int]] = field(default_factory=dict)

    def omit(self, found: list[Problem]) -> None:
        """Put a stand-in for each refused place, or leave it out, or else what it is in."""
        for problem in found:
            place = self.original(problem.place)
            if place and place[-1] in STAND_INS and place not in self.stand_ins:
                self.stand_ins[place] = STAND_INS[str(place[-1])]
                continue
            while place and (place in self.omitted or not self._has(place)):
                place = place[:-1]
            self.omitted.add(place or problem.place[:1])

    def _has(self, place: Place) -> bool:
        node: Any = self.data
        for step in place:
            if not holds(node, step):
                return False
            node = node[step]
        return True

    def policy(self) -> Policy:
        for _ in range(MOST_ROUNDS):
            self.numbers.clear()
            kept = self._kept(self.data, ())
            try:
                return Policy.model_validate(kept)
            except ValidationError as failure:
                self.omit(sentences(failure, kept))
        return Policy()

    def _kept(self, node: Any, place: Place) -> Any:
        if isinstance(node, dict):
            return {
                key: self._kept(value, (*place, key))
                for key, value in node.items()
                if (*place, key) not in self.omitted
            } | {
                at[-1]: f"{value}{at}" if at[-1] == "name" else value
                for at, value in self.stand_ins.items()
                if at[:-1] == place
            }
        if isinstance(node, list):
            numbers = [i for i in range(len(node)) if (*place, i) not in self.omitted]
            self.numbers[place] = numbers
            return [self._kept(node[i], (*place, i)) for i in numbers]
        return node

    def original(self, place: Place) -> Place:
        """The place in the whole document of a place in what was kept."""
        found: Place = ()
        for step in place:
            numbers = self.numbers.get(found)
            there = numbers is not None and isinstance(step, int) and step < len(numbers)
            found = (*found, numbers[step] if there and numbers else step)  # type: ignore[index]
        return found

    def further(self, policy: Policy) -> list[Problem]:
        """The errors that the rules find, except those that the changes caused."""
        changed = {*self.omitted, *self.stand_ins}
        parts = (self._part(place) for place in changed)
        names = {str(part["name"]) for part in parts if "name" in part}
        found = []
        for problem in checks.check(policy):
            place = self.original(problem.place)
            caused = any(gone[: len(place)] == place for gone in changed)
            hidden = problem.sought is not None and problem.sought[1] in names
            if problem.severity is Severity.ERROR and not caused and not hidden:
                found.append(Problem(problem.severity, place, problem.message))
        return found

    def _part(self, place: Place) -> dict[str, Any]:
        """The part of the policy that the place is in; an empty one if it is in none."""
        match place:
            case (str(noun), int(index), *_) if self._has((noun, index)):
                part = self.data[noun][index]
                return part if isinstance(part, dict) else {}
            case _:
                return {}
