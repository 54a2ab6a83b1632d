"""One of everything that can be changed, made on a fresh installation, and how each change of
`versioned` is asked for.
"""

import json
from typing import Any

import httpx2
from tests.api.conftest import TODAY, Desk
from tests.api.versioned import PLAN, REPORT, WHY, WORDS, Change, V
from tests.policies import MANY_ACTIONS

POLICY = (
    """
[settings]
credit_alerts = true
collection_status = true
"""
    + MANY_ACTIONS
    + """
[[profiles]]
name = "households"
currency = "USD"
default = true

[[actions]]
name = "sever"
type = "start_severance"

[[scenarios]]
name = "services"
profile = "households"
entry_amount = 50
entry_days = 5
steps = [
    { day = 2, action = "sever" },
    { day = 20, action = "call" },
    { day = 25, action = "collect" },
    { day = 30, action = "second call", mandatory = false },
    { day = 35, action = "letter", mandatory = false },
]

[[severance_templates]]
name = "Cut"
events = [{ name = "ask", type = "to_do" }]

[[agents]]
name = "mary"

[[pay_plan_types]]
name = "usual"

[[to_do_types]]
name = "review"
role = "agent"
"""
)


def one_of_everything(desk: Desk) -> dict[str, Any]:
    """One of everything that can be changed, by the name that a path has for it."""
    desk.world.policy(POLICY)
    for number in ("B1", "B2", "B3", "B4", "B6", "B7", "B8"):
        desk.world.customer(number)
    for number in ("1", "2"):
        agreement = {"service_agreement_no": f"E{number}", "premise_no": f"P{number}"}
        desk.world.load("service_agreements", {"bill_unit_no": f"B{number}", **agreement})
    desk.world.load(
        "budgets",
        {"budget_no": "G1", "bill_unit_no": "B2", "amount": "80.00", "started_on": "2026-01-01"},
    )
    for number in ("B1", "B2", "B3"):
        agreement_no = {"B3": {}}.get(number, {"service_agreement_no": f"E{number[1]}"})
        desk.world.bill("60.00", "2026-03-10", number, bill_no=f"N-{number}", **agreement_no)
    desk.world.bill("60.00", "2026-03-19", "B4")
    desk.world.nights("2026-03-16", TODAY)
    desk.world.by_hand(TODAY).promise("B3", number=3, total_days=30)
    return {**_of_cases(desk), **_asked_for(desk)}


def _of_cases(desk: Desk) -> dict[str, Any]:
    cases = {number: desk.world.newest_case(number) for number in ("B1", "B3")}
    steps = {each["action"]: each for each in cases["B1"]["actions"]}
    promised = [each for each in cases["B3"]["actions"] if each["type"] == "promise"]
    return {
        "bill_unit_no": "B1",
        "account_no": "A-B1",
        "case": cases["B1"]["handle"],
        "action": steps["call"]["handle"],
        "optional": steps["second call"]["handle"],
        "collect": steps["collect"]["handle"],
        "instalment": promised[0]["handle"],
        "step": promised[0]["step"],
        "next instalment": promised[1]["handle"],
        "next step": promised[1]["step"],
        "last step": promised[2]["step"],
        "service_agreement_no": "E1",
    }


def _asked_for(desk: Desk) -> dict[str, Any]:
    """What is made by requests; adjustments by another machine than the one that changes them."""
    headers, other = desk.key(), desk.key(name="clerk")

    def made(path: str, body: Any, by: dict[str, str] = headers) -> dict[str, Any]:
        answer = desk.client.post(V + path, headers=by, json=body)
        assert answer.status_code == 201, f"{path}: {answer.text}"
        return dict(answer.json())

    def of(path: str) -> Any:
        return desk.client.get(V + path, headers=headers).json()["items"]

    credit = {"direction": "credit", "amount": "1.00", **WHY}
    waiting = [made("/bill-units/B7/adjustments", credit, other)["handle"] for _ in range(3)]
    desk.client.put(
        f"{V}/templates/dunning/spare",
        headers=headers,
        json=WORDS,
    )
    made("/policy/draft", {})
    made("/policy/draft", {}, other)
    (process,) = of("/bill-units/B1/severances")
    (second,) = of("/bill-units/B2/severances")
    given = {"login": "ada", "name": "Ada", "roles": ["agent"], "brands": None}
    hook = {"name": "crm", "url": "https://example.org/hook"}
    group = {"name": "ours", "parent": "B6", "members": ["B7"], **WHY}
    return {
        "headers": headers,
        "other headers": other,
        "adjustment": waiting[0],
        "second adjustment": waiting[1],
        "third adjustment": waiting[2],
        "dispute": made("/bill-units/B3/disputes", {"bill_no": "N-B3", "amount": "1.00", **WHY})[
            "handle"
        ],
        "demerit": made(
            "/bill-units/B1/rating/demerits", {"kind": "cash_only", "points": 1, **WHY}
        )["handle"],
        "plan": made("/bill-units/B4/pay-plans", {"type": "usual", **PLAN})["handle"],
        "to_do": made("/bill-units/B1/to-dos", {"type": "review", "message": "look"})["handle"],
        "another_to_do": made("/bill-units/B1/to-dos", {"type": "review", "message": "ask"})[
            "handle"
        ],
        "alert": next(
            each["handle"] for each in of("/credit-alerts") if each["bill_unit_no"] == "B3"
        ),
        "severance": process["severance"],
        "event": process["events"][0]["event"],
        "second severance": second["severance"],
        "group_id": made("/sharing-groups", group)["id"],
        "person_id": made("/people", {**given, "password": "correct horse battery"})["id"],
        "key_id": made("/keys", {"name": "spare", "scopes": ["view"], "brands": None})["id"],
        "schedule_id": made("/report-schedules", REPORT)["id"],
        "name": made("/subscriptions", hook)["name"],
        "template": "spare",
        "kind": "dunning",
        "noun": "actions",
        "part_id": next(
            each["id"] for each in of("/policy/draft/parts/actions") if each["name"] == "visit"
        ),
    }


def ask_for(desk: Desk, change: Change, names: dict[str, Any], *, if_match: str) -> httpx2.Response:
    """Ask for a change that was decided on a version."""
    method, path = change.operation.split()
    body = change.body
    if "instalments" in (body or {}):
        (one,) = body["instalments"]
        body = {**body, "instalments": [{**one, "step": names["last step"]}]}
    told = json.dumps(body).replace("{action}", names["action"])
    sent = {} if body is None else {"json": json.loads(told)}
    headers = {**names["headers"], "If-Match": if_match}
    return desk.client.request(method, path.format(**names), headers=headers, **sent)


def names_for(change: Change, names: dict[str, Any]) -> dict[str, Any]:
    """The names, with those that this change has its own ones for."""
    return {**names, **{key: names.get(own, own) for key, own in change.names.items()}}
