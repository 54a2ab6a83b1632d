"""An agent's day in a real browser: by keyboard, from the first task to the last, with everything
that comes between.
"""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect
from tests.web.conftest import BrowserAs, Visit, token_of
from tests.world import World

from dunwell.domain.statuses import ActionStatus
from dunwell.serving.caller import COOKIE


def _panel(page: Page, name: str) -> None:
    expect(page.locator("#panel").get_by_text(name).first).to_be_visible()


def _flash(page: Page, said: str) -> None:
    expect(page.locator("#flash")).to_contain_text(said)


def test_a_day_by_keyboard_alone(browser_as: BrowserAs, world: World):
    with browser_as("agent") as visit:
        page = visit.go("/tasks?until=2026-12-31")
        rows = page.locator("[data-row]")
        tasks = rows.count()
        visit.assert_accessible()
        # down the list, and open one
        page.keyboard.press("j")
        page.keyboard.press("j")
        page.keyboard.press("k")
        page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile("/tasks/[0-9]"))
        visit.assert_accessible()
        opened = page.locator("[data-row-link][aria-current]")
        expect(opened).to_have_count(1)
        # a note, a promise's schedule and back, then done
        page.keyboard.press("w")
        page.get_by_label("Text").fill("Wants to be called in the morning")
        page.locator("#work button", has_text="Write a note").press("Enter")
        _flash(page, "The note is written.")
        page.keyboard.press("p")
        expect(page.locator("#foresee tr").first).to_be_visible()
        page.get_by_label("Instalments").fill("4")
        expect(page.locator("#foresee caption", has_text="The schedule")).to_be_visible()
        expect(page.locator("#foresee table").first.locator("tr")).to_have_count(4)
        visit.assert_accessible()
        page.keyboard.press("Escape")
        page.keyboard.press("Escape")
        expect(page.get_by_label("Instalments")).to_have_count(0)
        page.keyboard.press("c")
        page.get_by_label("Note").fill("Reached at last")
        visit.assert_accessible()
        page.locator("#work button", has_text="Complete").press("Enter")
        _flash(page, "Completed.")
        expect(rows).to_have_count(tasks - 1)
        # the next one, though this one has left the list
        page.keyboard.press("n")
        expect(opened).to_have_count(1)
        page.keyboard.press("y")
        page.get_by_label("Amount in USD").fill("12.50")
        page.locator("#work button", has_text="Take a payment").press("Enter")
        _flash(page, "The payment is recorded")
        assert world.rows("select count(*) from credit where number like 'taken-%%'") == [(1,)]
        page.keyboard.press("r")
        page.get_by_label("New day").fill("2026-04-20")
        expect(page.locator("#foresee")).to_contain_text("Apr 20, 2026")
        page.get_by_label("Reason").fill("asked for time")
        page.locator("#work button", has_text="Reschedule").press("Enter")
        _flash(page, "Rescheduled")
        page.go_back()
        expect(page.locator("#list")).to_be_visible()


def test_two_people_on_one_task(browser_as: BrowserAs, world: World):
    handle = world.actions("B2")["call"]["handle"]
    with browser_as("agent") as visit, browser_as("manager") as other:
        page = visit.go(f"/tasks/{handle}/reschedule")
        page.get_by_label("New day").fill("2026-03-20")
        page.get_by_label("Reason").fill("payday")
        there = other.go(f"/tasks/{handle}/cancel")
        there.get_by_label("Reason").fill("not needed")
        there.locator("#work button", has_text="Cancel the task").click()
        _flash(there, "Cancelled.")
        page.locator("#work button", has_text="Reschedule").click()
        expect(page.locator("#work [role=alert]")).to_contain_text("changed meanwhile")
        expect(page.locator(".meanwhile")).to_contain_text("manager")
        visit.assert_accessible()
    assert world.status("call", "B2") == ActionStatus.CANCELLED


def test_a_lost_session_leads_to_the_login_and_back(browser_as: BrowserAs, world: World):
    with browser_as("agent") as visit:
        page = visit.go("/tasks?until=2026-12-31&order=name")
        world.rows("update token set revoked_at = now() returning id")
        page.keyboard.press("n")
        page.get_by_label("Password").wait_for()
        # the page shown, or the one asked for where the click was an ordinary one
        after = parse_qs(urlsplit(page.url).query)["after"][0]
        assert after.startswith("/tasks")
        assert after.endswith("?until=2026-12-31&order=name")
        token = token_of(world.database, "agent")
        page.context.add_cookies([{"name": COOKIE, "value": token, "url": visit.address}])
        visit.go(after)
        expect(page.locator("[data-row]").first).to_be_visible()


def test_what_was_typed_when_the_session_ended_is_there_after_the_login(
    browser_as: BrowserAs, world: World
):
    handle = world.actions("B2")["call"]["handle"]
    with browser_as("agent") as visit:
        page = visit.go(f"/tasks/{handle}")
        page.keyboard.press("w")
        page.get_by_label("Text").fill("Will pay on <Friday>")
        world.rows("update token set revoked_at = now() returning id")
        page.locator("#work button", has_text="Write a note").click()
        page.get_by_label("Password").wait_for()
        token = token_of(world.database, "agent")
        page.context.add_cookies([{"name": COOKIE, "value": token, "url": visit.address}])
        visit.go(f"/tasks/{handle}")
        expect(page.get_by_label("Text")).to_have_value("Will pay on <Friday>")
        _flash(page, "it has not been sent yet")
        assert world.rows("select count(*) from note") == [(0,)]
        page.locator("#work button", has_text="Write a note").click()
        _flash(page, "The note is written.")
        page.reload()
        expect(page.get_by_label("Text")).to_have_value("")
    assert world.rows("select text from note") == [("Will pay on <Friday>",)]


def test_a_wrong_date_is_told_beside_the_field(browser_as: BrowserAs, world: World):
    handle = world.actions("B2")["call"]["handle"]
    with browser_as("agent") as visit:
        page = visit.go(f"/tasks/{handle}/payment")
        page.get_by_label("Amount in USD").fill("lots")
        page.locator("#work button", has_text="Take a payment").click()
        expect(page.locator("#f-do-amount-error")).to_contain_text("write it like 1,234.50")
        visit.assert_accessible()


@pytest.mark.parametrize("width", [820])
def test_on_a_tablet_without_javascript(browser_as: BrowserAs, world: World, width: int):
    handle = world.actions("B2")["call"]["handle"]
    view = {"width": width, "height": 1100}
    with browser_as("agent", java_script_enabled=False, viewport=view) as visit:
        page = visit.go("/tasks?until=2026-12-31")
        page.get_by_role("link", name="call").first.click()
        page.goto(f"{visit.address}/tasks/{handle}/reschedule")
        page.get_by_label("New day").fill("2026-03-27")
        page.get_by_role("button", name="Show what changes").click()
        expect(page.locator("#foresee")).to_contain_text("Mar 27, 2026")
        page.get_by_label("Reason").fill("payday")
        page.locator("#work button", has_text="Reschedule").click()
        _flash(page, "Rescheduled")
        _narrow(visit, width)
    assert world.due("call", "B2") == "2026-03-27"


def _narrow(visit: Visit, width: int) -> None:
    """The page itself doesn't scroll sideways."""
    box = visit.page.locator("body").bounding_box()
    assert box is not None
    assert box["width"] <= width
