"""Every kind of event that is about a customer reads as a sentence, in both languages."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from babel import Locale

from dunwell.features.events.catalogue import CATALOGUE
from dunwell.features.events.kind import Kind
from dunwell.features.events.kinds_of_house import KINDS_OF_HOUSE
from dunwell.features.events.stories import book
from dunwell.web import languages
from dunwell.web.bill_units import timeline

OF_CUSTOMERS = [kind for kind in CATALOGUE if kind.is_logged and kind not in KINDS_OF_HOUSE]

DAY = "2026-03-17"
_ACTION = {"step": 1, "action": "call", "type": "manual", "due_on": DAY, "status": "completed"}
_STATUS = {"status": "red", "substatus": "never_in_collections", "in_collections": False}

SAMPLES: dict[str, Any] = {
    "actions": [{**_ACTION, "message": "The printer burns", "amount": "12.50"}],
    "others": [_ACTION],
    "cancelled": [{**_ACTION, "event": "cut"}],
    "instalments": [{"step": 1, "due_on": DAY, "amount": "10.00", "status": "pending"}],
    "payments": [{"due_on": DAY, "amount": "10.00"}],
    "events": [{"event": "cut", "type": "cut", "due_on": DAY}],
    "agreements": [{"service_agreement_no": "W1", "overdue_amount": "5.00", "threshold": "1.00"}],
    "overdue_date": DAY,
    "moved_by_days": 3,
    "entry_days": 10,
    "days_in_collections": 20,
    "agency_knows": False,
    "life_support": True,
    "sensitive_load": False,
    "try": 2,
    "points": 5,
    "currency": "USD",
    "arrears": "30.00",
    "settled": "4.00",
    "type": "cut",
    "status": "completed",
    "activity": "cut",
    "outcome": "refused",
    "direction": "credit",
    "method": "card",
    "kind": "card",
    "purpose": "sever",
    "source": "bureau",
    "change": "complete",
    "alert": "declaration",
    "role": "member",
    "contact_class": "collections",
    "contact_type": "call",
}
"""A value of each field whose form matters; any other field is a word, an amount or a date."""

BY_KIND: dict[str, dict[str, Any]] = {
    "case_dates_moved": {"overdue_date": {"from": DAY, "to": DAY}},
    "collection_status_changed": {
        "from": _STATUS,
        "to": {**_STATUS, "substatus": "entered"},
        "reason": "entered",
    },
    "agreement_changed": {"from": "active", "to": "stopped"},
    "credit_alert_activity": {"activity": "reminder_call"},
    "case_closed": {"reason": "cured"},
    "referral_recalled": {"reason": "written_off"},
    "letter_withdrawn": {"reason": "paid"},
    "reminder_withdrawn": {"reason": "case_closed"},
    "severance_event_refused": {"reason": "life_support"},
    "severance_cancelled": {"reason": "debt_fell"},
}


def _sample(kind: Kind) -> dict[str, Any]:
    return {
        field: BY_KIND.get(kind.name, {}).get(field, SAMPLES.get(field, _by_name(field)))
        for field in kind.fields
    }


def _by_name(field: str) -> str:
    if field.endswith(("_on", "_date")) or field in ("until", "since", "from_date"):
        return DAY
    if field.endswith("amount") or field in ("total", "wanted", "paid", "limit", "granted"):
        return "12.50"
    return f"Wort {len(field)}"


def _told(kind: Kind, data: dict[str, Any], language: str) -> list[book.Entry]:
    languages.use(Locale(language))
    try:
        event = {"date": dt.date(2026, 3, 17), "kind": kind.name, "actor": "night", "data": data}
        return list(timeline.entry_of(event, "USD"))
    finally:
        languages.use(Locale("en"))


def _texts(entries: list[book.Entry]) -> Iterator[str]:
    for entry in entries:
        yield from (entry.title, *entry.details)


@pytest.mark.parametrize("kind", OF_CUSTOMERS, ids=lambda kind: kind.name)
def test_an_event_reads_as_a_sentence(kind: Kind):
    assert kind.name in book.STORIES, "features/events/stories doesn't know how to tell it"
    data = _sample(kind)
    english, german = (_told(kind, data, language) for language in ("en", "de"))
    assert english, "nothing is told"
    for told, translated in zip(english, german, strict=True):
        assert told.title
        assert told.title != translated.title
    for said in (*_texts(english), *_texts(german)):
        assert "_" not in said, f"a code, not a word: {said}"
        assert "None" not in said
        assert "{" not in said, f"data, not a sentence: {said}"


def test_what_no_page_knows_is_told_by_its_facts():
    unknown = Kind("meter_was_read", "A plug-in's.", {})
    (told,) = _told(unknown, {"reading": 7, "reason": "spring"}, "en")
    assert (told.title, told.details) == ("Meter was read", ("reading: 7", "Reason: spring"))
