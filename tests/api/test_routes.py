"""Every operation, role and brand: who may do what. A route that is missing here fails."""

import json
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts
from tests.api.conftest import Desk
from tests.policies import BRANDS

from dunwell.features.access.actor import Permission
from dunwell.features.access.roles import EVERYWHERE, PERMISSIONS, Role

V = "/api/v1"
PERSON: dict[str, Any] = {"login": "new", "name": "New", "roles": [], "brands": None}
OF = f"{V}/bill-units/{{bill_unit_no}}"
TEMPLATE = f"{V}/templates/{{kind}}/{{name}}"
DRAFTED = f"{V}/policy/draft/templates"
WHY = {"reason": "a test"}
PROMISES = f"{V}/bill-units/{{bill_unit_no}}/promises"
POLICY = {
    "toml": BRANDS
    + """
[settings]
collection_status = true
credit_alerts = true
[[pay_plan_types]]
name = "usual"

[[to_do_types]]
name = "none"
role = "agent"

[[profiles]]
name = "everybody north"
brand = "north"
currency = "USD"
default = true

[[scenarios]]
name = "short north"
brand = "north"
profile = "everybody north"
entry_amount = 50
entry_days = 10
exit_amount = 5
steps = [{ day = 30, action = "Close bill unit" }, { day = 60, action = "Write off balance" }]
"""
}

# operation: the permission it takes (none: whoever is known), whether it takes somebody who sees
# every brand, and what to send. `{number}` is a bill unit in the brand north.
OPERATIONS: dict[str, tuple[Permission | None, bool, Any]] = {
    f"GET {V}/session": (None, False, None),
    f"DELETE {V}/session": (None, False, None),
    f"PUT {V}/session/password": (None, False, {"old": "x", "new": "y"}),
    f"GET {V}/people": (Permission.ADMINISTER, True, None),
    f"POST {V}/people": (Permission.ADMINISTER, True, PERSON),
    f"GET {V}/people/{{person_id}}": (Permission.ADMINISTER, True, None),
    f"GET {V}/people/{{person_id}}/history": (Permission.ADMINISTER, True, None),
    f"PUT {V}/people/{{person_id}}": (
        Permission.ADMINISTER,
        True,
        {"name": "N", "roles": [], "brands": None},
    ),
    f"POST {V}/people/{{person_id}}/disable": (Permission.ADMINISTER, True, None),
    f"POST {V}/people/{{person_id}}/enable": (Permission.ADMINISTER, True, None),
    f"PUT {V}/people/{{person_id}}/password": (
        Permission.ADMINISTER,
        True,
        {"password": "correct horse battery"},
    ),
    f"GET {V}/keys": (Permission.ADMINISTER, True, None),
    f"POST {V}/keys": (
        Permission.ADMINISTER,
        True,
        {"name": "new", "scopes": ["view"], "brands": None},
    ),
    f"GET {V}/keys/{{key_id}}": (Permission.ADMINISTER, True, None),
    f"POST {V}/keys/{{key_id}}/rotate": (Permission.ADMINISTER, True, {}),
    f"POST {V}/keys/{{key_id}}/revoke": (Permission.ADMINISTER, True, None),
    f"GET {V}/accounts": (Permission.VIEW, False, None),
    f"GET {V}/accounts/{{account_no}}": (Permission.VIEW, False, None),
    f"GET {V}/systems/{{system}}/{{record}}/{{outside_id}}": (
        Permission.LOAD_RECEIVABLES,
        True,
        None,
    ),
    f"PUT {V}/systems/{{system}}/{{record}}/{{outside_id}}": (
        Permission.LOAD_RECEIVABLES,
        True,
        {"name": "Ada"},
    ),
    f"GET {V}/accounts/{{account_no}}/household": (Permission.VIEW, False, None),
    f"POST {V}/accounts/{{account_no}}/household": (
        Permission.MANAGE_CASES,
        False,
        {"life_support": True, **WHY},
    ),
    f"GET {V}/service-agreements/{{service_agreement_no}}": (Permission.VIEW, False, None),
    f"POST {V}/service-agreements/{{service_agreement_no}}": (
        Permission.MANAGE_CASES,
        False,
        {"status": "stopped", **WHY},
    ),
    f"GET {V}/accounts/{{account_no}}/alerts": (Permission.VIEW, False, None),
    f"POST {V}/accounts/{{account_no}}/alerts": (
        Permission.MANAGE_CASES,
        False,
        {"kind": "rebate_claim", "outside_id": "C-1"},
    ),
    f"DELETE {V}/accounts/{{account_no}}/alerts": (
        Permission.MANAGE_CASES,
        False,
        None,
    ),
    f"GET {V}/bill-units": (Permission.VIEW, False, None),
    f"GET {V}/bill-units/{{bill_unit_no}}": (Permission.VIEW, False, None),
    f"GET {V}/bill-units/{{bill_unit_no}}/explanation": (Permission.VIEW, False, None),
    f"GET {V}/bill-units/{{bill_unit_no}}/cases": (Permission.VIEW, False, None),
    f"POST {V}/bill-units/{{bill_unit_no}}/cases": (
        Permission.MANAGE_CASES,
        False,
        {"scenario": "short north", **WHY},
    ),
    f"GET {V}/bill-units/{{bill_unit_no}}/scenarios": (Permission.VIEW, False, None),
    f"GET {V}/bill-units/{{bill_unit_no}}/exemptions": (Permission.VIEW, False, None),
    f"POST {V}/bill-units/{{bill_unit_no}}/exemptions": (Permission.MANAGE_CASES, False, WHY),
    f"POST {V}/bill-units/{{bill_unit_no}}/exemptions/lift": (Permission.MANAGE_CASES, False, WHY),
    f"GET {V}/bill-units/{{bill_unit_no}}/holds": (Permission.VIEW, False, None),
    f"POST {V}/bill-units/{{bill_unit_no}}/holds": (
        Permission.MANAGE_CASES,
        False,
        {"until": "2026-04-01", **WHY},
    ),
    f"POST {V}/bill-units/{{bill_unit_no}}/holds/lift": (Permission.MANAGE_CASES, False, WHY),
    f"POST {V}/exemptions": (
        Permission.MANAGE_CASES,
        False,
        {"bill_unit_nos": ["B1"], **WHY},
    ),
    f"POST {V}/holds": (
        Permission.MANAGE_CASES,
        False,
        {"bill_unit_nos": ["B1"], "until": "2026-04-01", **WHY},
    ),
    f"GET {V}/bill-units/{{bill_unit_no}}/notes": (Permission.VIEW, False, None),
    f"POST {V}/bill-units/{{bill_unit_no}}/notes": (Permission.WORK_ACTIONS, False, {"text": "x"}),
    f"GET {OF}/contacts": (Permission.VIEW, False, None),
    f"GET {OF}/contacts/counts": (Permission.VIEW, False, None),
    f"POST {OF}/contacts": (
        Permission.PROMISE_TO_PAY,
        False,
        {"contact_class": "complaint", "contact_type": "complaint"},
    ),
    f"GET {OF}/pay-plans": (Permission.VIEW, False, None),
    f"POST {OF}/pay-plans": (
        Permission.PROMISE_TO_PAY,
        False,
        {"type": "usual", "payments": [{"due_on": "2026-04-01", "amount": "1.00"}], **WHY},
    ),
    f"POST {OF}/pay-plans/denials": (Permission.PROMISE_TO_PAY, False, WHY),
    f"GET {OF}/pay-plans/{{plan}}": (Permission.VIEW, False, None),
    f"POST {OF}/pay-plans/{{plan}}/change": (
        Permission.PROMISE_TO_PAY,
        False,
        {"payments": [{"due_on": "2026-04-01", "amount": "1.00"}], **WHY},
    ),
    f"POST {OF}/pay-plans/{{plan}}/cancel": (Permission.PROMISE_TO_PAY, False, WHY),
    f"GET {OF}/to-dos": (Permission.VIEW, False, None),
    f"POST {OF}/to-dos": (Permission.WORK_ACTIONS, False, {"type": "none", "message": "look"}),
    f"GET {OF}/to-dos/{{to_do}}": (Permission.VIEW, False, None),
    f"POST {OF}/to-dos/{{to_do}}/assign": (Permission.WORK_ACTIONS, False, {"agent": None}),
    f"POST {OF}/to-dos/{{to_do}}/forward": (
        Permission.WORK_ACTIONS,
        False,
        {"role": "manager", **WHY},
    ),
    f"POST {OF}/to-dos/{{to_do}}/complete": (Permission.WORK_ACTIONS, False, {}),
    f"GET {V}/to-dos/{{to_do}}": (Permission.VIEW, False, None),
    f"POST {V}/to-dos/{{to_do}}/assign": (Permission.WORK_ACTIONS, False, {"agent": None}),
    f"POST {V}/to-dos/{{to_do}}/forward": (
        Permission.WORK_ACTIONS,
        False,
        {"role": "manager", **WHY},
    ),
    f"POST {V}/to-dos/{{to_do}}/complete": (Permission.WORK_ACTIONS, False, {}),
    f"GET {OF}/rating": (Permission.VIEW, False, None),
    f"POST {OF}/rating/demerits": (
        Permission.MANAGE_CASES,
        False,
        {"kind": "cash_only", "points": 5, **WHY},
    ),
    f"POST {OF}/rating/demerits/{{demerit}}/end": (Permission.MANAGE_CASES, False, WHY),
    f"GET {OF}/service-agreements": (Permission.VIEW, False, None),
    f"GET {OF}/budgets": (Permission.VIEW, False, None),
    f"POST {OF}/budgets/cancel": (Permission.MANAGE_CASES, False, WHY),
    f"GET {OF}/requirements": (Permission.VIEW, False, None),
    f"GET {V}/cases/{{case}}/agreements": (Permission.VIEW, False, None),
    f"POST {V}/cases/{{case}}/agreements": (
        Permission.MANAGE_CASES,
        False,
        {"service_agreement_no": "S1", **WHY},
    ),
    f"POST {V}/cases/{{case}}/agreements/{{service_agreement_no}}/remove": (
        Permission.MANAGE_CASES,
        False,
        WHY,
    ),
    f"GET {V}/accounts/{{account_no}}/care": (Permission.VIEW, False, None),
    f"PUT {OF}/unbilled-usage/{{debt_class}}": (
        Permission.LOAD_RECEIVABLES,
        False,
        {"amount": "1.00", "as_of": "2026-03-20T12:00:00Z"},
    ),
    f"POST {V}/accounts/{{account_no}}/unbilled-usage/fetch": (Permission.VIEW, False, {}),
    f"GET {OF}/adjustments": (Permission.VIEW, False, None),
    f"POST {OF}/adjustments": (
        Permission.ADJUST,
        False,
        {"direction": "credit", "amount": "1.00", **WHY},
    ),
    f"GET {V}/adjustments": (Permission.VIEW, False, None),
    f"GET {V}/adjustments/{{adjustment}}": (Permission.VIEW, False, None),
    f"POST {V}/adjustments/{{adjustment}}/approve": (Permission.APPROVE_ADJUSTMENTS, False, {}),
    f"POST {V}/adjustments/{{adjustment}}/reject": (
        Permission.APPROVE_ADJUSTMENTS,
        False,
        {"note": "no"},
    ),
    f"POST {V}/adjustments/{{adjustment}}/withdraw": (Permission.ADJUST, False, {}),
    f"GET {OF}/disputes": (Permission.VIEW, False, None),
    f"POST {OF}/disputes": (Permission.DISPUTE, False, {"bill_no": "N1", **WHY}),
    f"GET {OF}/disputes/{{dispute}}": (Permission.VIEW, False, None),
    f"POST {OF}/disputes/{{dispute}}/resolve": (Permission.DISPUTE, False, WHY),
    f"GET {V}/experiments": (Permission.VIEW, False, None),
    f"GET {V}/experiments/{{name}}": (Permission.VIEW, False, None),
    f"POST {V}/experiments/{{name}}/choices": (
        Permission.MANAGE_CASES,
        False,
        {"bill_unit_no": "{number}", "arm": "short north", **WHY},
    ),
    f"GET {V}/bill-units/{{bill_unit_no}}/charges": (Permission.VIEW, False, None),
    f"GET {V}/bill-units/{{bill_unit_no}}/payments": (Permission.VIEW, False, None),
    f"GET {V}/bill-units/{{bill_unit_no}}/sharing-group": (Permission.VIEW, False, None),
    f"GET {PROMISES}": (Permission.VIEW, False, None),
    f"POST {PROMISES}": (
        Permission.PROMISE_TO_PAY,
        False,
        {"terms": {"number": 2, "total_days": 9}, **WHY},
    ),
    f"POST {PROMISES}/active/instalments": (
        Permission.PROMISE_TO_PAY,
        False,
        {"due_on": "2026-04-01", "amount": "1.00", **WHY},
    ),
    f"POST {PROMISES}/active/instalments/reschedule": (
        Permission.PROMISE_TO_PAY,
        False,
        {"instalments": [{"step": 3, "due_on": "2026-04-02"}], **WHY},
    ),
    f"PATCH {PROMISES}/active/instalments/{{step}}": (
        Permission.PROMISE_TO_PAY,
        False,
        {"amount": "2.00", **WHY},
    ),
    f"POST {PROMISES}/active/instalments/{{step}}/reschedule": (
        Permission.PROMISE_TO_PAY,
        False,
        {"due_on": "2026-04-03", **WHY},
    ),
    f"POST {PROMISES}/active/instalments/{{step}}/complete": (
        Permission.PROMISE_TO_PAY,
        False,
        WHY,
    ),
    f"POST {PROMISES}/active/instalments/{{step}}/cancel": (Permission.PROMISE_TO_PAY, False, WHY),
    f"POST {PROMISES}/active/revoke": (Permission.PROMISE_TO_PAY, False, WHY),
    # the service decides who sees which report
    f"GET {V}/reports": (None, False, None),
    f"GET {V}/reports/{{name}}": (None, False, None),
    f"GET {V}/report-rows/{{name}}": (None, False, None),
    f"GET {V}/report-schedules": (Permission.READ_REPORTS, False, None),
    f"POST {V}/report-schedules": (
        Permission.READ_REPORTS,
        False,
        {"name": "x", "report": "ageing", "recipients": ["ann@example.com"]},
    ),
    f"GET {V}/report-schedules/{{schedule_id}}": (Permission.READ_REPORTS, False, None),
    f"PUT {V}/report-schedules/{{schedule_id}}": (
        Permission.READ_REPORTS,
        False,
        {"name": "Ageing", "report": "ageing", "recipients": ["a@example.org"]},
    ),
    f"DELETE {V}/report-schedules/{{schedule_id}}": (Permission.READ_REPORTS, False, None),
    f"POST {V}/report-schedules/{{schedule_id}}/pause": (Permission.READ_REPORTS, False, None),
    f"POST {V}/report-schedules/{{schedule_id}}/resume": (Permission.READ_REPORTS, False, None),
    f"GET {V}/cases": (Permission.VIEW, False, None),
    f"GET {V}/cases/{{case}}": (Permission.VIEW, False, None),
    f"POST {V}/cases/assign": (
        Permission.ASSIGN,
        False,
        {"bill_unit_nos": ["B1"], "agent": None, **WHY},
    ),
    f"POST {V}/cases/{{case}}/actions": (
        Permission.WORK_ACTIONS,
        False,
        {"action": "Close bill unit", "due_on": "2026-04-01", **WHY},
    ),
    f"POST {V}/cases/{{case}}/actions/cancel": (Permission.MANAGE_CASES, False, WHY),
    f"POST {V}/cases/{{case}}/replace": (Permission.MANAGE_CASES, False, WHY),
    f"POST {V}/cases/{{case}}/stop": (Permission.MANAGE_CASES, False, WHY),
    f"GET {OF}/collection-status": (Permission.VIEW, False, None),
    f"GET {V}/credit-alerts": (Permission.VIEW, False, None),
    f"POST {V}/credit-alerts": (
        Permission.WORK_ACTIONS,
        False,
        {"bill_unit_no": "B1", "source": "crm", "their_id": "7", "reason": "late"},
    ),
    f"GET {V}/credit-alerts/{{alert}}": (Permission.VIEW, False, None),
    f"POST {V}/credit-alerts/{{alert}}/assign": (Permission.WORK_ACTIONS, False, {"agent": None}),
    f"POST {V}/credit-alerts/{{alert}}/activities": (
        Permission.WORK_ACTIONS,
        False,
        {"kind": "note", "note": "look"},
    ),
    f"POST {V}/credit-alerts/{{alert}}/close": (Permission.WORK_ACTIONS, False, WHY),
    f"GET {V}/systems/{{system}}/mirror/{{bill_unit_no}}": (Permission.VIEW, False, None),
    f"POST {V}/systems/{{system}}/changes": (
        Permission.WORK_ACTIONS,
        False,
        {"message_id": "1", "noun": "action", "change": "completed", "handle": "9-99"},
    ),
    f"POST {V}/systems/{{system}}/identifiers": (
        Permission.WORK_ACTIONS,
        False,
        {"noun": "action", "handle": "9-99", "their_id": "7"},
    ),
    f"GET {V}/systems/{{system}}/identifiers": (Permission.VIEW, False, None),
    f"GET {V}/severances": (Permission.VIEW, False, None),
    f"GET {OF}/severances": (Permission.VIEW, False, None),
    f"GET {V}/severances/{{severance}}": (Permission.VIEW, False, None),
    f"POST {V}/severances/{{severance}}/cancel": (Permission.MANAGE_CASES, False, WHY),
    f"POST {V}/severance-events/{{event}}/complete": (Permission.WORK_ACTIONS, False, WHY),
    f"GET {V}/field-activities": (Permission.VIEW, False, None),
    f"POST {V}/field-activities/{{event}}/release": (Permission.WORK_ACTIONS, False, None),
    f"POST {V}/field-activities/{{event}}/answer": (
        Permission.WORK_ACTIONS,
        False,
        {"outcome": "done"},
    ),
    f"GET {V}/actions/{{action}}": (Permission.VIEW, False, None),
    f"GET {V}/actions/{{action}}/history": (Permission.VIEW, False, None),
    f"POST {V}/actions/{{action}}/complete": (Permission.WORK_ACTIONS, False, WHY),
    f"POST {V}/actions/{{action}}/cancel": (Permission.WORK_ACTIONS, False, WHY),
    f"POST {V}/actions/{{action}}/retry": (Permission.WORK_ACTIONS, False, WHY),
    f"POST {V}/actions/{{action}}/execute": (Permission.WORK_ACTIONS, False, WHY),
    f"POST {V}/actions/{{action}}/reschedule": (
        Permission.WORK_ACTIONS,
        False,
        # only some of those who may work actions may move this one: see the rule's own tests
        {"due_on": "2026-04-01", "reason": " "},
    ),
    f"POST {V}/actions/reschedule": (
        Permission.WORK_ACTIONS,
        False,
        {"actions": [{"action": "{action}", "due_on": "2026-04-01"}], "reason": " "},
    ),
    f"PATCH {V}/actions/{{action}}/payment-details": (Permission.UPDATE_PAYMENT, False, WHY),
    f"GET {V}/tasks": (Permission.VIEW, False, None),
    f"GET {V}/workload": (Permission.VIEW, False, None),
    f"GET {V}/failed-actions": (Permission.VIEW, False, None),
    f"POST {V}/failed-actions/retry": (
        Permission.WORK_ACTIONS,
        False,
        {"actions": ["{action}"], **WHY},
    ),
    f"GET {V}/undelivered-messages": (Permission.VIEW, False, None),
    f"POST {V}/undelivered-messages/retry": (Permission.DELIVER, False, WHY),
    f"POST {V}/undelivered-messages/settle": (
        Permission.DELIVER,
        False,
        {"letters": ["1-1"], "sent": True},
    ),
    f"GET {V}/sharing-groups": (Permission.VIEW, False, None),
    f"POST {V}/sharing-groups": (
        Permission.MANAGE_CASES,
        False,
        {"name": "another", "parent": "B1", **WHY},
    ),
    f"GET {V}/sharing-groups/{{group_id}}": (Permission.VIEW, False, None),
    f"PATCH {V}/sharing-groups/{{group_id}}": (
        Permission.MANAGE_CASES,
        False,
        {"name": "ours", **WHY},
    ),
    f"PUT {V}/sharing-groups/{{group_id}}/parent": (
        Permission.MANAGE_CASES,
        False,
        {"parent": "B1", **WHY},
    ),
    f"POST {V}/sharing-groups/{{group_id}}/members/add": (
        Permission.MANAGE_CASES,
        False,
        {"members": ["B1"], **WHY},
    ),
    f"POST {V}/sharing-groups/{{group_id}}/members/remove": (
        Permission.MANAGE_CASES,
        False,
        {"members": ["B1"], **WHY},
    ),
    # refused while the group is in collections, so it is there for everybody
    f"DELETE {V}/sharing-groups/{{group_id}}": (Permission.MANAGE_CASES, False, None),
    f"GET {V}/configuration/{{noun}}": (Permission.VIEW, False, None),
    f"GET {V}/reason-codes": (Permission.VIEW, False, None),
    f"GET {V}/ageing": (Permission.VIEW, False, None),
    f"GET {V}/search": (Permission.VIEW, False, None),
    f"POST {V}/receivables/{{kind}}": (Permission.LOAD_RECEIVABLES, True, b""),
    f"POST {V}/runs": (Permission.RUN_NIGHT, True, {"dry_run": True}),
    f"GET {V}/runs": (Permission.VIEW, True, None),
    f"GET {V}/runs/{{run_id}}": (Permission.VIEW, True, None),
    f"GET {V}/runs/requests/{{request_id}}": (Permission.VIEW, True, None),
    f"GET {V}/policy": (Permission.VIEW, True, None),
    f"POST {V}/policy/check": (Permission.CHANGE_POLICY, True, POLICY),
    f"POST {V}/policy/diff": (Permission.CHANGE_POLICY, True, POLICY),
    f"POST {V}/policy/versions": (Permission.CHANGE_POLICY, True, POLICY),
    f"GET {V}/policy/versions": (Permission.VIEW, True, None),
    f"GET {V}/policy/versions/{{version_id}}": (Permission.VIEW, True, None),
    f"GET {V}/policy/versions/{{version_id}}/changes": (Permission.VIEW, True, None),
    f"GET {V}/policy/versions/{{version_id}}/templates": (Permission.VIEW, True, None),
    f"GET {V}/policy/draft": (Permission.CHANGE_POLICY, True, None),
    f"GET {DRAFTED}": (Permission.CHANGE_POLICY, True, None),
    f"PUT {DRAFTED}/{{kind}}/{{name}}": (
        Permission.CHANGE_POLICY,
        True,
        {"engine": "jinja2", "format": "text", "source": "Hello"},
    ),
    f"DELETE {DRAFTED}/{{kind}}/{{name}}": (Permission.CHANGE_POLICY, True, None),
    f"GET {DRAFTED}/{{kind}}/{{name}}/preview": (Permission.CHANGE_POLICY, True, None),
    f"POST {V}/policy/draft": (Permission.CHANGE_POLICY, True, {}),
    f"GET {V}/policy/draft/parts/{{noun}}": (Permission.CHANGE_POLICY, True, None),
    f"POST {V}/policy/draft/parts/{{noun}}": (
        Permission.CHANGE_POLICY,
        True,
        {"part": {"name": "x"}},
    ),
    f"DELETE {V}/policy/draft/parts/{{noun}}/{{part_id}}": (Permission.CHANGE_POLICY, True, None),
    f"POST {V}/policy/draft/parts/{{noun}}/{{part_id}}/move": (
        Permission.CHANGE_POLICY,
        True,
        None,
    ),
    f"GET {V}/policy/draft/problems": (Permission.CHANGE_POLICY, True, None),
    f"GET {V}/policy/draft/changes": (Permission.CHANGE_POLICY, True, None),
    f"GET {V}/policy/draft/impact": (Permission.CHANGE_POLICY, True, None),
    f"POST {V}/policy/draft/rebase": (Permission.CHANGE_POLICY, True, None),
    f"POST {V}/policy/draft/apply": (Permission.CHANGE_POLICY, True, {"note": "a test"}),
    f"DELETE {V}/policy/draft": (Permission.CHANGE_POLICY, True, None),
    f"GET {OF}/letters": (Permission.VIEW, False, None),
    f"GET {OF}/letters/{{letter_id}}/document": (Permission.VIEW, False, None),
    f"POST {OF}/letters/{{letter_id}}/settle": (Permission.DELIVER, False, {"sent": True}),
    f"GET {V}/templates": (Permission.VIEW, False, None),
    f"GET {TEMPLATE}": (Permission.VIEW, False, None),
    f"PUT {TEMPLATE}": (
        Permission.CHANGE_POLICY,
        False,
        {"engine": "jinja2", "format": "text", "source": ""},
    ),
    f"DELETE {TEMPLATE}": (Permission.CHANGE_POLICY, False, None),
    f"GET {TEMPLATE}/preview": (Permission.VIEW, False, None),
    f"GET {V}/invoice-reminders": (Permission.VIEW, False, None),
    f"POST {V}/invoice-reminders/claim": (Permission.DELIVER, False, {}),
    f"POST {OF}/invoice-reminders/{{reminder_id}}/confirm": (
        Permission.DELIVER,
        False,
        {"invoice_no": "I1"},
    ),
    f"POST {OF}/invoice-reminders/{{reminder_id}}/release": (Permission.DELIVER, False, None),
    f"GET {OF}/payment-methods": (Permission.VIEW, False, None),
    f"POST {OF}/payment-methods": (
        Permission.REGISTER_CARD,
        False,
        {"kind": "card", "token": "tok_1", "last_four": "4242"},
    ),
    f"DELETE {OF}/payment-methods/{{method_id}}": (Permission.UPDATE_PAYMENT, False, None),
    f"GET {OF}/payment-attempts": (Permission.VIEW, False, None),
    f"POST {OF}/payment-attempts": (
        Permission.TAKE_PAYMENT,
        False,
        {"amount": "1.00", "payment_method_id": 99},
    ),
    f"POST {OF}/payments": (Permission.TAKE_PAYMENT, False, {"amount": "1.00", "method": "cash"}),
    f"GET {OF}/receipts": (Permission.VIEW, False, None),
    f"GET {OF}/receipts/{{receipt}}/document": (Permission.VIEW, False, None),
    f"POST {V}/bank-statements": (Permission.TAKE_PAYMENT, False, b""),
    f"GET {V}/suspense": (Permission.TAKE_PAYMENT, False, None),
    f"POST {V}/suspense/{{entry_id}}/assign": (
        Permission.TAKE_PAYMENT,
        False,
        {"bill_unit_no": "B1"},
    ),
    f"POST {V}/suspense/{{entry_id}}/dismiss": (Permission.TAKE_PAYMENT, False, {"reason": "x"}),
    f"GET {V}/agencies": (Permission.VIEW, False, None),
    f"GET {OF}/referrals": (Permission.VIEW, False, None),
    f"GET {V}/subscriptions": (Permission.SUBSCRIBE, False, None),
    f"POST {V}/subscriptions": (
        Permission.SUBSCRIBE,
        False,
        {"name": "new", "url": "http://not.secure"},
    ),
    f"GET {V}/subscriptions/{{name}}": (Permission.SUBSCRIBE, False, None),
    f"DELETE {V}/subscriptions/{{name}}": (Permission.SUBSCRIBE, False, None),
    f"POST {V}/subscriptions/{{name}}/pause": (Permission.SUBSCRIBE, False, None),
    f"POST {V}/subscriptions/{{name}}/resume": (Permission.SUBSCRIBE, False, None),
    f"POST {V}/subscriptions/{{name}}/rotate": (Permission.SUBSCRIBE, False, None),
    f"POST {V}/subscriptions/{{name}}/replay": (
        Permission.SUBSCRIBE,
        False,
        {"since": "2026-03-01"},
    ),
    f"GET {V}/subscriptions/{{name}}/parked": (Permission.SUBSCRIBE, False, None),
    f"POST {V}/subscriptions/{{name}}/parked/retry": (Permission.SUBSCRIBE, False, {}),
    f"POST {V}/subscriptions/{{name}}/parked/discard": (
        Permission.SUBSCRIBE,
        False,
        {"events": [1]},
    ),
    f"GET {V}/events": (Permission.SUBSCRIBE, False, None),
    f"GET {V}/event-kinds": (None, False, None),
}

QUERIES = {
    f"DELETE {V}/accounts/{{account_no}}/alerts": "?kind=rebate_claim&outside_id=C-1",
    f"DELETE {V}/sharing-groups/{{group_id}}": "?reason=a%20test",
}
"""What an address needs besides."""

OF_CUSTOMERS = ("bill_unit_no", "account_no", "case", "action", "group_id")
"""What a path may name that belongs to a brand."""

OPEN = {
    *("GET /healthz", "GET /readyz", "GET /metrics"),
    *(f"POST {V}/webhooks/{{gateway}}", f"POST {V}/connectors/{{connector}}/webhook"),
    *(f"POST {V}/session", f"GET {V}/session/oidc", f"GET {V}/session/oidc/callback"),
}
"""Who asks isn't known here, by their nature."""


OF_BILL_UNIT = (
    *("severance", "event", "letter_id", "reminder_id", "method_id"),
    *("demerit", "plan", "to_do", "adjustment", "dispute", "receipt"),
)


_TMF = "/api/tmf"
_MONEY = {"unit": "USD", "value": 5}
_PARTY = [{"id": "A-B1"}]
_LISTED = {
    "accountManagement": ("billingAccount", "partyAccount"),
    "customerBillManagement": ("customerBill",),
    "paymentManagement": ("payment",),
    "communicationManagement": ("communicationMessage",),
    "collectionManagement": ("collectionCase", "collectionAction", "promiseToPay"),
}
OPERATIONS |= {
    f"GET {_TMF}/{api}/v4/{noun}{{ending}}".replace("{ending}", ending): (
        Permission.VIEW,
        False,
        None,
    )
    for api, nouns in _LISTED.items()
    for noun in nouns
    for ending in ("", "/{id}")
}
OPERATIONS |= {
    f"{method} {_TMF}/accountManagement/v4/{noun}": (Permission.LOAD_RECEIVABLES, True, body)
    for method, noun, body in (
        ("POST", "partyAccount", {"name": "Ada", "relatedParty": _PARTY}),
        (
            "POST",
            "billingAccount",
            {"name": "Ada", "relatedParty": _PARTY, "creditLimit": _MONEY},
        ),
        ("PATCH", "partyAccount/{id}", {}),
        ("PATCH", "billingAccount/{id}", {}),
    )
}
OPERATIONS[f"POST {_TMF}/paymentManagement/v4/payment"] = (
    Permission.TAKE_PAYMENT,
    False,
    {"account": {"id": "B9"}, "paymentMethod": {"name": "cash"}, "totalAmount": _MONEY},
)
for _api in ("account", "customerBill", "payment", "communication", "collection"):
    _hub = f"{_TMF}/{_api}Management/v4/hub"
    _callback = {"callback": "https://example.org"}
    OPERATIONS[f"POST {_hub}"] = (Permission.SUBSCRIBE, False, _callback)
    OPERATIONS[f"GET {_hub}/{{id}}"] = (Permission.SUBSCRIBE, False, None)
    OPERATIONS[f"DELETE {_hub}/{{id}}"] = (Permission.SUBSCRIBE, False, None)


def _routes(api: FastAPI) -> dict[str, Any]:
    return {
        f"{method} {context.path}": context
        for context in iter_route_contexts(api.routes)
        if isinstance(context.original_route, APIRoute)
        for method in context.methods or ()
    }


def test_every_route_is_in_the_table_and_nothing_else_is(desk: Desk):
    assert set(_routes(desk.api)) == OPERATIONS.keys() | OPEN


def test_the_description_names_the_permission_of_every_route(desk: Desk):
    paths = desk.client.get(f"{V}/openapi.json").json()["paths"]
    for operation, (permission, _, _) in OPERATIONS.items():
        method, path = operation.split()
        security = paths[path][method.lower()]["security"]
        scopes = [[str(permission)] if permission else []]
        assert [each["HTTPBearer"] for each in security if "HTTPBearer" in each] == scopes, path
    for operation in OPEN:
        method, path = operation.split()
        assert "security" not in paths[path][method.lower()]


def test_every_post_behind_a_door_takes_an_idempotency_key(desk: Desk):
    paths = desk.client.get(f"{V}/openapi.json").json()["paths"]
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
