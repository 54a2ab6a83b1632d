"""What can change shows a version, and a change that was decided on another one is refused.

The operations stand in `versioned`, in one of two lists; one that is in neither fails.
"""

import threading
from typing import Any

import pytest
from tests.api.changeable import ask_for, names_for, one_of_everything
from tests.api.conftest import Desk
from tests.api.versioned import CHANGES, DRAFT, KEY, OF, SCHEDULE, UNVERSIONED, Change


@pytest.fixture
def names(desk: Desk) -> dict[str, Any]:
    """One of everything that can be changed, by the name that a path has for it."""
    return one_of_everything(desk)


def _takes_version(paths: dict[str, Any]) -> dict[str, bool]:
    """Every operation that can change what is there, and whether it takes If-Match."""
    return {
        f"{method.upper()} {path}": any(
            each["name"].lower() == "if-match" for each in operation.get("parameters", ())
        )
        for path, methods in paths.items()
        for method, operation in methods.items()
        if method in ("put", "patch", "delete")
        or (method == "post" and ("{" in path or DRAFT in path))
    }


def test_every_change_takes_a_version_or_says_why_not(described: dict[str, Any]):
    takes = _takes_version(described["paths"])
    versioned = {operation for operation, does in takes.items() if does}
    assert versioned == {change.operation.split("?")[0] for change in CHANGES}
    assert takes.keys() - versioned == UNVERSIONED.keys() | {f"POST {DRAFT}"}


def _shown(desk: Desk, change: Change, names: dict[str, Any]) -> str | None:
    """The version that somebody sees; none when it is there no more."""
    answer = desk.client.get(change.seen.format(**names), headers=names["headers"])
    if answer.status_code == 404:
        return None
    assert answer.status_code == 200, f"{change.seen}: {answer.text}"
    if change.part:
        return f'"{answer.json()[change.part][0]["version"]}"'
    return str(answer.headers["etag"])


def test_a_change_decided_on_another_version_is_refused_and_changes_nothing(
    desk: Desk, names: dict[str, Any]
):
    for change in CHANGES:
        named = names_for(change, names)
        before = _shown(desk, change, named)
        answer = ask_for(desk, change, named, if_match='"999999"')
        told = f"{change.operation}: {answer.status_code} {answer.text}"
        assert (answer.status_code, answer.json().get("code")) == (412, "changed_meanwhile"), told
        assert before is not None, told
        assert _shown(desk, change, named) == before, told


def test_the_version_that_was_shown_is_taken_and_is_another_one_afterwards(
    desk: Desk, names: dict[str, Any]
):
    wrong = []
    for change in CHANGES:
        named = names_for(change, names)
        shown = _shown(desk, change, named)
        answer = ask_for(desk, change, named, if_match=shown or "")
        changed = _shown(desk, change, named) != shown
        if (answer.status_code, changed) != (change.status, change.status < 300):
            wrong.append(f"{change.operation}: {answer.status_code} {answer.text}")
    assert not wrong


@pytest.mark.parametrize("noun", ["report", "key", "hold"])
def test_of_many_who_decided_on_the_same_version_one_wins(
    desk: Desk, names: dict[str, Any], noun: str
):
    """Without a number in the row, those who have seen the same wait for each other."""
    operation = {
        "report": f"PUT {SCHEDULE}",
        "key": f"POST {KEY}/rotate",
        "hold": f"POST {OF}/holds",
    }[noun]
    (change,) = (each for each in CHANGES if each.operation == operation)
    named = names_for(change, names)
    shown = _shown(desk, change, named)
    assert shown is not None
    answers: list[int] = []

    def ask() -> None:
        answers.append(ask_for(desk, change, named, if_match=shown).status_code)

    crowd = [threading.Thread(target=ask) for _ in range(6)]
    for each in crowd:
        each.start()
    for each in crowd:
        each.join()
    assert sorted(answers) == [change.status] + [412] * 5
