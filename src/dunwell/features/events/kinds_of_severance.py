"""Events of severance processes, also those by which a field system hears of its work."""

from collections.abc import Sequence

from dunwell.features.events.kind import Kind
from dunwell.features.events.kinds_of_cases import BY_HAND

_PROCESS = {"severance": "the process", "template": "its template"}
_EVENT = {
    "severance": "the process",
    "event": "the event's name",
    "type": "its type",
    "due_on": "the day it was due",
    "service_agreement_no": "the agreement",
}
_FIELD = {
    **_EVENT,
    "field_activity": "the number by which it is answered",
    "activity": "disconnect_warning, cut or reconnect",
    "premise_no": "where",
}

KINDS_OF_SEVERANCE: Sequence[Kind] = (
    Kind(
        "severance_started",
        "A severance process, or a reconnection, began for a service agreement.",
        {
            **_PROCESS,
            "service_agreement_no": "the agreement",
            "purpose": "sever or reconnect",
            "arrears": "what the agreement owes",
            "currency": "in this currency",
            "cancel_amount": "a debt of the class that falls to this ends it",
            "auto_cancel": "whether it ends by itself when the debt falls",
            "reconnects": "the process whose cut it undoes",
        },
    ),
    Kind(
        "severance_screened_out",
        "A service agreement isn't severed: no template fits, or one spares it.",
        {"service_agreement_no": "the agreement", "type": "its type", "reason": "why"},
    ),
    Kind(
        "severance_events_dated",
        "Events of a process whose predecessors are all closed got their dates.",
        {"severance": "the process", "events": "each with event, type, due_on"},
    ),
    Kind("field_activity_sent", "The field system is to go to a premise.", _FIELD),
    Kind("severance_to_do", "A person is to do something for a process.", _FIELD),
    Kind(
        "severance_event_refused",
        "A cut was refused by a protection; it is tried again the next night.",
        {
            **_FIELD,
            "reason": "agreement_not_active, life_support, moratorium, day_before_day_off,"
            " notice_missing, exempt, on_hold or promise_to_pay",
        },
    ),
    Kind(
        "severance_event_completed",
        "An event of a process was completed.",
        {**_FIELD, "outcome": "what came of it", **BY_HAND},
    ),
    Kind(
        "severance_event_failed",
        "An event of a process failed; a person decides what then.",
        {**_FIELD, "outcome": "what the field said", "reason": "why"},
    ),
    Kind(
        "field_activity_released",
        "The field system may carry out an activity now: nothing stands against it.",
        _FIELD,
    ),
    Kind(
        "field_activity_postponed",
        "The field couldn't carry out an activity; it is due again on another day.",
        {**_FIELD, "outcome": "could_not or rescheduled", **BY_HAND},
    ),
    Kind(
        "field_activity_recalled",
        "A process was cancelled, so the field system must not carry this out.",
        {
            **_FIELD,
            "reason": "why the process was cancelled",
            "under_way": "whether it had been given free, so that it may have been carried out",
        },
    ),
    Kind(
        "service_cut",
        "A service was cut: the field says so, or a person who completed the cut.",
        {"severance": "the process", "service_agreement_no": "the agreement"},
    ),
    Kind("agreement_expired", "A service agreement ended.", {"service_agreement_no": "which"}),
    Kind(
        "severance_cancelled",
        "A process was cancelled; what was still to come is cancelled with it.",
        {
            **_PROCESS,
            "reason": "debt_fell, agreement_ended, or what somebody gave as the reason",
            "overdue_amount": "what the class still owed, if that was the reason",
            "cancel_amount": "the amount that ends it",
            "cut_on": "the day of the cut, if there was one",
            "cancelled": "the events that were cancelled: event, type",
            "note": "what somebody wrote beside it",
        },
    ),
    Kind(
        "severance_completed",
        "All events of a process are closed.",
        {**_PROCESS, "purpose": "sever or reconnect"},
    ),
)
