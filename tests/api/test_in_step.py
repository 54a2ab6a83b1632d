"""A CRM keeps its customers in step with ours, one at a time."""

from typing import Any

from tests.api.conftest import Desk

from dunwell.features.access.actor import Permission

V = "/api/v1/systems/crm"


def _put(desk: Desk, headers: dict[str, str], path: str, **given: Any) -> Any:
    return desk.client.put(f"{V}/{path}", headers=headers, json=given)


def test_a_customer_is_made_changed_and_repeated(desk: Desk):
    headers = desk.key(Permission.LOAD_RECEIVABLES)
    made = _put(desk, headers, "accounts/1-ABC", version=2, name="Ада Окафор", life_support=True)
    assert (made.status_code, made.json()["outcome"]) == (200, "created"), made.text
    again = _put(desk, headers, "accounts/1-ABC", version=2, name="Ада Окафор", life_support=True)
    assert again.json()["outcome"] == "unchanged"
    late = _put(desk, headers, "accounts/1-ABC", version=1, name="Ada")
    assert (late.json()["outcome"], late.json()["version"]) == ("outdated", "2")
    known = desk.client.get(f"{V}/accounts/1-ABC", headers=headers).json()
    assert (known["account_no"], known["version"]) == ("crm:1-ABC", "2")
    assert desk.world.rows("select name, life_support from account") == [("Ада Окафор", True)]


def test_its_parts_and_bill_units_follow(desk: Desk):
    headers = desk.key(Permission.LOAD_RECEIVABLES)
    _put(desk, headers, "accounts/1", version=1, name="Ada")
    of = {"account_outside_id": "1", "version": 1}
    assert _put(desk, headers, "addresses/D1", **of, city="Lagos").json()["outcome"] == "changed"
    unit = _put(desk, headers, "bill-units/U1", **of, currency="USD").json()
    assert (unit["account_no"], unit["bill_unit_no"]) == ("crm:1", "crm:U1")
    assert _put(desk, headers, "contact-details/C1", **of, phone="1").status_code == 200


def test_a_bad_row_is_refused_as_a_load_refuses_it(desk: Desk):
    headers = desk.key(Permission.LOAD_RECEIVABLES)
    refused = _put(desk, headers, "accounts/1", version=1, name="Ada", brand="none")
    assert (refused.status_code, refused.json()["code"]) == (422, "rejected_rows")
    (reject,) = refused.json()["report"]["rejects"]
    assert (reject["line"], reject["column"], reject["value"]) == (1, "brand", "none")
    unknown = _put(desk, headers, "accounts/1", version=1, nmae="Ada")
    assert unknown.status_code == 422
    assert "'nmae' is unknown ('name'?)" in unknown.json()["detail"]
    doubled = _put(desk, headers, "accounts/1", system="crm", name="Ada")
    assert "stands in the address" in doubled.json()["detail"]
    missing = desk.client.get(f"{V}/accounts/9", headers=headers)
    assert missing.status_code == 404
