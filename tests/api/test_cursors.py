"""A list goes on from where its own pages ended. Cursors that others made up, or that another list
gave, are refused and harm nothing.
"""

import base64
import json
from collections.abc import Iterator
from typing import Any

from tests.api.changeable import one_of_everything
from tests.api.conftest import Desk
from tests.api.test_lists import listed_by, make_several

ODD: tuple[Any, ...] = (
    *("x", "", "\0", "\ud800", "2026-02-30", "NaN", "1E+999999", "1E-999999"),
    *(0, -1, 2**40, 2**80, 1.5, True, None, [], {}, ["i", 2**80], ["n", "NaN"], ["s", "x"]),
)


FORGED = {
    *("accounts", "adjustments", "bill-units", "cases", "credit-alerts", "events", "severances"),
    *("adjustments", "charges", "contacts", "disputes", "exemptions", "history", "holds"),
    *("letters", "notes", "pay-plans", "payment-attempts", "payments", "promises", "receipts"),
    *("service-agreements", "tasks", "to-dos"),
}
"""Lists that are longer than a page of one row in the test."""


def test_a_forged_cursor_is_refused_by_every_list_and_named(desk: Desk, described: dict[str, Any]):
    names = one_of_everything(desk)
    make_several(desk, names)
    forged = set()
    for path, methods in described["paths"].items():
        listed = listed_by(described, methods.get("get", {}))
        if listed is None or "after" not in listed[1]:
            continue
        for unit in ("B1", "B4", "B7"):
            address = path.format(**{**names, "bill_unit_no": unit})
            following = _ask(desk, names, address).json().get("next")
            if following is not None:
                forged.add(path.rsplit("/", 1)[1])
                for cursor in _forgeries(following):
                    answer = _ask(desk, names, address, cursor)
                    refused = answer.status_code == 422 and "The cursor " in answer.text
                    assert refused or answer.status_code == 200, (path, _read(cursor), answer.text)
                break
    assert forged >= FORGED, FORGED - forged


def _ask(desk: Desk, names: dict[str, Any], address: str, after: str | None = None) -> Any:
    asked: dict[str, Any] = {"limit": 1} if after is None else {"limit": 1, "after": after}
    return desk.client.get(address, headers=names["headers"], params=asked)


def _forgeries(cursor: str) -> Iterator[str]:
    """The cursor with each of its values replaced by odd ones."""
    whole = _read(cursor)
    for place in _places(whole):
        for value in ODD:
            yield _written(_replaced(whole, place, value))


def _places(tree: Any) -> Iterator[tuple[int, ...]]:
    if isinstance(tree, list):
        for number, each in enumerate(tree):
            yield from ((number, *rest) for rest in _places(each))
            yield (number,)


def _replaced(tree: Any, place: tuple[int, ...], value: Any) -> Any:
    first, *rest = place
    inner = _replaced(tree[first], tuple(rest), value) if rest else value
    return [*tree[:first], inner, *tree[first + 1 :]]


def _read(cursor: str) -> Any:
    return json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))


def _written(tree: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(tree).encode()).decode()
