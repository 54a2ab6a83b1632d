"""The order of a delivery, and what it reports."""

from tests.features.letters.conftest import letters_policy
from tests.world import World

from dunwell.engine import delivery


def test_letters_go_before_reminders():
    assert [step.name for step in delivery.STEPS] == ["letters", "messages"]


def test_a_step_alone_leaves_the_others_for_later(world: World):
    world.policy(letters_policy("1 first reminder, 1 on invoice"))
    world.customer()
    world.bill("80.00", "2026-03-01")
    world.nights("2026-03-11", "2026-03-12")
    first = world.deliver("2026-03-12", what=frozenset({"letters"}))
    assert (first.counts["printed"], first.counts["reminders"]) == (1, 0)
    rest = world.deliver("2026-03-12")
    assert (rest.counts["printed"], rest.counts["reminders"]) == (0, 1)


def test_nothing_to_deliver_is_a_report_of_nothing(world: World):
    report = world.deliver("2026-03-12").as_json()
    assert {report[name] for name in delivery.COUNTED} == {0}
    assert (report["files"], report["standing"]) == ([], {})
