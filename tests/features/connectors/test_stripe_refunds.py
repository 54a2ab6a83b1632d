"""Stripe Billing: money that goes back, by a refund or a dispute, and may come back after all."""

import time
from decimal import Decimal
from typing import Any

import pytest
from tests.fakes.stripe import webhook
from tests.fakes.stripe_billing import FakeBilling
from tests.features.connectors.conftest import Plant, run
from tests.features.connectors.stripe_shop import (
    Shop,
    give_back,
    owed_in_all,
    put_charge,
    put_invoice,
)

pytestmark = pytest.mark.usefixtures("ada")


@pytest.mark.parametrize(
    ("noun", "units", "entry", "owed"),
    [
        ("refunds", 1050, {}, "0"),
        ("refunds", 400, {}, "0"),
        ("refunds", 1050, {"refunds": "owe"}, "10.5"),
        ("refunds", 400, {"refunds": "owe"}, "4"),
        ("disputes", 1050, {}, "10.5"),
        ("disputes", 400, {}, "4"),
    ],
)
def test_money_that_goes_back_is_owed_again_only_if_it_was_taken_back(
    plant: Plant,
    shop: Shop,
    billing: FakeBilling,
    noun: str,
    units: int,
    entry: dict[str, Any],
    owed: str,
):
    put_charge(billing, "ch_1", 1050)
    status = "succeeded" if noun == "refunds" else "lost"
    give_back(billing, noun, "back_1", units, status=status)
    ran = run(shop(**entry), "shop")
    assert (ran.rejected, owed_in_all(plant)) == (0, Decimal(owed))
    run(shop(**entry), "shop")
    assert owed_in_all(plant) == Decimal(owed)


@pytest.mark.parametrize(
    ("noun", "units", "first", "then", "kind"),
    [
        ("disputes", 1050, "needs_response", "won", "charge.dispute.closed"),
        ("disputes", 400, "under_review", "won", "charge.dispute.funds_reinstated"),
        ("refunds", 1050, "pending", "failed", "refund.failed"),
        ("refunds", 400, "pending", "canceled", "refund.updated"),
    ],
)
def test_money_that_comes_back_after_all_is_owed_no_more(
    plant: Plant,
    shop: Shop,
    billing: FakeBilling,
    noun: str,
    units: int,
    first: str,
    then: str,
    kind: str,
):
    put_charge(billing, "ch_1", 1050)
    give_back(billing, noun, "back_1", units, status=first)
    run(shop(refunds="owe"), "shop")
    assert owed_in_all(plant) == Decimal(units) / 100
    billing.event(kind, billing.put(noun, "back_1", status=then), int(time.time()))
    for _ in range(2):
        assert run(shop(refunds="owe"), "shop").rejected == 0
        assert owed_in_all(plant) == 0


@pytest.mark.parametrize(("noun", "status"), [("disputes", "won"), ("refunds", "failed")])
def test_what_came_to_nothing_before_the_first_fetch_changes_nothing(
    plant: Plant, shop: Shop, billing: FakeBilling, noun: str, status: str
):
    put_charge(billing, "ch_1", 1050)
    give_back(billing, noun, "back_1", 400, status=status)
    assert run(shop(refunds="owe"), "shop").rejected == 0
    assert owed_in_all(plant) == 0


def test_a_refund_finds_its_charge_on_an_older_page_of_events(
    plant: Plant, shop: Shop, billing: FakeBilling
):
    run(shop(), "shop")
    billing.event("charge.succeeded", put_charge(billing, "ch_1", 1050), int(time.time()))
    for number in range(100):
        other = put_invoice(billing, f"in_x{number:03}", 0)
        billing.event("invoice.updated", other, int(time.time()))
    refund = give_back(billing, "refunds", "re_1", 1050, status="succeeded")
    billing.event("refund.created", refund, int(time.time()))
    assert run(shop(refunds="owe"), "shop").rejected == 0
    assert owed_in_all(plant) == Decimal("10.5")


@pytest.mark.parametrize(("refunds", "owed"), [("credit", "0"), ("owe", "10.5")])
def test_a_second_full_refund_after_one_that_failed_is_booked_by_its_own_number(
    plant: Plant, shop: Shop, billing: FakeBilling, refunds: str, owed: str
):
    connecting = shop(refunds=refunds)
    put_charge(billing, "ch_1", 1050)
    give_back(billing, "refunds", "re_1", 1050, status="pending")
    run(connecting, "shop")
    assert owed_in_all(plant) == Decimal(owed)
    failed = give_back(billing, "refunds", "re_1", 1050, status="failed")
    billing.event("refund.failed", failed, int(time.time()))
    assert run(connecting, "shop").rejected == 0
    assert owed_in_all(plant) == 0
    again = give_back(billing, "refunds", "re_2", 1050, status="succeeded", created=1768600000)
    billing.event("refund.created", again, int(time.time()))
    for _ in range(2):
        assert run(connecting, "shop").rejected == 0
        assert owed_in_all(plant) == Decimal(owed)


def test_no_more_is_owed_again_than_was_charged(plant: Plant, shop: Shop, billing: FakeBilling):
    put_charge(billing, "ch_1", 1050)
    give_back(billing, "refunds", "re_1", 400, status="succeeded")
    give_back(billing, "disputes", "du_1", 1050, status="needs_response", created=1768600000)
    connecting = shop(refunds="owe")
    assert run(connecting, "shop").rejected == 0
    assert owed_in_all(plant) == Decimal("10.5")
    won = billing.put("disputes", "du_1", status="won")
    billing.event("charge.dispute.closed", won, int(time.time()))
    assert run(connecting, "shop").rejected == 0
    assert owed_in_all(plant) == Decimal(4)


def test_a_dispute_that_was_won_may_be_followed_by_a_refund(
    plant: Plant, shop: Shop, billing: FakeBilling
):
    # the enquiry is older than the refund of which the charge knows first
    put_charge(billing, "ch_1", 1050)
    give_back(billing, "disputes", "du_1", 1050, status="won")
    give_back(billing, "refunds", "re_1", 1050, status="succeeded", created=1768600000)
    assert run(shop(refunds="owe"), "shop").rejected == 0
    assert owed_in_all(plant) == Decimal("10.5")
    assert plant.rows("select number from credit where reverses_id is not null order by 1") == [
        ("du_1",),
        ("re_1",),
    ]


def test_an_enquiry_takes_no_money(plant: Plant, shop: Shop, billing: FakeBilling):
    put_charge(billing, "ch_1", 1050)
    give_back(billing, "disputes", "du_1", 1050, status="warning_needs_response")
    run(shop(), "shop")
    assert owed_in_all(plant) == 0


def test_many_small_refunds_of_one_charge_are_all_found(
    plant: Plant, shop: Shop, billing: FakeBilling
):
    put_charge(billing, "ch_1", 1050)
    for number in range(15):
        give_back(billing, "refunds", f"re_{number}", 10, status="succeeded")
    assert run(shop(refunds="owe"), "shop").rejected == 0
    assert owed_in_all(plant) == Decimal("1.5")


def test_a_webhook_of_a_refund_may_come_before_that_of_its_charge(
    plant: Plant, shop: Shop, billing: FakeBilling
):
    connecting = shop(refunds="owe")
    run(connecting, "shop")
    put_charge(billing, "ch_1", 1050)
    billing.pays("ch_1", "in_1")
    refund = give_back(billing, "refunds", "re_1", 1050, status="succeeded")
    connecting.hear("shop", *webhook("refund.created", refund))
    connecting.hear("shop", *webhook("charge.succeeded", billing.things["charges"]["ch_1"]))
    assert plant.rows("select number, amount::float from credit order by 1") == [
        ("ch_1", 10.5),
        ("re_1", -10.5),
    ]
