"""Events that customer care and its CRM hear: collection status, credit alerts, CRM messages."""

from collections.abc import Sequence

from dunwell.features.events.kind import Kind
from dunwell.features.events.kinds_of_cases import BY_HAND

_ALERT = {
    "credit_alert": "its handle",
    "source": "dunwell, or the system that reported it",
    "their_id": "that system's number for it",
}

KINDS_OF_CRM: Sequence[Kind] = (
    Kind(
        "collection_status_changed",
        "A bill unit has another collection status.",
        {
            "from": "what it was: status, substatus, in_collections",
            "to": "what it is by now: status, substatus, in_collections",
            "reason": "entered, exited, suspended, restored, or stage",
            "case": "the case that decided, if there is one",
            "scenario": "its scenario",
            "stage": "the substatus that the policy gives it",
            "days_in_collections": "how many days after its entry date",
            "severance": "the process that cut a service, if one did",
            "cut_on": "the day of the cut",
            "bill_unit_status": "the bill unit's own status, unless it is active",
        },
    ),
    Kind(
        "credit_alert_raised",
        "A credit alert was raised: a bill unit entered collections, or a system reported it.",
        {
            **_ALERT,
            "reason": "why",
            "amount": "what was owed",
            "currency": "its currency",
            "oldest_due_on": "since when the oldest of it is due",
        },
    ),
    Kind(
        "credit_alert_changed",
        "The system that reported a credit alert says something else about it.",
        {
            **_ALERT,
            "reason": "why",
            "amount": "what is owed",
            "currency": "its currency",
            "oldest_due_on": "since when the oldest of it is due",
        },
    ),
    Kind(
        "credit_alert_assigned",
        "A credit alert was given to an agent, or taken from one.",
        {**_ALERT, "agent": "the agent, if any", "from": "the agent before, if any"},
    ),
    Kind(
        "credit_alert_activity",
        "Somebody recorded what was done about a credit alert, or a note; its text stays there.",
        {**_ALERT, "activity": "what was done", "done_on": "the day"},
    ),
    Kind("credit_alert_closed", "A credit alert was closed.", {**_ALERT, **BY_HAND}),
    Kind(
        "crm_change_not_taken",
        "A change of a CRM's wasn't carried out; the CRM was told how things stand.",
        {
            "system": "the CRM",
            "message": "its message",
            "noun": "action, case or credit_alert",
            "handle": "which",
            "change": "what it said had been done",
            "outcome": "superseded, stale or refused",
            "knew_version": "the version that it knew",
            "version": "the version there was",
            "reason": "why, if a rule forbade it",
        },
    ),
)
