"""Demerits by hand, and what a rating is on a day."""

import datetime as dt

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.policies import policy, scenario
from tests.world import World

from dunwell.domain.errors import BadInput, NotFound, RuleViolation
from dunwell.features.ratings import queries, service

DAY = dt.date(2026, 6, 10)


def rating(world: World, on: dt.date = DAY):
    return world.by_hand(on).do(queries.rating, "B1")


def test_a_demerit_counts_from_its_first_day_to_its_last(world: World):
    world.customer()
    world.by_hand(DAY).demerit(-100, until="2026-06-12")
    ratings = [rating(world, DAY + dt.timedelta(days)).credit_rating for days in range(-1, 4)]
    assert ratings == [700, 600, 600, 600, 700]


def test_the_thresholds_and_starts_are_the_policys(world: World):
    world.policy(
        policy(
            scenario(),
            settings={
                "credit_rating_start": "500",
                "credit_rating_threshold": "501",
                "cash_only_start": "7",
                "cash_only_threshold": "8",
            },
        )
    )
    world.customer()
    found = rating(world)
    assert (found.credit_rating, found.is_poor) == (500, True)
    assert (found.cash_only_score, found.is_cash_only) == (7, False)
    world.by_hand(DAY).demerit(1, kind="cash_only")
    assert rating(world).is_cash_only


def test_the_rating_is_the_accounts_whichever_bill_unit_is_asked(world: World):
    world.customer("B1", account_no="A")
    world.customer("B2", account_no="A")
    world.night("2026-06-09")
    world.by_hand(DAY).demerit(-10, bill_unit_no="B2")
    (demerit,) = rating(world).demerits
    assert (rating(world).credit_rating, demerit.bill_unit_no) == (690, "B2")
    assert world.rows("select count(*) from touched") == [(2,)]


def test_a_demerit_is_ended_once(world: World):
    world.customer()
    added = world.by_hand(DAY).demerit(-100)
    hand = world.by_hand(DAY + dt.timedelta(3))
    ended = hand.do(service.end_demerit, "B1", str(added.handle), reason="paid at last")
    assert ended.effective_until == DAY + dt.timedelta(2)
    assert rating(world, DAY + dt.timedelta(2)).credit_rating == 600
    assert rating(world, DAY + dt.timedelta(3)).credit_rating == 700
    with pytest.raises(RuleViolation, match="has ended already"):
        hand.do(service.end_demerit, "B1", str(added.handle), reason="again")
    with pytest.raises(NotFound, match="no demerit"):
        hand.do(service.end_demerit, "B1", f"{added.handle}9", reason="another's")


@pytest.mark.parametrize(
    ("points", "more", "message"),
    [
        (0, {}, "not 0"),
        (1_000_001, {}, "1,000,001|1000001"),
        (5, {"until": "2026-06-09"}, "before it starts"),
    ],
)
def test_what_is_no_demerit_is_refused(world: World, points, more, message):
    world.customer()
    with pytest.raises(BadInput, match=message):
        world.by_hand(DAY).demerit(points, **more)


spans = st.tuples(
    st.integers(-50, 50).filter(bool), st.integers(0, 9), st.none() | st.integers(0, 9)
)


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(found=st.lists(spans, max_size=6))
def test_a_rating_is_the_start_and_every_demerit_in_effect(world: World, found):
    with world.database.connect() as connection:
        connection.execute("delete from demerit")
    if not world.rows("select from bill_unit"):
        world.customer()
    for points, first, length in found:
        since = DAY + dt.timedelta(first)
        until = None if length is None else since + dt.timedelta(length)
        world.by_hand(DAY).demerit(points, since=since, until=until)
    for day in range(20):
        expected = 700 + sum(
            points
            for points, first, length in found
            if first <= day and (length is None or day <= first + length)
        )
        assert rating(world, DAY + dt.timedelta(day)).credit_rating == expected
