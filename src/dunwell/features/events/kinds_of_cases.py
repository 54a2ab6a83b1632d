"""Events of bill units: cases and actions, by the night and by hand; promises; sharing groups."""

from collections.abc import Sequence

from dunwell.features.events.kind import Kind, Unfolding

BY_HAND = {
    "reason": "the reason that somebody gave, if it was done by hand",
    "note": "what they wrote beside it",
}
_ACTION = {
    "step": "its step in the scenario",
    "action": "its name",
    "type": "its type",
    "due_on": "the day it is due",
    "status": "its status",
}
_PERFORMED = {
    **_ACTION,
    "amount": "what was charged or written off, if so",
    "message": "why it failed, if it did",
}
_OTHERS = {"others": "the actions that changed with it: step, action, status, due_on"}

_PROMISE = {
    "made_on": "the day it was made",
    "total": "what is promised in all",
    "instalments": "all of them: step, due_on, amount, collected, status",
    "steps": "the steps that it is about, where it is about some",
    "reason": "why, if somebody said so",
}
_PROMISE_ENDED = {
    "made_on": "the day it was made",
    "total": "what was promised in all",
    "actions_start_on": "the day on which the scenario goes on, if it does",
    "case_closed": "why the case closed, if the promise ended with it",
    "wanted": "what was to be paid by then",
    "paid": "what was paid since the promise",
    "reason": "why, if somebody revoked it",
}

_TO_DO = {
    "to_do": "its handle",
    "type": "its type",
    "role": "whose it is, by role",
    "priority": "its priority; 1 comes first",
    "agent": "the agent it was given to",
    "from": "the role before",
    "to": "the role now",
    "reason": "why, or what came of it",
}
_PAY_PLAN = {
    "pay_plan": "its handle",
    "type": "its type",
    "made_on": "the day it was made",
    "payments": "scheduled payments: due_on, amount",
    "total": "what they come to",
    "payer": "who pays in the customer's place, if somebody does",
    "grace_days": "the days of grace",
    "due_on": "the scheduled payment that decided",
    "wanted": "what was to be paid by then",
    "paid": "what was paid since the plan was made",
    "reason": "why, if somebody or an action did it",
}

KINDS_OF_CASES: Sequence[Kind] = (
    Kind(
        "case_opened",
        "A bill unit entered collections; all actions of its scenario were made.",
        {
            "rule": "the rule that let it in",
            "profile": "its profile",
            "scenario": "the scenario",
            "entry_amount": "the scenario's entry amount",
            "entry_days": "the scenario's entry days",
            "overdue_amount": "what was overdue",
            "ripe_amount": "what was overdue for as long as the entry days",
            "overdue_date": "the case's overdue date",
            "entry_date": "the date from which actions count",
            "replaces_case_id": "the case that it replaces, if any",
            "experiment": "the experiment that it entered in, if any",
            "arm": "its arm: the scenario that the experiment gave it",
            "actions": "the actions that were made: step, action, due_on, status",
        },
        unfolds=Unfolding("actions", kind="action_created"),
    ),
    Kind(
        "case_closed",
        "A case ended; what was still to come is cancelled.",
        {
            "reason": "cured, written_off, exempted, replaced, exhausted, stopped, …",
            "scenario": "the scenario",
            "overdue_amount": "what was still overdue",
            "exit_amount": "the scenario's exit amount",
            "cancelled": "the actions that were cancelled: step, action",
        },
        unfolds=Unfolding("cancelled", kind="action_cancelled"),
    ),
    Kind(
        "case_dates_moved",
        "The earliest overdue item is another one now, so the dates of the case moved with it.",
        {
            "reason": "why they moved",
            "overdue_date": "the overdue date: from, to",
            "entry_date": "the entry date: from, to",
            "actions_moved_by_days": "by how many days every open action moved",
        },
    ),
    Kind(
        "actions_performed",
        "Due actions of a case were carried out, failed, or became an agent's task.",
        {"actions": "each with step, action, type, due_on, status, and amount or message"},
        unfolds=Unfolding(
            "actions",
            by_status={
                "completed": "action_completed",
                "cancelled": "action_cancelled",
                "error": "action_failed",
                "pending": "action_due",
            },
        ),
    ),
    Kind(
        "actions_released",
        "All actions of a date are closed, so those of the next became pending.",
        {
            "moved_by_days": "by how many days they moved",
            "day_unit": "calendar or working days",
            "actions": "each with step, action, due_on",
        },
        unfolds=Unfolding("actions", kind="action_released"),
    ),
    Kind("action_created", "An action was made and scheduled.", _ACTION, is_logged=False),
    Kind("action_due", "A manual action has come due.", _ACTION, is_logged=False),
    Kind("action_completed", "An action was completed.", {**_PERFORMED, **BY_HAND, **_OTHERS}),
    Kind("action_cancelled", "An action was cancelled.", {**_ACTION, **BY_HAND, **_OTHERS}),
    Kind("action_failed", "An action couldn't be carried out.", _PERFORMED, is_logged=False),
    Kind(
        "action_released",
        "An action that waited for others has become pending.",
        _ACTION,
        is_logged=False,
    ),
    Kind(
        "exempted",
        "A bill unit was exempted from collections.",
        {
            "from": "the first exempt day",
            "until": "the last exempt day, if there is one",
            **BY_HAND,
        },
    ),
    Kind(
        "action_added",
        "Somebody added an action to a case.",
        {**_ACTION, "mandatory": "whether it is mandatory", **BY_HAND, **_OTHERS},
    ),
    Kind(
        "action_rescheduled",
        "Somebody moved an action to another day.",
        {**_ACTION, "was_due_on": "the day it was due before", **BY_HAND, **_OTHERS},
    ),
    Kind(
        "action_payment_changed",
        "Somebody changed what an action collects, or with which payment method.",
        {**_ACTION, **BY_HAND, **_OTHERS},
    ),
    Kind(
        "action_retried",
        "Somebody let a failed action be tried again.",
        {**_ACTION, **BY_HAND, **_OTHERS},
    ),
    Kind(
        "action_executed",
        "Somebody carried out a due action at once.",
        {**_ACTION, "message": "why it failed, if it did", **BY_HAND, **_OTHERS},
    ),
    Kind(
        "case_assigned",
        "A case was given to an agent, or taken from one.",
        {"agent": "the agent, if any", "from": "the agent before, if any", **BY_HAND},
    ),
    Kind("case_stopped", "Somebody ended a case.", {"scenario": "its scenario", **BY_HAND}),
    Kind(
        "scenario_replaced",
        "Somebody put a case into another scenario; the event is the new case's.",
        {"from": "the scenario before", "to": "the scenario now", **BY_HAND},
    ),
    Kind(
        "placed_in_scenario",
        "Somebody put a bill unit into a scenario by hand.",
        {"scenario": "the scenario", "edited": "whether its steps were edited", **BY_HAND},
    ),
    Kind("exemption_lifted", "An exemption was ended by hand.", BY_HAND),
    Kind(
        "held",
        "A case is held: nothing happens in it for a while.",
        {"from": "the first day", "until": "the last day", **BY_HAND},
    ),
    Kind("hold_lifted", "A hold was ended by hand.", BY_HAND),
    Kind(
        "note_written",
        "Somebody wrote a note; its text stays in the note.",
        {"note": "its handle", "category": "its category", "noted_on": "its date"},
    ),
    *(
        Kind(f"to_do_{what}", meaning, _TO_DO)
        for what, meaning in (
            ("made", "A to-do was made by an action, a rule or somebody."),
            ("assigned", "A to-do was given to an agent, or back to its role."),
            ("forwarded", "A to-do was passed on to another role."),
            ("completed", "A to-do is done with."),
        )
    ),
    Kind(
        "contact_recorded",
        "Somebody recorded a contact with a customer; its text stays in the contact.",
        {
            "contact": "its handle",
            "contact_class": "its class",
            "contact_type": "its type",
            "direction": "inbound or outbound",
            "channel": "how",
            "contacted_on": "its date",
        },
    ),
    Kind(
        "demerit_added",
        "A demerit was added to a customer's credit rating or cash-only score.",
        {
            "demerit": "its handle",
            "rating": "credit_rating or cash_only",
            "points": "what is added",
            "from": "the first day on which it counts",
            "until": "the last, if there is one",
            "reason": "why",
        },
    ),
    Kind(
        "demerit_ended",
        "Somebody ended a demerit.",
        {
            "demerit": "its handle",
            "rating": "credit_rating or cash_only",
            "points": "what it added",
            **BY_HAND,
        },
    ),
    *(
        Kind(f"pay_plan_{what}", meaning, _PAY_PLAN)
        for what, meaning in (
            ("made", "A pay plan was made; it insulates its scheduled payments' worth of debt."),
            ("changed", "Scheduled payments of a pay plan were put in the place of others."),
            ("payments_met", "Scheduled payments of a pay plan have been made."),
            ("kept", "All scheduled payments of a pay plan have been made."),
            ("broken", "A scheduled payment wasn't made by the end of its grace."),
            ("cancelled", "A pay plan was cancelled by somebody, or by an action."),
        )
    ),
    Kind(
        "pay_plan_denied",
        "A pay plan was denied to a customer; a contact says so, too.",
        {"contact": "the contact's handle", "reason": "why"},
    ),
    *(
        Kind(name, meaning, _PROMISE)
        for name, meaning in (
            ("promise_made", "A customer promised to pay."),
            ("instalment_added", "An instalment was added to a promise."),
            ("instalments_changed", "Amounts or payment details of instalments changed."),
            ("instalments_rescheduled", "Instalments were moved to other days."),
            ("instalment_completed", "Somebody completed an instalment."),
            ("instalment_cancelled", "Somebody cancelled an instalment."),
        )
    ),
    Kind(
        "instalments_paid",
        "What has been paid since the promise covers instalments, which are completed.",
        {
            "wanted": "what was to be paid by now",
            "paid": "what was paid since the promise",
            "instalments": "those that are completed: step, due_on, amount",
        },
    ),
    *(
        Kind(f"promise_{status}", f"A promise was {status}.", _PROMISE_ENDED)
        for status in ("kept", "broken", "revoked")
    ),
    Kind(
        "joined_group",
        "A bill unit became a sharing group's parent or member.",
        {"group": "the group", "role": "parent or member", "reason": "why, if it was said"},
    ),
    Kind(
        "left_group",
        "A bill unit left a sharing group.",
        {"group": "the group", "reason": "why, if it was said"},
    ),
    Kind(
        "group_renamed",
        "A sharing group has another name.",
        {"group": "the name before", "name": "the name now", "reason": "why, if it was said"},
    ),
)
