"""A case that somebody makes: from the steps of a scenario, and beside the case of another debt."""

import html
import re

from tests.policies import policy, scenario
from tests.scenarios.utility.test_agreements import BY_AGREEMENT
from tests.web import town
from tests.web.conftest import Site

from dunwell.engine import case_agreements

DUNNED = scenario(steps="5 letter?, 20 call", more='debt_class = "utility"')
PHONED = scenario("phone", steps="7 call", entry="500")


def _owing_twice(site: Site) -> None:
    """U4 owes for power, which is chased, and for a phone, for which it owes too little."""
    site.world.policy(policy(DUNNED, PHONED, more=BY_AGREEMENT + town.AGENTS))
    site.world.customer("U4", account_no="UD")
    power = {"debt_class": "utility", "service_agreement_no": "POWER"}
    site.world.bill("60.00", "2026-03-01", "U4", bill_no="U4-1", **power)
    site.world.bill("60.00", "2026-03-01", "U4", bill_no="U4-2")
    site.world.night(town.TODAY)
    site.come_in("manager")


def test_a_second_debt_gets_a_case_of_its_own(site: Site):
    _owing_twice(site)
    assert "/bill-units/U4/do/place" in site.get("/bill-units/U4").text
    form = site.get("/bill-units/U4/do/place").text
    assert re.findall(r'<option value="([^"]+)"', form.partition("do-scenario")[2]) == ["phone"]
    answer = site.post("/bill-units/U4/do/place", scenario="phone", reason="he asked for it")
    assert answer.status_code == 303, answer.text
    cases = {each["debt_class"] for each in site.world.cases("U4") if each["status"] == "open"}
    assert cases == {"standard", "utility"}
    assert "/bill-units/U4/do/place" not in site.get("/bill-units/U4").text


def test_the_steps_of_a_scenario_are_there_to_be_edited(site: Site):
    _owing_twice(site)
    site.post("/bill-units/U4/do/stop", reason="begin anew")
    assert "may enter again the day after" in html.unescape(site.get("/bill-units/U4").text)
    form = site.get("/bill-units/U4/do/place").text
    assert "7 call" in form
    assert "5 letter ? · 20 call" in form
    assert "Write off balance" in form, "what every policy has can be put in, too"
    assert "/bill-units/U4/do/place?of=reminders" in form
    edit = html.unescape(site.get("/bill-units/U4/do/place?of=reminders").text)
    assert "5 letter ?\n20 call</textarea>" in edit
    assert '<option value="reminders" selected>' in edit
    assert "Only these agreements" in edit
    answer = site.post(
        "/bill-units/U4/do/place?of=reminders",
        scenario="reminders",
        steps="2 call\n5 letter",
        reason="call first",
    )
    assert answer.status_code == 303, answer.text
    made = site.world.newest_case("U4")
    assert [(step["action"], step["mandatory"]) for step in made["actions"]] == [
        ("call", True),
        ("letter", True),
    ]


def test_agreements_are_asked_for_only_where_debt_is_chased_by_them(site: Site):
    site.world.policy(policy(PHONED, more=town.AGENTS))
    site.world.customer("U5", account_no="UE")
    site.world.bill("60.00", "2026-03-01", "U5", bill_no="U5-1", service_agreement_no="LINE")
    site.come_in("manager")
    assert "Only these agreements" not in site.get("/bill-units/U5/do/place").text


def test_how_much_must_be_paid_by_when_stands_with_the_reasons(site: Site):
    """For everybody, not only where services are supplied."""
    site.come_in("agent")
    told = re.sub("<[^>]+>", "", site.get("/bill-units/B1/explain").text)
    assert "What must be paid for each case to end" in told
    needed = site.world.by_hand(town.TODAY).do(case_agreements.requirements, "B1")
    assert f"{needed[0].to_pay} USD" in told
    before = site.get("/bill-units/B1/explain?date=2026-03-12").text
    assert "What must be paid for each case to end" not in before


def test_a_to_do_is_forwarded_to_a_role_that_there_is(site: Site):
    site.come_in("manager")
    found = re.search(r'/bill-units/[^/"]+/do/forward\?of=[^"&]+', site.get("/to-dos").text)
    assert found
    assert '<option value="service_rep"' in site.get(found[0]).text
