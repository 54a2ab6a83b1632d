"""A customer who calls: about a bill that is wrong, money at the counter, and goodwill."""

from decimal import Decimal

from tests.features.care.staff import MANAGER, POLICY, REP
from tests.world import World, day

from dunwell.domain.statuses import AdjustmentDirection
from dunwell.features.care import adjusting, disputing, overview, queries, receipts
from dunwell.features.care.adjusting import Wanted
from dunwell.features.cases import invariants
from dunwell.features.receivables.payments import Received


def test_a_wrong_bill_a_payment_at_the_counter_and_some_goodwill(world: World):
    world.policy(POLICY)
    world.customer(account_no="A1")
    world.bill("120.00", "2026-05-01", bill_no="MAY")
    world.bill("80.00", "2026-06-01", bill_no="JUNE")
    world.nights("2026-05-02", "2026-06-12")
    assert (world.overdue(), world.in_collections()) == ("200.00", True)

    # 12 June: she says that May was billed twice; what she contests isn't chased
    rita = world.by_hand("2026-06-12", REP)
    dispute = rita.do(disputing.raise_dispute, "B1", "MAY", amount=Decimal(70), reason="twice")
    world.night("2026-06-13")
    assert (world.overdue(), world.in_collections()) == ("130.00", True)

    # 15 June: she pays June at the counter, and gets a receipt
    rita = world.by_hand("2026-06-15", REP)
    paid = Received(Decimal(80), day("2026-06-15"), "cash", bill_no="JUNE")
    receipt = rita.do(receipts.take, "B1", paid, key="counter-1")
    world.nights("2026-06-14", "2026-06-15")
    assert world.owed() == {"MAY": "120.00"}
    assert world.overdue() == "50.00"

    # 18 June: the meter shows that she is right; 70.00 is more than Rita may grant alone
    rita = world.by_hand("2026-06-18", REP)
    rita.do(disputing.resolve_dispute, "B1", str(dispute.handle), granted=Decimal(70), reason="ok")
    world.nights("2026-06-16", "2026-06-18")
    assert (world.overdue(), world.owed()) == ("50.00", {"MAY": "120.00"})
    mary = world.by_hand("2026-06-19", MANAGER)
    (waiting,) = mary.do(queries.waiting).items
    mary.do(adjusting.approve, str(waiting.handle), version=waiting.version)
    world.night("2026-06-19")
    assert (world.overdue(), world.owed()) == ("50.00", {"MAY": "50.00"})

    # and for the trouble Rita gives her what is left: she leaves that night
    rita = world.by_hand("2026-06-19", REP)
    rita.do(adjusting.request, "B1", Wanted(AdjustmentDirection.CREDIT, Decimal(50), "goodwill"))
    world.night("2026-06-20")
    assert (world.owed(), world.in_collections()) == ({}, False)
    assert world.newest_case()["close_reason"] == "cured"
    found = rita.do(overview.overview, "A1")
    (unit,) = found.bill_units.items
    assert (unit.balance, unit.disputed, receipt.amount) == (Decimal(0), Decimal(0), Decimal(80))
    world.check()


def test_a_posted_adjustment_without_its_money_is_found_by_the_invariants(world: World):
    world.policy(POLICY)
    world.customer()
    world.bill("50.00", "2026-05-01")
    rita = world.by_hand("2026-05-02", REP)
    rita.do(adjusting.request, "B1", Wanted(AdjustmentDirection.CREDIT, Decimal(5), "goodwill"))
    world.check()
    with world.database.connect() as connection:
        connection.execute("delete from credit where kind = 'adjustment'")
    with world.database.connect() as connection:
        (breach,) = invariants.check(connection)
    assert breach.name == "posted_adjustment_is_a_credit_or_an_item"
