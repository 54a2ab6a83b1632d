"""The configuration's forms in a real browser: saving what is shown changes nothing, and what was
typed survives buttons, a lost session, the way back and a second window.
"""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from tests.features.policy.test_references import POLICY
from tests.web import town
from tests.web.conftest import BrowserAs, Site
from tests.web.drafting import LOW, C

from dunwell.features.access.actor import Operation, operator
from dunwell.features.policy import drafts, file, parts, service

MORE = """
[[agencies]]
name = "Hudson"

[[reason_codes]]
category = "cancel"
code = "paid"
labels = { en_US = "Paid" }

[[moratoria]]
name = "Winter"
first_day = "12-01"
last_day = "02-28"

[[eligibility]]
name = "Devices"
debt_class = "device"
priority = 10
when = "always"
scenarios = ["Usual"]

[[pay_plan_types]]
name = "usual"

[[collection_substatuses]]
name = "late"
severity = 3
from_days = 20

[[exchange_rates]]
source_currency = "USD"
target_currency = "EUR"
valid_from = 2026-01-01
rate = 0.87

[settings]
collection_status = true
minimum_due = { USD = 5 }
adjustment_limits = [{ role = "service_rep", currency = "USD", amount = 50 }]
"""

FORMS = [*parts.FORMS, *parts.SINGLE]

NOUNS = sorted({*parts.FORMS, *parts.SINGLE} - {"templates"})


@pytest.fixture
def furnished(site: Site) -> Site:
    """The town with one of everything in its policy."""
    with site.world.database.connect() as connection:
        service.apply(
            connection, file.parse(POLICY + MORE + town.AGENTS + town.TO_DOS), actor="anna"
        )
    return site


def test_saving_what_is_shown_changes_nothing(browser_as: BrowserAs, furnished: Site):
    with furnished.world.database.connect() as connection:
        policy = service.export(connection)
    addresses = [f"{C}/{noun}" for noun in parts.SINGLE]
    for noun in NOUNS:
        if noun not in parts.SINGLE:
            there = parts.find_list(policy, noun)
            assert there, f"the policy of this test has no {noun}"
            addresses += [f"{C}/{noun}/{parts.id_of(noun, part)}" for part in there]
    refused = []
    with browser_as("policy_owner") as visit:
        for address in addresses:
            page = visit.go(address)
            page.click("p.save button")
            if "Saved in your draft" not in page.inner_text("body"):
                told = page.locator("small.error:not(:empty), .flash.bad").all_inner_texts()
                refused.append(f"{address}: {told}")
    assert not refused
    with furnished.world.database.connect() as connection:
        owner = Operation(connection, operator("policy_owner"), town.TODAY)
        assert drafts.diff(owner) == []


def _condition(page: Page) -> None:
    """A new profile with a rule of two lines, unsaved."""
    page.fill("[name=name]", "Risky")
    page.fill("[name=currency]", "USD")
    for button, number, subject in (
        ("rule.begin", 0, "account.credit_score"),
        ("rule.line", 1, "account.city"),
    ):
        with page.expect_navigation():
            page.click(f"button[value='{button}']")
        page.fill(f"[name='rule.parts.{number}.subject']", subject)
        page.fill(f"[name='rule.parts.{number}.value']", "500")


def test_what_was_built_is_there_again_after_a_lost_session(browser_as: BrowserAs, site: Site):
    with browser_as("policy_owner") as visit:
        page = visit.go(f"{C}/profiles/new")
        _condition(page)
        (cookie,) = page.context.cookies()
        page.context.clear_cookies()
        page.click("p.save button")
        expect(page).to_have_url(re.compile("/login"))
        # the login itself is tested elsewhere
        again: Any = {"name": cookie["name"], "value": cookie["value"], "url": visit.address}
        page.context.add_cookies([again])
        page.goto(f"{visit.address}{C}/profiles/new")
        expect(page.locator("#flash")).to_contain_text("it has not been sent yet")
        assert page.input_value("[name=name]") == "Risky"
        assert page.input_value("[name='rule.parts.1.subject']") == "account.city"
        with page.expect_navigation():
            page.click("p.save button")
        expect(page.locator("#flash")).to_contain_text("Saved in your draft")


def test_the_way_back_leads_to_a_form_that_a_button_has_drawn(browser_as: BrowserAs):
    with browser_as("policy_owner") as visit:
        page = visit.go(f"{C}/profiles/new")
        _condition(page)
        with page.expect_navigation():
            page.click("p.save button")
        page.go_back()
        expect(page).to_have_url(f"{visit.address}{C}/profiles/new")


def test_a_second_window_overwrites_nothing(browser_as: BrowserAs):
    """Also when neither had a draft when it opened, and when a button has drawn the form anew."""
    with browser_as("policy_owner") as visit:
        first = visit.go(f"{C}/settings")
        second = visit.page.context.new_page()
        second.goto(f"{visit.address}{C}/settings")
        for page, days in ((first, "21"), (second, "42")):
            page.fill("[name=days_to_pay]", days)
            with page.expect_navigation():
                page.click("button[value='adjustment_limits.add']")
            with page.expect_navigation():
                page.click("p.save button")
        expect(first.locator("#flash")).to_contain_text("Saved in your draft")
        expect(second.locator(".flash.bad")).to_contain_text("has been changed meanwhile")
        assert second.input_value("[name=days_to_pay]") == "42"


def test_every_page_of_the_configuration_is_accessible(browser_as: BrowserAs):
    with browser_as("policy_owner") as visit:
        for path in ("", "/profiles/new", "/settings", "/calendars/new", "/templates", "/versions"):
            visit.go(C + path)
            visit.assert_accessible()
        for name in ("dunning/final-notice", "email_body/letter-attached"):
            visit.go(f"{C}/templates/{name}?locale=en_US")
            visit.assert_accessible()
    with browser_as("administrator") as visit:
        for path in ("/people", "/people/new"):
            visit.go(C + path)
            visit.assert_accessible()


def test_it_works_without_javascript(browser_as: BrowserAs):
    with browser_as("policy_owner", java_script_enabled=False) as visit:
        page = visit.go(LOW)
        page.click("[value='steps.1.up']")
        assert page.input_value("[name='steps.0.action']") == "call"
        page.fill("[name=entry_days]", "-1")
        page.click("p.save button")
        assert "too small" in page.inner_text("#e-entry_days")
        page.fill("[name=entry_days]", "12")
        page.click("p.save button")
        assert "Saved in your draft" in page.inner_text("body")


@pytest.mark.parametrize("script", [True, False], ids=["with a script", "without"])
def test_every_form_is_filled_and_saved_by_keyboard_alone(browser_as: BrowserAs, script: bool):
    """Whoever tabs through a form reaches its buttons, types, and saves with Enter."""
    with browser_as("policy_owner", java_script_enabled=script) as visit:
        for noun in FORMS:
            part = "" if noun in parts.SINGLE else "/new"
            kind = "?type=manual" if noun == "actions" else ""
            page = visit.go(f"{C}/{noun}{part}{kind}")
            field = "source" if noun == "templates" else "aging_buckets"
            typed = field if page.locator(f"[name={field}]").count() else ""
            text = typed or ("days_to_pay" if noun == "settings" else "")
            box = page.locator(f"[name={text}]" if text else "#part input[type=text]").first
            box.focus()
            page.keyboard.press("Control+a")
            page.keyboard.type("12")
            if typed:
                _tab_to(page, "p.save button")
            with page.expect_navigation():
                page.keyboard.press("Enter")
            said = page.inner_text("body")
            told = page.locator("small.error:not(:empty), .flash.bad").count()
            assert told or "Saved in your draft" in said, noun


def _tab_to(page: Any, wanted: str) -> None:
    for _ in range(120):
        if page.locator(f"{wanted}:focus").count():
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{wanted} can't be reached by the keyboard")


def test_steps_are_reordered_and_added_by_keyboard(browser_as: BrowserAs):
    with browser_as("policy_owner") as visit:
        page = visit.go(LOW)
        page.locator("[name='steps.0.day']").focus()
        _tab_to(page, "[value='steps.0.down']")
        with page.expect_navigation():
            page.keyboard.press("Enter")
        assert page.input_value("[name='steps.0.action']") == "call"
        # the step that was moved has the focus, to be moved on
        assert page.locator("[value^='steps.1.']:focus").count() == 1
        _tab_to(page, "p.save button")
        page.keyboard.press("Enter")
        page.wait_for_selector("text=Saved in your draft")


@pytest.mark.parametrize("script", [True, False], ids=["with a script", "without"])
def test_a_draft_is_moved_measured_applied_compared_and_restored_by_keyboard(
    browser_as: BrowserAs, furnished: Site, script: bool
):
    with browser_as("policy_owner", java_script_enabled=script) as visit:

        def press(address: str, wanted: str, said: str, *, why: str = "") -> None:
            page = visit.go(address) if address else visit.page
            if why:
                _tab_to(page, "#note")
                page.keyboard.type(why)
            _tab_to(page, wanted)
            page.keyboard.press("Enter")
            expect(page.locator("body")).to_contain_text(said)

        draft = f"{C}/draft"
        press(f"{C}/profiles", "tbody tr:nth-child(2) button[value=up]", "1 change")
        press(f"{C}/agencies", "tbody a[data-row-link]", "Take it out of the policy")
        press("", ".removal button", "Taken out of your draft")
        press(draft, "#impact a", "were looked at")
        press(draft, "form.apply button", "is in force.", why="by keyboard")
        press("", "button[form=compare]", "by keyboard")
        press(f"{C}/versions", "tbody form button", "apply it to restore it")
        press("", "form.apply button", "is in force.", why="back again")
        press(f"{C}/profiles", "tbody tr:nth-child(2) button[value=up]", "1 change")
        press(draft, "button.danger", "Your draft is discarded")
