"""Stripe Billing against a local fake: customers, invoices and money come in, however told."""

import time
from decimal import Decimal

import pytest
from pydantic import SecretStr
from tests.fakes.stripe_billing import FakeBilling
from tests.features.connectors.conftest import Plant, run
from tests.features.connectors.stripe_shop import Shop, bills, owed_in_all, put_charge, put_invoice

from dunwell.domain.errors import BadInput, Unavailable
from dunwell.engine.loading import load_rows

pytestmark = pytest.mark.usefixtures("ada")


def test_the_first_fetch_takes_everything_page_by_page(
    plant: Plant, shop: Shop, billing: FakeBilling
):
    for number in range(120):
        put_invoice(billing, f"in_x{number:03}", 100)
    billing.put("invoices", "in_draft", status="draft", customer="cus_1", currency="usd")
    put_charge(billing, "ch_1", 1050)
    ran = run(shop(), "shop")
    assert (ran.rejected, ran.refused) == (0, [])
    assert plant.rows("select account_no, name from account") == [("shop:cus_1", "Ada")]
    assert plant.rows("select bill_unit_no, currency from bill_unit") == [("shop:cus_1.usd", "USD")]
    assert len(bills(plant)) == 121
    assert bills(plant)[0] == ("N-in_1", Decimal("10.5"), "2026-01-01", "2026-02-01")
    assert plant.rows("select number, amount from credit") == [("ch_1", Decimal("10.5"))]
    assert any("starting_after=in_x" in each for each in billing.asked)
    assert set(billing.keys) == {"Bearer sk_test_secret"}


def test_later_only_what_changed_is_fetched_as_it_is_now(
    plant: Plant, shop: Shop, billing: FakeBilling
):
    run(shop(), "shop")
    billing.asked.clear()
    old = dict(put_invoice(billing, "in_1", 1050))
    put_invoice(billing, "in_1", 2000)
    billing.event("invoice.updated", old, int(time.time()))
    ran = run(shop(), "shop")
    assert ran.changed == 1
    assert bills(plant)[0][1] == 20
    assert not any(each.startswith("/v1/invoices?") for each in billing.asked)
    assert run(shop(), "shop").changed == 0


def test_currencies_without_decimals_and_with_three_are_exact(
    plant: Plant, shop: Shop, billing: FakeBilling
):
    put_invoice(billing, "in_jpy", 1050, currency="jpy")
    put_invoice(billing, "in_kwd", 10500, currency="kwd")
    run(shop(), "shop")
    amounts = dict(plant.rows("select bill_no, amount from bill"))
    assert amounts == {
        "N-in_1": Decimal("10.5"),
        "N-in_jpy": Decimal(1050),
        "N-in_kwd": Decimal("10.5"),
    }


def test_a_customer_with_our_own_number_is_found_and_left_as_it_is(plant: Plant, shop: Shop):
    run_ = shop(account_no_metadata="no")
    assert run(run_, "shop").rejected > 0
    row = {"account_no": "A1", "name": "Ada Okafor"}
    load_rows(plant.database, plant.plugins, "accounts", [row])
    plant.run("delete from connector")
    assert run(run_, "shop").rejected == 0
    assert plant.rows("select account_no, name, email from account") == [("A1", "Ada Okafor", None)]
    assert len(bills(plant)) == 1


def test_a_void_invoice_is_owed_no_more(plant: Plant, shop: Shop, billing: FakeBilling):
    run(shop(), "shop")
    voided = put_invoice(billing, "in_1", 1050, status="void")
    billing.event("invoice.voided", voided, int(time.time()))
    run(shop(), "shop")
    assert owed_in_all(plant) == 0


def test_an_invoice_paid_outside_stripe_is_paid(plant: Plant, shop: Shop, billing: FakeBilling):
    put_invoice(billing, "in_1", 1050, status="paid", amount_paid_off_stripe=650)
    put_charge(billing, "ch_1", 400)
    run(shop(), "shop")
    assert plant.rows("select number, amount from credit order by 1") == [
        ("ch_1", Decimal(4)),
        ("in_1.paid", Decimal("6.5")),
    ]


def test_what_credit_notes_took_off_is_not_taken_off_twice(
    plant: Plant, shop: Shop, billing: FakeBilling
):
    put_invoice(billing, "in_1", 1050, pre_payment_credit_notes_amount=300)
    run(shop(), "shop")
    assert owed_in_all(plant) == Decimal("10.5")


def test_what_our_own_gateway_charged_is_not_paid_twice(
    plant: Plant, shop: Shop, billing: FakeBilling
):
    put_charge(billing, "ch_own", 1050, metadata={"dunwell_key": "k"})
    put_charge(billing, "ch_failed", 1050, status="failed")
    run(shop(), "shop")
    assert plant.rows("select count(*) from credit") == [(0,)]


def test_a_charge_pays_its_own_invoice(plant: Plant, shop: Shop, billing: FakeBilling):
    put_invoice(billing, "in_2", 500, due_date=1770000000)
    put_charge(billing, "ch_2", 500)
    billing.pays("ch_2", "in_2")
    run(shop(), "shop")
    put_charge(billing, "ch_1", 1050)
    billing.pays("ch_1", "in_1")
    billing.event("charge.succeeded", billing.things["charges"]["ch_1"], int(time.time()))
    run(shop(), "shop")
    assert plant.rows(
        "select credit.number, bill.bill_no from credit join bill on bill.id = credit.bill_id"
        " order by 1"
    ) == [("ch_1", "N-in_1"), ("ch_2", "N-in_2")]


@pytest.mark.parametrize(("option", "paid"), [("credit", 2), ("ignore", 1)])
def test_a_charge_without_an_invoice_is_on_account_or_nothing_of_ours(
    plant: Plant, shop: Shop, billing: FakeBilling, option: str, paid: int
):
    connecting = shop(charges_without_invoice=option)
    run(connecting, "shop")
    for number in ("ch_1", "ch_2"):
        put_charge(billing, number, 500)
    billing.pays("ch_1", "in_1")
    for charge in billing.things["charges"].values():
        billing.event("charge.succeeded", charge, int(time.time()))
    run(connecting, "shop")
    assert plant.rows("select count(*) from credit") == [(paid,)]
    # the first fetch sees it the same way
    plant.run("delete from connector")
    run(connecting, "shop")
    assert plant.rows("select count(*) from credit") == [(paid,)]


@pytest.mark.parametrize(("zone", "day"), [(None, "2026-01-02"), ("Asia/Tokyo", "2026-01-03")])
def test_days_are_those_of_the_brand_unless_the_shop_has_its_own(
    plant: Plant, shop: Shop, billing: FakeBilling, zone: str | None, day: str
):
    # half past eleven at night on 2 January in Lagos, which is an hour before UTC
    plant.run("update brand set time_zone = 'Africa/Lagos'")
    put_charge(billing, "ch_1", 1050, created=1767393000)
    run(shop(**({"time_zone": zone} if zone else {})), "shop")
    assert plant.rows("select effective_on::text from credit") == [(day,)]


def test_a_time_zone_that_does_not_exist_is_refused(shop: Shop):
    with pytest.raises(BadInput, match="shop: time_zone"):
        shop(time_zone="Mars/Olympus").connectors()


def test_two_connectors_to_one_shop_owe_and_pay_nothing_twice(plant: Plant, billing: FakeBilling):
    put_charge(billing, "ch_1", 400)
    billing.pays("ch_1", "in_1")
    connecting = plant.with_(
        connectors={"shop": {"type": "stripe"}, "again": {"type": "stripe"}},
        stripe_key=SecretStr("sk_test_secret"),
        stripe_address=billing.address,
    )
    assert run(connecting, "shop").problem is None
    ran = run(connecting, "again")
    assert ran.problem is not None
    assert "sk_test_secret" not in ran.problem
    assert len(bills(plant)) == 1
    assert owed_in_all(plant) == Decimal("6.5")


def test_a_draft_that_was_deleted_is_passed_over(plant: Plant, shop: Shop, billing: FakeBilling):
    run(shop(), "shop")
    draft = put_invoice(billing, "in_2", 500, status="draft")
    billing.event("invoice.updated", draft, int(time.time()))
    del billing.things["invoices"]["in_2"]
    billing.event("invoice.finalized", put_invoice(billing, "in_3", 700), int(time.time()))
    assert run(shop(), "shop").refused == []
    assert [number for number, *_ in bills(plant)] == ["N-in_1", "N-in_3"]


def test_while_stripe_is_down_nothing_is_lost(plant: Plant, shop: Shop, billing: FakeBilling):
    run(shop(), "shop")
    billing.down = True
    with pytest.raises(Unavailable, match="Stripe gave no answer") as failed:
        run(shop(), "shop")
    assert "sk_test" not in failed.value.message
    billing.event("invoice.updated", put_invoice(billing, "in_2", 500), int(time.time()))
    billing.down = False
    assert run(shop(), "shop").created == 1
