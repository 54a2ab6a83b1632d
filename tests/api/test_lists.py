"""Lists are alike everywhere: `items`, and where there can be many, keyset pages."""

import base64
from typing import Any

from tests.api.changeable import one_of_everything
from tests.api.conftest import TODAY, Desk
from tests.api.versioned import ACTION, CASE, OF, PLAN, WHY, V

POLICY = "is as long as the policy, or as the list of those who keep the installation"
NOW = "shows what is so now, and what was isn't kept in it"
CODE = "is as long as the code makes it"

WHOLE = {
    f"{V}/agencies": POLICY,
    f"{V}/configuration/{{noun}}": POLICY,
    f"{V}/event-kinds": CODE,
    f"{V}/experiments": POLICY,
    f"{V}/policy/draft/parts/{{noun}}": POLICY,
    f"{V}/policy/draft/problems": POLICY,
    f"{V}/policy/draft/templates": POLICY,
    f"{V}/policy/versions/{{version_id}}/templates": POLICY,
    f"{V}/reason-codes": POLICY,
    f"{V}/report-schedules": POLICY,
    f"{V}/reports": CODE,
    f"{V}/subscriptions": POLICY,
    f"{V}/templates": POLICY,
    f"{V}/workload": POLICY,
    f"{V}/search": "the best few of what fits; who wants others types more",
    f"{V}/people/{{person_id}}/history": "each change tells what the ones before it left",
    f"{V}/accounts/{{account_no}}/alerts": NOW,
    f"{OF}/budgets": "a bill unit pays by one budget at a time, from year to year",
    f"{OF}/contacts/counts": "a count for each type of contact that there is",
    f"{OF}/payment-methods": NOW,
    f"{OF}/requirements": "one for each open case, of which a debt class has one",
    f"{OF}/scenarios": POLICY,
}
"""Lists that can't grow long, and why."""


def test_a_list_is_keyset_pages_or_says_why_it_comes_whole(described: dict[str, Any]):
    found: dict[str, tuple[bool, set[str]]] = {}
    for path, methods in described["paths"].items():
        listed = listed_by(described, methods.get("get", {}))
        if listed is not None and path.startswith(f"{V}/"):
            found[path] = listed
    whole = {path for path, (has_next, _) in found.items() if not has_next}
    assert whole == WHOLE.keys()
    for path, (has_next, asked) in found.items():
        if has_next:
            assert {"limit", "after"} <= asked, path
        else:
            assert "after" not in asked, path


def listed_by(described: Any, operation: Any) -> tuple[bool, set[str]] | None:
    """Whether what a list answers has a `next`, and what it can be asked with."""
    answer = operation.get("responses", {}).get("200", {}).get("content", {})
    schema = answer.get("application/json", {}).get("schema", {})
    while "$ref" in schema:
        schema = described["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    fields = schema.get("properties", {})
    if "items" not in fields:
        return None
    return "next" in fields, {each["name"] for each in operation.get("parameters", ())}


SEVERAL = {
    *("adjustments", "cases", "charges", "contacts", "disputes", "exemptions", "history", "holds"),
    *("letters", "notes", "pay-plans", "payment-attempts", "payments", "promises", "receipts"),
    *("service-agreements", "to-dos"),
}
"""Lists of which the test makes three rows and more, most of them of one day."""


def test_page_after_page_is_the_whole_list_in_its_order(desk: Desk, described: dict[str, Any]):
    names = one_of_everything(desk)
    headers = names["headers"]
    make_several(desk, names)
    several = set()
    for path, methods in described["paths"].items():
        listed = listed_by(described, methods.get("get", {}))
        if listed is None or not listed[0] or not path.startswith((f"{OF}/", ACTION, CASE)):
            continue
        for unit in ("B1", "B4", "B7"):
            address = path.format(**{**names, "bill_unit_no": unit})
            whole = desk.client.get(address, headers=headers).json()["items"]
            assert _by_ones(desk, address, headers) == whole, address
            if len(whole) > 2:
                several.add(path.rsplit("/", 1)[1])
    assert several >= SEVERAL, SEVERAL - several


def make_several(desk: Desk, names: dict[str, Any]) -> None:
    def post(path: str, body: Any, unit: str = "B7") -> dict[str, Any]:
        address = f"{V}/{path}" if "/" in path else f"{V}/bill-units/{unit}/{path}"
        answer = desk.client.post(address, headers=names["headers"], json={**body})
        assert answer.status_code in (200, 201), f"{path}: {answer.text}"
        return dict(answer.json())

    case, plan = names["case"], names["plan"]
    for number in range(3):
        post(f"actions/{names['action']}/reschedule", {"due_on": f"2026-04-2{number}", **WHY})
        post("holds", {"until": "2026-03-25", **WHY})
        post("exemptions", {"since": "2026-03-01", "until": "2026-03-02", **WHY})
        post("to-dos", {"type": "review", "message": "look"})
        post("notes", {"text": "called"})
        post("contacts", {"contact_class": "complaint", "contact_type": "complaint"})
        post("payments", {"amount": "1.00", "method": "cash"})
        desk.world.bill("2.00", "2026-04-10", "B7", bill_no=f"N{number}", issued="2026-03-19")
        post("disputes", {"bill_no": f"N{number}", "amount": "1.00", **WHY})
        post("promises", {"terms": {"number": 2, "total_days": 9}, **WHY}, "B1")
        post("bill-units/B1/promises/active/revoke", WHY)
        post(f"bill-units/B4/pay-plans/{plan}/cancel", WHY)
        plan = post("pay-plans", {**PLAN, "type": "usual"}, "B4")["handle"]
        agreement = {"service_agreement_no": f"E1{number}", "bill_unit_no": "B1"}
        desk.world.load("service_agreements", agreement)
        for action in ("letter", "late fee", "collect"):
            given = {"action": action, "due_on": str(TODAY), **WHY}
            added = post(f"cases/{case}/actions", given)["action"]["handle"]
            done = post(f"actions/{added}/execute", WHY)
            assert done["failure"] is None, done
    post("exemptions", {"since": "2026-02-01", "until": "2026-02-02", **WHY})
    done = post("to-dos", {"type": "review", "message": "done"})["handle"]
    post(f"bill-units/B7/to-dos/{done}/complete", {})
    for _ in range(2):
        post(f"cases/{case}/stop", WHY)
        case = post("cases", {"scenario": "services", **WHY}, "B1")["handle"]


def _by_ones(desk: Desk, address: str, headers: dict[str, str]) -> list[Any]:
    found: list[Any] = []
    asked: dict[str, Any] = {"limit": 1}
    while True:
        answer = desk.client.get(address, headers=headers, params=asked).json()
        found += answer["items"]
        if answer["next"] is None:
            return found
        asked["after"] = answer["next"]


def test_a_cursor_that_no_page_gave_is_refused(desk: Desk):
    headers = desk.key()
    deep = base64.urlsafe_b64encode(b"[" * 1400).decode()
    for cursor in ("nonsense", "W10=", "WzFd", deep):
        answer = desk.client.get(f"{V}/accounts", headers=headers, params={"after": cursor})
        assert (answer.status_code, answer.json()["code"]) == (422, "bad_input"), cursor
