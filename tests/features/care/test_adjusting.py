"""Adjustments: within one's limit at once, above it by a second person, and never by the same."""

import datetime as dt
import threading
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.features.care.staff import MANAGER, OTHER_MANAGER, POLICY, REP
from tests.prepared import CopyOf
from tests.world import World

from dunwell.domain.errors import BadInput, Conflict, Forbidden, NotFound, RuleViolation
from dunwell.domain.statuses import AdjustmentDirection
from dunwell.features.access.actor import Actor, Operation, operator
from dunwell.features.care import adjusting, queries
from dunwell.features.care.adjusting import Wanted

CREDIT, DEBIT = AdjustmentDirection


def _town(world: World) -> None:
    """B1 has been in collections with 100.00 since 12 June."""
    world.policy(POLICY)
    world.customer()
    world.bill("100.00", "2026-06-01", bill_no="N1")
    world.night("2026-06-12")


@pytest.fixture
def town(copy_of: CopyOf) -> World:
    return copy_of(_town)


def ask(
    world: World,
    amount: str,
    actor: Actor = REP,
    on: str = "2026-06-13",
    way: AdjustmentDirection = CREDIT,
    bill_unit_no: str = "B1",
    **more: str,
) -> queries.Adjustment:
    wanted = Wanted(way, Decimal(amount), "goodwill", **more)
    found: queries.Adjustment = world.by_hand(on, actor).do(adjusting.request, bill_unit_no, wanted)
    return found


def test_within_the_limit_it_is_posted_and_the_next_night_applies_it_to_the_bill(town: World):
    town.bill("30.00", "2026-05-25", bill_no="N0")
    made = ask(town, "50.00", bill_no="N1")
    assert (made.status, made.decided_by, made.number) == (
        "posted",
        "Rita",
        f"adjusted-{made.handle}",
    )
    town.night("2026-06-14")
    assert town.owed() == {"N0": "30.00", "N1": "50.00"}
    (told,) = town.events_of("adjustment_posted")
    assert told["limit"] == "50.00"
    assert told["bill_no"] == "N1"
    town.check()


def test_a_credit_can_let_a_case_end_on_an_incremental_night(town: World):
    ask(town, "100.00", MANAGER)
    assert town.in_collections()
    town.night("2026-06-13")
    assert not town.in_collections()


def test_a_debit_is_as_old_as_the_bill_that_it_names_but_never_older_than_itself(town: World):
    ask(town, "10.00", way=DEBIT, bill_no="N1")
    town.bill("40.00", "2026-07-20", issued="2026-06-13", bill_no="N2")
    ask(town, "5.00", way=DEBIT, bill_no="N2")
    rows = town.rows("select amount, issued_on, due_on from item where kind = 'adjustment'")
    assert sorted(rows) == [
        (Decimal(5), dt.date(2026, 6, 13), dt.date(2026, 7, 20)),
        (Decimal(10), dt.date(2026, 6, 13), dt.date(2026, 6, 13)),
    ]
    town.night("2026-06-14")
    assert town.overdue() == "110.00"
    town.check()


def test_above_the_limit_nothing_happens_until_a_second_person_approves(town: World):
    waiting = ask(town, "50.01")
    assert (waiting.status, waiting.number) == ("waiting", None)
    town.night("2026-06-14")
    assert town.owed() == {"N1": "100.00"}
    (listed,) = town.by_hand("2026-06-15", MANAGER).do(queries.waiting).items
    assert (listed.handle, listed.customer) == (waiting.handle, "Ada Okafor")
    done = town.by_hand("2026-06-15", MANAGER).do(
        adjusting.approve, str(waiting.handle), version=waiting.version, note="fair"
    )
    assert (done.status, done.decided_by, done.decided_on) == (
        "posted",
        "Mary",
        dt.date(2026, 6, 15),
    )
    town.night("2026-06-15")
    assert town.owed() == {"N1": "49.99"}
    assert [told["requested_by"] for told in town.events_of("adjustment_posted")] == ["Rita"]
    assert town.by_hand("2026-06-15", MANAGER).do(queries.waiting).items == ()


def test_nobody_approves_what_they_requested_whatever_they_may(town: World):
    waiting = ask(town, "600.00", MANAGER)
    assert waiting.status == "waiting"
    with pytest.raises(RuleViolation, match="somebody else") as refused:
        town.by_hand("2026-06-13", MANAGER).do(adjusting.approve, str(waiting.handle))
    assert refused.value.rule == "own_request"
    with pytest.raises(RuleViolation, match="somebody else"):
        town.by_hand("2026-06-13", MANAGER).do(adjusting.reject, str(waiting.handle), note="no")
    with pytest.raises(Forbidden):
        town.by_hand("2026-06-13", REP).do(adjusting.approve, str(waiting.handle))


def test_without_a_limit_for_the_role_or_the_currency_everything_needs_approval(town: World):
    assert ask(town, "0.01", operator("root")).status == "waiting"
    town.policy(POLICY.replace('"default USD"', '"default USD"\ndescription = "x"'))
    town.customer("B2", currency="EUR")
    assert ask(town, "1.00", MANAGER, bill_unit_no="B2").status == "waiting"


def test_a_rejected_one_and_a_withdrawn_one_leave_their_story_and_no_money(town: World):
    first, second = ask(town, "60.00"), ask(town, "70.00")
    with pytest.raises(BadInput, match="Say why"):
        town.by_hand("2026-06-13", MANAGER).do(adjusting.reject, str(first.handle), note=" ")
    town.by_hand("2026-06-13", MANAGER).do(adjusting.reject, str(first.handle), note="not due")
    with pytest.raises(RuleViolation, match="Rita requested"):
        town.by_hand("2026-06-13", MANAGER).do(adjusting.withdraw, str(second.handle))
    town.by_hand("2026-06-13", REP).do(adjusting.withdraw, str(second.handle))
    shown = town.by_hand("2026-06-13", REP).do(queries.adjustments, "B1").items
    assert [(each.status, each.decided_by, each.decision_note) for each in shown] == [
        ("withdrawn", "Rita", None),
        ("rejected", "Mary", "not due"),
    ]
    assert town.rows("select count(*) from credit") == [(0,)]
    (told,) = town.events_of("adjustment_rejected")
    assert (told["requested_by"], told["note"]) == ("Rita", "not due")


def test_of_two_who_decide_at_once_one_wins_and_the_other_is_told(town: World):
    waiting = ask(town, "60.00")
    outcomes: list[str] = []
    ready = threading.Barrier(2)

    def decide(actor: Actor) -> None:
        with town.database.connect() as connection:
            operation = Operation(connection, actor, dt.date(2026, 6, 13))
            ready.wait(10)
            try:
                found = adjusting.approve(operation, str(waiting.handle), version=waiting.version)
                outcomes.append(found.status)
            except Conflict as conflict:
                outcomes.append(conflict.code)

    people = [threading.Thread(target=decide, args=[each]) for each in (MANAGER, OTHER_MANAGER)]
    for each in people:
        each.start()
    for each in people:
        each.join(30)
    assert sorted(outcomes) == ["changed_meanwhile", "posted"]
    assert town.rows("select sum(amount) from credit") == [(Decimal(60),)]


def test_a_form_that_is_sent_twice_is_one_adjustment(town: World):
    for amount in ("50.00", "51.00"):  # posted at once, and waiting
        first = ask(town, amount, key=f"key-{amount}")
        assert ask(town, amount, key=f"key-{amount}") == first
        with pytest.raises(Conflict, match="another adjustment"):
            ask(town, "12.00", key=f"key-{amount}")
    assert ask(town, "50.00", key="another one").status == "posted"
    assert town.rows("select status, count(*) from adjustment group by 1 order by 1") == [
        ("posted", 2),
        ("waiting", 1),
    ]


def test_of_a_double_click_one_waits_for_the_other(town: World):
    made = []
    both = [
        threading.Thread(target=lambda: made.append(ask(town, "20.00", key="clicked twice")))
        for _ in range(4)
    ]
    for each in both:
        each.start()
    for each in both:
        each.join()
    assert len({each.handle for each in made}) == 1
    assert len(made) == 4
    assert town.rows("select count(*) from credit") == [(1,)]


def test_what_cannot_be_adjusted_is_refused_with_its_value(town: World):
    for amount, said in (
        ("0", "more than 0"),
        ("-1", "-1"),
        ("1.001", "at most 2 decimals"),
        ("1e13", "13 digits"),
    ):
        with pytest.raises(BadInput, match=said):
            ask(town, amount)
    with pytest.raises(NotFound, match="'N9'"):
        ask(town, "1.00", bill_no="N9")
    town.customer("B2")
    other = town.bill("5.00", "2026-06-01", "B2")
    with pytest.raises(NotFound, match=other):
        ask(town, "1.00", bill_no=other)
    with pytest.raises(NotFound):
        town.by_hand("2026-06-13", MANAGER).do(adjusting.approve, "1-99")


def test_a_reason_code_of_the_policy_has_to_be_used(town: World):
    code = '[[reason_codes]]\ncategory = "adjustment"\ncode = "billing error"\n'
    town.policy(POLICY + code + 'labels = { en_US = "Billing error" }\n')
    with pytest.raises(RuleViolation, match="billing error"):
        ask(town, "1.00")


def test_the_reloaded_file_does_not_disturb_what_people_posted(town: World):
    made = ask(town, "20.00")
    town.adjust("-5.00", "2026-06-13", bill_no="N1")
    town.night("2026-06-14")
    assert town.owed() == {"N1": "75.00"}
    assert made.number != "J1"
    town.check()


_DEEDS = st.lists(
    st.tuples(
        st.sampled_from(["credit", "debit", "approve", "reject", "pay", "night"]),
        st.integers(1, 9_000),
    ),
    min_size=1,
    max_size=8,
)


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(deeds=_DEEDS)
def test_whatever_people_adjust_no_cent_appears_or_disappears(
    town: World, deeds: list[tuple[str, int]]
):
    """What is owed less the credit left is what was billed and debited less paid and credited."""
    day = town.rows("select max(business_date) from run_slice")[0][0]
    bill_unit = f"P{town.rows('select count(*) from account')[0][0]}"
    town.customer(bill_unit)
    town.bill("100.00", day, bill_unit)
    expected, waiting = Decimal(100), []
    for verb, cents in deeds:
        amount = Decimal(cents) / 100
        match verb:
            case "credit" | "debit":
                way = AdjustmentDirection(verb)
                made = ask(town, str(amount), on=str(day), way=way, bill_unit_no=bill_unit)
                sign = 1 if way is DEBIT else -1
                if made.status == "posted":
                    expected += sign * amount
                else:
                    waiting.append((made, sign * amount))
            case "approve" if waiting:
                made, change = waiting.pop()
                town.by_hand(day, MANAGER).do(adjusting.approve, str(made.handle))
                expected += change
            case "reject" if waiting:
                made, _ = waiting.pop()
                town.by_hand(day, MANAGER).do(adjusting.reject, str(made.handle), note="no")
            case "pay":
                town.pay(str(amount), day, bill_unit)
                expected -= amount
            case "night":
                day += dt.timedelta(days=1)
                town.night(day)
    town.night(day + dt.timedelta(days=1))
    owed = sum((Decimal(each) for each in town.owed(bill_unit).values()), Decimal(0))
    assert owed - Decimal(town.credit(bill_unit)) == expected
    town.check()
