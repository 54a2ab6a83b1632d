"""Stripe through its own SDK, against a local fake that keeps its own log of what was charged."""

import multiprocessing
import os
import signal
import threading
from decimal import Decimal
from pathlib import Path

import pytest
from pydantic import SecretStr
from tests.fakes.stripe import SECRET, FakeStripe, webhook
from tests.features.payments.till import Till, with_settings
from tests.world import World

from dunwell.db.database import Database
from dunwell.domain.errors import BadInput, Forbidden
from dunwell.features.access.actor import Operation, operator
from dunwell.features.payments import webhooks
from dunwell.features.payments.gateways.registry import Gateways
from dunwell.features.payments.gateways.stripe import smallest_units


def gateways(address: str) -> Gateways:
    return with_settings(
        gateways={"card": "stripe"},
        stripe_key=SecretStr("sk_test_1"),
        stripe_webhook_secret=SecretStr(SECRET),
        stripe_address=address,
    )


@pytest.fixture
def shop(till: Till, stripe: FakeStripe) -> Till:
    """Bill unit B1 owes 100.00 USD, to be collected from its card on 13 March."""
    till.gateways = gateways(stripe.address)
    till.policy()
    till.debtor()
    return till


def test_a_card_is_charged_off_session_for_the_exact_amount(shop: Till, stripe: FakeStripe):
    shop.card("pm_ok", customer="cus_1")
    shop.until_due()
    shop.collect()
    ((status, amount),) = shop.world.rows("select status, charged_amount from payment_attempt")
    assert (status, amount) == ("succeeded", 100)
    assert dict(stripe.charged) == {shop.charge_keys()[0]: 1}
    (intent,) = stripe.intents.values()
    assert (intent["amount"], intent["currency"], intent["description"]) == (10000, "usd", "B1")
    assert shop.payments() == [100]


@pytest.mark.parametrize(
    ("code", "status"), [("insufficient_funds", "ready"), ("lost_card", "declined")]
)
def test_stripes_decline_codes_are_for_now_or_for_good(
    shop: Till, stripe: FakeStripe, code: str, status: str
):
    shop.card(f"pm_decline_{code}")
    shop.until_due()
    shop.collect()
    assert shop.attempts() == [(status, 1, code)]
    assert shop.payments() == []
    assert not stripe.charged


@pytest.mark.parametrize(
    ("token", "code"), [("pm_action", "authentication_required"), ("pm_gone", "invalid_request")]
)
def test_what_only_the_customer_can_put_right_is_not_tried_again(shop: Till, token: str, code: str):
    shop.card(token)
    shop.until_due()
    shop.collect()
    assert shop.attempts() == [("declined", 1, code)]


def _collect_in_child(database: str, address: str, folder: str) -> None:
    till = Till(World(Database(database), Path(folder)), gateways(address), Path(folder))
    till.collect()


def test_killed_between_charge_and_record_it_is_charged_and_paid_once(
    shop: Till, stripe: FakeStripe, tmp_path: Path
):
    shop.card("pm_ok")
    shop.until_due()
    child = multiprocessing.get_context("spawn").Process(
        target=_collect_in_child,
        args=(shop.world.database.address, stripe.address, str(tmp_path)),
    )
    charged = threading.Event()

    def kill(_intent: object) -> bool:
        assert child.pid is not None
        os.kill(child.pid, signal.SIGKILL)
        charged.set()
        return True

    stripe.before_answer = kill
    child.start()
    child.join(60)
    assert charged.is_set()
    assert child.exitcode == -signal.SIGKILL
    # the money has moved, and nobody here knows
    assert sum(stripe.charged.values()) == 1
    assert shop.attempts() == [("charging", 1, None)]
    assert shop.payments() == []
    stripe.before_answer = lambda _intent: None
    shop.collect()
    assert dict(stripe.charged) == {shop.charge_keys()[0]: 1}
    assert len(stripe.intents) == 1
    assert shop.attempts() == [("succeeded", 1, None)]
    assert shop.payments() == [100]
    assert not shop.world.in_collections()
    shop.world.check()


def test_an_answer_that_gets_lost_is_asked_for_again_with_the_same_key(
    shop: Till, stripe: FakeStripe
):
    shop.card("pm_ok")
    shop.until_due()
    stripe.before_answer = lambda _intent: True
    shop.collect()
    # the SDK repeated the request itself, and got the first one's answer
    assert dict(stripe.charged) == {shop.charge_keys()[0]: 1}
    assert shop.payments() == [100]


def test_while_stripe_is_down_nothing_is_lost_and_nothing_charged(shop: Till, stripe: FakeStripe):
    shop.card("pm_ok")
    shop.until_due()
    stripe.down = True
    assert shop.collect().unanswered == 1
    assert shop.attempts() == [("charging", 1, None)]
    stripe.down = False
    shop.collect()
    assert sum(stripe.charged.values()) == 1
    assert shop.payments() == [100]


@pytest.mark.parametrize("was_charged", [True, False])
def test_after_a_day_stripe_is_asked_what_it_knows_before_anything_is_charged(
    shop: Till, stripe: FakeStripe, was_charged: bool
):
    shop.card("pm_ok")
    shop.until_due()
    stripe.down = True
    shop.collect()
    stripe.down = False
    with shop.world.database.connect() as connection:
        connection.execute("update payment_attempt set charging_since = now() - interval '2 days'")
    key = shop.charge_keys()[0]
    if was_charged:
        form = {"payment_method": "pm_ok", "amount": "10000", "currency": "usd"}
        stripe.create(key, {**form, "metadata[dunwell_key]": key, "description": "B1"})
        # Stripe has forgotten the key, not the charge
        stripe.by_key.clear()
    shop.collect()
    if not was_charged:
        assert shop.attempts() == [("ready", 0, None)]
        shop.collect()
    assert sum(stripe.charged.values()) == 1
    assert shop.payments() == [100]
    assert shop.attempts() == [("succeeded", 1, None)]


def test_a_charge_under_way_is_settled_by_a_signed_webhook_once(shop: Till, stripe: FakeStripe):
    shop.card("pm_processing")
    shop.until_due()
    shop.collect()
    assert shop.attempts() == [("pending", 1, None)]
    payload, signature = webhook("payment_intent.succeeded", stripe.succeed("pi_1"))
    for _ in range(2):
        take(shop, payload, signature)
    assert shop.attempts() == [("succeeded", 1, None)]
    assert shop.payments() == [100]


def test_a_charge_under_way_is_asked_about_without_a_webhook_too(shop: Till, stripe: FakeStripe):
    shop.card("pm_processing")
    shop.until_due()
    shop.collect()
    shop.collect("2026-03-14")
    assert shop.attempts() == [("pending", 1, None)]
    stripe.succeed("pi_1")
    shop.collect("2026-03-15")
    assert shop.attempts() == [("succeeded", 1, None)]


def test_a_chargeback_takes_the_payment_back(shop: Till, stripe: FakeStripe):
    shop.card("pm_ok")
    shop.until_due()
    shop.collect()
    dispute = {
        "id": "dp_1",
        "object": "dispute",
        "payment_intent": "pi_1",
        "amount": 10000,
        "currency": "usd",
        "reason": "fraudulent",
    }
    take(shop, *webhook("charge.dispute.funds_withdrawn", dispute), on="2026-03-20")
    assert shop.payments() == [100, -100]
    assert shop.attempts() == [("returned", 1, "fraudulent")]
    shop.world.night("2026-03-20")
    assert shop.world.in_collections()
    shop.world.check()


@pytest.mark.parametrize("fault", ["signature", "payload", "secret", "nonsense"])
def test_a_webhook_that_is_not_stripes_is_refused(shop: Till, stripe: FakeStripe, fault: str):
    shop.card("pm_processing")
    shop.until_due()
    shop.collect()
    intent = stripe.succeed("pi_1")
    secret = "whsec_other" if fault == "secret" else SECRET
    payload, signature = webhook("payment_intent.succeeded", intent, secret)
    if fault == "signature":
        signature = signature[:-1] + ("0" if signature[-1] != "0" else "1")
    if fault == "payload":
        payload = payload.replace(b"10000", b"99900")
    if fault == "nonsense":
        signature = "hello"
    with pytest.raises(Forbidden, match="signature"):
        take(shop, payload, signature)
    assert shop.attempts() == [("pending", 1, None)]


def take(till: Till, payload: bytes, signature: str, on: str = "2026-03-13") -> None:
    with till.world.database.connect() as connection:
        operation: Operation = till.operation(connection, on)
        webhooks.take(operation, till.gateways, "stripe", payload, signature)


@pytest.mark.parametrize(
    ("amount", "currency", "units"),
    [
        ("12.34", "USD", 1234),
        ("1200", "JPY", 1200),
        ("1.230", "KWD", 1230),
        ("1.234", "KWD", None),
        ("5", "ISK", 500),
        ("5.50", "UGX", None),
        ("7.00", "MGA", 7),
        ("7.50", "MGA", None),
    ],
)
def test_amounts_are_stripes_smallest_units_or_not_charged_at_all(
    amount: str, currency: str, units: int | None
):
    assert smallest_units(Decimal(amount), currency) == units


def test_without_a_key_the_gateway_says_which_setting_is_missing(till: Till):
    till.gateways = with_settings(gateways={"card": "stripe"})
    till.policy()
    till.debtor()
    till.card("pm_ok")
    till.until_due()
    with pytest.raises(BadInput, match="DUNWELL_STRIPE_KEY"):
        till.collect(actor=operator("Grace"))
    assert till.attempts() == [("ready", 0, None)]
