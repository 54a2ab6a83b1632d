"""What can be wrong with a policy: a severity, a place in the document, and a sentence."""

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from difflib import get_close_matches
from enum import StrEnum

from dunwell.domain.conditions import text
from dunwell.features.policy.criteria import Place
from dunwell.features.policy.values import currency


class Severity(StrEnum):
    """An error makes the policy unusable; a warning is legal but surely not meant."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, and where: `("scenarios", 0, "steps", 2, "action")`."""

    severity: Severity
    place: Place
    message: str
    # the noun and name that it is about; a part that can't be read may be the reason
    sought: tuple[str, str] | None = None

    def __str__(self) -> str:
        return f"{dotted(self.place)}: {self.message}"


def dotted(place: Place) -> str:
    """The place for people who have no line to look at: `scenarios[0].steps[2].action`."""
    path = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in place)
    return path.removeprefix(".") or "policy"


def error(place: Place, message: str, *, sought: tuple[str, str] | None = None) -> Problem:
    """A problem that makes the policy unusable."""
    return Problem(Severity.ERROR, place, message, sought)


def warning(place: Place, message: str) -> Problem:
    """A problem that the policy owner should look at."""
    return Problem(Severity.WARNING, place, message)


def unknown(place: Place, noun: str, name: str, names: Iterable[str]) -> Problem:
    """A name that stands for nothing; suggests the nearest of those that do."""
    known = sorted(names)
    near = get_close_matches(name, known, n=1, cutoff=0.6)
    sought = (noun, name)
    if near:
        return error(
            place, f"there is no {noun} ({name!r}) — did you mean {near[0]!r}?", sought=sought
        )
    if known:
        some = ", ".join(map(repr, known[:8]))
        return error(
            place, f"there is no {noun} ({name!r}) — define it, or use one of {some}", sought=sought
        )
    return error(place, f"there is no {noun} ({name!r}) — define it", sought=sought)


def decimals(place: Place, amount: Decimal, code: str) -> Iterable[Problem]:
    """An amount with more decimals than its currency has."""
    money = currency(code)
    if money.round(amount) != amount:
        yield error(
            place,
            f"more decimals than {code} has ({text(amount)}) — write at most {money.digits}",
        )


def twice(noun: str, key: str, names: Iterable[tuple[Hashable, str]]) -> Iterator[Problem]:
    """Parts of a list that are called as one before them; each by what names it and by its name."""
    seen = set()
    for index, (identity, name) in enumerate(names):
        if identity in seen:
            yield error(
                (noun, index, key),
                f"the same name twice in {noun} ({name!r}) — rename or remove one of them",
            )
        seen.add(identity)
