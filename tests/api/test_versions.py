"""What can change shows a version, and a change that was decided on another one is refused.

Every operation that changes what is there stands in one of two lists: with what its caller looks at
and sends, or with the reason why it takes no version. One that is in neither fails.
"""

import threading
from dataclasses import dataclass, field
from typing import Any

import httpx2
import pytest
from tests.api.conftest import TODAY, Desk
from tests.policies import MANY_ACTIONS

V = "/api/v1"
OF = f"{V}/bill-units/{{bill_unit_no}}"
ACTION, CASE = f"{V}/actions/{{action}}", f"{V}/cases/{{case}}"
GROUP, PERSON = f"{V}/sharing-groups/{{group_id}}", f"{V}/people/{{person_id}}"
KEY, SUBSCRIPTION = f"{V}/keys/{{key_id}}", f"{V}/subscriptions/{{name}}"
SCHEDULE, TEMPLATE = f"{V}/report-schedules/{{schedule_id}}", f"{V}/templates/{{kind}}/{{name}}"
ALERT, DRAFT = f"{V}/credit-alerts/{{alert}}", f"{V}/policy/draft"
PROMISE, INSTALMENT = f"{OF}/promises/active", f"{OF}/promises/active/instalments/{{step}}"
STAGED = f"{DRAFT}/templates/{{kind}}/{{name}}"
WORDS = {"engine": "jinja2", "format": "text", "source": "Pay"}
PART, NOUN = f"{DRAFT}/parts/{{noun}}/{{part_id}}", f"{DRAFT}/parts/{{noun}}"
TO_DO, ANOTHER = f"{V}/to-dos/{{to_do}}", {"to_do": "another_to_do"}
WHY = {"reason": "a test"}
RIGHTS = {"name": "Ada", "roles": ["agent"], "brands": None}
REPORT = {"name": "daily", "report": "ageing", "recipients": ["ada@example.org"]}
PLAN = {"payments": [{"due_on": "2026-04-01", "amount": "60.00"}], **WHY}

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


@dataclass(frozen=True)
class Change:
    """An operation, where its caller has seen the version, and what is sent."""

    operation: str
    seen: str
    body: Any = None
    status: int = 200
    """What it is answered with the version that is in force."""
    names: dict[str, str] = field(default_factory=dict)
    part: str | None = None
    """What is seen is the version of the first of these parts, which has no address of its own."""


def _of(bill_unit_no: str) -> dict[str, str]:
    return {"bill_unit_no": bill_unit_no}


CHANGES = (
    Change(f"POST {ACTION}/reschedule", ACTION, {"due_on": "2026-04-20", **WHY}),
    Change(f"POST {ACTION}/complete", ACTION, WHY),
    Change(f"POST {ACTION}/cancel", ACTION, WHY, names={"action": "optional"}),
    Change(f"POST {ACTION}/retry", ACTION, WHY, 422, names={"action": "collect"}),
    Change(f"POST {ACTION}/execute", ACTION, WHY, 422, names={"action": "collect"}),
    Change(
        f"PATCH {ACTION}/payment-details",
        ACTION,
        {"amount": "5.00", **WHY},
        names={"action": "collect"},
    ),
    Change(f"POST {CASE}/agreements", CASE, {"service_agreement_no": "E1", **WHY}, 422),
    Change(f"POST {CASE}/agreements/{{service_agreement_no}}/remove", CASE, WHY, 422),
    Change(
        f"POST {CASE}/actions",
        CASE,
        {"action": "visit", "due_on": "2026-04-30", **WHY},
        201,
    ),
    Change(f"POST {CASE}/actions/cancel", CASE, WHY),
    Change(f"POST {CASE}/replace", CASE, {"scenario": "services", **WHY}, 422),
    Change(f"POST {CASE}/stop", CASE, WHY),
    Change(f"POST {V}/adjustments/{{adjustment}}/approve", f"{V}/adjustments/{{adjustment}}", {}),
    Change(
        f"POST {V}/adjustments/{{adjustment}}/reject",
        f"{V}/adjustments/{{adjustment}}",
        {"note": "no"},
        names={"adjustment": "second adjustment"},
    ),
    Change(
        f"POST {V}/adjustments/{{adjustment}}/withdraw",
        f"{V}/adjustments/{{adjustment}}",
        {},
        422,
        names={"adjustment": "third adjustment"},
    ),
    Change(
        f"POST {OF}/disputes/{{dispute}}/resolve",
        f"{OF}/disputes/{{dispute}}",
        WHY,
        names=_of("B3"),
    ),
    Change(f"POST {OF}/exemptions", f"{OF}/exemptions", WHY, 201, names=_of("B6")),
    Change(f"POST {OF}/exemptions/lift", f"{OF}/exemptions", WHY, names=_of("B6")),
    Change(f"POST {OF}/holds", f"{OF}/holds", {"until": "2026-04-01", **WHY}, 201, names=_of("B6")),
    Change(f"POST {OF}/holds/lift", f"{OF}/holds", WHY, names=_of("B6")),
    Change(
        f"POST {OF}/rating/demerits", f"{OF}/rating", {"kind": "cash_only", "points": 5, **WHY}, 201
    ),
    Change(f"POST {OF}/rating/demerits/{{demerit}}/end", f"{OF}/rating", WHY),
    Change(f"POST {OF}/budgets/cancel", f"{OF}/budgets", WHY, names=_of("B2")),
    Change(
        f"PATCH {INSTALMENT}",
        f"{V}/actions/{{instalment}}",
        {"amount": "30.00", **WHY},
        names=_of("B3"),
    ),
    Change(
        f"POST {INSTALMENT}/reschedule",
        f"{V}/actions/{{instalment}}",
        {"due_on": "2026-03-30", **WHY},
        names=_of("B3"),
    ),
    Change(f"POST {INSTALMENT}/complete", f"{V}/actions/{{instalment}}", WHY, names=_of("B3")),
    Change(
        f"POST {INSTALMENT}/cancel",
        f"{V}/actions/{{next instalment}}",
        WHY,
        names={**_of("B3"), "step": "next step"},
    ),
    Change(
        f"POST {PROMISE}/instalments",
        f"{OF}/promises",
        {"due_on": "2026-06-01", "amount": "5.00", **WHY},
        201,
        names=_of("B3"),
    ),
    Change(
        f"POST {PROMISE}/instalments/reschedule",
        f"{OF}/promises",
        {"instalments": [{"step": "{last step}", "due_on": "2026-05-30"}], **WHY},
        names=_of("B3"),
    ),
    Change(f"POST {PROMISE}/revoke", f"{OF}/promises", WHY, names=_of("B3")),
    Change(
        f"POST {OF}/pay-plans/{{plan}}/change", f"{OF}/pay-plans/{{plan}}", PLAN, names=_of("B4")
    ),
    Change(
        f"POST {OF}/pay-plans/{{plan}}/cancel", f"{OF}/pay-plans/{{plan}}", WHY, names=_of("B4")
    ),
    Change(f"POST {OF}/to-dos/{{to_do}}/assign", f"{OF}/to-dos/{{to_do}}", {"agent": None}),
    Change(
        f"POST {OF}/to-dos/{{to_do}}/forward", f"{OF}/to-dos/{{to_do}}", {"role": "manager", **WHY}
    ),
    Change(f"POST {OF}/to-dos/{{to_do}}/complete", f"{OF}/to-dos/{{to_do}}", {}),
    Change(f"POST {TO_DO}/assign", TO_DO, {"agent": None}, names=ANOTHER),
    Change(f"POST {TO_DO}/forward", TO_DO, {"role": "manager", **WHY}, names=ANOTHER),
    Change(f"POST {TO_DO}/complete", TO_DO, {}, names=ANOTHER),
    Change(f"POST {ALERT}/assign", ALERT, {"agent": "mary"}),
    Change(f"POST {ALERT}/activities", ALERT, {"kind": "reminder_call"}),
    Change(f"POST {ALERT}/close", ALERT, WHY),
    Change(
        f"POST {V}/severance-events/{{event}}/complete",
        f"{V}/severances/{{severance}}",
        WHY,
        part="events",
    ),
    Change(
        f"POST {V}/severances/{{severance}}/cancel",
        f"{V}/severances/{{severance}}",
        WHY,
        names={"severance": "second severance"},
    ),
    Change(
        f"POST {V}/service-agreements/{{service_agreement_no}}",
        f"{V}/service-agreements/{{service_agreement_no}}",
        {"life_support": True, **WHY},
    ),
    Change(
        f"POST {V}/accounts/{{account_no}}/household",
        f"{V}/accounts/{{account_no}}/household",
        {"sensitive_load": True, **WHY},
    ),
    Change(f"PATCH {GROUP}", GROUP, {"name": "theirs"}),
    Change(f"POST {GROUP}/members/add", GROUP, {"members": ["B2"]}),
    Change(f"POST {GROUP}/members/remove", GROUP, {"members": ["B2"]}),
    Change(f"PUT {GROUP}/parent", GROUP, {"parent": "B8"}),
    Change(f"DELETE {GROUP}", GROUP, status=204),
    Change(f"PUT {PERSON}", PERSON, RIGHTS),
    Change(f"PUT {PERSON}/password", PERSON, {"password": "correct horse battery"}),
    Change(f"POST {PERSON}/disable", PERSON),
    Change(f"POST {PERSON}/enable", PERSON),
    Change(f"POST {KEY}/rotate", KEY, {}, 201),
    Change(f"POST {KEY}/revoke", KEY),
    Change(f"PUT {SCHEDULE}", SCHEDULE, {**REPORT, "format": "csv"}),
    Change(f"POST {SCHEDULE}/pause", SCHEDULE),
    Change(f"POST {SCHEDULE}/resume", SCHEDULE),
    Change(f"DELETE {SCHEDULE}", SCHEDULE, status=204),
    Change(f"POST {SUBSCRIPTION}/pause", SUBSCRIPTION),
    Change(f"POST {SUBSCRIPTION}/resume", SUBSCRIPTION),
    Change(f"POST {SUBSCRIPTION}/rotate", SUBSCRIPTION),
    Change(f"DELETE {SUBSCRIPTION}", SUBSCRIPTION, status=204),
    Change(
        f"PUT {TEMPLATE}",
        TEMPLATE,
        {"engine": "jinja2", "format": "text", "source": "Pay up"},
        names={"name": "template"},
    ),
    Change(f"DELETE {TEMPLATE}", TEMPLATE, status=204, names={"name": "template"}),
    Change(f"POST {NOUN}", DRAFT, {"part": {"name": "strict", "type": "manual"}}, 201),
    Change(f"POST {PART}/move?to=0", DRAFT),
    Change(f"DELETE {PART}", DRAFT, status=204),
    Change(f"PUT {STAGED}", DRAFT, {**WORDS, "source": "Pay today"}, names={"name": "template"}),
    Change(f"DELETE {STAGED}", DRAFT, status=204, names={"name": "template"}),
    Change(f"POST {DRAFT}/rebase", DRAFT),
    Change(f"POST {DRAFT}/apply", DRAFT, {"note": "a test"}, 201),
    Change(f"DELETE {DRAFT}", DRAFT, status=204, names={"headers": "other headers"}),
)

ADDS = "adds something new beside what is there, and leaves that alone"
OUTSIDE = "says how things stand in another system, which keeps the record and decides"
ONCE = "takes one step that can be taken once; who comes second is refused by the status"
OWN = "is about the caller's own session, and asks for the old password"
READS = "is a question, or asks another system one"

UNVERSIONED = {
    f"POST {V}/accounts/{{account_no}}/alerts": ADDS,
    f"DELETE {V}/accounts/{{account_no}}/alerts": OUTSIDE,
    f"POST {V}/accounts/{{account_no}}/unbilled-usage/fetch": READS,
    f"POST {OF}/adjustments": ADDS,
    f"POST {OF}/cases": ADDS,
    f"POST {OF}/contacts": ADDS,
    f"POST {OF}/disputes": ADDS,
    f"POST {OF}/notes": ADDS,
    f"POST {OF}/pay-plans": ADDS,
    f"POST {OF}/pay-plans/denials": ADDS,
    f"POST {OF}/payment-attempts": ADDS,
    f"POST {OF}/payment-methods": ADDS,
    f"POST {OF}/payments": ADDS,
    f"POST {OF}/promises": ADDS,
    f"POST {OF}/to-dos": ADDS,
    f"DELETE {OF}/payment-methods/{{method_id}}": ONCE,
    f"POST {OF}/invoice-reminders/{{reminder_id}}/confirm": ONCE,
    f"POST {OF}/invoice-reminders/{{reminder_id}}/release": ONCE,
    f"POST {OF}/letters/{{letter_id}}/settle": ONCE,
    f"PUT {OF}/unbilled-usage/{{debt_class}}": OUTSIDE,
    f"POST {V}/connectors/{{connector}}/webhook": OUTSIDE,
    f"POST {V}/webhooks/{{gateway}}": OUTSIDE,
    f"POST {V}/systems/{{system}}/changes": OUTSIDE,
    f"POST {V}/systems/{{system}}/identifiers": OUTSIDE,
    f"PUT {V}/systems/{{system}}/{{record}}/{{outside_id}}": OUTSIDE,
    f"POST {V}/receivables/{{kind}}": OUTSIDE,
    f"POST {V}/field-activities/{{event}}/answer": ONCE,
    f"POST {V}/field-activities/{{event}}/release": ONCE,
    f"POST {V}/experiments/{{name}}/choices": ONCE,
    f"POST {SUBSCRIPTION}/replay": ADDS,
    f"POST {SUBSCRIPTION}/parked/retry": ONCE,
    f"POST {SUBSCRIPTION}/parked/discard": ONCE,
    f"POST {V}/suspense/{{entry_id}}/assign": ONCE,
    f"POST {V}/suspense/{{entry_id}}/dismiss": ONCE,
    f"PUT {V}/session/password": OWN,
    f"DELETE {V}/session": OWN,
    # TM Forum's version 4 knows no versions; the billing system keeps the accounts
    **{
        f"PATCH /api/tmf/accountManagement/v4/{noun}Account/{{id}}": OUTSIDE
        for noun in ("party", "billing")
    },
    **{
        f"DELETE /api/tmf/{noun}Management/v4/hub/{{id}}": ONCE
        for noun in ("account", "customerBill", "payment", "communication", "collection")
    },
}


def _takes_version(desk: Desk) -> dict[str, bool]:
    """Every operation that can change what is there, and whether it takes If-Match."""
    paths = desk.api.openapi()["paths"]
    return {
        f"{method.upper()} {path}": any(
            each["name"].lower() == "if-match" for each in operation.get("parameters", ())
        )
        for path, methods in paths.items()
        for method, operation in methods.items()
        if method in ("put", "patch", "delete")
        or (method == "post" and ("{" in path or DRAFT in path))
    }


def test_every_change_takes_a_version_or_says_why_not(desk: Desk):
    takes = _takes_version(desk)
    versioned = {operation for operation, does in takes.items() if does}
    assert versioned == {change.operation.split("?")[0] for change in CHANGES}
    assert takes.keys() - versioned == UNVERSIONED.keys() | {f"POST {DRAFT}"}


@pytest.fixture
def names(desk: Desk) -> dict[str, Any]:
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
    group = {"name": "ours", "parent": "B6", "members": ["B7"]}
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


def _ask(desk: Desk, change: Change, names: dict[str, Any], *, if_match: str) -> httpx2.Response:
    method, path = change.operation.split()
    body = change.body
    if "instalments" in (body or {}):
        (one,) = body["instalments"]
        body = {**body, "instalments": [{**one, "step": names["last step"]}]}
    sent = {} if body is None else {"json": body}
    headers = {**names["headers"], "If-Match": if_match}
    return desk.client.request(method, path.format(**names), headers=headers, **sent)


def _shown(desk: Desk, change: Change, names: dict[str, Any]) -> str | None:
    """The version that somebody sees; none when it is there no more."""
    answer = desk.client.get(change.seen.format(**names), headers=names["headers"])
    if answer.status_code == 404:
        return None
    assert answer.status_code == 200, f"{change.seen}: {answer.text}"
    if change.part:
        return f'"{answer.json()[change.part][0]["version"]}"'
    return str(answer.headers["etag"])


def _named(change: Change, names: dict[str, Any]) -> dict[str, Any]:
    """The names, with those that this change has its own ones for."""
    return {**names, **{key: names.get(own, own) for key, own in change.names.items()}}


def test_a_change_decided_on_another_version_is_refused_and_changes_nothing(
    desk: Desk, names: dict[str, Any]
):
    for change in CHANGES:
        named = _named(change, names)
        before = _shown(desk, change, named)
        answer = _ask(desk, change, named, if_match='"999999"')
        told = f"{change.operation}: {answer.status_code} {answer.text}"
        assert (answer.status_code, answer.json().get("code")) == (412, "changed_meanwhile"), told
        assert before is not None, told
        assert _shown(desk, change, named) == before, told


def test_the_version_that_was_shown_is_taken_and_is_another_one_afterwards(
    desk: Desk, names: dict[str, Any]
):
    wrong = []
    for change in CHANGES:
        named = _named(change, names)
        shown = _shown(desk, change, named)
        answer = _ask(desk, change, named, if_match=shown or "")
        changed = _shown(desk, change, named) != shown
        if (answer.status_code, changed) != (change.status, change.status < 300):
            wrong.append(f"{change.operation}: {answer.status_code} {answer.text}")
    assert not wrong


@pytest.mark.parametrize("noun", ["report", "key", "hold"])
def test_of_many_who_decided_on_the_same_version_one_wins(
    desk: Desk, names: dict[str, Any], noun: str
):
    """Without a number in the row, those who have seen the same wait for each other."""
    operation = {
        "report": f"PUT {SCHEDULE}",
        "key": f"POST {KEY}/rotate",
        "hold": f"POST {OF}/holds",
    }[noun]
    (change,) = (each for each in CHANGES if each.operation == operation)
    named = _named(change, names)
    shown = _shown(desk, change, named)
    assert shown is not None
    answers: list[int] = []

    def ask() -> None:
        answers.append(_ask(desk, change, named, if_match=shown).status_code)

    crowd = [threading.Thread(target=ask) for _ in range(6)]
    for each in crowd:
        each.start()
    for each in crowd:
        each.join()
    assert sorted(answers) == [change.status] + [412] * 5
