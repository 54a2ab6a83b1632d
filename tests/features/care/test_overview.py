"""An account at a glance, and the usage that isn't billed yet."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from tests.features.care.staff import MANAGER, POLICY, REP
from tests.prepared import CopyOf
from tests.world import World

from dunwell.domain.errors import BadInput, NotFound, RuleViolation, Unavailable
from dunwell.features.access.actor import operator
from dunwell.features.care import disputing, overview, usage
from dunwell.features.receivables import bills, history, payments
from dunwell.plugins.loader import plugin_manager
from dunwell.plugins.specs import UnbilledUsage, hookimpl

NOON = dt.datetime(2026, 6, 12, 12, tzinfo=dt.UTC)


def _town(world: World) -> None:
    """Ada has three bill units: one in collections, one with credit, one with nothing."""
    world.policy(POLICY + '[[debt_classes]]\nname = "equipment"\n')
    for number in ("B1", "B2", "B3"):
        world.customer(number, account_no="A1")
    world.bill("100.00", "2026-06-01", "B1", bill_no="N1")
    world.bill("40.00", "2026-07-01", "B1", issued="2026-06-10", bill_no="N2")
    world.bill("25.50", "2026-06-05", "B1", debt_class="equipment", bill_no="N3")
    world.pay("10.00", "2026-06-11", "B2")
    world.night("2026-06-12")


@pytest.fixture
def town(copy_of: CopyOf) -> World:
    return copy_of(_town)


def look(world: World, account_no: str = "A1", **options: Any) -> overview.Overview:
    found: overview.Overview = world.by_hand("2026-06-12", REP).do(
        overview.overview, account_no, **options
    )
    return found


def told(amount: str, as_of: dt.datetime = NOON, **more: str) -> UnbilledUsage:
    return UnbilledUsage(more.pop("bill_unit_no", "B1"), Decimal(amount), as_of, **more)


def put(world: World, given: UnbilledUsage) -> bool:
    return bool(world.by_hand("2026-06-12", operator("billing")).do(usage.put, given))


def test_each_bill_unit_has_its_balance_by_debt_class(town: World):
    found = look(town)
    first, second, third = found.bill_units.items
    assert (first.open_amount, first.overdue, first.balance, first.in_collections) == (
        Decimal("165.50"),
        Decimal("125.50"),
        Decimal("165.50"),
        True,
    )
    assert [(group.debt_class, group.open_amount, group.overdue) for group in first.groups] == [
        ("equipment", Decimal("25.50"), Decimal("25.50")),
        ("standard", Decimal("140.00"), Decimal("100.00")),
    ]
    assert (second.credit, second.balance) == (Decimal("10.00"), Decimal("-10.00"))
    assert (third.groups, third.balance, third.in_collections) == ((), Decimal(0), False)
    assert found.account["name"] == "Ada Okafor"


def test_bill_units_come_page_by_page(town: World):
    first = look(town, limit=2)
    second = look(town, limit=2, cursor=first.bill_units.next_cursor)
    shown = [unit.bill_unit_no for page in (first, second) for unit in page.bill_units.items]
    assert shown == ["B1", "B2", "B3"]
    assert second.bill_units.next_cursor is None


def test_what_is_disputed_stands_beside_what_is_open(town: World):
    town.by_hand("2026-06-12", REP).do(disputing.raise_dispute, "B1", "N1", reason="no")
    (first, *_) = look(town).bill_units.items
    assert (first.disputed, first.overdue) == (Decimal("100.00"), Decimal("125.50"))


def test_lists_of_the_account_hold_those_of_all_its_bill_units(town: World):
    town.bill("5.00", "2026-06-20", "B2", bill_no="N4")
    customer = look(town).customer
    hand = town.by_hand("2026-06-12", REP)
    found = hand.do(bills.bills_of, customer)
    assert [(bill.bill_no, bill.bill_unit_no) for bill in found.items] == [
        ("N2", "B1"),
        ("N4", "B2"),
        ("N3", "B1"),
        ("N1", "B1"),
    ]
    (paid,) = hand.do(payments.payments_of, customer).items
    assert paid.bill_unit_no == "B2"
    kinds = {each.kind for each in hand.do(history.history_of, customer).items}
    assert "case_opened" in kinds
    (case,) = hand.do(overview.cases_of, customer)
    assert (case.bill_unit_no, case.status, case.next_action) == ("B1", "open", "call")


def test_promises_and_plans_stand_in_one_list(town: World):
    town.by_hand("2026-06-12", MANAGER).promise("B1", number=2, total_days=10)
    (agreed,) = town.by_hand("2026-06-12", REP).do(overview.agreements_of, look(town).customer)
    assert (agreed.kind, agreed.status, agreed.total, agreed.until) == (
        "promise",
        "active",
        Decimal("100.00"),
        dt.date(2026, 6, 22),
    )


def test_unbilled_usage_shows_its_age_and_late_news_changes_nothing(town: World):
    assert put(town, told("12.30", details="3.2 GB"))
    assert put(town, told("1.00", debt_class="equipment"))
    assert not put(town, told("9.00", NOON - dt.timedelta(minutes=1)))
    assert not put(town, told("12.30", details="3.2 GB"))
    assert put(town, told("14.00", NOON + dt.timedelta(hours=1)))
    (first, *_) = look(town).bill_units.items
    assert first.unbilled == Decimal("15.00")
    (_, standard) = first.groups
    assert standard.unbilled is not None
    assert (standard.unbilled.amount, standard.unbilled.as_of) == (
        Decimal("14.00"),
        NOON + dt.timedelta(hours=1),
    )
    assert town.rows("select count(*) from touched") == [(0,)]


def test_impossible_usage_is_refused(town: World):
    for given, said in (
        (told("1.001"), "at most 2 decimals"),
        (told("1.00", NOON.replace(tzinfo=None)), "no time zone"),
        (told("1.00", details="x" * 501), "500"),
    ):
        with pytest.raises(BadInput, match=said):
            put(town, given)
    with pytest.raises(NotFound, match="'gas'"):
        put(town, told("1.00", debt_class="gas"))
    with pytest.raises(NotFound, match="B9"):
        put(town, told("1.00", bill_unit_no="B9"))


class _Billing:
    """A billing system that a plug-in asks."""

    fails = False

    @hookimpl
    def fetch_unbilled_usage(self, bill_unit_nos: list[str]) -> list[UnbilledUsage]:
        if self.fails:
            raise TimeoutError
        return [told("3.00", bill_unit_no=each) for each in [*bill_unit_nos, "somebody else's"]]


def test_the_billing_system_can_be_asked_through_a_plug_in(town: World):
    with pytest.raises(RuleViolation, match="fetch_unbilled_usage"):
        usage.ask(town.plugins.hook, ["B1"])
    manager, billing = plugin_manager(), _Billing()
    manager.register(billing)
    found = usage.ask(manager.hook, ["B1", "B2"])
    assert town.by_hand("2026-06-12", REP).do(usage.put_many, found) == 2
    assert look(town).bill_units.items[1].unbilled == Decimal("3.00")
    billing.fails = True
    with pytest.raises(Unavailable, match="doesn't answer"):
        usage.ask(manager.hook, ["B1"])


def test_an_unknown_account_is_not_there(town: World):
    with pytest.raises(NotFound, match="'A9'"):
        look(town, "A9")
