"""Disputes raised and resolved by people: the same rows and rules as those of bills.csv."""

from decimal import Decimal

import pytest
from tests.features.care.staff import MANAGER, POLICY, REP
from tests.prepared import CopyOf
from tests.world import World

from dunwell.domain.errors import BadInput, NotFound, RuleViolation
from dunwell.features.access.actor import Actor
from dunwell.features.care import adjusting, disputing, queries


def _town(world: World) -> None:
    """B1 has been in collections with 100.00 since 12 June."""
    world.policy(POLICY)
    world.customer()
    world.bill("100.00", "2026-06-01", bill_no="N1")
    world.night("2026-06-12")


@pytest.fixture
def town(copy_of: CopyOf) -> World:
    return copy_of(_town)


def contest(world: World, amount: str | None = None, on: str = "2026-06-13", **more: str) -> str:
    made = world.by_hand(on, REP).do(
        disputing.raise_dispute,
        more.pop("bill_unit_no", "B1"),
        more.pop("bill_no", "N1"),
        amount=None if amount is None else Decimal(amount),
        reason="wrong meter",
        **more,
    )
    return str(made.handle)


def resolve(
    world: World, handle: str, granted: str = "0", actor: Actor = REP, on: str = "2026-06-16"
) -> queries.Dispute:
    found: queries.Dispute = world.by_hand(on, actor).do(
        disputing.resolve_dispute, "B1", handle, granted=Decimal(granted), reason="checked"
    )
    return found


def test_what_is_disputed_is_not_chased_from_the_next_night_on(town: World):
    contest(town)
    town.night("2026-06-13")
    assert (town.overdue(), town.in_collections()) == ("0.00", False)
    (told,) = town.events_of("dispute_raised")
    assert (told["amount"], told["bill_no"], told["reason"]) == ("100.00", "N1", "wrong meter")
    town.check()


def test_a_refused_dispute_leaves_the_debt_as_it_was(town: World):
    handle = contest(town, "90.00")
    town.night("2026-06-13")
    assert town.overdue() == "10.00"
    over = resolve(town, handle)
    assert (over.outcome, over.resolved_by, str(over.resolved_on)) == (
        "refused",
        "Rita",
        "2026-06-16",
    )
    town.night("2026-06-16")
    assert (town.overdue(), town.in_collections()) == ("100.00", True)
    assert town.rows("select count(*) from credit") == [(0,)]


def test_what_is_granted_is_credited_to_the_bill(town: World):
    town.bill("30.00", "2026-05-20", bill_no="N0")
    handle = contest(town, "60.00")
    over = resolve(town, handle, "40.00")
    assert (over.outcome, over.granting) == ("partly_granted", None)
    town.night("2026-06-16")
    assert town.owed() == {"N0": "30.00", "N1": "60.00"}
    (told,) = town.events_of("dispute_resolved")
    assert (told["granted"], told["amount"]) == ("40.00", "60.00")
    (posted,) = town.events_of("adjustment_posted")
    assert posted["dispute"] == handle
    town.check()


def test_above_the_limit_the_dispute_goes_on_until_a_second_person_approves(town: World):
    handle = contest(town)
    pending = resolve(town, handle, "100.00")
    assert (pending.resolved_on, pending.granting) == (None, Decimal("100.00"))
    town.night("2026-06-16")
    assert town.overdue() == "0.00"
    for granted in ("0", "10.00"):
        with pytest.raises(RuleViolation, match="waits for approval"):
            resolve(town, handle, granted)
    (waiting,) = town.by_hand("2026-06-17", MANAGER).do(queries.waiting).items
    assert str(waiting.dispute) == handle
    town.by_hand("2026-06-17", MANAGER).do(adjusting.approve, str(waiting.handle))
    (over,) = town.by_hand("2026-06-17", REP).do(queries.disputes, "B1")
    assert (over.outcome, str(over.resolved_on), over.granting) == ("granted", "2026-06-17", None)
    town.night("2026-06-17")
    assert (town.owed(), town.in_collections()) == ({}, False)
    town.check()


def test_what_a_second_person_rejects_leaves_the_dispute_open(town: World):
    handle = contest(town)
    resolve(town, handle, "100.00")
    (waiting,) = town.by_hand("2026-06-17", MANAGER).do(queries.waiting).items
    town.by_hand("2026-06-17", MANAGER).do(adjusting.reject, str(waiting.handle), note="no proof")
    (dispute,) = town.by_hand("2026-06-17", REP).do(queries.disputes, "B1")
    assert dispute.is_open(town.by_hand("2026-06-17")._date)  # noqa: SLF001 - the test's own day
    assert resolve(town, handle, on="2026-06-18").outcome == "refused"


def test_a_dispute_that_ended_meanwhile_cannot_be_granted(town: World):
    handle = contest(town)
    resolve(town, handle, "100.00")
    town.bill(
        "100.00",
        "2026-06-01",
        bill_no="N1",
        disputed_amount="100.00",
        disputed_on="2026-06-13",
        dispute_resolved_on="2026-06-16",
    )
    (waiting,) = town.by_hand("2026-06-17", MANAGER).do(queries.waiting).items
    with pytest.raises(RuleViolation, match="over already"):
        town.by_hand("2026-06-17", MANAGER).do(adjusting.approve, str(waiting.handle))
    assert town.rows("select count(*) from credit") == [(0,)]


def test_a_bill_has_one_dispute_at_a_time_and_may_be_contested_again(town: World):
    handle = contest(town, "10.00")
    with pytest.raises(RuleViolation, match="under dispute already"):
        contest(town, "20.00")
    resolve(town, handle)
    assert contest(town, "20.00", on="2026-06-20") == handle
    (shown,) = town.by_hand("2026-06-20", REP).do(queries.disputes, "B1")
    assert (shown.amount, shown.outcome, shown.resolved_by) == (Decimal("20.00"), None, None)
    assert len(town.events_of("dispute_raised")) == 2


def test_no_more_than_the_corrected_bill_can_be_contested(town: World):
    town.bill("70.00", "2026-06-20", bill_no="N1a", corrects="N1", issued="2026-06-12")
    with pytest.raises(RuleViolation, match=r"70\.00 USD"):
        contest(town, "70.01")
    contest(town, bill_no="N1a")
    (shown,) = town.by_hand("2026-06-13", REP).do(queries.disputes, "B1")
    assert (shown.amount, shown.bill_no) == (Decimal("70.00"), "N1")


def test_a_file_that_knows_of_no_dispute_does_not_lift_one_that_a_person_raised(town: World):
    contest(town)
    town.bill("100.00", "2026-06-01", bill_no="N1", disputed_amount="", disputed_on="")
    town.night("2026-06-14")
    assert town.overdue() == "0.00"


def test_impossible_disputes_are_refused(town: World):
    for amount in ("0", "-5"):
        with pytest.raises(BadInput, match="more than 0"):
            contest(town, amount)
    with pytest.raises(NotFound, match="'N9'"):
        contest(town, bill_no="N9")
    handle = contest(town, "10.00")
    with pytest.raises(RuleViolation, match=r"10\.00 USD is disputed"):
        resolve(town, handle, "10.01")
    with pytest.raises(BadInput, match="0 or more"):
        resolve(town, handle, "-1")
    with pytest.raises(NotFound):
        resolve(town, "1-9999")
    resolve(town, handle)
    with pytest.raises(RuleViolation, match="is over"):
        resolve(town, handle)


def test_no_more_is_granted_than_is_disputed_by_now(town: World):
    """100 is granted and waits; that dispute ends, and another one is about 10 only."""
    handle = contest(town)
    resolve(town, handle, "100.00")
    town.bill(
        "100.00", "2026-06-01", bill_no="N1", disputed_amount="10.00", disputed_on="2026-06-15"
    )
    (waiting,) = town.by_hand("2026-06-17", MANAGER).do(queries.waiting).items
    with pytest.raises(
        RuleViolation, match=r"10\.00 USD is disputed, less than the 100\.00"
    ) as told:
        town.by_hand("2026-06-17", MANAGER).do(adjusting.approve, str(waiting.handle))
    assert told.value.rule == "more_than_disputed"
    assert town.rows("select count(*) from credit") == [(0,)]
    assert town.rows("select resolved_on from dispute") == [(None,)]


def test_what_a_person_resolved_is_not_reopened_by_the_same_file(town: World):
    stated = {
        "bill_no": "N1",
        "disputed_amount": "60.00",
        "disputed_on": "2026-06-13",
        "dispute_resolved_on": "",
    }
    town.bill("100.00", "2026-06-01", **stated)
    (found,) = town.by_hand("2026-06-13", REP).do(queries.disputes, "B1")
    resolve(town, str(found.handle))
    town.bill("100.00", "2026-06-01", **stated)
    town.night("2026-06-17")
    (found,) = town.by_hand("2026-06-17", REP).do(queries.disputes, "B1")
    assert (str(found.resolved_on), found.outcome) == ("2026-06-16", "refused")
    assert town.overdue() == "100.00"
    town.bill("100.00", "2026-06-01", **{**stated, "disputed_on": "2026-06-20"})
    (found,) = town.by_hand("2026-06-20", REP).do(queries.disputes, "B1")
    assert (found.resolved_on, found.outcome, found.resolved_by) == (None, None, None)
