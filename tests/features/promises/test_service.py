"""What people may do with a promise to pay, and what becomes of the case's other actions."""

from concurrent import futures
from decimal import Decimal

import pytest
from tests.policies import WEEKDAYS, policy, scenario
from tests.prepared import CopyOf
from tests.world import World, day

from dunwell.domain.errors import BadInput, Conflict, Forbidden, NotFound, RuleViolation
from dunwell.features.access.actor import Actor, Operation, Permission
from dunwell.features.promises import instalments, service
from dunwell.features.promises.rules import Instalment, Terms

ON = {"action_dependencies": "true"}


def _in_collections(world: World, steps: str = "5 call, 8 letter", **options) -> None:
    """The case of 300.00 enters on 11 March 2026."""
    world.customer()
    world.policy(policy(scenario(steps=steps), **options))
    world.bill("300.00", "2026-03-01")
    world.night("2026-03-11")


@pytest.fixture
def chased(copy_of: CopyOf) -> World:
    """In collections, with a call and a letter to come."""
    return copy_of(_in_collections)


def _three(world: World, **more) -> None:
    world.by_hand("2026-03-12").promise(number=3, interval_days=10, first_on="2026-03-20", **more)


@pytest.mark.parametrize("settings", [None, ON], ids=["free", "dependent"])
def test_the_other_actions_start_the_day_after_the_last_instalment(world: World, settings):
    _in_collections(world, settings=settings)
    _three(world)
    assert world.promise() == (
        "active: 100.00 on 2026-03-20 pending, 100.00 on 2026-03-30 pending,"
        " 100.00 on 2026-04-09 pending"
    )
    assert (world.due("call"), world.due("letter")) == ("2026-04-10", "2026-04-13")
    world.check()


def test_working_days_move_their_start_but_no_instalment(world: World):
    _in_collections(world, more=WEEKDAYS)
    world.by_hand("2026-03-12").promise(number=2, total_days=20, first_on="2026-03-15")
    # 15 March is a Sunday; 5 April, the day after the last, is one too
    assert world.promise() == ("active: 150.00 on 2026-03-15 pending, 150.00 on 2026-04-04 pending")
    assert (world.due("call"), world.due("letter")) == ("2026-04-06", "2026-04-09")


def test_no_action_becomes_earlier(world: World):
    _in_collections(world, "60 call, 70 letter")
    _three(world)
    assert (world.due("call"), world.due("letter")) == ("2026-05-10", "2026-05-20")


def test_a_promise_says_who_made_it_and_what_was_promised(chased: World):
    chased.by_hand("2026-03-12").promise(number=1, first_on="2026-03-20")
    (made,) = chased.events("promise_made")
    assert (made["actor"], made["data"]["made_on"]) == ("Grace", "2026-03-12")
    assert Decimal(made["data"]["total"]) == 300
    assert made["data"]["instalments"][0]["due_on"] == "2026-03-20"


def test_a_second_promise_while_one_is_active_is_refused(chased: World):
    _three(chased)
    with pytest.raises(RuleViolation, match="has promised already, on 2026-03-12") as refused:
        _three(chased)
    assert refused.value.rule == "second_promise"
    chased.by_hand("2026-03-13").revoke_promise()
    chased.by_hand("2026-03-13").promise(number=1)
    assert [each["status"] for each in chased.promises()] == ["active", "revoked"]


def test_only_a_bill_unit_in_collections_may_promise(world: World):
    world.customer()
    with pytest.raises(RuleViolation, match="isn't in collections") as refused:
        world.by_hand("2026-03-12").promise(number=1)
    assert refused.value.rule == "not_in_collections"
    with pytest.raises(NotFound, match="'B9'"):
        world.by_hand("2026-03-12").promise("B9", number=1)


def test_own_instalments_must_come_to_the_overdue_balance(chased: World):
    hand = chased.by_hand("2026-03-12")
    with pytest.raises(RuleViolation) as refused:
        hand.do(service.make, "B1", [Instalment(day("2026-03-20"), Decimal(299))], reason="x")
    assert refused.value.rule == "amounts_do_not_add_up"
    assert chased.promises() == []
    hand.do(
        service.make,
        "B1",
        [
            Instalment(day("2026-04-20"), Decimal(200)),
            Instalment(day("2026-03-20"), Decimal(100)),
        ],
        reason="agreed",
    )
    assert chased.promise().startswith("active: 100.00 on 2026-03-20 pending, 200.00 on")


def test_of_several_debt_classes_one_must_be_named(world: World):
    world.customer()
    world.policy(
        policy(
            scenario("a"),
            scenario("b", more='debt_class = "hardware"'),
            more='[[debt_classes]]\nname = "hardware"\n',
        )
    )
    world.bill("80.00", "2026-03-01")
    world.bill("50.00", "2026-03-01", debt_class="hardware")
    world.night("2026-03-11")
    hand = world.by_hand("2026-03-12")
    with pytest.raises(BadInput, match="say for which: '"):
        hand.promise(number=1)
    hand.promise(number=1, debt_class="hardware", first_on="2026-03-20")
    # only what is paid on that class counts
    world.pay("80.00", "2026-03-15", bill_no=world.rows("select bill_no from bill")[0][0])
    world.nights("2026-03-12", "2026-03-21")
    assert world.promises()[0]["status"] == "broken"


def test_an_added_instalment_makes_the_promise_larger_and_the_others_later(chased: World):
    _three(chased)
    hand = chased.by_hand("2026-03-15")
    hand.change_promise("add", Instalment(day("2026-04-19"), Decimal("50.00")))
    assert chased.promises()[0]["total"] == "350.00"
    assert (chased.due("call"), chased.due("letter")) == ("2026-04-20", "2026-04-23")
    with pytest.raises(RuleViolation) as refused:
        hand.change_promise("add", Instalment(day("2026-03-11"), Decimal("50.00")))
    assert refused.value.rule == "instalment_before_promise"
    with pytest.raises(RuleViolation) as refused:
        hand.change_promise("add", Instalment(day("2026-03-14"), Decimal("50.00")))
    assert refused.value.rule == "instalment_in_the_past"
    chased.check()


def test_only_what_is_sent_changes(chased: World):
    _three(chased, payment_method_id=7)
    hand = chased.by_hand("2026-03-15")
    hand.change_promise("change", 4, amount=Decimal("120.00"))
    hand.change_promise("change", 4, payment_method_id=8, following=True)
    hand.change_promise("change", 5, payment_method_id=None)
    instalments = chased.promises()[0]["instalments"]
    assert [(each["amount"], each["payment_method_id"]) for each in instalments] == [
        ("100.00", 7),
        ("120.00", 8),
        ("100.00", None),
    ]
    assert chased.promises()[0]["total"] == "320.00"
    chased.check()


def test_the_second_of_two_people_at_one_instalment_learns_what_changed(chased: World):
    _three(chased)
    hand = chased.by_hand("2026-03-15")
    hand.change_promise("change", 3, amount=Decimal("120.00"), version=1)
    with pytest.raises(Conflict, match=r"it is 120.0+ due on 2026-03-20 \(version 2, not 1\)"):
        hand.change_promise("reschedule", {3: day("2026-03-22")}, version=1)


def test_rescheduled_instalments_take_the_others_along_all_or_none(chased: World):
    _three(chased)
    hand = chased.by_hand("2026-03-15")
    with pytest.raises(RuleViolation, match="can't be due on 2026-03-14"):
        hand.change_promise("reschedule", {3: day("2026-03-25"), 4: day("2026-03-14")})
    hand.change_promise("reschedule", {3: day("2026-03-25"), 5: day("2026-05-09")})
    assert "100.00 on 2026-03-25 pending" in chased.promise()
    assert (chased.due("call"), chased.due("letter")) == ("2026-05-10", "2026-05-13")
    with pytest.raises(NotFound, match="no open instalment with the step 9; its open ones are 3"):
        hand.change_promise("reschedule", {9: day("2026-03-25")})


def test_revoking_starts_the_actions_again_the_next_day(chased: World):
    _three(chased)
    chased.by_hand("2026-03-22").revoke_promise(reason="the customer withdrew")
    assert chased.promise() == (
        "revoked: 100.00 on 2026-03-20 cancelled, 100.00 on 2026-03-30 cancelled,"
        " 100.00 on 2026-04-09 cancelled"
    )
    assert (chased.due("call"), chased.due("letter")) == ("2026-03-23", "2026-03-26")
    (revoked,) = chased.events("promise_revoked")
    assert revoked["data"]["reason"] == "the customer withdrew"
    with pytest.raises(RuleViolation, match="has no active promise"):
        chased.by_hand("2026-03-22").revoke_promise()
    chased.check()


def test_a_promise_without_instalments_is_revoked(chased: World):
    chased.by_hand("2026-03-12").promise(number=2, interval_days=5, first_on="2026-03-20")
    hand = chased.by_hand("2026-03-13")
    hand.change_promise("cancel", 3)
    assert (chased.promises()[0]["status"], chased.promises()[0]["total"]) == ("active", "150.00")
    hand.change_promise("cancel", 4)
    assert chased.promises()[0]["status"] == "revoked"
    assert chased.due("call") == "2026-03-14"
    chased.check()


def test_promising_and_changing_how_it_is_paid_take_permissions(chased: World):
    agent = Actor("Ann", frozenset({Permission.VIEW}), brands=None)
    promiser = Actor("Pat", frozenset({Permission.PROMISE_TO_PAY}), brands=None)
    with chased.database.connect() as connection:
        with pytest.raises(Forbidden, match="promise_to_pay"):
            service.make(
                Operation(connection, agent, day("2026-03-12")), "B1", Terms(number=1), reason="x"
            )
        operation = Operation(connection, promiser, day("2026-03-12"))
        service.make(operation, "B1", Terms(number=1), reason="x")
        with pytest.raises(Forbidden, match="update_payment"):
            instalments.change(operation, "B1", 3, payment_method_id=1, reason="x")


def test_of_two_who_promise_at_the_same_moment_the_slower_one_is_refused(chased: World):
    first = chased.by_hand("2026-03-12")
    with futures.ThreadPoolExecutor(1) as other:
        with chased.database.connect() as connection:
            service.make(
                first.operation(connection), "B1", Terms(number=2, total_days=10), reason="x"
            )
            slower = other.submit(_three, chased)
            # it waits for what the first one has not committed yet
            assert futures.wait([slower], timeout=0.5).not_done
        with pytest.raises(RuleViolation, match="has promised already"):
            slower.result(10)
    assert chased.promise().startswith("active: 150.00")
