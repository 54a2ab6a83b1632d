"""When is one arm better than another? Intervals that stay true however often somebody looks.

An ordinary confidence interval holds for one look at a fixed number of cases; who looks every day
and stops at the first difference is fooled far too often. A confidence sequence holds for all
numbers of cases at once. This is Robbins' normal mixture for outcomes between 0 and 1 (Howard,
Ramdas, McAuliffe and Sekhon, "Time-uniform, nonparametric, nonasymptotic confidence sequences",
2021): nothing is assumed about the outcomes but that they lie in that range. Whatever has a most
(the days of a cure, the cost of all steps) is such an outcome, too.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

ERROR = 0.05
"""How often, over all arms and all days, any interval may miss the truth."""

TIGHTEST_AT = 500
"""The number of cases at which the intervals are tuned to be narrowest."""

_VARIANCE = 0.25
"""The largest that an outcome between 0 and 1 can have, and so what Hoeffding's lemma allows."""


@dataclass(frozen=True, slots=True)
class Interval:
    """Where the mean lies."""

    low: float
    high: float


def half_width(cases: int, error: float) -> float:
    """How far the mean of so many outcomes can be from the truth, at every number of cases."""
    if cases == 0:
        return 1.0
    level = 2 * math.log(1 / error)
    tuning = _VARIANCE * TIGHTEST_AT / (level + math.log(1 + level))
    time = _VARIANCE * cases + tuning
    return math.sqrt(time * math.log(time / (tuning * error**2))) / cases


def interval(cases: int, total: float, arms: int, most: float = 1.0) -> Interval:
    """Where an arm's true mean lies, from the sum of its outcomes, each between 0 and `most`; the
    intervals of all arms hold together, on every day.
    """
    if cases == 0:
        return Interval(0.0, most)
    width = half_width(cases, ERROR / arms) * most
    mean = total / cases
    return Interval(max(0.0, mean - width), min(most, mean + width))


def winner(intervals: Mapping[str, Interval]) -> str | None:
    """The arm whose interval lies above all the others'; none as long as they overlap."""
    for arm, own in intervals.items():
        if len(intervals) > 1 and all(
            own.low > other.high for name, other in intervals.items() if name != arm
        ):
            return arm
    return None
