"""Payments over the API: methods, statements, suspense, referrals, and what gateways report."""

from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr
from tests.api.conftest import TODAY, Desk
from tests.fakes.stripe import SECRET, FakeStripe, webhook
from tests.features.payments import camt_files
from tests.features.payments.till import IBAN, KEY, Till, with_settings
from tests.policies import AGENCIES, BRANDS, policy, scenario
from tests.world import World

from dunwell.api.app import create
from dunwell.bootstrap import Application
from dunwell.features.access.actor import Permission
from dunwell.plugins.loader import plugin_manager
from dunwell.settings import Settings

V = "/api/v1"
OF = f"{V}/bill-units/B1"
CARD = {"kind": "card", "token": "pm_1", "last_four": "4242", "holder": "Ada Okafor"}
MANDATE = {
    "kind": "direct_debit",
    "iban": IBAN,
    "mandate_reference": "M-1",
    "signed_on": "2026-01-31",
}


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"vault_key": SecretStr(KEY)})


@pytest.fixture
def till(world: World, tmp_path: Path) -> Till:
    return Till(world, with_settings(gateways={"card": "null"}), tmp_path / "out")


def test_a_method_is_registered_shown_masked_and_removed(desk: Desk):
    desk.world.customer()
    headers = desk.key()
    made = desk.client.post(f"{OF}/payment-methods", headers=headers, json=CARD)
    assert (made.status_code, made.json()["last_four"]) == (201, "4242")
    assert "pm_1" not in made.text
    (full,) = desk.client.get(f"{OF}/payment-methods", headers=headers).json()["items"]
    assert full["holder"] == "Ada Okafor"
    viewer = desk.key(Permission.VIEW, name="viewer")
    (masked,) = desk.client.get(f"{OF}/payment-methods", headers=viewer).json()["items"]
    assert (masked["holder"], masked["last_four"]) == (None, "4242")
    address = f"{OF}/payment-methods/{full['id']}"
    assert desk.client.delete(address, headers=viewer).status_code == 403
    assert desk.client.delete(address, headers=headers).status_code == 204
    assert desk.client.get(f"{OF}/payment-methods", headers=headers).json() == {"items": []}


def test_full_numbers_are_refused_or_sealed_and_come_to_rest_nowhere(desk: Desk):
    desk.world.customer()
    headers = {**desk.key(), "Idempotency-Key": "one"}
    number = {**CARD, "token": "4242 4242 4242 4242"}
    assert (
        desk.client.post(f"{OF}/payment-methods", headers=headers, json=number).status_code == 422
    )
    made = desk.client.post(f"{OF}/payment-methods", headers=headers, json=MANDATE)
    assert (made.status_code, made.json()["last_four"]) == (201, IBAN[-4:])
    wrong = {**MANDATE, "iban": IBAN[:-1] + "1", "mandate_reference": "M-2"}
    refused = desk.client.post(f"{OF}/payment-methods", headers=desk.key(name="b"), json=wrong)
    assert refused.status_code == 422
    assert wrong["iban"] not in refused.text
    everything = str(
        desk.world.rows("select payment_method::text from payment_method")
        + desk.world.rows("select event::text from event")
        + desk.world.rows("select idempotency_key::text from idempotency_key")
    )
    assert IBAN not in everything


def test_a_charge_shows_what_became_of_it(desk: Desk, till: Till):
    till.policy()
    till.debtor()
    till.card("decline:stolen_card")
    till.until_due()
    till.collect()
    answer = desk.client.get(f"{OF}/payment-attempts", headers=desk.key(Permission.VIEW))
    (attempt,) = answer.json()["items"]
    assert (attempt["status"], attempt["code"], attempt["tries"]) == ("declined", "stolen_card", 1)
    assert attempt["asked"] == {"amount": "100.00", "currency": "USD"}


def test_a_statement_is_imported_once_and_who_has_paid_leaves(desk: Desk, till: Till):
    till.policy(steps="20 call", currency="EUR")
    till.debtor(currency="EUR")
    till.until_due()
    statement = camt_files.document(
        camt_files.paid("100.00", "INV-B1"),
        camt_files.paid("7.00", "for the cat", booked="2026-03-17"),
    )
    headers = desk.key()
    answer = desk.client.post(f"{V}/bank-statements", headers=headers, content=statement)
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert (told["entries"]["posted"], told["entries"]["suspense"]) == (1, 1)
    assert told["posted"] == {"EUR": "100.00"}
    assert not desk.world.in_collections()
    again = desk.client.post(f"{V}/bank-statements", headers=headers, content=statement).json()
    assert again["entries"] == {"duplicate": 2, "not_booked": 0}
    waiting = desk.client.get(f"{V}/suspense", headers=headers).json()
    (entry,) = waiting["items"]
    assert entry["money"] == {"amount": "7.0000", "currency": "EUR"}
    done = desk.client.post(
        f"{V}/suspense/{entry['id']}/assign", headers=headers, json={"bill_unit_no": "B1"}
    )
    assert done.json() == {"id": entry["id"], "status": "posted"}
    assert till.payments() == [100, 7]
    late = desk.client.post(
        f"{V}/suspense/{entry['id']}/dismiss", headers=headers, json={"reason": "a cat"}
    )
    assert (late.status_code, late.json()["rule"]) == (422, "not_in_suspense")


@pytest.mark.parametrize(
    "content",
    [b"", b"hello", b"<a/>", b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'],
)
def test_what_is_no_statement_is_refused(desk: Desk, content: bytes):
    answer = desk.client.post(f"{V}/bank-statements", headers=desk.key(), content=content)
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_file")
    assert "dunwell-statement-" not in answer.text
    assert "root:" not in answer.text


def test_a_statement_that_is_too_large_is_refused_unread(settings: Settings, world: World):
    small = settings.model_copy(update={"max_load_size": 1000})
    api = create(Application(small, world.database, plugin_manager()), today=lambda: TODAY)
    with TestClient(api) as client:
        headers = Desk(api, client, world).key()
        answer = client.post(f"{V}/bank-statements", headers=headers, content=b"x" * 2000)
    assert answer.status_code == 413


def test_who_sees_one_brand_imports_nothing_and_sees_no_suspense(desk: Desk):
    desk.world.policy(BRANDS)
    headers = desk.key(Permission.TAKE_PAYMENT, brands=["north"])
    for answer in (
        desk.client.get(f"{V}/suspense", headers=headers),
        desk.client.post(f"{V}/bank-statements", headers=headers, content=camt_files.document()),
    ):
        assert (answer.status_code, answer.json()["rule"]) == (422, "every_brand")


def test_a_gateway_reports_a_payment_and_the_case_leaves(
    settings: Settings, world: World, till: Till
):
    with FakeStripe() as stripe:
        shop = settings.model_copy(
            update={
                "gateways": {"card": "stripe"},
                "stripe_key": SecretStr("sk_test_1"),
                "stripe_webhook_secret": SecretStr(SECRET),
                "stripe_address": stripe.address,
            }
        )
        application = Application(shop, world.database, plugin_manager())
        api = create(application, today=lambda: TODAY)
        with TestClient(api, raise_server_exceptions=False) as client:
            till.gateways = api.state.gateways
            till.policy()
            till.debtor()
            till.card("pm_processing", customer="cus_1")
            till.until_due()
            till.collect()
            assert till.attempts() == [("pending", 1, None)]
            payload, signature = webhook("payment_intent.succeeded", stripe.succeed("pi_1"))
            address = f"{V}/webhooks/stripe"
            signed = {"Stripe-Signature": signature}
            forged = client.post(address, content=payload + b" ", headers=signed)
            assert (forged.status_code, forged.json()["code"]) == (403, "forbidden")
            assert till.payments() == []
            for _ in range(2):
                assert client.post(address, content=payload, headers=signed).status_code == 204
            assert client.post(f"{V}/webhooks/sepa", content=payload).status_code == 404
    assert till.payments() == [100]
    assert not world.in_collections()


def test_referrals_stand_with_their_agency(desk: Desk):
    desk.world.policy(
        policy(scenario(steps="1 Refer to collections agency, 30 call"), more=AGENCIES)
    )
    desk.world.customer()
    desk.world.bill("80.00", "2026-03-01")
    desk.world.nights("2026-03-11", "2026-03-12")
    headers = desk.key(Permission.VIEW)
    (referral,) = desk.client.get(f"{OF}/referrals", headers=headers).json()["items"]
    assert (referral["status"], referral["owed"]["amount"]) == ("ready", "80.00")
    agencies = desk.client.get(f"{V}/agencies", headers=headers).json()["items"]
    counted = {agency["name"]: agency["ready"] for agency in agencies}
    assert sum(counted.values()) == counted[referral["agency"]] == 1
