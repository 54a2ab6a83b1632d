"""A generic pull: whatever answers with JSON, mapped to our columns."""

import json
import urllib.parse
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from tests.fakes.on_a_port import Answering, OnAPort
from tests.features.connectors.conftest import Plant, run

from dunwell.domain.errors import BadInput, Unavailable
from dunwell.engine.connecting import Connecting


class Other:
    """The other system: gives its customers two at a time, to who shows the token."""

    def __init__(self) -> None:
        self.customers: list[dict[str, Any]] = []
        self.asked: list[dict[str, list[str]]] = []
        self.answer: Callable[[], tuple[int, bytes]] | None = None

    def page(self, asked: dict[str, list[str]], token: str | None) -> tuple[int, bytes]:
        self.asked.append(asked)
        if self.answer:
            return self.answer()
        if token != "Bearer t0ken":
            return 401, b"{}"
        since = int(asked.get("since", ["0"])[0])
        found = self.customers[since : since + 2]
        after = since + len(found)
        return 200, json.dumps(
            {"data": {"items": found}, "next": after if found else None}
        ).encode()


@pytest.fixture
def other() -> Iterator[tuple[Other, str]]:
    system = Other()

    class Handler(Answering):
        def get(self) -> None:
            query = urllib.parse.parse_qs(self.path.partition("?")[2])
            status, body = system.page(query, self.headers["Authorization"])
            moved = {"Location": "http://example.org"} if status == 302 else {}
            self.answer(status, body, moved)

    with OnAPort(Handler) as server:
        yield system, f"{server.address}/customers"


def _pull(plant: Plant, url: str, **given: Any) -> Connecting:
    entry = {
        "type": "http",
        "url": url,
        "kind": "accounts",
        "rows": "data.items",
        "columns": {"outside_id": "id", "version": "v", "name": "who.name", "email": "who.mails.0"},
        "constants": {"system": "crm"},
        "cursor": {"parameter": "since", "path": "next"},
        **given.pop("entry", {}),
    }
    options = {
        "connectors": {"crm": entry},
        "connector_secrets": {"crm": SecretStr("Bearer t0ken")},
        "webhook_networks": ["127.0.0.0/8"],
        **given,
    }
    return plant.with_(**options)


def _customer(number: int, version: int = 1, **facts: Any) -> dict[str, Any]:
    who = {"name": f"Ada {number}", "mails": [f"a{number}@example.org"], **facts}
    return {"id": f"c{number}", "v": version, "who": who}


def test_rows_are_mapped_page_by_page_and_the_cursor_is_kept(
    plant: Plant, other: tuple[Other, str]
):
    system, url = other
    system.customers = [_customer(number) for number in range(5)]
    ran = run(_pull(plant, url), "crm")
    assert (ran.created, ran.rejected) == (5, 0)
    assert plant.rows("select name, email from account where account_no = 'crm:c4'") == [
        ("Ada 4", "a4@example.org")
    ]
    system.asked.clear()
    system.customers.append(_customer(1, version=2, name="Grace"))
    again = run(_pull(plant, url), "crm")
    assert (again.changed, again.created) == (1, 0)
    assert system.asked[0] == {"since": ["5"]}


def test_the_newest_row_can_be_the_cursor(plant: Plant, other: tuple[Other, str]):
    system, url = other
    rows = [{**_customer(number), "at": f"2026-03-0{number + 1}"} for number in range(3)]
    system.answer = lambda: (200, json.dumps(rows).encode())
    cursor = {"parameter": "since", "path": "at", "of": "rows"}
    run(_pull(plant, url, entry={"rows": "", "cursor": cursor}), "crm")
    assert plant.rows("select cursor from connector") == [("2026-03-03",)]
    assert system.asked[-1] == {"since": ["2026-03-03"]}


def test_the_address_keeps_its_own_query(plant: Plant, other: tuple[Other, str]):
    system, url = other
    system.customers = [_customer(number) for number in range(3)]
    run(_pull(plant, f"{url}?tenant=7"), "crm")
    assert [asked["tenant"] for asked in system.asked] == [["7"]] * 3
    assert [asked.get("since") for asked in system.asked] == [None, ["2"], ["3"]]


def test_amounts_keep_their_digits(plant: Plant, other: tuple[Other, str]):
    system, url = other
    system.customers = [_customer(1)]
    run(_pull(plant, url), "crm")
    of_unit = {"bill_unit_no": "u", "account_no": "a", "currency": "c"}
    unit = {"type": "http", "url": url, "kind": "bill_units", "columns": of_unit}
    system.answer = lambda: (200, b'[{"u": "U1", "a": "crm:c1", "c": "KWD"}]')
    run(plant.with_(connectors={"u": unit}, webhook_networks=["127.0.0.0/8"]), "u")
    columns = {
        "bill_no": "n",
        "bill_unit_no": "u",
        "issued_on": "d",
        "due_on": "d",
        "amount": "amount",
    }
    bill = {"type": "http", "url": url, "kind": "bills", "columns": columns}
    system.answer = lambda: (
        200,
        b'[{"n": 7, "u": "U1", "d": "2026-01-01", "amount": 9007199254740.993}]',
    )
    ran = run(plant.with_(connectors={"b": bill}, webhook_networks=["127.0.0.0/8"]), "b")
    assert ran.created == 1
    assert plant.rows("select bill_no, amount::text from bill") == [("7", "9007199254740.9930")]


def test_bad_rows_are_listed_and_the_good_ones_taken(plant: Plant, other: tuple[Other, str]):
    system, url = other
    system.customers = [_customer(1), _customer(2, name=None)]
    ran = run(_pull(plant, url), "crm")
    assert (ran.created, ran.rejected) == (1, 1)
    (listed,) = ran.rejects_files
    assert "name,,is missing" in Path(listed).read_text("utf-8")


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ((500, b""), "answered 500"),
        ((302, b""), "answered 302"),
        ((200, b"<html>"), "is not JSON"),
        ((200, b'{"data": {}}'), "no list of rows"),
    ],
)
def test_what_the_other_side_does_wrong_is_told_without_its_words(
    plant: Plant, other: tuple[Other, str], answer: tuple[int, bytes], said: str
):
    system, url = other
    system.answer = lambda: answer
    with pytest.raises(Unavailable, match=said):
        run(_pull(plant, url), "crm")


def test_an_address_inside_the_house_is_refused_unless_allowed(
    plant: Plant, other: tuple[Other, str]
):
    system, url = other
    with pytest.raises(BadInput, match="isn't encrypted"):
        run(_pull(plant, url, webhook_networks=[]), "crm")
    inside = url.replace("127.0.0.1", "localhost")
    with pytest.raises(Unavailable, match="not a public address"):
        run(_pull(plant, inside, webhook_networks=["10.0.0.0/8"]), "crm")
    assert system.asked == []


def test_an_unknown_kind_or_column_is_refused(plant: Plant, other: tuple[Other, str]):
    system, url = other
    system.customers = [_customer(1)]
    with pytest.raises(BadInput, match="no kind 'people'"):
        _pull(plant, url, entry={"kind": "people"}).connectors()
    ran = run(_pull(plant, url, entry={"columns": {"outside_id": "id", "nmae": "who.name"}}), "crm")
    assert "'nmae' is unknown" in ran.refused[0]


def test_what_was_refused_is_asked_for_again(plant: Plant, other: tuple[Other, str]):
    system, url = other
    system.customers = [_customer(number) for number in range(3)]
    wrong = _pull(plant, url, entry={"columns": {"outside_id": "id", "nmae": "who.name"}})
    assert run(wrong, "crm").created == 0
    ((_, known),) = wrong.states()
    assert (known.cursor, known.failures) == (None, 1)
    assert "'nmae' is unknown" in str(known.message)
    assert len(plant.events("connector_failed")) == 1
    right = _pull(plant, url)
    assert run(right, "crm").created == 3
    ((_, known),) = right.states()
    assert (known.cursor, known.failures) == ("3", 0)
