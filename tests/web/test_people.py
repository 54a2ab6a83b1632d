"""People and their rights: added, changed, kept out, let in and given back; by keyboard alone."""

import re
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


def test_an_administrator_gives_rights_that_count_at_once(site: Site):
    site.come_in("administrator")
    given: dict[str, Any] = {
        "login": "grace",
        "name": "Grace",
        "every_brand": "true",
        "roles": "policy_owner",
        "reason": "she writes our letters",
    }
    assert site.post(f"{PEOPLE}/new", **given).status_code == 303
    taken = site.post(f"{PEOPLE}/new", **given)
    assert taken.status_code == 422
    assert "is in use" in taken.text
    site.come_in("grace")
    assert site.get("/configuration").status_code == 200


def test_a_persons_page_says_who_changed_what_and_why(site: Site):
    site.come_in("administrator")
    given: dict[str, Any] = {"login": "grace", "name": "Grace", "every_brand": "true"}
    given |= {"roles": "agent", "reason": "joins us"}
    site.post(f"{PEOPLE}/new", **given)
    with site.world.database.connect() as connection:
        ((number,),) = connection.execute("select id from person where login = 'grace'").fetchall()
    address = f"{PEOPLE}/{number}"
    unsaid = site.post(address, **{**given, "reason": "", "version": "1"})
    assert unsaid.status_code == 422
    site.post(address, **{**given, "roles": "manager", "reason": "leads the team", "version": "1"})
    site.post(f"{address}/disable")
    site.post(f"{address}/disable", reason="has left")
    steps = site.get(address).text.split("What was changed", 1)[1]
    told = [re.sub("<[^>]+>", " ", row).split() for row in steps.split("<tr>")[2:]]
    words = [" ".join(row) for row in told]
    assert "administrator grace is kept out has left" in " ".join(
        re.sub("<[^>]+>", " ", site.get(f"{PEOPLE}").text.split("changed lately", 1)[1]).split()
    )
    assert "administrator is kept out has left" in words[0]
    assert "leads the team Roles: agent manager" in words[1]
    assert "joins us" in words[2]


def test_the_rights_that_a_person_had_are_given_back(site: Site):
    site.come_in("administrator")
    with site.world.database.connect() as connection:
        ((number,),) = connection.execute("select id from person where login = 'agent'").fetchall()
    address = f"{PEOPLE}/{number}"
    given: dict[str, Any] = {"name": "The agent", "every_brand": "true", "agent": "Jennifer"}
    promoted = site.post(address, **given, roles="manager", reason="leads the team", version="1")
    assert promoted.status_code == 303
    assert f"{address}?then=1" in site.get(address).text
    page = site.get(f"{address}?then=1").text
    assert "they count when you save" in page
    assert re.findall('name="roles" value="([a-z_]+)" checked', page) == ["agent"]
    assert site.get(f"{address}?then=3").status_code == 404
    # looking changes nothing
    assert re.findall('name="roles" value="([a-z_]+)" checked', site.get(address).text) == [
        "manager"
    ]
