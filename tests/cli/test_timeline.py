"""The story of a case in lines."""

from typing import Any

from dunwell.cli import timeline

ENTERED = (
    "Residential: $120.00 is at least 30 days overdue, $100.00 is enough; overdue since 2026-01-30,"
    " entry date 2026-03-01"
)

FILE: dict[str, Any] = {
    "currency": "USD",
    "events": [
        {
            "date": "2026-03-01",
            "kind": "case_opened",
            "data": {
                "scenario": "Residential",
                "ripe_amount": "120.0000",
                "entry_amount": "100.0000",
                "entry_days": 30,
                "overdue_date": "2026-01-30",
                "entry_date": "2026-03-01",
                "actions": [],
            },
        },
        {
            "date": "2026-03-11",
            "kind": "actions_performed",
            "data": {
                "actions": [
                    {"action": "Late fee", "status": "completed", "amount": "10.0000"},
                    {"action": "Courtesy call", "status": "pending"},
                    {"action": "Score check", "status": "error", "message": "no answer"},
                ]
            },
        },
    ],
    "actions": [
        {"step": 4, "action": "Write off", "status": "pending", "due_on": "2026-07-01"}
        | {"mandatory": True},
        {"step": 2, "action": "Courtesy call", "status": "pending", "due_on": "2026-03-11"}
        | {"mandatory": False, "task_on": "2026-03-11"},
        {"step": 1, "action": "Late fee", "status": "completed", "due_on": "2026-03-11"}
        | {"mandatory": True},
    ],
}


def test_the_past_is_told_with_its_reasons_and_the_future_with_its_dates():
    told = [(line.date, line.what, line.detail) for line in timeline.lines(FILE)]
    assert told == [
        (
            "2026-03-01",
            "entered",
            ENTERED,
        ),
        ("2026-03-11", "done", "Late fee, $10.00"),
        ("2026-03-11", "task", "Courtesy call"),
        ("2026-03-11", "failed", "Score check: no answer"),
        ("2026-03-11", "open task", "Courtesy call (optional)"),
        ("2026-07-01", "to come", "Write off"),
    ]


def test_leaving_names_the_reason_and_what_is_no_longer_to_come():
    closed = {
        "date": "2026-03-20",
        "kind": "case_closed",
        "data": {
            "reason": "cured",
            "overdue_amount": "0.0000",
            "exit_amount": "25.0000",
            "cancelled": [{"step": 4, "action": "Write off"}],
        },
    }
    (line,) = timeline.lines({**FILE, "events": [closed], "actions": []})
    assert line.what == "left"
    assert (
        line.detail == "cured: $0.00 overdue; $25.00 or less leaves; no longer to come: Write off"
    )


def test_an_event_of_an_unknown_kind_is_told_plainly():
    event = {"date": "2026-03-20", "kind": "meter_read", "data": {"channel": "email"}}
    (line,) = timeline.lines({**FILE, "events": [event], "actions": []})
    assert (line.what, line.detail) == ("meter read", "channel email")


def test_collection_status_and_credit_alerts_are_told_in_words():
    yellow = {"status": "yellow", "substatus": "entered", "in_collections": True}
    green = {"status": "green", "substatus": "never_in_collections", "in_collections": False}
    alert = {"credit_alert": "1-7", "source": "dunwell", "amount": "20.0000", "currency": "USD"}
    events = [
        ("collection_status_changed", {"from": green, "to": yellow, "reason": "entered"}),
        ("credit_alert_raised", alert | {"reason": "entered_collections"}),
        ("credit_alert_assigned", alert | {"amount": None, "agent": "Ada"}),
        (
            "crm_change_not_taken",
            {"system": "desk", "noun": "action", "handle": "1-9", "change": "completed"}
            | {"outcome": "stale", "reason": None},
        ),
    ]
    told = timeline.lines(
        {
            **FILE,
            "events": [{"date": "2026-03-01", "kind": kind, "data": data} for kind, data in events],
            "actions": [],
        }
    )
    assert [(line.what, line.detail) for line in told] == [
        ("status", "yellow, entered; was green, never in collections"),
        ("alert raised", "entered collections, $20.00"),
        ("alert assigned", "to Ada"),
        ("not taken", "completed of action 1-9, by desk: stale"),
    ]
