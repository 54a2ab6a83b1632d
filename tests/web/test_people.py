"""People and their rights, by keyboard alone: added, changed, kept out, let in again."""

from typing import Any

import pytest
from tests.web.conftest import BrowserAs, Site, Visit

PEOPLE = "/configuration/people"


def tab_to(page: Any, wanted: str) -> None:
    for _ in range(80):
        if page.locator(f"{wanted}:focus").count():
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{wanted} can't be reached by the keyboard")


def send(page: Any, key: str = "Enter") -> None:
    with page.expect_navigation():
        page.keyboard.press(key)


def write(page: Any, **fields: str) -> None:
    for name, text in fields.items():
        tab_to(page, name if name.startswith("#") else f"[name={name}]")
        page.keyboard.press("Control+a")
        page.keyboard.type(text)


@pytest.mark.parametrize("script", [True, False], ids=["with a script", "without"])
def test_an_administrator_needs_no_mouse(browser_as: BrowserAs, site: Site, script: bool):
    with browser_as("administrator", java_script_enabled=script) as visit:
        page = visit.go(f"{PEOPLE}/new")
        page.locator("[name=login]").focus()
        write(page, login="grace", name="Grace")
        tab_to(page, "[name=roles][value=manager]")
        page.keyboard.press("Space")
        write(page, reason="joins us")
        send(page)
        _open(visit, "grace")
        assert page.locator("[name=roles][value=manager]").is_checked()
        if script:
            visit.assert_accessible()

        page.locator("[name=name]").focus()
        write(page, name="Grace Hopper", reason="her whole name")
        send(page)
        _open(visit, "grace")
        assert page.input_value("[name=name]") == "Grace Hopper"

        page.locator("#new-password").focus()
        write(page, **{"#new-password": "a new and long one", "#password-reason": "forgot it"})
        send(page)
        _open(visit, "grace")
        tab_to(page, "#door-reason")
        page.keyboard.type("has left")
        send(page)
        _open(visit, "grace")
        assert "Let in again" in page.inner_text("main")
        told = [text.strip() for text in page.locator("td.why").all_inner_texts()]
        assert told == ["has left", "forgot it", "her whole name", "joins us"]


def _open(visit: Visit, login: str) -> None:
    """From the list, with the keyboard."""
    page = visit.go(PEOPLE)
    page.locator(f"a[data-row-link]:has-text('{login}')").focus()
    send(page)


def test_a_change_without_a_reason_is_not_made_and_says_so(browser_as: BrowserAs):
    with browser_as("administrator") as visit:
        page = visit.go(f"{PEOPLE}/new")
        page.locator("form.single").evaluate("form => form.noValidate = true")
        page.locator("[name=login]").focus()
        write(page, login="grace", name="Grace")
        send(page)
        assert page.locator("[name=reason][aria-invalid=true]").count()
        assert page.input_value("[name=login]") == "grace"
        visit.assert_accessible()
