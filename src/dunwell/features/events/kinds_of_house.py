"""Events of the installation: nights, subscriptions, templates, people and keys."""

from collections.abc import Sequence

from dunwell.features.events.kind import Kind

_TEMPLATE = {
    "kind": "its kind",
    "name": "its name",
    "locale": "its locale",
    "brand": "its brand; none: all",
    "sha256": "the hash of its source",
}
_PERSON = {
    "person": "the person's number",
    "login": "their login",
    "reason": "why, if it was said",
}
_RIGHTS = {
    "name": "their name",
    "roles": "their roles",
    "granted": "permissions beyond the roles",
    "denied": "permissions taken in spite of the roles",
    "brands": "the brands that they see; none: all",
    "agent": "their name on task lists",
}
_KEY = {
    "key": "its number",
    "name": "its name",
    "scopes": "what it may do",
    "brands": "the brands that it sees; none: all",
}

KINDS_OF_HOUSE: Sequence[Kind] = (
    Kind(
        "run_completed",
        "A night was completed, if the policy's setting `publish_run_details` is on.",
        {
            "date": "the business date",
            "entered": "how many cases were opened",
            "left": "how many were closed, by reason",
            "in_collections": "how many are open",
            "actions": "how many actions, by type and outcome",
            "overdue": "what is overdue, by currency",
            "seconds": "how long it took",
            "unhandled": "custom actions that no plug-in carries out",
            "skipped": "actions that are due but never run by themselves",
        },
    ),
    Kind(
        "night_failed",
        "A night broke off; the worker's own will be tried again.",
        {
            "message": "why",
            "attempts": "how often it has been tried",
            "retry_at": "when again",
            "asked_by": "who asked for it over the API",
        },
    ),
    Kind(
        "night_late",
        "The worker's night should have been completed by now.",
        {"due_at": "when it was due", "minutes": "how long ago that is"},
    ),
    Kind(
        "deliveries_parked",
        "A subscriber hasn't taken events for three days; they are kept and no longer sent.",
        {"subscription": "its name", "events": "how many events", "message": "why they failed"},
    ),
    Kind(
        "connector_loaded",
        "A connector brought something new, or rows that couldn't be taken.",
        {
            "connector": "its name",
            "created": "how many rows were new",
            "changed": "how many changed something",
            "outdated": "how many were older than what is known",
            "rejected": "how many couldn't be taken",
            "problem": "if any couldn't: where they are listed, and what to do",
        },
    ),
    Kind(
        "connector_failed",
        "A connector couldn't fetch; it is tried again, with growing pauses.",
        {"connector": "its name", "message": "why"},
    ),
    Kind(
        "report_schedule_changed",
        "Somebody had a report sent regularly, changed that or ended it.",
        {"schedule": "its name", "change": "what was done"},
    ),
    Kind(
        "subscription_changed",
        "Somebody made, changed or deleted a subscription.",
        {"subscription": "its name", "change": "what was done", "host": "where it sends to"},
    ),
    Kind(
        "template_loaded",
        "Somebody put a letter's template in place.",
        _TEMPLATE,
    ),
    Kind("template_deleted", "Somebody deleted a letter's template.", _TEMPLATE),
    Kind(
        "access_denied",
        "Somebody was refused, or a login failed.",
        {
            "code": "why: forbidden, unauthenticated, too_many_attempts",
            "method": "the request's method",
            "route": "its route",
            "request_id": "the request's id in the log",
        },
    ),
    Kind("person_added", "A person may come in.", {**_PERSON, **_RIGHTS}),
    Kind("person_changed", "A person has other rights.", {**_PERSON, **_RIGHTS}),
    Kind("person_disabled", "A person may no longer come in.", _PERSON),
    Kind("person_enabled", "A person may come in again.", _PERSON),
    Kind("password_set", "A person has another password.", _PERSON),
    Kind("key_added", "A key for a system was made.", _KEY),
    Kind("key_rotated", "A key got a successor.", _KEY),
    Kind("key_revoked", "A key was ended.", {"key": "its number", "name": "its name"}),
)
