"""Impact: whom a draft would move, by the night's own statements, and nothing of it stays."""

from collections import Counter

from tests.policies import policy, scenario

from dunwell.engine import impact
from dunwell.features.policy import file

TODAY = "2026-06-30"


def measure(world, text: str, **options):
    return world.by_hand(TODAY).do(impact.measure, file.parse(text), **options)


def told(moves) -> list[tuple[str, str | None, str | None, int]]:
    return [(each.kind, each.before, each.after, each.bill_units) for each in moves]


def owing(world, *amounts: str) -> None:
    for number, amount in enumerate(amounts, start=1):
        world.customer(f"B{number}")
        world.bill(amount, "2026-05-01", f"B{number}")


def test_a_lower_entry_amount_takes_more_in(world):
    owing(world, "30.00", "70.00", "200.00")
    world.policy(policy(scenario("usual", entry="100")))
    world.night(TODAY)
    found = measure(world, policy(scenario("usual", entry="50")))
    assert told(found.next_night) == [("enters", None, "usual", 1)]
    assert found.next_night[0].examples == [
        {"bill_unit_no": "B2", "currency": "USD", "overdue": "70.00"}
    ]
    assert found.next_night[0].amounts == {"USD": "70.00"}
    assert told(found.afresh) == [("enters", None, "usual", 1)]
    assert found.kept == [{"scenario": "usual", "cases": 1}]


def test_a_higher_entry_amount_spares_those_who_are_not_in_yet(world):
    owing(world, "70.00", "200.00")
    world.policy(policy(scenario("usual", entry="50")))
    found = measure(world, policy(scenario("usual", entry="100")))
    assert told(found.next_night) == [("not_chased", "usual", None, 1)]


def test_an_open_case_goes_on_but_would_not_begin_again(world):
    owing(world, "70.00")
    world.policy(policy(scenario("usual", entry="50")))
    world.night(TODAY)
    found = measure(world, policy(scenario("usual", entry="100")))
    assert told(found.next_night) == []
    assert told(found.afresh) == [("not_chased", "usual", None, 1)]


ANY = 'criteria = { field = "account.attr.vip", missing = true }'
"""With criteria of its own, an open case is replaced when a better scenario is valid."""
PLACES = """
    select bill_unit.bill_unit_no, scenario.name
    from bill_unit
    left join collection_case
        on collection_case.account_id = bill_unit.account_id
        and collection_case.bill_unit_id = bill_unit.id
        and collection_case.closed_on is null
    left join scenario on scenario.id = collection_case.scenario_id
"""


def test_the_next_night_moves_whom_the_impact_said(world):
    owing(world, *(f"{amount}.00" for amount in range(10, 250, 10)))
    before, after = (
        policy(scenario("usual", entry=usual, more=ANY), scenario("small", entry=small))
        for usual, small in (("150", "60"), ("90", "30"))
    )
    world.policy(before)
    world.night(TODAY)
    found = measure(world, after)
    was = dict(world.rows(PLACES))
    world.policy(after)
    world.night("2026-07-01")
    moved = Counter(
        (was[number], scenario_)
        for number, scenario_ in world.rows(PLACES)
        if was[number] != scenario_
    )
    assert moved == {(each.before, each.after): each.bill_units for each in found.next_night}
    assert len(moved) == len(found.next_night) == 2


def test_another_rule_moves_bill_units_to_another_profile(world):
    owing(world, "70.00", "200.00")
    world.policy(policy(scenario("usual")))
    changed = policy(scenario("usual")).replace(
        "[[profiles]]",
        '[[profiles]]\nname = "large"\ncurrency = "USD"\n'
        'rule = { field = "bill_unit.bill_unit_no", operator = "=", value = "B2" }\n\n'
        "[[profiles]]",
        1,
    )
    found = measure(world, changed)
    assert [(each.after, each.bill_units) for each in found.profiles] == [("large", 1)]


def test_nothing_of_it_stays(world):
    owing(world, "70.00")
    world.policy(policy(scenario("usual", entry="100")))
    before = world.rows("select id, document from policy_version order by id")
    measure(world, policy(scenario("usual", entry="50")))
    assert world.rows("select id, document from policy_version order by id") == before
    assert not world.cases("B1")
    assert world.rows("select count(*) from scenario") == [(1,)]


def test_a_group_counts_as_what_its_parent_owes(world):
    owing(world, "40.00", "40.00")
    world.by_hand(TODAY).group("ours", "B1", "B2")
    world.policy(policy(scenario("usual", entry="100")))
    found = measure(world, policy(scenario("usual", entry="60")))
    (move,) = found.next_night
    assert (move.kind, move.bill_units) == ("enters", 1)
    assert move.examples[0]["bill_unit_no"] == "B1"


def test_a_part_is_looked_at_when_time_is_short_and_that_is_said(world, monkeypatch):
    owing(world, "70.00", "70.00", "70.00", "70.00")
    world.policy(policy(scenario("usual", entry="100")))
    monkeypatch.setattr(impact, "WIDTH", 2)
    found = measure(world, policy(scenario("usual", entry="50")), seconds=0)
    assert found.basis.estimated
    assert found.basis.accounts < found.basis.of_accounts == 4
    (move,) = found.next_night
    assert 3 <= move.bill_units <= 5


def test_ranges_are_spread_evenly_from_the_beginning():
    ranges = [(number, number) for number in range(8)]
    assert [first for first, _ in impact.spread(ranges)] == [0, 4, 2, 6, 1, 5, 3, 7]
    assert sorted(impact.spread(ranges[:5])) == ranges[:5]
