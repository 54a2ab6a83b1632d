"""Looking every day doesn't fool: simulated experiments without a difference, and with one."""

import random

import pytest

from dunwell.features.experiments import rules

RUNS = 400
CUSTOMERS = 1_500


def dice(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311 - a simulation, the same every time


def ever_won(seed: int, champion: float, challenger: float) -> str | None:
    """Whoever is ahead for sure at any look of an experiment that is looked at after every pair."""
    chance = dice(seed)
    cured = {"champion": 0, "challenger": 0}
    rates = {"champion": champion, "challenger": challenger}
    for customers in range(1, CUSTOMERS + 1):
        for arm, rate in rates.items():
            cured[arm] += chance.random() < rate
        found = rules.winner(
            {arm: rules.interval(customers, total, 2) for arm, total in cured.items()}
        )
        if found is not None:
            return found
    return None


def test_peeking_finds_a_difference_where_there_is_none_less_often_than_one_time_in_twenty():
    found = [ever_won(seed, 0.5, 0.5) for seed in range(RUNS)]
    assert sum(arm is not None for arm in found) <= rules.ERROR * RUNS


def test_an_ordinary_interval_would_be_fooled():
    """The same simulation with the interval for one look: what the sequence protects from."""
    fooled = 0
    for seed in range(100):
        chance = dice(seed)
        first = second = 0
        for customers in range(1, CUSTOMERS + 1):
            first += chance.random() < 0.5
            second += chance.random() < 0.5
            if customers >= 30 and abs(first - second) > 1.96 * (customers / 2) ** 0.5:
                fooled += 1
                break
    assert fooled > 20


def test_a_real_difference_is_found():
    found = [ever_won(seed, 0.40, 0.60) for seed in range(20)]
    assert found == ["challenger"] * 20


@pytest.mark.parametrize("rate", [0.02, 0.5, 0.9])
def test_the_truth_stays_inside_the_interval_on_every_day(rate: float):
    missed = 0
    for seed in range(RUNS):
        chance, cured = dice(seed), 0
        for customers in range(1, CUSTOMERS + 1):
            cured += chance.random() < rate
            where = rules.interval(customers, cured, 1)
            if not where.low <= rate <= where.high:
                missed += 1
                break
    assert missed <= rules.ERROR * RUNS


def test_without_customers_nothing_is_known():
    assert rules.interval(0, 0, 2) == rules.Interval(0.0, 1.0)
    assert rules.winner({"alone": rules.interval(5_000, 5_000, 1)}) is None
