"""Customers and what they owe: bulk loads in, accounts, bill units, cases and ageing out."""

import json
from typing import Any

from tests.api.conftest import Desk
from tests.policies import BRANDS

from dunwell.features.access.actor import Permission

V = "/api/v1"
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


def _lines(*rows: dict[str, Any]) -> bytes:
    return "\n".join(json.dumps(row, ensure_ascii=False) for row in rows).encode()


def _load(desk: Desk, headers: dict[str, str], kind: str, *rows: dict[str, Any], **query: Any):
    return desk.client.post(
        f"{V}/receivables/{kind}", headers=headers, params=query, content=_lines(*rows)
    )


ACCOUNT = {"account_no": "A1", "name": "Ада Окафор", "attr.score": "7"}
BILL_UNIT = {"bill_unit_no": "B1", "account_no": "A1", "currency": "USD"}
BILL = {"bill_no": "N1", "bill_unit_no": "B1", "issued_on": "2026-02-01", "due_on": "2026-02-15"}


def test_rows_are_loaded_and_loading_them_again_changes_nothing(desk: Desk):
    headers = desk.key()
    assert _load(desk, headers, "accounts", ACCOUNT).json()["created"] == 1
    again = _load(desk, headers, "accounts", ACCOUNT).json()
    assert (again["created"], again["unchanged"]) == (0, 1)
    account = desk.client.get(f"{V}/accounts/A1", headers=headers).json()
    assert (account["name"], account["attributes"]) == ("Ада Окафор", {"score": "7"})


def test_amounts_are_exact_as_texts_and_as_numbers(desk: Desk):
    headers = desk.key()
    _load(desk, headers, "accounts", ACCOUNT)
    _load(desk, headers, "bill_units", {**BILL_UNIT, "currency": "KWD"})
    line = json.dumps({**BILL, "amount": "X"}).replace('"X"', "9007199254740.993")
    answer = desk.client.post(f"{V}/receivables/bills", headers=headers, content=line)
    assert answer.json()["created"] == 1, answer.text
    buckets = desk.client.get(f"{V}/ageing", headers=headers).json()["buckets"]
    owed = {each["bucket"]: each["owed"]["amount"] for each in buckets}
    assert owed["60"] == "9007199254740.993"


def test_a_bad_row_refuses_the_load_and_is_named_with_its_line(desk: Desk):
    headers = desk.key()
    _load(desk, headers, "accounts", ACCOUNT)
    rows = (BILL_UNIT, {**BILL_UNIT, "bill_unit_no": "B2", "account_no": "A9"})
    refused = _load(desk, headers, "bill_units", *rows)
    assert (refused.status_code, refused.json()["code"]) == (422, "rejected_rows")
    (reject,) = refused.json()["report"]["rejects"]
    assert (reject["line"], reject["column"], reject["value"]) == (2, "account_no", "A9")
    assert desk.client.get(f"{V}/bill-units/B1", headers=headers).status_code == 404
    kept = _load(desk, headers, "bill_units", *rows, keep_good=True).json()
    assert (kept["created"], kept["rejected"]) == (1, 1)


def test_what_is_no_json_line_is_named(desk: Desk):
    headers = desk.key()
    for content, said in (
        (b'{"account_no": "A1", "name": "x"}\nnonsense', "line 2 is not JSON"),
        (b"[1]", "line 1 is not an object"),
        (b'{"account_no": "A1", "name": {"a": 1}}', "'name' is neither"),
        (b'{"account_no": "A1", "name": "x"}\n{"account_no": "A2"}', "line 2 differs"),
        (b'{"account_no": "A1", "name": "x", "nmae": "x"}', "column 'nmae' is unknown"),
        (b"", "the file is empty"),
    ):
        answer = desk.client.post(f"{V}/receivables/accounts", headers=headers, content=content)
        assert answer.status_code == 422
        assert said in answer.json()["detail"]
        assert "dunwell-load" not in answer.json()["detail"]


def test_a_repeated_load_gets_the_first_answer(desk: Desk):
    headers = {**desk.key(), "Idempotency-Key": "load-1"}
    first = _load(desk, headers, "accounts", ACCOUNT)
    again = _load(desk, headers, "accounts", ACCOUNT)
    assert first.json() == again.json()
    assert again.json()["created"] == 1


def test_a_body_that_is_too_large_is_refused(desk: Desk):
    given = {"login": "a", "name": "x" * 2_000_000}
    answer = desk.client.post(f"{V}/people", headers=desk.key(), json=given)
    assert answer.status_code == 413


def test_the_story_of_a_bill_unit(desk: Desk):
    desk.world.policy(POLICY)
    desk.world.customer()
    desk.world.bill("80.00", "2026-02-15")
    desk.world.bill("20.00", "2026-04-15", issued="2026-03-01")
    desk.world.night("2026-03-10")
    headers = desk.key(Permission.VIEW)
    unit = desk.client.get(f"{V}/bill-units/B1", headers=headers).json()
    assert unit["in_collections"]
    (balance,) = unit["balances"]
    assert balance["overdue"] == {"amount": "80.00", "currency": "USD"}
    (case,) = desk.client.get(f"{V}/bill-units/B1/cases", headers=headers).json()["items"]
    assert (case["scenario"], case["overdue_amount"]) == ("short", "80.00")
    assert [event["kind"] for event in case["events"]] == ["case_opened"]
    why = desk.client.get(f"{V}/bill-units/B1/explanation", headers=headers).json()
    assert why["outcome"].startswith("In collections: it entered the scenario 'short'")
    assert why["date"] == "2026-03-20"
    found = desk.client.get(
        f"{V}/bill-units", params={"in_collections": True}, headers=headers
    ).json()["items"]
    assert [item["bill_unit_no"] for item in found] == ["B1"]
    ageing = desk.client.get(
        f"{V}/ageing", params={"boundary": [10, 40], "bill_unit_no": "B1"}, headers=headers
    ).json()
    owed = {each["bucket"]: each["owed"]["amount"] for each in ageing["buckets"]}
    assert owed == {"not due": "20.00", "10": "0.00", "40": "80.00", ">40": "0.00"}


def test_the_ageing_of_all_is_that_of_the_brands_one_sees(desk: Desk):
    desk.world.policy(BRANDS)
    for brand, amount in (("north", "80.00"), ("south", "7.00")):
        desk.world.customer(brand, brand=brand)
        desk.world.bill(amount, "2026-02-15", brand)
    for brands, expected in ((["north"], "80.00"), (["south"], "7.00"), (None, "87.00")):
        headers = desk.key(Permission.VIEW, brands=brands, name=str(brands))
        buckets = desk.client.get(f"{V}/ageing", headers=headers).json()["buckets"]
        assert {each["bucket"]: each["owed"]["amount"] for each in buckets}["60"] == expected


def test_a_date_outside_the_calendars_is_refused(desk: Desk):
    desk.world.customer()
    headers = desk.key(Permission.VIEW)
    for address in ("ageing", "bill-units/B1/explanation"):
        answer = desk.client.get(f"{V}/{address}?date=1066-10-14", headers=headers)
        assert answer.status_code == 422
