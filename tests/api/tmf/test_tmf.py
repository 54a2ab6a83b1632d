"""TM Forum's shapes: what is published of their required attributes and states holds for ours, and
a CRM that speaks them finds its customers, bills, payments, letters and cases.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.api.conftest import Desk, at_desk
from tests.policies import BRANDS
from tests.prepared import CopyOf
from tests.world import World

from dunwell.domain.statuses import LetterStatus
from dunwell.features.access.actor import Permission
from dunwell.features.tmf import customer_bills, messages
from dunwell.settings import Settings

PUBLISHED = json.loads((Path(__file__).parent / "published.json").read_text("utf-8"))
RESOURCES = PUBLISHED["resources"]
BASE = "/api/tmf"
ACCOUNTS, BILLS = f"{BASE}/accountManagement/v4", f"{BASE}/customerBillManagement/v4"
PAYMENTS, MESSAGES = f"{BASE}/paymentManagement/v4", f"{BASE}/communicationManagement/v4"
COLLECTIONS = f"{BASE}/collectionManagement/v4"

POLICY = """
[[actions]]
name = "remind"
type = "dunning_letter"
template = "first-reminder"

[[profiles]]
name = "everybody"
currency = "USD"
default = true

[[scenarios]]
name = "short"
profile = "everybody"
entry_amount = 50
entry_days = 10
exit_amount = 5
steps = [{ day = 1, action = "remind" }, { day = 60, action = "Write off balance" }]
"""

ADA = {"name": "Ada", "relatedParty": [{"id": "new", "@referredType": "Customer"}]}


def _ada(world: World) -> None:
    """Ada owes 80.00 and is in collections, with a letter and a promise; she has paid 20.00."""
    world.policy(POLICY)
    world.customer("B1", email="ada@example.org", city="Lagos")
    world.bill("80.00", "2026-02-15", bill_no="N1")
    world.bill("10.00", "2026-04-15", issued="2026-03-01", bill_no="N2")
    world.pay("20.00", "2026-02-20", payment_no="P1")
    world.night("2026-03-10")
    world.by_hand("2026-03-10").promise("B1", number=2, total_days=20)


@pytest.fixture
def crm(copy_of: CopyOf, tmp_path: Path) -> Iterator[Desk]:
    world = copy_of(_ada)
    settings = Settings(home=tmp_path, database_url=world.database.address)
    with at_desk(settings, world) as desk:
        yield desk


def _headers(desk: Desk) -> dict[str, str]:
    """Of one key for everything, made once."""
    if not hasattr(desk, "_headers"):
        desk._headers = desk.key()  # type: ignore[attr-defined]  # noqa: SLF001
    found: dict[str, str] = desk._headers  # type: ignore[attr-defined]  # noqa: SLF001
    return found


def _get(desk: Desk, path: str, **query: Any) -> Any:
    answer = desk.client.get(path, params=query, headers=_headers(desk))
    assert answer.status_code in (200, 206), answer.text
    return answer.json()


def _lists(desk: Desk) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    of_account = {"billingAccount.id": "B1"}
    for name, path, query in (
        ("billingAccount", f"{ACCOUNTS}/billingAccount", {}),
        ("partyAccount", f"{ACCOUNTS}/partyAccount", {}),
        ("customerBill", f"{BILLS}/customerBill", of_account),
        ("payment", f"{PAYMENTS}/payment", of_account),
        ("communicationMessage", f"{MESSAGES}/communicationMessage", of_account),
    ):
        yield name, _get(desk, path, **query)


def test_every_resource_has_what_the_published_schema_requires(crm: Desk):
    for name, found in _lists(crm):
        assert found, name
        for each in found:
            missing = [it for it in RESOURCES[name]["required"] if each.get(it) in (None, [])]
            assert missing == [], f"{name} lacks {missing}"
            assert each["@type"].lower() == name.lower()
            for states in {"state", "status"} & RESOURCES[name].keys():
                assert each[states] in RESOURCES[name][states]
            again = crm.client.get(each["href"], headers=_headers(crm))
            assert again.status_code == 200, each["href"]
            assert again.json()["id"] == each["id"]


def test_parts_have_what_the_published_schema_requires(crm: Desk):
    account = _get(crm, f"{ACCOUNTS}/billingAccount/B1")
    party = _get(crm, f"{ACCOUNTS}/partyAccount/A-B1")
    crm.world.pay("1.00", "2026-03-11", payment_no="P9", bill_no="N1")
    named, _ = _get(crm, f"{PAYMENTS}/payment", **{"billingAccount.id": "B1"})
    parts = PUBLISHED["parts"]
    for name, found in (
        ("AccountBalance", account["accountBalance"]),
        ("Money", [each["amount"] for each in account["accountBalance"]]),
        ("RelatedParty", account["relatedParty"]),
        ("Contact", party["contact"]),
        ("PaymentItem", named["paymentItem"]),
    ):
        assert found
        for each in found:
            assert set(parts[name]) <= each.keys(), name


def test_all_our_states_are_published_ones():
    published = RESOURCES["communicationMessage"]["state"]
    assert {messages.STATES[status] for status in LetterStatus} <= set(published)
    assert set(customer_bills.STATES) <= set(RESOURCES["customerBill"]["state"])


def test_what_the_published_schema_requires_of_a_post_is_required(crm: Desk):
    headers = _headers(crm)
    money = {"unit": "USD", "value": 5}
    posts: dict[str, tuple[str, dict[str, Any]]] = {
        "billingAccount": (ACCOUNTS, {**ADA, "creditLimit": money}),
        "partyAccount": (ACCOUNTS, ADA),
        "payment": (
            PAYMENTS,
            {"account": {"id": "B1"}, "paymentMethod": {"name": "cash"}, "totalAmount": money},
        ),
    }
    for name, (base, body) in posts.items():
        for attribute in RESOURCES[name]["post"]:
            given = {key: value for key, value in body.items() if key != attribute}
            answer = crm.client.post(f"{base}/{name}", json=given, headers=headers)
            assert answer.status_code == 422, f"{name} without {attribute}"


def test_an_account_in_collections_is_in_arrears_with_its_balances(crm: Desk):
    account = _get(crm, f"{ACCOUNTS}/billingAccount/B1")
    assert (account["paymentStatus"], account["state"]) == ("inArrears", "active")
    balances = {each["balanceType"]: each["amount"] for each in account["accountBalance"]}
    assert balances == {
        "open": {"unit": "USD", "value": 70.0},
        "unapplied": {"unit": "USD", "value": 0},
        "overdue": {"unit": "USD", "value": 60.0},
    }
    party = _get(crm, f"{ACCOUNTS}/partyAccount/A-B1")
    assert party["paymentStatus"] == "inArrears"
    assert party["contact"][0]["contactMedium"][0]["characteristic"] == {
        "emailAddress": "ada@example.org"
    }


def test_amounts_are_written_digit_by_digit(desk: Desk):
    desk.world.policy(POLICY)
    desk.world.customer("B1", "KWD")
    desk.world.bill("9007199254740.993", "2026-02-15", bill_no="N1")
    answer = desk.client.get(f"{BILLS}/customerBill/N1", headers=_headers(desk))
    assert '"amountDue": {"unit": "KWD", "value": 9007199254740.993}' in answer.text


def test_bills_say_how_far_they_are_paid(crm: Desk):
    bills = _get(crm, f"{BILLS}/customerBill", **{"billingAccount.id": "B1"})
    assert [(each["id"], each["state"], each["remainingAmount"]["value"]) for each in bills] == [
        ("N2", "sent", 10),
        ("N1", "partiallyPaid", 60),
    ]


def test_attributes_can_be_chosen_and_lists_cut(crm: Desk):
    crm.world.customer("B2")
    crm.world.customer("B3")
    headers = _headers(crm)
    path = f"{ACCOUNTS}/billingAccount"
    cut = crm.client.get(path, params={"limit": 2, "fields": "state"}, headers=headers)
    assert (cut.status_code, cut.headers["X-Result-Count"]) == (206, "2")
    assert [each.keys() for each in cut.json()] == [{"id", "href", "@type", "state"}] * 2
    following = cut.headers["Link"].partition(">")[0].removeprefix("<")
    rest = crm.client.get(following, headers=headers)
    assert [each["id"] for each in rest.json()] == ["B3"]
    passed = crm.client.get(path, params={"offset": 2}, headers=headers)
    assert (passed.status_code, passed.headers["X-Total-Count"]) == (200, "3")
    assert [each["id"] for each in passed.json()] == ["B3"]
    beyond = crm.client.get(path, params={"offset": 7}, headers=headers)
    assert (beyond.json(), beyond.headers["X-Total-Count"]) == ([], "3")


def test_cases_actions_and_promises_speak_alike(crm: Desk):
    headers = _headers(crm)
    (case,) = _get(crm, f"{COLLECTIONS}/collectionCase", **{"relatedParty.id": "A-B1"})
    assert (case["state"], case["overdueAmount"]) == ("inProgress", {"unit": "USD", "value": 60})
    (again,) = _get(crm, f"{COLLECTIONS}/collectionCase", **{"billingAccount.id": "B1"})
    assert again["id"] == case["id"]
    shown = crm.client.get(case["href"], headers=headers).json()
    actions = _get(crm, f"{COLLECTIONS}/collectionAction", **{"collectionCase.id": case["id"]})
    assert {each["id"] for each in actions} == {each["id"] for each in shown["collectionAction"]}
    assert "completed" in {each["state"] for each in actions}
    assert crm.client.get(actions[0]["href"], headers=headers).json()["name"] == actions[0]["name"]
    (promise,) = _get(crm, f"{COLLECTIONS}/promiseToPay", **{"billingAccount.id": "B1"})
    assert (promise["state"], len(promise["instalment"])) == ("active", 2)
    one = _get(crm, promise["href"], **{"billingAccount.id": "B1"})
    assert one == promise
    beyond = crm.client.get(f"{COLLECTIONS}/collectionCase", params={"offset": 5}, headers=headers)
    assert (beyond.json(), beyond.headers["X-Total-Count"]) == ([], "1")


def test_a_customer_is_created_and_changed_in_the_order_of_its_versions(desk: Desk):
    headers = _headers(desk)
    crm = {"externalIdentifier": [{"owner": "crm", "id": "1-ABC", "externalIdentifierType": "x"}]}
    newer = {**ADA, **crm, "name": "Ada Okafor", "lastModified": "2026-03-02T10:00:00Z"}
    older = {**ADA, **crm, "lastModified": "2026-03-02T09:00:00"}
    for body in (newer, older, newer):
        made = desk.client.post(f"{ACCOUNTS}/partyAccount", json=body, headers=headers)
        assert made.status_code == 201, made.text
        assert (made.json()["id"], made.json()["name"]) == ("crm:1-ABC", "Ada Okafor")
        assert made.headers["Location"] == made.json()["href"]
    medium = {"mediumType": "email", "characteristic": {"emailAddress": "ada@example.org"}}
    changed = desk.client.patch(
        f"{ACCOUNTS}/partyAccount/crm:1-ABC",
        json={"contact": [{"contactMedium": [medium]}]},
        headers=headers,
    )
    assert changed.status_code == 200, changed.text
    assert desk.world.rows("select name, email from account") == [("Ada Okafor", "ada@example.org")]


def test_a_bill_unit_is_created_for_a_customer_and_changed(desk: Desk):
    headers = _headers(desk)
    party = desk.client.post(f"{ACCOUNTS}/partyAccount", json=ADA, headers=headers).json()
    body = {
        "name": "Fibre",
        "relatedParty": [{"id": party["id"]}],
        "creditLimit": {"unit": "EUR", "value": 100},
    }
    made = desk.client.post(f"{ACCOUNTS}/billingAccount", json=body, headers=headers)
    assert made.status_code == 201, made.text
    assert (made.json()["name"], made.json()["paymentStatus"]) == ("Fibre", "paid")
    changed = desk.client.patch(
        made.json()["href"], json={"state": "suspended"}, headers=headers
    ).json()
    assert (changed["name"], changed["state"]) == ("Fibre", "suspended")
    unknown = {**body, "relatedParty": [{"id": "nobody"}]}
    refused = desk.client.post(f"{ACCOUNTS}/billingAccount", json=unknown, headers=headers)
    assert refused.status_code == 422
    assert "account_no 'nobody' is not a known account" in refused.json()["detail"]
    gone = desk.client.patch(f"{ACCOUNTS}/partyAccount/9", json={}, headers=headers)
    assert gone.status_code == 404


def test_a_payment_with_a_correlator_happens_once(crm: Desk):
    body = {
        "account": {"id": "B1"},
        "paymentMethod": {"name": "cash"},
        "totalAmount": {"unit": "USD", "value": 12.34},
        "correlatorId": "till-7",
    }
    headers = _headers(crm)
    first, again = (
        crm.client.post(f"{PAYMENTS}/payment", json=body, headers=headers) for _ in range(2)
    )
    assert (first.status_code, first.json()["id"]) == (201, again.json()["id"]), first.text
    assert '"value": 12.34' in first.text
    found = _get(crm, f"{PAYMENTS}/payment", **{"billingAccount.id": "B1"})
    assert [each["totalAmount"]["value"] for each in found] == [12.34, 20]
    other = {**body, "totalAmount": {"unit": "EUR", "value": 1}}
    refused = crm.client.post(f"{PAYMENTS}/payment", json=other, headers=headers)
    assert "is billed in USD, not in EUR" in refused.json()["detail"]


def test_a_returned_payment_is_canceled(crm: Desk):
    crm.world.pay("-20.00", "2026-03-12", payment_no="P2", reverses="P1")
    (payment,) = _get(crm, f"{PAYMENTS}/payment", **{"billingAccount.id": "B1"})
    assert (payment["correlatorId"], payment["status"]) == ("P1", "canceled")


def test_returns_take_no_place_on_a_page(crm: Desk):
    crm.world.pay("-20.00", "2026-03-12", payment_no="P2", reverses="P1")
    page = crm.client.get(
        f"{PAYMENTS}/payment",
        params={"billingAccount.id": "B1", "limit": 1, "offset": 0},
        headers=_headers(crm),
    )
    assert [each["correlatorId"] for each in page.json()] == ["P1"]
    crm.world.pay("3.00", "2026-02-10", payment_no="P0")
    page = crm.client.get(
        f"{PAYMENTS}/payment",
        params={"billingAccount.id": "B1", "limit": 1},
        headers=_headers(crm),
    )
    assert ([each["correlatorId"] for each in page.json()], page.status_code) == (["P1"], 206)


def test_a_customer_whose_answer_got_lost_is_not_created_twice(desk: Desk):
    headers = {**_headers(desk), "Idempotency-Key": "k1"}

    def create(**facts: Any) -> Any:
        answer = desk.client.post(
            f"{ACCOUNTS}/partyAccount", json={**ADA, **facts}, headers=headers
        )
        assert answer.status_code == 201, answer.text
        # as after a crash before the key was kept
        with desk.world.database.connect() as connection:
            connection.execute("delete from idempotency_key")
        return answer.json()["id"]

    assert create() == create()
    assert create(name="Bo") != create()
    assert desk.world.rows("select name from account order by 1") == [("Ada",), ("Bo",)]


def test_another_brands_customers_do_not_exist(desk: Desk):
    desk.world.policy(BRANDS)
    desk.world.customer("south", brand="south")
    desk.world.bill("5.00", "2026-02-15", "south", bill_no="S1")
    north = desk.key(Permission.VIEW, brands=["north"], name="north")
    south = desk.key(Permission.VIEW, brands=["south"], name="south")
    for path in (
        f"{ACCOUNTS}/billingAccount/south",
        f"{ACCOUNTS}/partyAccount/A-south",
        f"{BILLS}/customerBill/S1",
        f"{BILLS}/customerBill?billingAccount.id=south",
        f"{PAYMENTS}/payment?billingAccount.id=south",
        f"{MESSAGES}/communicationMessage?billingAccount.id=south",
        f"{COLLECTIONS}/collectionCase?billingAccount.id=south",
    ):
        assert desk.client.get(path, headers=north).status_code == 404, path
        assert desk.client.get(path, headers=south).status_code == 200, path
