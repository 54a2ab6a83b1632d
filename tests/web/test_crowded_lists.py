"""Lists with long names and many rows: nothing of a row is cut off, in German neither, and the last
page leads back to the first.
"""

import html
import re
from decimal import Decimal

import pytest
from tests.web import drafting, town
from tests.web.conftest import BrowserAs, Site
from tests.web.drafting import LOW
from tests.world import World

from dunwell.domain.statuses import AdjustmentDirection
from dunwell.features.access.roles import Role
from dunwell.features.care import adjusting
from dunwell.features.contacts import service as contacts
from dunwell.features.receivables import notes
from dunwell.web.bill_units import pages as bill_units
from dunwell.web.bill_units import utility
from dunwell.web.customers import pages as customers
from dunwell.web.manager import failures, workload

CALLED = {"contact_class": "complaint", "contact_type": "complaint"}
GOODWILL = adjusting.Wanted(AdjustmentDirection.CREDIT, Decimal("60.00"), "goodwill")

LONG = {
    "scenario": "Privatkunden mit mittlerem Zahlungsrisiko und Einzugsermächtigung",
    "action_definition": "Telefonische Zahlungserinnerung durch den Kundendienst",
    "profile": "Gewerbekunden Fernwärme Brandenburg Süd",
    "agent": "Wilhelmine-Charlotte von Hohenlohe-Langenburg",
    "account": "Bürgerliches Versorgungsunternehmen für Fernwärme und Wasser",
}

CUT_OFF = """() => [...document.querySelectorAll(".scroll")]
    .filter((each) => each.scrollWidth > each.clientWidth).map((each) => each.textContent)"""


@pytest.mark.parametrize(("width", "path"), [
    (1440, "/tasks?until=2026-12-31"),
    (820, "/tasks?until=2026-12-31"),
    (1440, "/manager/workload"),
    (1440, "/manager"),
])  # fmt: skip
def test_a_crowded_list_fits_its_page_in_german(
    browser_as: BrowserAs, world: World, width: int, path: str
):
    world.rows("update collection_case set overdue_amount = 123456.78 returning id")
    for table, name in LONG.items():
        of_others = f"update {table} set name = %s || ' ' || id where name <> 'Larry' returning id"
        world.rows(of_others, name)
    world.rows("update bill_unit set bill_unit_no = '10000' || id || '-1' returning id")
    with browser_as("manager", locale="de-DE") as visit:
        visit.page.set_viewport_size({"width": width, "height": 900})
        page = visit.go(path)
        assert page.locator("[data-row]").count() > 3
        assert page.evaluate(CUT_OFF) == []


def test_that_a_scenario_is_changed_stands_beside_its_name(owner: Site, browser_as: BrowserAs):
    drafting.change(owner, LOW, exit_amount="7")
    with browser_as("policy_owner", locale="de-DE") as visit:
        visit.page.set_viewport_size({"width": 820, "height": 900})
        mark = visit.go("/configuration/scenarios").locator("th .status")
        assert mark.text_content() == "geändert"
        box = mark.bounding_box()
        assert box is not None
        assert box["x"] + box["width"] < 820 / 2


@pytest.mark.parametrize(
    "path",
    [
        *("/bill-units/B2/notes", "/bill-units/B2/contacts", "/bill-units/B2/history"),
        *("/customers/A2/contacts", "/customers/A2/timeline", "/customers"),
        *("/manager/workload?agent=Jennifer", "/manager/failures?type=manual"),
    ],
)
def test_the_last_page_leads_back_to_the_first(
    site: Site, path: str, monkeypatch: pytest.MonkeyPatch
):
    for module in (bill_units, utility, customers, workload, failures):
        monkeypatch.setattr(module, "PAGE", 1)
    monkeypatch.setattr(customers, "WAITING", 1)
    hand = site.world.by_hand(town.TODAY)
    for _ in range(2):
        hand.do(notes.write_note, "B2", "called")
        hand.do(contacts.record, "B2", "called", **CALLED)
        hand.do(adjusting.request, "B2", GOODWILL)
    site.world.rows("update action set status = 'error', message = 'no line' returning id")
    site.come_in(Role.MANAGER)
    text, seen = site.get(path).text, 1
    assert "« First page" not in text
    while following := re.search(r'rel="next"[^>]* href="([^"]+)"', text):
        text, seen = site.get(html.unescape(following[1])).text, seen + 1
    assert seen > 1
    first = re.search(r'href="([^"]+)"[^>]*>« First page', text)
    assert first is not None
    assert html.unescape(first[1]) == path
