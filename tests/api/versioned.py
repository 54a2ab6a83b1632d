"""Every operation that changes what is there: with what its caller looks at and sends, or with the
reason why it takes no version. `test_versions` fails for one that is in neither list.
"""

from dataclasses import dataclass, field
from typing import Any

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
    Change(f"PATCH {GROUP}", GROUP, {"name": "theirs", **WHY}),
    Change(f"POST {GROUP}/members/add", GROUP, {"members": ["B2"], **WHY}),
    Change(f"POST {GROUP}/members/remove", GROUP, {"members": ["B2"], **WHY}),
    Change(f"PUT {GROUP}/parent", GROUP, {"parent": "B8", **WHY}),
    Change(f"DELETE {GROUP}?reason=a%20test", GROUP, status=204),
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
