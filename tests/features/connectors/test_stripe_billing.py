"""Stripe Billing against a local fake: customers, invoices and money come in, however told."""

import time
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from tests.fakes.stripe import webhook
from tests.fakes.stripe_billing import FakeBilling
from tests.features.connectors.conftest import Plant, run

from dunwell.domain.errors import Forbidden, Unavailable
from dunwell.engine.connecting import Connecting
from dunwell.engine.loading import load_rows

Shop = Callable[..., Connecting]


@pytest.fixture(autouse=True)
def _ada(billing: FakeBilling) -> None:
    billing.put("customers", "cus_1", name="Ada", email="ada@example.org", metadata={"no": "A1"})
    _invoice(billing, "in_1", 1050)


def _invoice(billing: FakeBilling, number: str, units: int, **facts: Any) -> dict[str, Any]:
    told = {
        "customer": "cus_1",
        "currency": "usd",
        "status": "open",
        "number": f"N-{number}",
        "amount_due": units,
        "due_date": 1769904000,
        "created": 1767225600,
        **facts,
    }
    return billing.put("invoices", number, **told)


def _charge(billing: FakeBilling, number: str, units: int, **facts: Any) -> dict[str, Any]:
    told = {"customer": "cus_1", "currency": "usd", "status": "succeeded", "amount": units}
    return billing.put("charges", number, **{**told, "created": 1768000000, **facts})


def _bills(plant: Plant) -> list[tuple[Any, ...]]:
    return plant.rows("select bill_no, amount, issued_on::text, due_on::text from bill order by 1")


def _owed(plant: Plant) -> Decimal:
    """What is owed in the end: items less credits, whether posted or not."""
    ((owed,),) = plant.rows(
        "select (select coalesce(sum(amount), 0) from item)"
        " - (select coalesce(sum(amount), 0) from credit)"
    )
    return Decimal(owed)


def test_the_first_fetch_takes_everything_page_by_page(
    plant: Plant, shop: Shop, billing: FakeBilling
):
    for number in range(120):
        _invoice(billing, f"in_x{number:03}", 100)
    billing.put("invoices", "in_draft", status="draft", customer="cus_1", currency="usd")
    _charge(billing, "ch_1", 1050)
    ran = run(shop(), "shop")
    assert (ran.rejected, ran.refused) == (0, [])
    assert plant.rows("select account_no, name from account") == [("shop:cus_1", "Ada")]
    assert plant.rows("select bill_unit_no, currency from bill_unit") == [("shop:cus_1.usd", "USD")]
    assert len(_bills(plant)) == 121
    assert _bills(plant)[0] == ("N-in_1", Decimal("10.5"), "2026-01-01", "2026-02-01")
    assert plant.rows("select number, amount from credit") == [("ch_1", Decimal("10.5"))]
    assert any("starting_after=in_x" in each for each in billing.asked)
    assert set(billing.keys) == {"Bearer sk_test_secret"}


def test_later_only_what_changed_is_fetched_as_it_is_now(
    plant: Plant, shop: Shop, billing: FakeBilling
):
    run(shop(), "shop")
    billing.asked.clear()
    old = dict(_invoice(billing, "in_1", 1050))
    _invoice(billing, "in_1", 2000)
    billing.event("invoice.updated", old, int(time.time()))
    ran = run(shop(), "shop")
    assert ran.changed == 1
    assert _bills(plant)[0][1] == 20
    assert not any(each.startswith("/v1/invoices?") for each in billing.asked)
    assert run(shop(), "shop").changed == 0


def test_currencies_without_decimals_and_with_three_are_exact(
    plant: Plant, shop: Shop, billing: FakeBilling
):
    _invoice(billing, "in_jpy", 1050, currency="jpy")
    _invoice(billing, "in_kwd", 10500, currency="kwd")
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
    assert len(_bills(plant)) == 1


def test_a_void_invoice_is_owed_no_more(plant: Plant, shop: Shop, billing: FakeBilling):
    run(shop(), "shop")
    voided = _invoice(billing, "in_1", 1050, status="void")
    billing.event("invoice.voided", voided, int(time.time()))
    run(shop(), "shop")
    assert _owed(plant) == 0


def test_an_invoice_paid_outside_stripe_is_paid(plant: Plant, shop: Shop, billing: FakeBilling):
    _invoice(billing, "in_1", 1050, status="paid", amount_paid_off_stripe=650)
    _charge(billing, "ch_1", 400)
    run(shop(), "shop")
    assert plant.rows("select number, amount from credit order by 1") == [
        ("ch_1", Decimal(4)),
        ("in_1.paid", Decimal("6.5")),
    ]


def test_what_credit_notes_took_off_is_not_taken_off_twice(
    plant: Plant, shop: Shop, billing: FakeBilling
):
    _invoice(billing, "in_1", 1050, pre_payment_credit_notes_amount=300)
    run(shop(), "shop")
    assert _owed(plant) == Decimal("10.5")


def test_what_our_own_gateway_charged_is_not_paid_twice(
    plant: Plant, shop: Shop, billing: FakeBilling
):
    _charge(billing, "ch_own", 1050, metadata={"dunwell_key": "k"})
    _charge(billing, "ch_failed", 1050, status="failed")
    run(shop(), "shop")
    assert plant.rows("select count(*) from credit") == [(0,)]


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
    _charge(billing, "ch_1", 1050)
    status = "succeeded" if noun == "refunds" else "lost"
    billing.put(noun, "back_1", charge="ch_1", amount=units, status=status, created=1768500000)
    ran = run(shop(**entry), "shop")
    assert (ran.rejected, _owed(plant)) == (0, Decimal(owed))
    run(shop(**entry), "shop")
    assert _owed(plant) == Decimal(owed)


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
    _charge(billing, "ch_1", 1050)
    facts = {"charge": "ch_1", "amount": units, "created": 1768500000}
    billing.put(noun, "back_1", status=first, **facts)
    run(shop(refunds="owe"), "shop")
    assert _owed(plant) == Decimal(units) / 100
    billing.event(kind, billing.put(noun, "back_1", status=then), int(time.time()))
    for _ in range(2):
        assert run(shop(refunds="owe"), "shop").rejected == 0
        assert _owed(plant) == 0


@pytest.mark.parametrize(("noun", "status"), [("disputes", "won"), ("refunds", "failed")])
def test_what_came_to_nothing_before_the_first_fetch_changes_nothing(
    plant: Plant, shop: Shop, billing: FakeBilling, noun: str, status: str
):
    _charge(billing, "ch_1", 1050)
    billing.put(noun, "back_1", charge="ch_1", amount=400, status=status, created=1768500000)
    assert run(shop(refunds="owe"), "shop").rejected == 0
    assert _owed(plant) == 0


def test_a_refund_finds_its_charge_on_an_older_page_of_events(
    plant: Plant, shop: Shop, billing: FakeBilling
):
    run(shop(), "shop")
    billing.event("charge.succeeded", _charge(billing, "ch_1", 1050), int(time.time()))
    for number in range(100):
        other = _invoice(billing, f"in_x{number:03}", 0)
        billing.event("invoice.updated", other, int(time.time()))
    refund = billing.put(
        "refunds", "re_1", charge="ch_1", amount=1050, status="succeeded", created=1768500000
    )
    billing.event("refund.created", refund, int(time.time()))
    assert run(shop(refunds="owe"), "shop").rejected == 0
    assert _owed(plant) == Decimal("10.5")


def test_a_draft_that_was_deleted_is_passed_over(plant: Plant, shop: Shop, billing: FakeBilling):
    run(shop(), "shop")
    draft = _invoice(billing, "in_2", 500, status="draft")
    billing.event("invoice.updated", draft, int(time.time()))
    del billing.things["invoices"]["in_2"]
    billing.event("invoice.finalized", _invoice(billing, "in_3", 700), int(time.time()))
    assert run(shop(), "shop").refused == []
    assert [number for number, *_ in _bills(plant)] == ["N-in_1", "N-in_3"]


def test_a_signed_webhook_brings_what_is_there_now(plant: Plant, shop: Shop, billing: FakeBilling):
    connecting = shop()
    run(connecting, "shop")
    charge = _charge(billing, "ch_1", 1050)
    event = billing.event("charge.succeeded", charge, int(time.time()))
    for _ in range(2):
        connecting.hear("shop", *webhook(event["type"], charge))
    assert plant.rows("select number, amount from credit") == [("ch_1", Decimal("10.5"))]


def test_a_webhook_that_is_not_signed_or_too_old_is_refused(
    plant: Plant, shop: Shop, billing: FakeBilling
):
    event = billing.event("charge.succeeded", _charge(billing, "ch_1", 1050), 1)
    thing = event["data"]["object"]
    payload, signature = webhook("charge.succeeded", thing)
    forged = payload + b" "
    _, old = webhook("charge.succeeded", thing, at=int(time.time()) - 301)
    for body, shown in ((forged, signature), (payload, ""), (payload, old)):
        with pytest.raises(Forbidden, match="wrong, missing or too old"):
            shop().hear("shop", body, shown)
    assert billing.asked == []


def test_while_stripe_is_down_nothing_is_lost(plant: Plant, shop: Shop, billing: FakeBilling):
    run(shop(), "shop")
    billing.down = True
    with pytest.raises(Unavailable, match="Stripe gave no answer") as failed:
        run(shop(), "shop")
    assert "sk_test" not in failed.value.message
    billing.event("invoice.updated", _invoice(billing, "in_2", 500), int(time.time()))
    billing.down = False
    assert run(shop(), "shop").created == 1
