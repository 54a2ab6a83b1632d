"""Two days in a real browser that nobody's customers notice: who operates the installation looks at
what the night did, and who administers it lets people in and keeps them out.
"""

import re

from playwright.sync_api import expect
from tests.web.conftest import BrowserAs
from tests.world import World


def test_an_operators_day(browser_as: BrowserAs, world: World):
    with browser_as("operator") as visit:
        page = visit.go("/")
        expect(page).to_have_url(f"{visit.address}/manager/nights")
        expect(page.locator(".uplot").first).to_be_visible()
        page.keyboard.press("j")
        page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile("/manager/nights/[0-9]+"))
        expect(page.locator("h1")).to_contain_text("Mar 16, 2026")
        visit.assert_accessible()
        expect(page.get_by_role("link", name="Workload")).to_have_count(0)
        page.get_by_role("link", name="Failed actions").click()
        visit.assert_accessible()
        page.get_by_role("link", name="Undelivered").click()
        expect(page.locator("main")).to_contain_text("No letter or reminder is stuck.")
        visit.assert_accessible()
        page.get_by_role("link", name="Reports", exact=True).click()
        page.get_by_role("link", name="Ageing").first.click()
        expect(page.locator("table").first).to_be_visible()
        visit.assert_accessible()


def test_an_administrators_day(browser_as: BrowserAs, world: World):
    with browser_as("administrator") as visit, browser_as(None) as other:
        page = visit.go("/")
        expect(page).to_have_url(f"{visit.address}/configuration/people")
        page.get_by_role("button", name="New person").click()
        page.get_by_label("Login").fill("grace")
        page.get_by_label("Name", exact=True).fill("Grace Hopper")
        page.get_by_label("First password").fill("correct horse battery")
        page.locator("[name=roles][value=agent]").check()
        page.get_by_label("every brand").check()
        page.get_by_label("Why?").first.fill("begins on Monday")
        page.get_by_role("button", name="Save").click()
        expect(page.locator("main")).to_contain_text("Grace Hopper")
        visit.assert_accessible()
        # she comes in and works, until she is kept out
        there = other.go("/login")
        there.get_by_label("Login").fill("grace")
        there.get_by_label("Password").fill("correct horse battery")
        there.get_by_label("Password").press("Enter")
        expect(there).to_have_url(re.compile("/tasks"))
        page.locator("[data-row-link]", has_text="grace").click()
        page.locator("#door-reason").fill("has left")
        page.get_by_role("button", name="Keep out from now on").click()
        expect(page.get_by_role("button", name="Let in again")).to_be_visible()
        visit.assert_accessible()
        there.reload()
        expect(there).to_have_url(re.compile("/login"))
