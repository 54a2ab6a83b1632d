"""The whole API against its own description: nothing answers 500, or what isn't described."""

from typing import Any

import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from tests.api.conftest import BRANDS, TODAY, Desk

CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
)


def test_no_request_brings_an_undescribed_answer(desk: Desk):
    desk.world.policy(BRANDS)
    desk.world.customer("B1", brand="north")
    desk.world.bill("80.00", "2026-02-01")
    desk.world.night(TODAY)
    headers = desk.key()
    schema = schemathesis.openapi.from_asgi("/api/v1/openapi.json", desk.api)
    tried = set()
    for result in schema.get_all_operations():
        operation: Any = result.ok()  # type: ignore[union-attr]
        # the key that the requests are made with must stay; JSON lines aren't made up here
        if operation.path.endswith(("/revoke", "/rotate", "/receivables/{kind}")):
            continue

        @settings(
            max_examples=12,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(operation.as_strategy())
        def attempt(case):
            case.call_and_validate(headers=headers, checks=CHECKS)

        attempt()
        tried.add(operation.label)
    assert len(tried) > 30
