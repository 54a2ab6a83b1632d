"""What can still be understood of a document with errors, so that the rest is checked all the same.

The pieces that Pydantic refuses are left out, one after the other and as small as possible, until
what remains is a policy. The rules then run on that; a problem that only comes from the omission
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


def problems(data: dict[str, Any]) -> tuple[Policy, list[Problem]]:
    """The policy, or what can be understood of it, and everything that is wrong with it."""
    try:
        policy = Policy.model_validate(data)
    except ValidationError as failure:
        found = sentences(failure, data)
        rest = _Rest(data)
        rest.omit(found, failure)
        policy = rest.policy()
        return policy, [*found, *rest.further(policy)]
    return policy, checks.check(policy)


@dataclass
class _Rest:
    """The document without the places left out, and where its list elements stood."""

    data: dict[str, Any]
    omitted: set[Place] = field(default_factory=set)
    numbers: dict[Place, list[int]] = field(default_factory=dict)

    def omit(self, found: list[Problem], failure: ValidationError) -> None:
        missing = any(each["type"] == "missing" for each in failure.errors())
        for problem in found:
            place = self.original(problem.place)
            # what is missing can't be left out: the part that lacks it goes
            while place and (place in self.omitted or (missing and not self._has(place))):
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
        while True:
            self.numbers.clear()
            kept = self._kept(self.data, ())
            try:
                return Policy.model_validate(kept)
            except ValidationError as failure:
                self.omit(sentences(failure, kept), failure)

    def _kept(self, node: Any, place: Place) -> Any:
        if isinstance(node, dict):
            return {
                key: self._kept(value, (*place, key))
                for key, value in node.items()
                if (*place, key) not in self.omitted
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
        """The errors that the rules find, except those that the omissions caused."""
        parts = (self._part(place) for place in self.omitted)
        names = {str(part["name"]) for part in parts if "name" in part}
        found = []
        for problem in checks.check(policy):
            place = self.original(problem.place)
            caused = any(gone[: len(place)] == place for gone in self.omitted)
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
