"""A customer's story over three systems: a CRM that repeats and reorders, Stripe Billing, and who
asks TMF666.
"""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr
from tests.api.conftest import TODAY, Desk
from tests.fakes.stripe import SECRET, webhook
from tests.fakes.stripe_billing import FakeBilling
from tests.world import World

from dunwell.api.app import create
from dunwell.bootstrap import Application, register_connectors
from dunwell.db.database import Database
from dunwell.engine.connecting import Connecting
from dunwell.plugins.loader import plugin_manager
from dunwell.settings import Settings

CRM = "/api/v1/systems/crm"
ACCOUNT = "/api/tmf/accountManagement/v4/billingAccount/shop:cus_1.usd"
DUE = 1771113600  # 15 February 2026

POLICY = """
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
steps = [{ day = 30, action = "Write off balance" }]
"""


@pytest.fixture
def billing() -> Iterator[FakeBilling]:
    with FakeBilling() as fake:
        yield fake


@pytest.fixture
def desk(database: Database, tmp_path: Path, billing: FakeBilling) -> Iterator[Desk]:
    world = World(database, tmp_path)
    settings = Settings(
        home=tmp_path,
        database_url=database.address,
        business_date=TODAY,
        connectors={"shop": {"type": "stripe", "account_no_metadata": "crm"}},
        stripe_key=SecretStr("sk_test_1"),
        stripe_webhook_secret=SecretStr(SECRET),
        stripe_address=billing.address,
    )
    plugins = plugin_manager()
    register_connectors(plugins)
    api = create(Application(settings, database, plugins))
    with TestClient(api, raise_server_exceptions=False) as client:
        found = Desk(api, client, world)
        found.connecting = Connecting(database, plugins, settings)  # type: ignore[attr-defined]
        yield found


def _status(desk: Desk, headers: dict[str, str]) -> str:
    told: str = desk.client.get(ACCOUNT, headers=headers).json()["paymentStatus"]
    return told


def test_who_calls_at_no_connector_learns_nothing(desk: Desk):
    heard = desk.client.post("/api/v1/connectors/nothing/webhook", content=b"{}")
    assert heard.status_code == 404
    assert "shop" not in heard.text
    assert "DUNWELL" not in heard.text


def test_a_customer_goes_into_arrears_and_out_again(desk: Desk, billing: FakeBilling):
    headers = desk.key()
    desk.world.policy(POLICY)
    # the CRM tells of Ada twice, and first what is newer
    for version, name in ((2, "Ada Okafor"), (1, "Ada"), (2, "Ada Okafor")):
        body = {"version": version, "name": name, "email": "ada@example.org"}
        told = desk.client.put(f"{CRM}/accounts/1-ABC", headers=headers, json=body)
        assert told.status_code == 200, told.text
    assert desk.world.rows("select account_no, name from account") == [("crm:1-ABC", "Ada Okafor")]
    # Stripe knows her by our number, and has billed her
    billing.put("customers", "cus_1", name="A. Okafor", metadata={"crm": "crm:1-ABC"})
    billing.put(
        "invoices",
        "in_1",
        customer="cus_1",
        currency="usd",
        status="open",
        number="INV-1",
        amount_due=8000,
        due_date=DUE,
    )
    connecting: Connecting = desk.connecting  # type: ignore[attr-defined]
    for _ in range(2):
        ran = connecting.run(connecting.named("shop"))
        assert (ran.rejected, ran.refused) == (0, [])
    assert _status(desk, headers) == "due"
    # the CRM keeps her name
    assert desk.world.rows("select name from account") == [("Ada Okafor",)]
    # the night finds her overdue
    desk.world.night(TODAY)
    assert _status(desk, headers) == "inArrears"
    case = desk.client.get(
        "/api/tmf/collectionManagement/v4/collectionCase",
        params={"relatedParty.id": "crm:1-ABC"},
        headers=headers,
    ).json()
    assert [each["state"] for each in case] == ["inProgress"]
    # she pays; Stripe calls twice, and once with a signature that isn't its own
    charge = billing.put(
        "charges", "ch_1", customer="cus_1", currency="usd", status="succeeded", amount=8000,
        created=int(time.mktime(TODAY.timetuple())),
    )  # fmt: skip
    payload, signature = webhook("charge.succeeded", charge)
    address = "/api/v1/connectors/shop/webhook"
    forged = desk.client.post(
        address, content=payload + b" ", headers={"Stripe-Signature": signature}
    )
    assert forged.status_code == 403
    assert _status(desk, headers) == "inArrears"
    for _ in range(2):
        heard = desk.client.post(address, content=payload, headers={"Stripe-Signature": signature})
        assert heard.status_code == 204, heard.text
    assert _status(desk, headers) == "paid"
    assert desk.world.rows("select number, amount::int from credit") == [("ch_1", 80)]
    closed = desk.client.get(case[0]["href"], headers=headers).json()
    assert (closed["state"], closed["statusReason"]) == ("completed", "cured")
    desk.world.night("2026-03-21")
    assert _status(desk, headers) == "paid"
