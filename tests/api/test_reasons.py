"""A reason goes with every change by hand, and is one of the policy's codes where it has some.

Every operation that changes something demands a reason that is held against the policy's codes, or
stands below with why it doesn't. One that is in neither list fails.
"""

from collections.abc import Iterable
from typing import Any

from tests.api.changeable import POLICY, ask_for, names_for, one_of_everything
from tests.api.conftest import Desk
from tests.api.versioned import (
    ALERT,
    CHANGES,
    DRAFT,
    KEY,
    OF,
    PART,
    PERSON,
    PLAN,
    SCHEDULE,
    STAGED,
    SUBSCRIPTION,
    TEMPLATE,
    TO_DO,
    WHY,
    Change,
    V,
)

from dunwell.features.policy.reasons import Category

CODES = "".join(
    f"""
[[reason_codes]]
category = "{category}"
code = "agreed"
labels = {{ en_US = "Agreed" }}
"""
    for category in Category
)


def _new(operation: str, body: Any, **names: str) -> Change:
    """What is made beside what is there, and so has no version to begin with."""
    return Change(f"POST {operation}", "", {**body, **WHY}, names=names)


DEMANDING = (
    *CHANGES,
    _new(f"{OF}/adjustments", {"direction": "credit", "amount": "1.00"}),
    _new(f"{OF}/cases", {"scenario": "services"}, bill_unit_no="B6"),
    _new(f"{OF}/disputes", {"bill_no": "N-B1", "amount": "1.00"}),
    _new(f"{OF}/pay-plans", {**PLAN, "type": "usual"}, bill_unit_no="B7"),
    _new(f"{OF}/pay-plans/denials", {}),
    _new(f"{OF}/promises", {"terms": {"number": 2, "total_days": 9}}),
    _new(f"{V}/sharing-groups", {"name": "theirs", "parent": "B1"}),
    _new(f"{V}/cases/assign", {"bill_unit_nos": ["B1"], "agent": "mary"}),
    _new(f"{V}/exemptions", {"bill_unit_nos": ["B1"]}),
    _new(f"{V}/holds", {"bill_unit_nos": ["B1"], "until": "2026-04-01"}),
    _new(f"{V}/actions/reschedule", {"actions": [{"action": "{action}", "due_on": "2026-04-20"}]}),
    _new(f"{V}/failed-actions/retry", {"actions": ["{action}"]}),
    _new(f"{V}/experiments/{{name}}/choices", {"bill_unit_no": "B1", "arm": "any"}),
)
"""What asks for each operation that demands a reason."""

IN_WORDS = {
    f"POST {OF}/to-dos/{{to_do}}/forward": "the words are for the colleague who gets it",
    f"POST {TO_DO}/forward": "the words are for the colleague who gets it",
    f"POST {V}/suspense/{{entry_id}}/dismiss": "an entry that is nobody's has no brand's codes",
    f"POST {V}/credit-alerts": "says why another system reports somebody, in that system's words",
}
"""What demands a reason, but in any words."""

ELSEWHERE = {f"POST {V}/undelivered-messages/retry"}
"""What takes letters in error: tests/features/tasks/test_failures.py."""

ITSELF = "is itself what is written down: who, when, and in which words"
CUSTOMER = "books what the customer did or wants"
DECIDED = "answers somebody's request, which has its reason, with a note of one's own"
ASKED = "hands out work; a reason is welcome"
OUTSIDE = "says how things stand in another system, which knows why"
TOLD = "says what came of something that was sent: a fact, and nobody's choice"
POLICY_ITS_OWN = "prepares the policy, whose every version is applied with a note"
STAFF = "is the administrators' own; who did it and when is in the log, and why if they say so"
MACHINES = "runs the installation, and changes nothing of a customer's"
OWN = "is about the caller's own session, draft or schedule"

WITHOUT = {
    f"POST {OF}/notes": ITSELF,
    f"POST {OF}/contacts": ITSELF,
    f"POST {OF}/to-dos": ITSELF,
    f"POST {OF}/to-dos/{{to_do}}/complete": ITSELF,
    f"POST {TO_DO}/complete": ITSELF,
    f"POST {ALERT}/activities": ITSELF,
    f"POST {OF}/payments": CUSTOMER,
    f"POST {OF}/payment-attempts": CUSTOMER,
    f"POST {OF}/payment-methods": CUSTOMER,
    f"DELETE {OF}/payment-methods/{{method_id}}": CUSTOMER,
    f"POST {V}/suspense/{{entry_id}}/assign": CUSTOMER,
    f"POST {V}/bank-statements": CUSTOMER,
    f"POST {V}/adjustments/{{adjustment}}/approve": DECIDED,
    f"POST {V}/adjustments/{{adjustment}}/reject": DECIDED,
    f"POST {V}/adjustments/{{adjustment}}/withdraw": DECIDED,
    f"POST {OF}/to-dos/{{to_do}}/assign": ASKED,
    f"POST {TO_DO}/assign": ASKED,
    f"POST {ALERT}/assign": ASKED,
    f"POST {V}/accounts/{{account_no}}/alerts": OUTSIDE,
    f"DELETE {V}/accounts/{{account_no}}/alerts": OUTSIDE,
    f"PUT {OF}/unbilled-usage/{{debt_class}}": OUTSIDE,
    f"POST {V}/accounts/{{account_no}}/unbilled-usage/fetch": OUTSIDE,
    f"POST {V}/receivables/{{kind}}": OUTSIDE,
    f"POST {V}/connectors/{{connector}}/webhook": OUTSIDE,
    f"POST {V}/webhooks/{{gateway}}": OUTSIDE,
    f"POST {V}/systems/{{system}}/changes": OUTSIDE,
    f"POST {V}/systems/{{system}}/identifiers": OUTSIDE,
    f"PUT {V}/systems/{{system}}/{{record}}/{{outside_id}}": OUTSIDE,
    f"POST {OF}/letters/{{letter_id}}/settle": TOLD,
    f"POST {V}/undelivered-messages/settle": TOLD,
    f"POST {V}/invoice-reminders/claim": TOLD,
    f"POST {OF}/invoice-reminders/{{reminder_id}}/confirm": TOLD,
    f"POST {OF}/invoice-reminders/{{reminder_id}}/release": TOLD,
    f"POST {V}/field-activities/{{event}}/release": TOLD,
    f"POST {V}/field-activities/{{event}}/answer": TOLD,
    f"POST {V}/policy/check": POLICY_ITS_OWN,
    f"POST {V}/policy/diff": POLICY_ITS_OWN,
    f"POST {V}/policy/versions": POLICY_ITS_OWN,
    f"POST {DRAFT}": POLICY_ITS_OWN,
    f"DELETE {DRAFT}": POLICY_ITS_OWN,
    f"POST {DRAFT}/apply": POLICY_ITS_OWN,
    f"POST {DRAFT}/rebase": POLICY_ITS_OWN,
    f"POST {DRAFT}/parts/{{noun}}": POLICY_ITS_OWN,
    f"DELETE {PART}": POLICY_ITS_OWN,
    f"POST {PART}/move": POLICY_ITS_OWN,
    f"PUT {STAGED}": POLICY_ITS_OWN,
    f"DELETE {STAGED}": POLICY_ITS_OWN,
    f"PUT {TEMPLATE}": POLICY_ITS_OWN,
    f"DELETE {TEMPLATE}": POLICY_ITS_OWN,
    f"POST {V}/people": STAFF,
    f"PUT {PERSON}": STAFF,
    f"PUT {PERSON}/password": STAFF,
    f"POST {PERSON}/disable": STAFF,
    f"POST {PERSON}/enable": STAFF,
    f"POST {V}/keys": STAFF,
    f"POST {KEY}/rotate": STAFF,
    f"POST {KEY}/revoke": STAFF,
    f"POST {V}/runs": MACHINES,
    f"POST {V}/subscriptions": MACHINES,
    f"DELETE {SUBSCRIPTION}": MACHINES,
    f"POST {SUBSCRIPTION}/pause": MACHINES,
    f"POST {SUBSCRIPTION}/resume": MACHINES,
    f"POST {SUBSCRIPTION}/rotate": MACHINES,
    f"POST {SUBSCRIPTION}/replay": MACHINES,
    f"POST {SUBSCRIPTION}/parked/retry": MACHINES,
    f"POST {SUBSCRIPTION}/parked/discard": MACHINES,
    f"POST {V}/session": OWN,
    f"DELETE {V}/session": OWN,
    f"PUT {V}/session/password": OWN,
    f"POST {V}/report-schedules": OWN,
    f"PUT {SCHEDULE}": OWN,
    f"DELETE {SCHEDULE}": OWN,
    f"POST {SCHEDULE}/pause": OWN,
    f"POST {SCHEDULE}/resume": OWN,
}
"""What changes something without a reason, or with one that nobody demands."""


def _changing(described: Any) -> Iterable[tuple[str, Any]]:
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            # TM Forum's resources have the fields that TM Forum gave them
            if method in ("post", "put", "patch", "delete") and not path.startswith("/api/tmf/"):
                yield f"{method.upper()} {path}", operation


def _demands(described: Any, operation: Any) -> bool:
    """Whether a reason must be sent."""
    asked = [each["name"] for each in operation.get("parameters", ()) if each.get("required")]
    content = operation.get("requestBody", {}).get("content", {})
    schema = content.get("application/json", {}).get("schema", {})
    if "$ref" in schema:
        schema = described["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    return "reason" in (*asked, *schema.get("required", ()))


def test_every_change_by_hand_demands_a_reason_or_says_why_not(described: dict[str, Any]):
    changing = dict(_changing(described))
    demanding = {name for name, each in changing.items() if _demands(described, each)}
    assert changing.keys() - demanding == WITHOUT.keys()
    asked = {change.operation.split("?")[0] for change in DEMANDING}
    assert demanding - asked == (IN_WORDS.keys() | ELSEWHERE) - asked
    assert demanding >= IN_WORDS.keys()


def test_a_reason_that_is_none_of_the_policys_codes_is_refused(
    desk: Desk, described: dict[str, Any]
):
    names = one_of_everything(desk)
    demanding = {name for name, each in _changing(described) if _demands(described, each)}
    desk.world.policy(POLICY + CODES)
    wrong = []
    for change in DEMANDING:
        if change.operation.split("?")[0] in demanding - IN_WORDS.keys():
            answer = ask_for(desk, change, names_for(change, names), if_match="*")
            if (answer.status_code, answer.json().get("rule")) != (422, "unknown_reason"):
                wrong.append(f"{change.operation}: {answer.status_code} {answer.text}")
    assert not wrong
