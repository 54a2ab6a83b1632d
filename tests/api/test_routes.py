"""Every operation, role and brand: who may do what."""

import json
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts
from tests.api.conftest import Desk
from tests.api.operations import OPEN, OPERATIONS, QUERIES
from tests.api.operations.named import V
from tests.api.operations.policy import POLICY
from tests.policies import BRANDS

from dunwell.features.access.actor import Permission
from dunwell.features.access.roles import EVERYWHERE, PERMISSIONS, Role

Paths = dict[str, Any]

OF_CUSTOMERS = ("bill_unit_no", "account_no", "case", "action", "group_id")
"""What a path may name that belongs to a brand."""

OF_BILL_UNIT = (
    *("severance", "event", "letter_id", "reminder_id", "method_id"),
    *("demerit", "plan", "to_do", "adjustment", "dispute", "receipt"),
)


def _routes(api: FastAPI) -> dict[str, Any]:
    return {
        f"{method} {context.path}": context
        for context in iter_route_contexts(api.routes)
        if isinstance(context.original_route, APIRoute)
        for method in context.methods or ()
    }


@pytest.fixture(scope="session")
def paths(described: dict[str, Any]) -> Paths:
    found: Paths = described["paths"]
    return found


def test_every_route_is_in_the_table_and_nothing_else_is(desk: Desk):
    assert set(_routes(desk.api)) == OPERATIONS.keys() | OPEN


def test_the_description_names_the_permission_of_every_route(paths: Paths):
    for operation, (permission, _, _) in OPERATIONS.items():
        method, path = operation.split()
        security = paths[path][method.lower()]["security"]
        scopes = [[str(permission)] if permission else []]
        assert [each["HTTPBearer"] for each in security if "HTTPBearer" in each] == scopes, path
    for operation in OPEN:
        method, path = operation.split()
        assert "security" not in paths[path][method.lower()]


def test_every_post_behind_a_door_takes_an_idempotency_key(paths: Paths):
    for operation in OPERATIONS:
        method, path = operation.split()
        if method == "POST":
            names = [each["name"] for each in paths[path]["post"].get("parameters", [])]
            assert "Idempotency-Key" in names, path


def test_what_concerns_every_brand_is_what_the_permissions_page_says():
    needs = {
        permission
        for permission, everywhere, _ in OPERATIONS.values()
        if everywhere and permission is not Permission.VIEW
    }
    assert needs == set(EVERYWHERE)


@pytest.mark.parametrize("brand", ["north", "south", None], ids=["own", "another", "every"])
def test_who_may_do_what(desk: Desk, brand: str | None):
    """All operations and roles, for somebody of the bill unit's brand, another's, and of all."""
    desk.world.policy(POLICY["toml"])
    desk.world.customer("B1", brand="north")
    desk.world.bill("80.00", "2026-02-20", bill_no="N1")
    desk.world.night("2026-03-10")
    case = desk.world.case()
    assert case is not None
    handle = case["actions"][0]["handle"]
    desk.world.by_hand("2026-03-10").group("ours", "B1")
    brands = None if brand is None else [brand]
    everybody = {role: desk.key(*PERMISSIONS[role], brands=brands, name=role) for role in Role}
    for operation, (permission, everywhere, body) in OPERATIONS.items():
        method, path = operation.split()
        address = path.format(
            person_id=99,
            key_id=9999,
            run_id=99,
            request_id=99,
            version_id=1,
            kind="dunning" if "/templates/" in path else "bills",
            name="none",
            account_no="A-B1",
            bill_unit_no="B1",
            **dict.fromkeys(("letter_id", "reminder_id", "method_id", "entry_id"), 99),
            **dict.fromkeys(
                (
                    "demerit",
                    "severance",
                    "event",
                    "plan",
                    "to_do",
                    "alert",
                    "adjustment",
                    "dispute",
                    "receipt",
                ),
                "9-99",
            ),
            debt_class="standard",
            service_agreement_no="S1",
            case=case["handle"],
            action=handle,
            step=3,
            group_id=1,
            schedule_id=99,
            noun="scenarios",
            part_id="0123456789ab",
            system="crm",
            record="accounts",
            id="9-99",
            outside_id="1-ABC",
        )
        for role, headers in everybody.items():
            sent = (
                {"content": body}
                if isinstance(body, bytes)
                else {"json": _filled(body, action=handle)}
            )
            answer = desk.client.request(
                method,
                address + QUERIES.get(operation, ""),
                headers=headers,
                **(sent if body is not None else {}),
            )
            allowed = permission is None or (
                permission in PERMISSIONS[role] and not (everywhere and brand is not None)
            )
            of_customer = any(f"{{{name}}}" in path for name in OF_CUSTOMERS)
            # what the bill unit doesn't have is as if it were another's
            missing = any(f"{{{name}}}" in path for name in OF_BILL_UNIT)
            told = f"{operation} as {role} of {brand}: {answer.status_code} {answer.text}"
            assert answer.status_code < 500, told
            if not allowed:
                assert answer.status_code == 403, told
            elif of_customer:
                absent = (
                    missing or "instalment" in answer.text or "no payment method" in answer.text
                )
                hidden = answer.status_code == 404 and not absent
                assert hidden == (brand == "south" and not missing), told
                assert method != "GET" or hidden or missing or answer.status_code == 200, told
                assert answer.status_code not in (401, 403), told
            else:
                assert answer.status_code not in (401, 403), told


def _filled(body: Any, action: str) -> Any:
    return json.loads(json.dumps(body).replace("{action}", action))


def test_a_list_shows_only_the_brands_that_one_sees(desk: Desk):
    desk.world.policy(BRANDS)
    for brand in ("north", "south"):
        desk.world.customer(brand.upper(), brand=brand)
    for brands, expected in ((["north"], ["NORTH"]), (["south"], ["SOUTH"]), ([], [])):
        headers = desk.key(Permission.VIEW, brands=brands, name=f"of {brands}")
        items = desk.client.get(f"{V}/bill-units", headers=headers).json()["items"]
        assert [item["bill_unit_no"] for item in items] == expected
        accounts = desk.client.get(f"{V}/accounts", headers=headers).json()["items"]
        assert [item["account_no"] for item in accounts] == [f"A-{no}" for no in expected]
