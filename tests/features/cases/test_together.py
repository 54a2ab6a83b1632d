"""Two people, or a person and the night, at the same bill unit: one waits, nothing is lost."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from tests.policies import policy, scenario
from tests.world import World, day

from dunwell.domain.errors import Conflict, DunwellError
from dunwell.features.access.actor import Operation, operator
from dunwell.features.cases import assigning, closing, scheduling

ON = {"action_dependencies": "true"}


def _operation(world: World, connection, name: str) -> Operation:
    return Operation(connection, operator(name), day("2026-03-12"), hooks=world.plugins.hook)


def _in_collections(world: World, *numbers: str) -> None:
    world.policy(policy(scenario(steps="5 call, 8 late fee"), settings=ON, more=AGENT))
    for number in numbers:
        world.customer(number)
        world.bill("80.00", "2026-03-01", number)
    world.night("2026-03-11")


AGENT = '[[agents]]\nname = "Jennifer"\n'


def test_of_two_people_the_second_waits_and_gets_a_conflict(world: World):
    _in_collections(world, "B1")
    action = world.actions()["call"]
    changed = Event()

    def second() -> None:
        changed.wait(10)
        with world.database.connect() as connection:
            closing.complete_action(
                _operation(world, connection, "Omar"),
                action["handle"],
                reason="done",
                expected_version=action["version"],
            )

    with ThreadPoolExecutor(1) as pool, world.database.connect() as connection:
        waiting = pool.submit(second)
        scheduling.reschedule_action(
            _operation(world, connection, "Grace"),
            action["handle"],
            day("2026-03-20"),
            reason="asked for time",
            expected_version=action["version"],
        )
        changed.set()
        with pytest.raises(TimeoutError):
            waiting.result(0.3)
        connection.commit()
        with pytest.raises(Conflict, match="action rescheduled, by Grace on 2026-03-12"):
            waiting.result(10)
    assert (world.status("call"), world.due("call")) == ("waiting", "2026-03-20")


def test_a_night_waits_for_a_person_and_sees_what_was_done(world: World):
    _in_collections(world, "B1")
    handle = world.actions()["call"]["handle"]
    with ThreadPoolExecutor(1) as pool, world.database.connect() as connection:
        closing.complete_action(_operation(world, connection, "Grace"), handle, reason="done")
        night = pool.submit(world.night, "2026-03-15")
        with pytest.raises(TimeoutError):
            night.result(0.3)
        connection.commit()
        # done four days early, so the fee is due on this very night
        assert night.result(20).actions == {"late_fee": {"completed": 1}}
    world.check()


def test_many_people_and_a_night_at_the_same_bill_units_break_nothing(world: World):
    numbers = [f"B{number}" for number in range(1, 7)]
    _in_collections(world, *numbers)
    handles = {number: world.actions(number)["call"]["handle"] for number in numbers}
    outcomes: list[str] = []

    def work(person: int) -> None:
        order = numbers if person % 2 else numbers[::-1]
        for number in order:
            with world.database.connect() as connection:
                operation = _operation(world, connection, f"person {person}")
                try:
                    if person % 3 == 0:
                        assigning.assign(operation, order, "Jennifer", reason="shift")
                    elif person % 3 == 1:
                        closing.complete_action(operation, handles[number], reason="done")
                    else:
                        scheduling.reschedule_actions(
                            operation,
                            [
                                scheduling.Rescheduling(handles[each], day("2026-03-19"))
                                for each in order[:3]
                            ],
                            reason="later",
                        )
                    outcomes.append("done")
                except DunwellError as refusal:
                    connection.rollback()
                    outcomes.append(refusal.code)

    with ThreadPoolExecutor(7) as pool:
        people = [pool.submit(work, person) for person in range(6)]
        night = pool.submit(world.night, "2026-03-12")
        for each in people:
            each.result(60)
        night.result(60)
    assert set(outcomes) <= {"done", "rule_violation"}
    # each call was completed once, by whoever came first
    completed = world.rows("select count(*) from event where kind = 'action_completed'")
    assert completed == [(6,)]
    world.nights("2026-03-13", "2026-03-20")
    world.check()
