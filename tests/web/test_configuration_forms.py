"""Every form of the configuration in a real browser: saving what is shown changes nothing."""

import pytest
from tests.features.policy.test_references import POLICY
from tests.web import town
from tests.web.conftest import BrowserAs, Site

from dunwell.features.access.actor import Operation, operator
from dunwell.features.policy import drafts, file, parts, service

C = "/configuration"

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
