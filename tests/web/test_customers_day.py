"""A day in customer care in a real browser: a payment with its receipt, an adjustment that a second
person approves, a dispute raised and resolved.
"""

import re
from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from tests.web.conftest import BrowserAs, Site
from tests.world import World

from dunwell.domain.statuses import AdjustmentDirection
from dunwell.features.access.actor import operator
from dunwell.features.care import adjusting, queries
from dunwell.features.payments import methods
from dunwell.settings import Settings


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"gateways": {"card": "null"}})


def _flash(page: Page, said: str) -> None:
    expect(page.locator("#flash")).to_contain_text(said)


def _press(page: Page, button: str) -> None:
    page.locator("#doing button", has_text=button).click()


def test_a_payment_is_taken_and_its_receipt_opened(browser_as: BrowserAs, world: World):
    with browser_as("service_rep") as visit:
        page = visit.go("/customers")
        page.get_by_label("Name, number, phone, e-mail …", exact=True).fill("ángel")
        page.keyboard.press("Enter")
        page.locator("[data-row-link]").first.click()
        expect(page.locator("h1")).to_contain_text("Ángel Ñandú")
        page.go_back()
        expect(page).to_have_url(f"{visit.address}/customers?sought=again")
        page.locator("[data-row-link]").first.click()
        expect(page.locator("h1")).to_contain_text("Ángel Ñandú")
        visit.assert_accessible()
        page.locator(".balances .acts a", has_text="payment …").click()
        page.get_by_label("Amount in USD").fill("1,012.50")
        page.get_by_label("Payer").fill("Doña Inés")
        visit.assert_accessible()
        _press(page, "Take a payment")
        _flash(page, "The payment is recorded, receipt R-")
        expect(page).to_have_url(re.compile("/customers/A2/payments"))
        receipt = page.locator("td a", has_text="R-")
        expect(receipt).to_have_count(1)
        visit.assert_accessible()
        address = receipt.get_attribute("href")
        assert address is not None
        answer = page.request.get(visit.address + address)
        assert (answer.status, answer.headers["content-type"]) == (200, "application/pdf")
        assert answer.body()[:5] == b"%PDF-"
    paid = "select amount from credit where number like 'taken-%%'"
    assert world.rows(paid) == [(Decimal("1012.5000"),)]


def test_an_adjustment_is_asked_for_by_one_and_approved_by_another(
    browser_as: BrowserAs, world: World
):
    with browser_as("service_rep") as visit:
        page = visit.go("/customers/A4")
        page.locator(".balances .acts a", has_text="adjust …").click()
        expect(page.locator("#doing")).to_contain_text("Up to 50.00")
        page.get_by_label("Amount in USD").fill("120")
        page.get_by_label("Reason").fill("billing error")
        page.get_by_label("Note").fill("Was billed twice")
        visit.assert_accessible()
        _press(page, "Request an adjustment")
        _flash(page, "waits for somebody who approves it")
        expect(page.locator("#part")).to_contain_text("withdraw")
        expect(page.locator("#part a", has_text="decide …")).to_have_count(0)
        visit.assert_accessible()
    with browser_as("manager") as visit:
        page = visit.go("/customers")
        visit.assert_accessible()
        page.locator("tr", has_text="billing error").locator("a", has_text="decide …").click()
        expect(page.locator("main")).to_contain_text("Was billed twice")
        visit.assert_accessible()
        page.locator("button", has_text="Reject").click()
        expect(page.locator("[role=alert]")).to_contain_text("Say why")
        page.locator("button", has_text="Approve").click()
        _flash(page, "The adjustment is posted")
        page = visit.go("/customers/A4/timeline")
        expect(page.locator("#part")).to_contain_text("Adjustment posted: 120.00")
    world.night("2026-03-17")
    ((status, decided),) = world.rows(
        "select status, decided_by from adjustment where reason = 'billing error'"
    )
    assert (status, decided) == ("posted", "manager")
    assert world.overdue("B4") == "130.50"
    world.check()


def test_who_is_slower_is_told_what_was_decided(browser_as: BrowserAs, world: World):
    wanted = adjusting.Wanted(AdjustmentDirection.CREDIT, Decimal(80), "twice")
    made = world.by_hand("2026-03-17").do(adjusting.request, "B3", wanted)
    with browser_as("manager") as visit:
        page = visit.go(f"/adjustments/{made.handle}")
        world.by_hand("2026-03-17", operator("Max")).do(
            adjusting.reject, str(made.handle), note="no"
        )
        page.locator("button", has_text="Approve").click()
        expect(page.locator("[role=alert]")).to_contain_text("Max has decided")
        expect(page.locator("button", has_text="Approve")).to_have_count(0)


def test_a_card_is_charged_while_the_customer_is_on_the_line(browser_as: BrowserAs, world: World):
    world.by_hand("2026-03-17").do(methods.add_card, "B4", methods.Card("tok", "4242", "visa"))
    card = methods.Card("decline:stolen_card", "1234", "visa")
    world.by_hand("2026-03-17").do(methods.add_card, "B4", card, default=False)
    with browser_as("service_rep") as visit:
        page = visit.go("/customers/A4")
        page.locator(".balances .acts a", has_text="charge …").click()
        page.get_by_label("Amount in USD").fill("1000")
        _press(page, "Charge card or account")
        expect(page.locator("#doing [role=alert]")).to_contain_text("250.50 USD is open")
        page.get_by_label("Amount in USD").fill("100")
        page.get_by_label("Charged to").select_option(label="card visa …1234")
        visit.assert_accessible()
        _press(page, "Charge card or account")
        _flash(page, "The charge was refused")
        page = visit.go("/customers/A4")
        page.locator(".balances .acts a", has_text="charge …").click()
        page.get_by_label("Amount in USD").fill("100")
        _press(page, "Charge card or account")
        _flash(page, "It is paid.")
        expect(page.locator("#part td.amounts", has_text="100.00").first).to_be_visible()
    paid = "select amount from credit where number like 'collected-%%'"
    assert world.rows(paid) == [(Decimal("100.0000"),)]


def test_a_form_that_is_sent_twice_is_done_once(site: Site):
    site.world.by_hand("2026-03-17").do(methods.add_card, "B4", methods.Card("tok", "4242", "visa"))
    ((card,),) = site.world.rows("select id from payment_method")
    site.come_in("service_rep")
    forms: dict[str, dict[str, Any]] = {
        "adjust": {"direction": "credit", "amount": "10", "reason": "goodwill"},
        "charge": {"amount": "100", "payment_method": str(card)},
    }
    for name, given in forms.items():
        path = f"/customers/A4/do/{name}?unit=B4"
        key = site.get(path).text.partition('name="key" value="')[2].partition('"')[0]
        assert site.post(path, **given).status_code == 422, "without its key"
        for _ in range(2):
            answer = site.post(path, key=key, **given)
            assert answer.status_code == 303
    assert "It is paid." in site.get(answer.headers["location"]).text
    made = "select kind, amount from credit where number ~ '^(adjusted|collected)-' order by kind"
    assert site.world.rows(made) == [
        ("adjustment", Decimal("10.0000")),
        ("payment", Decimal("100.0000")),
    ]


def test_a_dispute_is_raised_from_the_bill_and_resolved(browser_as: BrowserAs, world: World):
    with browser_as("service_rep") as visit:
        page = visit.go("/customers/A1/bills")
        page.locator("a", has_text="dispute …").first.click()
        expect(page.get_by_label("Bill", exact=True)).not_to_have_value("")
        page.get_by_label("Amount in USD").fill("20")
        page.get_by_label("Reason").fill("wrong meter")
        _press(page, "Raise a dispute")
        _flash(page, "It is under dispute")
        visit.assert_accessible()
        page.locator("a", has_text="resolve …").click()
        page.get_by_label("Amount in USD").fill("15.00")
        page.get_by_label("Reason").fill("meter was read twice")
        _press(page, "Resolve the dispute")
        _flash(page, "The dispute is over.")
        expect(page.locator("#part")).to_contain_text("partly granted")
    (found,) = world.by_hand("2026-03-17").do(queries.disputes, "B1")
    assert (found.outcome, found.resolved_by) == ("partly_granted", "service_rep")


def test_without_javascript_a_form_is_a_page_of_its_own(browser_as: BrowserAs):
    with browser_as("service_rep", java_script_enabled=False) as visit:
        page = visit.go("/customers/A1")
        page.locator("a", has_text="adjust …").first.click()
        page.get_by_label("Amount in USD").fill("1")
        page.get_by_label("Reason").fill("goodwill")
        page.locator("button", has_text="Request an adjustment").click()
        expect(page.locator("#flash, .flash").first).to_contain_text("posted")


def test_a_bill_unit_of_another_account_is_not_there(shared: Site):
    shared.come_in("service_rep")
    assert shared.get("/customers/A1/do/adjust?unit=B2").status_code == 404
    assert shared.get("/customers/A1/do/nothing?unit=B1").status_code == 404
    assert shared.get("/customers/nobody").status_code == 404


def test_names_and_reasons_are_shown_as_they_are_and_nothing_else(shared: Site):
    shared.come_in("manager")
    page = shared.get("/customers/A8")
    assert "O&#39;Brien &lt;b&gt;&amp; Sons&lt;/b&gt;" in page.text
    german = shared.get("/customers/A2", headers={"Accept-Language": "de"})
    assert "Noch nicht abgerechnet" in german.text


def test_somebody_may_ask_the_billing_system_only_where_a_plug_in_does(shared: Site):
    shared.come_in("service_rep")
    answer = shared.post("/customers/A1/usage")
    assert answer.status_code == 303
    assert "fetch_unbilled_usage" in shared.get("/customers/A1").text
