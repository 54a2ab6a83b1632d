"""Stripe Billing against a local fake: customers, invoices and money come in, however told."""

import time
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from pydantic import SecretStr
from tests.fakes.stripe import webhook
from tests.fakes.stripe_billing import FakeBilling
from tests.features.connectors.conftest import Plant, run

from dunwell.domain.errors import BadInput, Forbidden, RuleViolation, Unavailable
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


def _back(billing: FakeBilling, noun: str, number: str, units: int, **facts: Any) -> dict[str, Any]:
    """Money of the charge ch_1 goes back."""
    verb = billing.refund if noun == "refunds" else billing.dispute
    return verb(number, "ch_1", units, **{"created": 1768500000, **facts})


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
    _back(billing, noun, "back_1", units, status=status)
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
    _back(billing, noun, "back_1", units, status=first)
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
    _back(billing, noun, "back_1", 400, status=status)
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
    refund = _back(billing, "refunds", "re_1", 1050, status="succeeded")
    billing.event("refund.created", refund, int(time.time()))
    assert run(shop(refunds="owe"), "shop").rejected == 0
    assert _owed(plant) == Decimal("10.5")


@pytest.mark.parametrize(("refunds", "owed"), [("credit", "0"), ("owe", "10.5")])
def test_a_second_full_refund_after_one_that_failed_is_booked_by_its_own_number(
    plant: Plant, shop: Shop, billing: FakeBilling, refunds: str, owed: str
):
    connecting = shop(refunds=refunds)
    _charge(billing, "ch_1", 1050)
    _back(billing, "refunds", "re_1", 1050, status="pending")
    run(connecting, "shop")
    assert _owed(plant) == Decimal(owed)
    failed = _back(billing, "refunds", "re_1", 1050, status="failed")
    billing.event("refund.failed", failed, int(time.time()))
    assert run(connecting, "shop").rejected == 0
    assert _owed(plant) == 0
    again = _back(billing, "refunds", "re_2", 1050, status="succeeded", created=1768600000)
    billing.event("refund.created", again, int(time.time()))
    for _ in range(2):
        assert run(connecting, "shop").rejected == 0
        assert _owed(plant) == Decimal(owed)


def test_no_more_is_owed_again_than_was_charged(plant: Plant, shop: Shop, billing: FakeBilling):
    _charge(billing, "ch_1", 1050)
    _back(billing, "refunds", "re_1", 400, status="succeeded")
    _back(billing, "disputes", "du_1", 1050, status="needs_response", created=1768600000)
    connecting = shop(refunds="owe")
    assert run(connecting, "shop").rejected == 0
    assert _owed(plant) == Decimal("10.5")
    won = billing.put("disputes", "du_1", status="won")
    billing.event("charge.dispute.closed", won, int(time.time()))
    assert run(connecting, "shop").rejected == 0
    assert _owed(plant) == Decimal(4)


def test_a_dispute_that_was_won_may_be_followed_by_a_refund(
    plant: Plant, shop: Shop, billing: FakeBilling
):
    # the enquiry is older than the refund of which the charge knows first
    _charge(billing, "ch_1", 1050)
    _back(billing, "disputes", "du_1", 1050, status="won")
    _back(billing, "refunds", "re_1", 1050, status="succeeded", created=1768600000)
    assert run(shop(refunds="owe"), "shop").rejected == 0
    assert _owed(plant) == Decimal("10.5")
    assert plant.rows("select number from credit where reverses_id is not null order by 1") == [
        ("du_1",),
        ("re_1",),
    ]


def test_an_enquiry_takes_no_money(plant: Plant, shop: Shop, billing: FakeBilling):
    _charge(billing, "ch_1", 1050)
    _back(billing, "disputes", "du_1", 1050, status="warning_needs_response")
    run(shop(), "shop")
    assert _owed(plant) == 0


def test_many_small_refunds_of_one_charge_are_all_found(
    plant: Plant, shop: Shop, billing: FakeBilling
):
    _charge(billing, "ch_1", 1050)
    for number in range(15):
        _back(billing, "refunds", f"re_{number}", 10, status="succeeded")
    assert run(shop(refunds="owe"), "shop").rejected == 0
    assert _owed(plant) == Decimal("1.5")


def test_a_webhook_of_a_refund_may_come_before_that_of_its_charge(
    plant: Plant, shop: Shop, billing: FakeBilling
):
    connecting = shop(refunds="owe")
    run(connecting, "shop")
    _charge(billing, "ch_1", 1050)
    billing.pays("ch_1", "in_1")
    refund = _back(billing, "refunds", "re_1", 1050, status="succeeded")
    connecting.hear("shop", *webhook("refund.created", refund))
    connecting.hear("shop", *webhook("charge.succeeded", billing.things["charges"]["ch_1"]))
    assert plant.rows("select number, amount::float from credit order by 1") == [
        ("ch_1", 10.5),
        ("re_1", -10.5),
    ]


def test_a_charge_pays_its_own_invoice(plant: Plant, shop: Shop, billing: FakeBilling):
    _invoice(billing, "in_2", 500, due_date=1770000000)
    _charge(billing, "ch_2", 500)
    billing.pays("ch_2", "in_2")
    run(shop(), "shop")
    _charge(billing, "ch_1", 1050)
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
        _charge(billing, number, 500)
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
    _charge(billing, "ch_1", 1050, created=1767393000)
    run(shop(**({"time_zone": zone} if zone else {})), "shop")
    assert plant.rows("select effective_on::text from credit") == [(day,)]


def test_a_time_zone_that_does_not_exist_is_refused(shop: Shop):
    with pytest.raises(BadInput, match="shop: time_zone"):
        shop(time_zone="Mars/Olympus").connectors()


def test_a_webhook_whose_rows_are_refused_is_told_again_and_seen(
    plant: Plant, shop: Shop, billing: FakeBilling
):
    # the CRM's customer isn't there yet
    connecting = shop(account_no_metadata="no")
    told = webhook("invoice.finalized", billing.things["invoices"]["in_1"])
    with pytest.raises(RuleViolation, match="Tell it again"):
        connecting.hear("shop", *told)
    ((_, state),) = connecting.states()
    assert state.problem is not None
    assert "--anew" in state.problem
    listed = plant.home / "connectors"
    assert any("is not a known account" in each.read_text() for each in listed.iterdir())
    (event,) = plant.events("connector_loaded")
    assert (event["rejected"] > 0, event["problem"]) == (True, state.problem)
    # by the time Stripe tells it again, she is
    load_rows(plant.database, plant.plugins, "accounts", [{"account_no": "A1", "name": "Ada"}])
    connecting.hear("shop", *told)
    assert len(_bills(plant)) == 1
    ((_, state),) = connecting.states()
    assert state.problem is None


def test_a_problem_stays_until_each_of_its_rows_was_taken(
    plant: Plant, shop: Shop, billing: FakeBilling
):
    connecting = shop(account_no_metadata="no")
    billing.things["customers"]["cus_2"] = {
        **billing.things["customers"]["cus_1"],
        "id": "cus_2",
        "metadata": {"no": "A2"},
    }
    _invoice(billing, "in_2", 500, customer="cus_2")
    calls = {
        number: webhook("invoice.finalized", billing.things["invoices"][number])
        for number in ("in_1", "in_2")
    }
    for told in calls.values():
        with pytest.raises(RuleViolation):
            connecting.hear("shop", *told)
    for number, account_no in (("in_1", "A1"), ("in_2", "A2")):
        ((_, state),) = connecting.states()
        assert state.problem is not None
        row = {"account_no": account_no, "name": "Ada"}
        load_rows(plant.database, plant.plugins, "accounts", [row])
        connecting.hear("shop", *calls[number])
    ((_, state),) = connecting.states()
    assert state.problem is None
    # what isn't known row by row takes a full fetch
    plant.run("update connector set problem = 'lost', untaken = null")
    connecting.hear("shop", *calls["in_1"])
    ((_, state),) = connecting.states()
    assert state.problem == "lost"
    connecting.run(connecting.named("shop"), anew=True)
    ((_, state),) = connecting.states()
    assert state.problem is None


def test_two_connectors_to_one_shop_owe_and_pay_nothing_twice(plant: Plant, billing: FakeBilling):
    _charge(billing, "ch_1", 400)
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
    assert len(_bills(plant)) == 1
    assert _owed(plant) == Decimal("6.5")


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
