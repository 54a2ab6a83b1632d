"""Billing care over the API: the account in one resource, payments, receipts, unbilled usage."""

import pytest
from tests.api.conftest import TODAY, Desk
from tests.features.care.staff import POLICY

from dunwell.features.access.actor import Permission
from dunwell.settings import Settings

V = "/api/v1"
OF = f"{V}/bill-units/B1"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"gateways": {"card": "null"}})


@pytest.fixture
def desk(desk: Desk) -> Desk:
    where = '[settings]\nbill_document_url = "https://bills.example/{brand}/{bill_no}.pdf"\n'
    desk.world.policy(POLICY.replace("[settings]\n", where, 1))
    desk.world.customer(account_no="A1")
    desk.world.bill("100.00", "2026-03-01", bill_no="N/1")
    desk.world.night(TODAY)
    return desk


def test_the_account_stands_in_one_resource(desk: Desk):
    headers = desk.key()
    used = {"amount": "12.30", "as_of": "2026-03-20T10:00:00Z", "details": "3.2 GB"}
    address = f"{OF}/unbilled-usage/standard"
    assert desk.client.put(address, headers=headers, json=used).json() == {"kept": True}
    assert desk.client.put(address, headers=headers, json=used).json() == {"kept": False}
    cash = {"amount": "40.00", "method": "cash", "bill_no": "N/1"}
    receipt = desk.client.post(f"{OF}/payments", headers=headers, json=cash)
    assert receipt.status_code == 201
    contested = {"bill_no": "N/1", "amount": "10.00", "reason": "wrong"}
    desk.client.post(f"{OF}/disputes", headers=headers, json=contested)
    asked = {"direction": "credit", "amount": "5.00", "reason": "goodwill"}
    desk.client.post(f"{OF}/adjustments", headers=headers, json=asked)
    care = desk.client.get(f"{V}/accounts/A1/care", headers=headers).json()
    assert "open_disputes" in [each["alert"] for each in care["alerts"]]
    (unit,) = care["bill_units"]
    assert unit["open_amount"] == {"amount": "100.00", "currency": "USD"}
    assert (unit["credit"]["amount"], unit["balance"]["amount"]) == ("40.00", "60.00")
    assert (unit["disputed"]["amount"], unit["unbilled"]["amount"]) == ("10.00", "12.30")
    assert unit["groups"][0]["unbilled"]["details"] == "3.2 GB"
    (bill,) = care["bills"]
    assert bill["document_url"] == "https://bills.example/default/N%2F1.pdf"
    assert bill["disputed_amount"]["amount"] == "10.00"
    assert [each["amount"]["amount"] for each in care["payments"]] == ["40.00"]
    assert care["receipts"] == [receipt.json()]
    assert [each["status"] for each in care["adjustments"]] == ["waiting"]
    assert len(care["disputes"]) == 1
    assert [each["status"] for each in care["cases"]] == ["open"]
    assert {each["kind"] for each in care["events"]} >= {"payment_taken", "dispute_raised"}


def test_a_payment_sent_twice_is_one_and_its_receipt_can_be_printed(desk: Desk):
    headers = {**desk.key(), "Idempotency-Key": "till-7"}
    cash = {"amount": "40.00", "method": "cash"}
    first, second = (
        desk.client.post(f"{OF}/payments", headers=headers, json=cash) for _ in range(2)
    )
    assert first.json() == second.json()
    other = {**desk.key(name="other"), "Idempotency-Key": "till-7"}
    assert desk.client.post(f"{OF}/payments", headers=other, json=cash).status_code == 201
    (_, listed) = desk.client.get(f"{OF}/receipts", headers=headers).json()["items"]
    assert listed == first.json()
    document = desk.client.get(f"{OF}/receipts/{listed['handle']}/document", headers=headers)
    assert (document.headers["content-type"], document.content[:5]) == (
        "application/pdf",
        b"%PDF-",
    )
    viewer = desk.key(Permission.VIEW, name="viewer")
    assert desk.client.post(f"{OF}/payments", headers=viewer, json=cash).status_code == 403


def test_a_card_is_charged_once_however_often_it_is_asked_for(desk: Desk):
    headers = desk.key()
    card = {"kind": "card", "token": "tok_1", "last_four": "4242"}
    method = desk.client.post(f"{OF}/payment-methods", headers=headers, json=card).json()
    asked = {"amount": "60.00", "payment_method_id": method["id"]}
    keyed = {**headers, "Idempotency-Key": "now"}
    made = desk.client.post(f"{OF}/payment-attempts", headers=keyed, json=asked)
    assert (made.status_code, made.json()["status"], made.json()["case"]) == (
        201,
        "succeeded",
        None,
    )
    again = desk.client.post(f"{OF}/payment-attempts", headers=keyed, json=asked)
    assert again.json()["handle"] == made.json()["handle"]
    assert desk.world.owed() == {"N/1": "40.00"}
    too_much = {**asked, "amount": "40.01"}
    refused = desk.client.post(f"{OF}/payment-attempts", headers=headers, json=too_much)
    assert (refused.status_code, refused.json()["rule"]) == (422, "more_than_is_owed")
    (listed,) = desk.client.get(f"{OF}/payment-attempts", headers=headers).json()["items"]
    assert (listed["status"], listed["charged"]["amount"]) == ("succeeded", "60.00")
    desk.world.check()


def test_impossible_payments_and_usage_are_refused(desk: Desk):
    headers = desk.key()
    for given in (
        {"amount": "0", "method": "cash"},
        {"amount": "1.00", "method": ""},
        {"amount": "1.00", "method": "cash", "paid_on": "2027-01-01"},
        {"amount": 1, "method": "cash"},
    ):
        answer = desk.client.post(f"{OF}/payments", headers=headers, json=given)
        assert answer.status_code == 422, given
    naive = {"amount": "1.00", "as_of": "2026-03-20T10:00:00"}
    answer = desk.client.put(f"{OF}/unbilled-usage/standard", headers=headers, json=naive)
    assert answer.status_code == 422
    fetched = desk.client.post(f"{V}/accounts/A1/unbilled-usage/fetch", headers=headers, json={})
    assert fetched.json()["rule"] == "nobody_to_ask"
