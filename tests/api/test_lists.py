"""Lists are alike everywhere: `items`, and where there can be many, keyset pages."""

from typing import Any

from tests.api.conftest import Desk

WHOLE = {
    *("agencies", "configuration", "event-kinds", "experiments", "policy", "reason-codes"),
    *("report-schedules", "reports", "subscriptions", "templates", "workload"),
}
"""Lists of the installation's own, as long as its policy or its staff."""
BEST = {"/api/v1/search"}
"""The best few of what fits; who wants others types more."""


def test_a_list_is_keyset_pages_or_about_one_thing_and_whole(desk: Desk):
    described = desk.api.openapi()
    found: dict[str, tuple[bool, set[str]]] = {}
    for path, methods in described["paths"].items():
        listed = _listed(described, methods.get("get", {}))
        if listed is not None and path.startswith("/api/v1/"):
            found[path] = listed
    pages = {path for path, (has_next, _) in found.items() if has_next}
    assert len(pages) > 20
    for path, (_, asked) in found.items():
        if path in pages:
            assert {"limit", "after"} <= asked, path
        else:
            assert "after" not in asked, path
            noun = path.split("/")[3]
            assert path in BEST or noun in WHOLE or f"/{noun}/{{" in path, path


def _listed(described: Any, operation: Any) -> tuple[bool, set[str]] | None:
    """Whether what a list answers has a `next`, and what it can be asked with."""
    answer = operation.get("responses", {}).get("200", {}).get("content", {})
    schema = answer.get("application/json", {}).get("schema", {})
    while "$ref" in schema:
        schema = described["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    fields = schema.get("properties", {})
    if "items" not in fields:
        return None
    return "next" in fields, {each["name"] for each in operation.get("parameters", ())}
