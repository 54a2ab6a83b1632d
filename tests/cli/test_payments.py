"""`dunwell payments` and `dunwell agencies` as a person calls them."""

import json
from pathlib import Path

import pytest
from tests.cli.conftest import Call
from tests.features.payments.camt_files import document, paid
from tests.features.payments.till import IBAN, KEY, SEPA
from tests.policies import AGENCIES, policy, scenario
from tests.world import World

from dunwell.db.database import Database


@pytest.fixture
def world(installation: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """B1 owes INV-B1, 100.00 EUR; its direct debit and a referral are due on 13 March."""
    for name, value in SEPA.items():
        monkeypatch.setenv(f"DUNWELL_{name.upper()}", value)
    monkeypatch.setenv("DUNWELL_VAULT_KEY", KEY)
    monkeypatch.setenv("DUNWELL_GATEWAYS", json.dumps({"direct_debit": "sepa"}))
    world = World(installation, tmp_path)
    steps = "2 collect, 2 Refer to collections agency"
    world.policy(
        policy(scenario(steps=steps, profile="default EUR"), currencies=("EUR",), more=AGENCIES)
    )
    world.customer("B1", "EUR")
    world.bill("100.00", "2026-03-01", bill_no="INV-B1")
    return world


def test_from_a_mandate_to_money_in_suspense(dunwell: Call, world: World, tmp_path: Path):
    methods = tmp_path / "methods.csv"
    methods.write_text(
        "bill_unit_no,kind,iban,mandate_reference,signed_on\n"
        f"B1,direct_debit,{IBAN},M-1,2025-01-31\n"
    )
    loaded = dunwell("payments", "load-methods", methods, "--date", "2026-03-01")
    assert loaded.out == "methods.csv: 1 payment method.\n"
    assert "3000" in dunwell("payments", "methods", "B1").out
    world.nights("2026-03-11", "2026-03-13")
    out = tmp_path / "bank"
    told = dunwell("payments", "collect", "--date", "2026-03-13", "--export", out, "--json").json
    assert (told["in_files"], told["outcomes"]) == (1, {})
    (file,) = out.iterdir()
    assert told["files"] == [str(file)]
    assert dunwell("payments", "export", out).out == "No file waits.\n"
    assert dunwell("payments", "export", tmp_path / "b", "--again", file.name).code == 0
    assert (tmp_path / "b" / file.name).read_bytes() == file.read_bytes()

    statement = tmp_path / "day.xml"
    statement.write_text(document(paid("40.00", "INV-B1"), paid("60.00", "thanks")))
    imported = dunwell("payments", "import", statement, "--date", "2026-03-16", "--json").json
    assert imported["files"][0]["entries"] == {"not_booked": 0, "posted": 1, "suspense": 1}
    (waiting,) = dunwell("payments", "suspense", "--json").json["suspense"]
    assert waiting["reason"] == "names no known bill or bill unit"
    assert "thanks" in dunwell("payments", "suspense").out
    identity = str(waiting["id"])
    given = dunwell("payments", "suspense", "--assign", identity, "B1", "--date", "2026-03-16")
    assert given.out == "Nothing waits in suspense.\n"
    assert not world.in_collections()


def test_agencies_are_told_by_files(dunwell: Call, world: World, tmp_path: Path):
    world.nights("2026-03-11", "2026-03-13")
    out = tmp_path / "agencies"
    told = dunwell("agencies", "export", out, "--date", "2026-03-13", "--json").json
    assert [each["referrals"] for each in told["agencies"]] == [1]
    assert len(list(out.iterdir())) == 1
    nothing = dunwell("agencies", "export", out, "--date", "2026-03-13").out
    assert nothing == "No agency has anything new to be told.\n"


def test_bad_input_is_answered_with_code_2_and_a_remedy(
    dunwell: Call, world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    bad = tmp_path / "bad.xml"
    bad.write_text("<html/>")
    answer = dunwell("payments", "import", bad, "--json")
    assert (answer.code, answer.json["error"]["code"]) == (2, "bad_file")
    assert dunwell("payments", "suspense", "--dismiss", "7", "--reason", "x").code == 2
    monkeypatch.setenv("DUNWELL_GATEWAYS", json.dumps({"direct_debit": "paypigeon"}))
    methods = tmp_path / "methods.csv"
    methods.write_text("bill_unit_no,kind\nB1,coins\n")
    refused = dunwell("payments", "load-methods", methods)
    assert (refused.code, "neither card nor direct_debit" in refused.err) == (2, True)


def test_routes_that_are_no_json_are_refused(
    dunwell: Call, installation: Database, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("DUNWELL_GATEWAYS", "card=stripe")
    answer = dunwell("payments", "suspense")
    assert (answer.code, answer.err) == (
        2,
        "error: DUNWELL_GATEWAYS can't be read; it must be JSON.\n",
    )


def test_a_new_key_is_one_that_works(dunwell: Call, installation: Database):
    key = dunwell("payments", "new-key").out.strip()
    assert len(key) == 44
    assert key != dunwell("payments", "new-key").out.strip()
