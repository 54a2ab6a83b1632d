"""What a utility's people see: services, severance, pay plans, to-dos, contacts, ratings; and that
others don't see any of it.
"""

import datetime as dt
import html
import re
from typing import Any

import pytest
from tests.features.payments import camt_files
from tests.scenarios.utility.conftest import POLICY
from tests.web import town, utility_town
from tests.web.conftest import BrowserAs, Site

from dunwell.engine import case_agreements
from dunwell.web import severances


@pytest.fixture
def utility(site: Site) -> Site:
    """U1 is being severed for electricity; its water is paid."""
    utility_town.supply(site.world)
    site.come_in("manager")
    return site


def of(text: str, verb: str) -> str:
    """The handle with which a row's verb is offered."""
    found = re.search(rf"/do/{verb}\?of=([^\"&]+)", text)
    assert found, f"{verb} isn't offered"
    return found[1]


def do(site: Site, verb: str, handle: str | None = None, **fields: Any) -> str:
    """Send a verb's form; what is said on the page that it leads to."""
    asked = f"?of={handle}" if handle else ""
    form = site.get(f"/bill-units/U1/do/{verb}{asked}")
    assert form.status_code == 200, form.text
    answer = site.post(f"/bill-units/U1/do/{verb}{asked}", **fields)
    assert answer.status_code == 303, answer.text
    return site.get(answer.headers["location"]).text


def test_who_has_no_services_isnt_shown_any(shared: Site):
    shared.come_in("manager")
    text = shared.get("/bill-units/B1").text
    for part in ("services", "severances", "pay-plans", "rating"):
        assert f"/bill-units/B1/{part}" not in text
    assert "do/pay_plan" not in text
    assert 'href="/severances"' not in text


def test_a_utilitys_people_find_all_of_it(utility: Site):
    text = utility.get("/bill-units/U1").text
    for part in ("services", "severances", "pay-plans", "to-dos", "contacts", "rating"):
        assert f"/bill-units/U1/{part}" in text
    assert "being severed" in text
    assert "E1 is severed: Cut" in text
    assert 'href="/severances"' in text
    assert "U1" in utility.get("/severances").text


def test_services_show_what_must_be_paid_by_when(utility: Site):
    text = utility.get("/bill-units/U1/services").text
    assert "1 Harbour St" in text
    assert "What must be paid for each case to end" in text
    assert "90.00" in re.sub(r"<[^>]+>", "", text)


def test_an_agreement_is_stopped_and_life_support_registered(utility: Site):
    handle = of(utility.get("/bill-units/U1/services").text, "change_agreement")
    text = do(utility, "change_agreement", handle, life_support="yes", reason="a ventilator")
    assert "life support" in text
    text = do(utility, "change_agreement", "W1", status="stopped", reason="moved out")
    assert "stopped" in text
    text = do(utility, "household", life_support="yes", reason="a ventilator")
    assert "life support" in utility.get("/bill-units/U1").text


def test_severance_is_a_list_of_events_that_people_and_the_field_work_off(utility: Site):
    text = utility.get("/bill-units/U1/severances").text
    assert "warn, ask" in text
    text = do(utility, "answer_field", of(text, "answer_field"), outcome="done")
    text = do(utility, "complete_event", of(text, "complete_event"), reason="called")
    assert 'status live">pending' in text
    text = do(utility, "cancel_severance", of(text, "cancel_severance"), reason="agreed")
    assert "cancelled" in text


def test_a_pay_plan_is_made_and_cancelled_and_denied(utility: Site):
    terms = {"type": "usual", "total": "100", "number": "2", "first_on": "2026-03-20"}
    text = do(utility, "pay_plan", **terms, reason="hardship")
    assert text.count("50") >= 2
    changed = {"total": "40.00", "number": "4", "first_on": terms["first_on"], "interval_days": "7"}
    text = do(utility, "change_pay_plan", of(text, "change_pay_plan"), **changed, reason="poorer")
    assert "The pay plan is changed" in text
    assert re.sub("<[^>]+>", "", text).count("10.00") >= 4
    text = do(utility, "cancel_pay_plan", of(text, "cancel_pay_plan"), reason="paid nothing")
    assert "cancelled" in text
    text = do(utility, "deny_pay_plan", reason="no income")
    assert "denied" in text


def test_to_dos_are_made_given_passed_on_and_completed(utility: Site):
    text = do(utility, "to_do", type="review", message="a <b>mistake</b>?", agent="")
    assert "a &lt;b&gt;mistake&lt;/b&gt;?" in text
    everything = utility.get("/to-dos").text
    assert "review" in everything
    assert "ask" in everything
    assert "review" not in utility.get("/to-dos?type=ask").text.partition("<tbody>")[2]
    text = do(utility, "forward", of(text, "forward"), role="manager", reason="yours")
    text = do(utility, "finish", of(text, "finish"), comment="it is none")
    assert "completed" in text


def test_contacts_and_ratings_are_recorded(utility: Site):
    text = do(
        utility,
        "contact",
        kind="collections / call",
        direction="outbound",
        channel="phone",
        text="will pay",
    )
    assert "will pay" in text
    said: dict[str, Any] = {"direction": "inbound", "channel": "phone", "text": "read as 4711"}
    text = do(utility, "contact", kind="moving in / out / meter", **said)
    assert "read as 4711" in text
    gone = utility.post("/bill-units/U1/do/contact", kind="collections", **said)
    assert (gone.status_code, "no such contact type any more" in gone.text) == (422, True)
    text = do(utility, "demerit", kind="credit_rating", points="-150", reason="again late")
    assert "550" in text
    assert "again late" in text
    text = do(utility, "end_demerit", of(text, "end_demerit"), reason="a mistake")
    assert "700" in text


def test_a_treatment_is_chosen_by_hand_and_is_told_with_its_reason(utility: Site):
    assert "wait longer · services" in utility.get("/bill-units/U1/do/treat").text
    history = "Its treatment in the experiment wait longer: services."
    assert history in utility.get("/bill-units/U1").text
    text = do(utility, "treat", treatment="wait longer · patient", reason="asked for time")
    assert "is treated by patient" in text
    assert "chosen by manager" in text
    form = utility.get("/bill-units/U1/do/treat").text
    assert "Chosen by manager: wait longer · patient (asked for time)." in form
    assert "Reason: asked for time" in utility.get("/bill-units/U1/history").text
    gone = utility.post("/bill-units/U1/do/treat", treatment="wait · longer", reason="as agreed")
    assert (gone.status_code, "no such treatment any more" in gone.text) == (422, True)
    utility.world.customer("U9", account_no="U9")
    utility.post("/bill-units/U9/do/treat", treatment="wait longer · patient", reason="moved in")
    utility.world.bill("100", "2026-03-01", "U9")
    utility.world.night("2026-03-18")
    assert utility.world.newest_case("U9")["scenario"] == "patient"


def test_arms_are_compared_on_a_page(utility: Site):
    assert 'href="/experiments"' in utility.get("/reports").text
    told = utility.get("/experiments").text
    assert 'href="/experiments/wait%20longer?brand=default"' in told
    assert "under way" in told
    text = utility.get("/experiments/wait longer").text
    assert "Undecided after 0 judged customers" in text
    rows = re.sub("<[^>]+>", " ", text.partition("<tbody>")[2]).split("Entered")[1].split()
    assert rows[:2] == ["1", "0"], "U1 entered as the champion's"


def test_an_experiment_that_begins_later_says_so(site: Site):
    site.come_in("manager")
    assert "not yet begun" in site.get("/experiments").text


def test_who_compares_nothing_is_offered_no_treatment(site: Site):
    site.world.policy(POLICY.format(sever="", cut="", more=town.AGENTS))
    site.come_in("manager")
    assert "do/treat" not in site.get("/bill-units/B2").text
    assert 'href="/experiments"' not in site.get("/reports").text


def test_all_actions_of_a_case_are_cancelled_at_once(site: Site):
    site.come_in("manager")
    assert "do/cancel_all" in site.get("/bill-units/B2").text
    answer = site.post("/bill-units/B2/do/cancel_all", reason="a mistake")
    assert answer.status_code == 303, answer.text
    assert "pending" not in site.world.statuses("B2")
    assert site.world.in_collections("B2")


def test_a_case_is_made_with_its_own_dates_and_agreements(utility: Site):
    utility.world.policy(
        POLICY.format(sever="", cut="", more=utility_town.MORE).replace(
            "entry_days = 5", "entry_days = 300"
        )
    )
    utility.world.customer("U2", account_no="UB")
    utility.world.bill("60", "2026-03-10", "U2")
    answer = utility.post(
        "/bill-units/U2/do/place",
        scenario="services",
        steps="2026-04-20 Sever ?",
        reason="asked for",
    )
    assert answer.status_code == 303, answer.text
    assert utility.world.due("Sever", "U2") == "2026-04-20"


@pytest.fixture
def household(utility: Site) -> Site:
    """U3 owes for power, gas and water, in a debt class that is chased by agreement."""
    utility_town.household(utility.world)
    return utility


def _in_case(site: Site, unit: str) -> list[str]:
    hand = site.world.by_hand(town.TODAY)
    found = hand.do(case_agreements.listed, str(site.world.newest_case(unit)["handle"]))
    return [each.service_agreement_no for each in found if each.left_on is None]


def test_a_case_is_about_the_agreements_that_were_chosen_added_and_taken_out(household: Site):
    def do(verb: str, **fields: Any) -> str:
        path = f"/bill-units/U3/do/{verb}"
        assert household.get(path).status_code == 200, verb
        answer = household.post(path, reason="asked for", **fields)
        assert answer.status_code == 303, answer.text
        return household.get(answer.headers["location"]).text

    assert "of GAS POWER WATER; empty: all" in household.get("/bill-units/U3/do/place").text
    do("place", scenario="reminders", agreements="GAS WATER")
    assert _in_case(household, "U3") == ["GAS", "WATER"]
    text = do("add_agreement", service_agreement_no="POWER")
    assert "The agreement is in the case." in text
    text = do("remove_agreement", service_agreement_no="GAS")
    assert "The agreement is out of the case." in text
    assert '<s class="note">GAS</s>' in text
    assert _in_case(household, "U3") == ["POWER", "WATER"]
    again = household.post(
        "/bill-units/U3/do/add_agreement", service_agreement_no="POWER", reason="asked for"
    )
    assert again.status_code == 422
    assert "is in the case already" in html.unescape(again.text)


def test_what_nobody_could_be_given_is_given_to_a_bill_unit_or_dismissed(site: Site):
    camt_files.import_unclear(site.world, town.TODAY, "80.00", "7.00")
    site.come_in("manager")
    text = site.get("/to-dos").text
    first, second = re.findall(r"/to-dos\?suspense=([0-9]+)", text)
    assert f"/to-dos?suspense={first}" in site.get("/tasks?until=2099-01-01").text
    page = site.get(f"/to-dos?suspense={first}").text
    assert "80.00 USD" in re.sub("<[^>]+>", "", page)
    german = site.get("/to-dos", headers={"Accept-Language": "de"}).text
    assert "80,00 USD" in re.sub("<[^>]+>", "", german)
    assert "Ada Okafor · for the cat · nennt keine bekannte Rechnung" in german
    assert ">ungeklärte Zahlung</a>" in german
    assert "<h1>Zu erledigen</h1>" in german, "tasks and to-dos differ by their names"
    answer = site.post(
        f"/to-dos/suspense/{first}/forward", role="payment clerk", reason="look for it"
    )
    assert "payment clerk" in site.get(answer.headers["location"]).text
    answer = site.post(f"/to-dos/suspense/{first}/hand", agent="")
    assert "Assigned." in site.get(answer.headers["location"]).text
    answer = site.post(f"/to-dos/suspense/{first}/assign", bill_unit_no="B3")
    assert answer.status_code == 303, answer.text
    text = site.get(answer.headers["location"]).text
    assert "The entry is given to the bill unit." in text
    assert f'suspense={first}"' not in text
    assert "80.00" in re.sub("<[^>]+>", "", site.get("/bill-units/B3/payments").text)
    assert not site.world.in_collections("B3"), "80.00 is all that B3 owed"
    answer = site.post(f"/to-dos/suspense/{second}/dismiss", reason="sent back")
    assert answer.status_code == 303, answer.text
    text = site.get(answer.headers["location"]).text
    assert "The entry is dismissed." in text
    assert "suspense=" not in text


def test_field_work_comes_in_pages_of_its_own(utility: Site, monkeypatch: pytest.MonkeyPatch):
    world = utility.world
    world.customer("U2", account_no="UB", name="Olu")
    supplied = {"service_agreement_no": "E2", "bill_unit_no": "U2", "type": "electricity"}
    world.load("service_agreements", supplied)
    world.bill("100", "2026-03-01", "U2", service_agreement_no="E2")
    world.night(town.TODAY + dt.timedelta(days=1))
    monkeypatch.setattr(severances, "PAGE", 1)
    first = utility.get("/severances").text
    assert "Under way" in first
    (following,) = re.findall(r'href="(/severances\?field=[^"]+)"', first)
    second = utility.get(html.unescape(following)).text
    assert re.findall(r"/bill-units/(U[12])/severances", second) == ["U2"]
    assert "Under way" not in second
    assert 'href="/severances">« First page' in second


def test_pages_of_a_utility_are_accessible(utility: Site, browser_as: BrowserAs):
    with browser_as("manager") as visit:
        for part in ("services", "severances", "to-dos", "rating"):
            visit.go(f"/bill-units/U1/{part}")
            visit.assert_accessible()
        visit.go("/to-dos")
        visit.assert_accessible()
        visit.go("/severances")
        visit.assert_accessible()
