"""Two people, or a person and the field, at the same plan or severance; each on its own page. And
one person who clicks twice.
"""

import re
from typing import Any

import pytest
from tests.web import town, utility_town
from tests.web.conftest import BrowserAs, Site

from dunwell.engine import field_work
from dunwell.features.severance import queries, service
from dunwell.web import rendering


@pytest.fixture
def utility(site: Site) -> Site:
    """U1 is being severed for electricity; its water is paid."""
    utility_town.supply(site.world)
    site.come_in("manager")
    return site


def _severance(site: Site) -> dict[str, Any]:
    found = site.world.by_hand(town.TODAY).do(queries.of_bill_unit, "U1")
    process: dict[str, Any] = found[-1]
    return process


def _event(site: Site, name: str) -> str:
    return next(str(each["event"]) for each in _severance(site)["events"] if each["name"] == name)


def _version(form: str) -> str:
    found = re.search(r'name="version" value="(\d+)"', form)
    assert found, "the form doesn't say what was seen"
    return found[1]


def test_who_was_slower_with_a_pay_plan_decides_again(utility: Site):
    terms: dict[str, Any] = {
        "total": "100",
        "number": "2",
        "first_on": "2026-03-20",
        "reason": "hardship",
    }
    utility.post("/bill-units/U1/do/pay_plan", type="usual", **terms)
    page = utility.get("/bill-units/U1/pay-plans").text
    found = re.search(r"/do/change_pay_plan\?of=([^\"&]+)", page)
    assert found
    change, cancel = (
        f"/bill-units/U1/do/{verb}_pay_plan?of={found[1]}" for verb in ("change", "cancel")
    )
    form = utility.get(change).text
    assert 'name="number" value="2"' in form, "what is still to be paid is what one begins with"
    assert 'name="first_on" value="2026-03-20"' in form
    seen = _version(form)
    assert utility.post(change, **(terms | {"number": "4"}), version=seen).status_code == 303
    late: dict[str, Any] = {"reason": "late"}
    for path, given in ((change, terms), (cancel, late)):
        answer = utility.post(path, **given, version=seen)
        assert answer.status_code == 422
        assert "changed" in answer.text
        assert _version(answer.text) != seen, "a second look is a new decision"


def test_who_was_slower_with_a_severance_decides_again(utility: Site):
    process, asked = _severance(utility), _event(utility, "ask")
    cancel = f"/bill-units/U1/do/cancel_severance?of={process['severance']}"
    complete = f"/bill-units/U1/do/complete_event?of={asked}"
    for path in (complete, cancel):
        seen = int(_version(utility.get(path).text))
        answer = utility.post(path, reason="as agreed", version=str(seen - 1))
        assert answer.status_code == 422
        assert "changed meanwhile" in answer.text
        assert utility.post(path, reason="as agreed", version=str(seen)).status_code == 303


def test_a_severance_is_worked_on_from_the_page_of_its_own_bill_unit(utility: Site):
    utility.world.customer("U2", account_no="UB")
    process = _severance(utility)
    warn, ask = (_event(utility, name) for name in ("warn", "ask"))
    for verb, row in (
        ("cancel_severance", process["severance"]),
        ("complete_event", ask),
        ("answer_field", warn),
    ):
        path = f"/bill-units/U2/do/{verb}?of={row}"
        answer = utility.post(path, reason="x", outcome="done")
        assert (answer.status_code, "There is no such" in answer.text) in {
            (404, True),
            (422, True),
        }, verb
    assert _severance(utility)["version"] == process["version"]


def test_a_cut_that_came_too_late_is_answered_on_the_page(utility: Site):
    """The crew had the release when the customer paid: that it has cut must be told, too."""
    world = utility.world
    for name in ("warn", "ask"):
        hand = world.by_hand(town.TODAY)
        if name == "warn":
            hand.do(service.answer, _event(utility, name), "done")
        else:
            hand.do(service.complete_event, _event(utility, name), reason="called")
    world.nights("2026-03-18", "2026-03-24")
    cut = _event(utility, "cut")
    assert world.by_hand("2026-03-24").do(field_work.release, cut).go
    world.pay("100", "2026-03-24", "U1")
    assert _severance(utility)["status"] == "cancelled"
    assert f"/do/answer_field?of={cut}" in utility.get("/bill-units/U1/severances").text
    answer = utility.post(f"/bill-units/U1/do/answer_field?of={cut}", outcome="done")
    assert answer.status_code == 303, answer.text
    assert _severance(utility)["purpose"] == "reconnect"


def test_a_to_do_leads_to_what_it_is_about(utility: Site):
    listed = utility.get("/to-dos").text
    assert 'data-row-link href="/bill-units/U1/severances">ask' in listed
    handle = re.search(r'/severances">ask.*?/do/finish\?of=([^"&]+)', listed, re.DOTALL)
    assert handle
    panel = utility.get(f"/tasks/to-dos/{handle[1]}").text
    assert '<a href="/bill-units/U1/severances">What it is about</a>' in panel
    assert rendering.to_do_path("account", "U1", "U A") == "/customers/U%20A"
    assert rendering.to_do_path("case", "U1", "UA") == "/bill-units/U1"


def test_a_contact_names_the_letter_that_it_was_about(utility: Site):
    assert "letter_id" not in utility.get("/bill-units/U1/do/contact").text, "it got none"
    form = utility.get("/bill-units/B2/do/contact").text
    offered = re.findall(r'<option value="(\d+)">', form.partition('name="letter_id"')[2])
    said: dict[str, Any] = {"kind": "collections / call", "direction": "inbound"}
    said |= {"channel": "phone", "text": "didn't get it", "letter_id": offered[0]}
    answer = utility.post("/bill-units/B2/do/contact", **said)
    assert answer.status_code == 303, answer.text
    told = utility.get("/bill-units/B2/contacts").text
    assert f"/bill-units/B2/letters/{offered[0]}/document" in told
    foreign = utility.post("/bill-units/U1/do/contact", **said)
    assert foreign.status_code == 422


def test_who_clicks_twice_makes_one(utility: Site, browser_as: BrowserAs):
    with browser_as("manager") as visit:
        page = visit.go("/bill-units/U1")
        page.click("nav.verbs a[href$='/do/to_do']")
        page.fill("[name=message]", "once, please")
        page.dblclick("form.work .buttons button")
        page.wait_for_url("**/to-dos")
    assert utility.get("/bill-units/U1/to-dos").text.count("once, please") == 1


def test_numbers_that_are_not_possible_are_told_in_the_language_of_the_page(utility: Site):
    path, german = "/bill-units/U1/do/pay_plan", {"Accept-Language": "de", "HX-Request": "false"}
    terms = {"type": "usual", "total": "50", "number": "0", "first_on": "2026-03-20", "reason": "x"}
    answer = utility.client.post(path, data=terms, headers=german)
    assert answer.status_code == 422
    assert "greater than" not in answer.text
