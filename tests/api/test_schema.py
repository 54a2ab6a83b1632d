"""The whole API against its own description: nothing answers 500, or what isn't described."""

from itertools import cycle
from typing import Any

import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from tests.api.conftest import TODAY, Desk
from tests.api.operations.policy import POLICY

CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
)


@schemathesis.serializer("application/x-ndjson")
def _lines(_: Any, value: Any) -> bytes:
    """Whatever is made up, as it stands: the loader has to refuse it by itself."""
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "replace")


OWN_KEY = 2
"""With it the requests are made: nobody revokes it."""


def test_no_request_brings_an_undescribed_answer(desk: Desk):
    desk.world.policy(POLICY["toml"])
    for number in ("B1", "B2"):
        desk.world.customer(number, brand="north")
        desk.world.bill("80.00", "2026-02-01", number)
    desk.world.night(TODAY)
    hand = desk.world.by_hand(TODAY)
    hand.group("ours", "B1")
    hand.promise("B2", number=3, total_days=20)
    case = desk.world.case("B1")
    assert case is not None
    there = {
        "bill_unit_no": "B2",
        "account_no": "A-B1",
        "case": case["handle"],
        "action": case["actions"][0]["handle"],
        "step": 3,
        "group_id": 1,
        # not the one that the requests are made with, which must stay
        "key_id": 1,
    }
    desk.key(name="spare")
    headers = desk.key()
    schema = schemathesis.openapi.from_asgi("/api/v1/openapi.json", desk.api)
    # every other request names what is there
    turns = cycle([True, False])
    tried = set()
    for result in schema.get_all_operations():
        operation: Any = result.ok()  # type: ignore[union-attr]

        @settings(
            max_examples=10,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(operation.as_strategy())
        def attempt(case):
            if next(turns) or case.path_parameters.get("key_id") == OWN_KEY:
                named = {name: there[name] for name in case.path_parameters if name in there}
                case.path_parameters.update(named)
            case.call_and_validate(headers=headers, checks=CHECKS)

        attempt()
        tried.add(operation.label)
    assert tried == {
        f"{method.upper()} {path}"
        for path, methods in desk.api.openapi()["paths"].items()
        for method in methods
    }
