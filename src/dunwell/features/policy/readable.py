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
from dunwell.features.policy.sentences import sentences


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
            if isinstance(node, dict) and step in node:
                node = node[step]
            elif isinstance(node, list) and isinstance(step, int) and step < len(node):
                node = node[step]
            else:
                return False
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
        names = {
            str(self.data[place[0]][place[1]].get("name"))
            for place in self.omitted
            if len(place) >= 2  # noqa: PLR2004 - a part and perhaps something in it
            and self._has(place[:2])
            and isinstance(self.data[place[0]][place[1]], dict)
        }
        found = []
        for problem in checks.check(policy):
            place = self.original(problem.place)
            caused = any(gone[: len(place)] == place for gone in self.omitted)
            hidden = problem.sought is not None and problem.sought[1] in names
            if problem.severity is Severity.ERROR and not caused and not hidden:
                found.append(Problem(problem.severity, place, problem.message))
        return found
