"""The story of a case in lines."""

from typing import Any

from dunwell.cli import timeline

FILE: dict[str, Any] = {
    "currency": "USD",
    "events": [
        {
            "date": "2026-03-01",
            "kind": "case_opened",
            "actor": "night",
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
            "actor": "night",
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


def _told(*events: tuple[str, dict[str, Any]]) -> list[tuple[str, tuple[str, ...]]]:
    rows = [
        {"date": "2026-03-20", "kind": kind, "actor": "night", "data": data}
        for kind, data in events
    ]
    told = timeline.lines({**FILE, "events": rows, "actions": []})
    return [(line.what, line.details) for line in told]


def test_the_past_is_told_with_its_reasons_and_the_future_with_its_dates():
    told = [(line.date, line.what, line.details) for line in timeline.lines(FILE)]
    assert told == [
        (
            "2026-03-01",
            "Entered collections: Residential",
            (
                "$120.00 was at least 30 days overdue; $100.00 is enough.",
                "Overdue since 2026-01-30; actions count from 2026-03-01.",
            ),
        ),
        ("2026-03-11", "Late fee: done", ("$10.00",)),
        ("2026-03-11", "Courtesy call: a task for somebody", ()),
        ("2026-03-11", "Score check: failed", ("no answer",)),
        ("2026-03-11", "Courtesy call (optional): open task", ()),
        ("2026-07-01", "Write off: to come", ()),
    ]


def test_leaving_names_the_reason_and_what_is_no_longer_to_come():
    closed = {
        "reason": "written_off",
        "overdue_amount": "0.0000",
        "exit_amount": "25.0000",
        "cancelled": [{"step": 4, "action": "Write off"}],
    }
    assert _told(("case_closed", closed)) == [
        (
            "Left collections: written off",
            ("$0.00 was overdue; it leaves at $25.00 or less.", "No longer to come: Write off."),
        )
    ]


def test_what_a_person_did_says_who_why_and_what_they_wrote():
    held = {"until": "2026-04-01", "reason": "hospital", "note": "Calls in April"}
    event = {"date": "2026-03-20", "kind": "held", "actor": "ada", "data": held}
    (line,) = timeline.lines({**FILE, "events": [event], "actions": []})
    assert line.what == "Put on hold"
    assert line.details == ("Until 2026-04-01.", "Reason: hospital", "“Calls in April”", "by ada")


def test_an_event_of_an_unknown_kind_is_told_plainly():
    assert _told(("meter_read", {"channel": "email"})) == [("Meter read", ("channel: email",))]


def test_collection_status_and_credit_alerts_are_told_in_words():
    entered = {"status": "yellow", "substatus": "entered", "in_collections": True}
    never = {"status": "green", "substatus": "never_in_collections", "in_collections": False}
    alert = {"credit_alert": "1-7", "source": "dunwell", "amount": "20.0000", "currency": "USD"}
    assert _told(
        ("collection_status_changed", {"from": never, "to": entered, "reason": "entered"}),
        ("credit_alert_raised", alert | {"reason": "entered_collections"}),
        ("credit_alert_assigned", alert | {"amount": None, "agent": "Ada"}),
        (
            "crm_change_not_taken",
            {"system": "desk", "noun": "action", "handle": "1-9", "change": "completed"}
            | {"outcome": "stale", "reason": None},
        ),
    ) == [
        ("Collection status: in collections", ("entered instead of never in collections.",)),
        ("Credit alert: entered collections", ("$20.00",)),
        ("Credit alert given to Ada", ()),
        ("A change in desk was not taken over", ("It had changed here meanwhile.",)),
    ]
