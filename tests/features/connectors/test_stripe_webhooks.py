"""Stripe Billing calls: what it tells is taken once, and what can't be taken is told again."""

import time
from decimal import Decimal

import pytest
from tests.fakes.stripe import webhook
from tests.fakes.stripe_billing import FakeBilling
from tests.features.connectors.conftest import Plant, run
from tests.features.connectors.stripe_shop import Shop, bills, put_charge, put_invoice

from dunwell.domain.errors import Forbidden, RuleViolation
from dunwell.engine.loading import load_rows

pytestmark = pytest.mark.usefixtures("ada")


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
    assert len(bills(plant)) == 1
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
    put_invoice(billing, "in_2", 500, customer="cus_2")
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


def test_a_signed_webhook_brings_what_is_there_now(plant: Plant, shop: Shop, billing: FakeBilling):
    connecting = shop()
    run(connecting, "shop")
    charge = put_charge(billing, "ch_1", 1050)
    event = billing.event("charge.succeeded", charge, int(time.time()))
    for _ in range(2):
        connecting.hear("shop", *webhook(event["type"], charge))
    assert plant.rows("select number, amount from credit") == [("ch_1", Decimal("10.5"))]


def test_a_webhook_that_is_not_signed_or_too_old_is_refused(
    plant: Plant, shop: Shop, billing: FakeBilling
):
    event = billing.event("charge.succeeded", put_charge(billing, "ch_1", 1050), 1)
    thing = event["data"]["object"]
    payload, signature = webhook("charge.succeeded", thing)
    forged = payload + b" "
    _, old = webhook("charge.succeeded", thing, at=int(time.time()) - 301)
    for body, shown in ((forged, signature), (payload, ""), (payload, old)):
        with pytest.raises(Forbidden, match="wrong, missing or too old"):
            shop().hear("shop", body, shown)
    assert billing.asked == []
