"""Scheduled reports: due on their nights, sent once, with the rights that their maker has then."""

import datetime as dt
import io
import socket
from collections.abc import Iterator
from functools import partial
from typing import Any

import pypdf
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message
from tests.policies import BRANDS
from tests.world import World

from dunwell.domain.errors import BadInput, Conflict, Forbidden, NotFound
from dunwell.features.access import people
from dunwell.features.access.actor import Actor, Operation, Permission, operator
from dunwell.features.access.people import Rights
from dunwell.features.reports import preparing, schedules, sending
from dunwell.features.reports.schedules import Wish
from dunwell.features.reports.sending import Post
from dunwell.settings import Smtp

NOW = dt.datetime(2026, 3, 20, 6, tzinfo=dt.UTC)
FRIDAY = dt.date(2026, 3, 20)


class Inbox(Message):
    def __init__(self) -> None:
        super().__init__()
        self.letters: list[Any] = []

    def handle_message(self, message: Any) -> None:
        self.letters.append(message)


@pytest.fixture
def inbox() -> Iterator[tuple[Inbox, Smtp]]:
    handler = Inbox()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    smtp = Smtp(host="127.0.0.1", port=port, security="none", sender="reports@example.com")
    yield handler, smtp
    controller.stop()


@pytest.fixture
def filled(world: World) -> World:
    world.policy(BRANDS)
    for brand in ("north", "south"):
        world.customer(brand.upper(), brand=brand)
        world.bill("80.00", "2026-02-20", brand.upper())
    _night(world, FRIDAY - dt.timedelta(1))
    return world


def _night(world: World, day: dt.date) -> None:
    world.night(day)
    assert preparing.prepare(world.database)


def _do(world: World, verb: Any, *given: Any, actor: Actor | None = None) -> Any:
    with world.database.connect() as connection:
        return verb(Operation(connection, actor or operator("root"), FRIDAY), *given)


def _send(world: World, smtp: Smtp, now: dt.datetime = NOW) -> int:
    return sending.send_due(world.database, Post(smtp, now))


def _wish(**more: Any) -> Wish:
    return Wish(**{"name": "Friday", "report": "ageing", "recipients": ["ann@example.com"], **more})


def test_a_report_is_sent_once_after_the_night_that_makes_it_due(filled: World, inbox: Any):
    handler, smtp = inbox
    _do(filled, schedules.create, _wish(recipients=["ann@example.com", "bob@example.com"]))
    assert _send(filled, smtp) == 0, "what was due before it was made"
    _night(filled, FRIDAY)
    assert _send(filled, smtp) == 1
    assert _send(filled, smtp) == 0
    assert [letter["To"] for letter in handler.letters] == ["ann@example.com", "bob@example.com"]
    letter = handler.letters[0]
    assert letter["Subject"] == "Ageing, 2026-03-20"
    (attached,) = (part for part in letter.walk() if part.get_filename())
    assert attached.get_filename() == "ageing-2026-03-20.pdf"
    pdf = pypdf.PdfReader(io.BytesIO(attached.get_payload(decode=True)))
    assert "160" not in pdf.pages[0].extract_text()
    assert pdf.pages[0].extract_text().count("80.00") == 2


@pytest.mark.parametrize(
    ("frequency", "on_day", "nights", "sent"),
    [
        ("week", 5, ["2026-03-20"], 1),
        ("week", 6, ["2026-03-20"], 0),
        ("month", 31, ["2026-03-31"], 1),
        ("month", 31, ["2026-03-20", "2026-04-30"], 1),
        ("month", 21, ["2026-03-20"], 0),
        # the night of its day was missed: the next one makes up for it
        ("month", 21, ["2026-03-20", "2026-03-23"], 1),
    ],
)
def test_its_day_comes_by_the_calendar(
    filled: World, inbox: Any, frequency: str, on_day: int, nights: list[str], sent: int
):
    _, smtp = inbox
    _do(filled, schedules.create, _wish(frequency=frequency, on_day=on_day, form="csv"))
    count = 0
    for night in nights:
        _night(filled, dt.date.fromisoformat(night))
        count += _send(filled, smtp)
    assert count == sent


def test_it_is_made_with_the_rights_that_its_maker_has_on_that_day(filled: World, inbox: Any):
    handler, smtp = inbox
    rights = Rights(("manager",), ["north"])
    person = _do(filled, people.add, "grace", "Grace", rights)
    ((north,),) = filled.rows("select id from brand where name = 'north'")
    grace = Actor(
        "grace", frozenset({Permission.READ_REPORTS}), frozenset({north}), person_id=person.id
    )
    _do(filled, schedules.create, _wish(form="csv"), actor=grace)
    _night(filled, FRIDAY)
    assert _send(filled, smtp) == 1
    (attached,) = (part for part in handler.letters[0].walk() if part.get_filename())
    text = attached.get_payload(decode=True).decode()
    assert "north" in text
    assert "south" not in text

    filled.rows("update person set disabled_at = now() where login = 'grace' returning 1")
    _night(filled, FRIDAY + dt.timedelta(1))
    assert _send(filled, smtp) == 0
    (stopped,) = _do(filled, schedules.listed)
    assert (stopped.status, stopped.message) == (
        "paused",
        "grace, who made it, may not come in any more.",
    )


def test_a_brand_that_its_maker_has_got_since_is_not_in_it(filled: World, inbox: Any):
    handler, smtp = inbox
    person = _do(filled, people.add, "grace", "Grace", Rights(("manager",), []))
    grace = Actor("grace", frozenset({Permission.READ_REPORTS}), frozenset(), person_id=person.id)
    _do(filled, schedules.create, _wish(form="csv"), actor=grace)
    more = partial(people.change, rights=Rights(("manager",), ["north"]))
    _do(filled, more, person.id)
    _night(filled, FRIDAY)
    assert _send(filled, smtp) == 1
    (attached,) = (part for part in handler.letters[0].walk() if part.get_filename())
    assert "north" not in attached.get_payload(decode=True).decode()


def test_when_the_mail_server_is_away_it_is_tried_again_later(filled: World, inbox: Any):
    handler, smtp = inbox
    _do(filled, schedules.create, _wish(form="csv"))
    _night(filled, FRIDAY)
    away = smtp.model_copy(update={"port": 1})
    assert _send(filled, away) == 0
    (waiting,) = _do(filled, schedules.listed)
    assert waiting.message
    assert _send(filled, smtp) == 0, "not yet"
    assert _send(filled, smtp, NOW + dt.timedelta(minutes=2)) == 1
    assert len(handler.letters) == 1


def test_what_is_paused_is_not_sent_and_not_made_up_for(filled: World, inbox: Any):
    _, smtp = inbox
    number = _do(filled, schedules.create, _wish(form="csv"))
    _do(filled, schedules.pause, number)
    _night(filled, FRIDAY)
    assert _send(filled, smtp) == 0
    _do(filled, schedules.resume, number)
    assert _send(filled, smtp) == 0
    _night(filled, FRIDAY + dt.timedelta(1))
    assert _send(filled, smtp) == 1
    _do(filled, schedules.delete, number)
    assert _do(filled, schedules.listed) == []


@pytest.mark.parametrize(
    ("wrong", "error", "message"),
    [
        ({"report": "none"}, NotFound, "no report 'none'"),
        ({"form": "doc"}, BadInput, "format is 'doc'"),
        ({"frequency": "week"}, BadInput, "day of the week is None; it can be 1 to 7"),
        ({"frequency": "night", "on_day": 3}, BadInput, "no day in particular"),
        ({"recipients": []}, BadInput, "1 to 20, not 0"),
        ({"recipients": ["ann"]}, BadInput, "'ann' can't be used"),
        ({"recipients": ["ann@example.com\nBcc: x@example.com"]}, BadInput, "can't be used"),
        ({"currency": "XXX"}, NotFound, "no currency 'XXX'"),
        ({"name": " "}, BadInput, "printable"),
    ],
)
def test_a_wish_that_can_not_be_met_is_refused(
    filled: World, wrong: dict[str, Any], error: type[Exception], message: str
):
    with pytest.raises(error, match=message):
        _do(filled, schedules.create, _wish(**wrong))


def test_names_are_unique_and_readers_only_have_reports_sent(filled: World):
    _do(filled, schedules.create, _wish())
    with pytest.raises(Conflict, match="already"):
        _do(filled, schedules.create, _wish())
    nobody = Actor("nobody", frozenset({Permission.WORK_ACTIONS}), None)
    with pytest.raises(Forbidden):
        _do(filled, schedules.create, _wish(name="x"), actor=nobody)
