"""Scheduled reports in the browser: made, changed, paused and ended without the API."""

import re
from typing import Any

from tests.web.conftest import BrowserAs, Site

MONDAYS: dict[str, Any] = {
    "name": "Ageing for the board",
    "report": "ageing",
    "rhythm": "week-1",
    "format": "xlsx",
    "recipients": "board@example.org, cfo@example.org",
}


def _schedules(site: Site) -> list[tuple[object, ...]]:
    return site.world.rows(
        "select name, frequency, on_day, format, recipients, status, made_by"
        " from report_schedule order by id"
    )


def _number(site: Site) -> str:
    found = re.search(r'href="/report-schedules/(\d+)"', site.get("/report-schedules").text)
    assert found
    return found[1]


def test_a_report_is_scheduled_changed_paused_and_ended(site: Site):
    site.come_in("manager")
    assert "Every morning" in site.get("/report-schedules").text
    site.post("/report-schedules/1/delete")
    assert "No report is sent by itself yet." in site.get("/report-schedules").text
    made = site.post("/report-schedules/new", **MONDAYS)
    assert (made.status_code, made.headers["location"]) == (303, "/report-schedules")
    ((name, frequency, day, form, recipients, status, maker),) = _schedules(site)
    assert (name, frequency, day, form, status) == (MONDAYS["name"], "week", 1, "xlsx", "active")
    assert recipients == ["board@example.org", "cfo@example.org"]
    page = site.get("/report-schedules").text
    assert "every week on Monday" in page
    number = _number(site)
    shown = site.get(f"/report-schedules/{number}").text
    assert '<option value="week-1" selected>' in shown
    changed = {**MONDAYS, "rhythm": "month-31", "recipients": "cfo@example.org"}
    assert site.post(f"/report-schedules/{number}", **changed).status_code == 303
    assert _schedules(site)[0][1:5] == ("month", 31, "xlsx", ["cfo@example.org"])
    site.post(f"/report-schedules/{number}/pause")
    assert _schedules(site)[0][5] == "paused"
    site.post(f"/report-schedules/{number}/resume")
    assert _schedules(site)[0][5] == "active"
    site.post(f"/report-schedules/{number}/delete")
    assert _schedules(site) == []
    assert maker


def test_what_is_wrong_stays_in_the_form_with_the_reason(site: Site):
    site.come_in("manager")
    wrong = site.post("/report-schedules/new", **{**MONDAYS, "recipients": "board"})
    assert wrong.status_code == 422
    assert "can&#39;t be used as an e-mail address" in wrong.text
    assert 'value="Ageing for the board"' in wrong.text
    missing = site.post("/report-schedules/new", rhythm="night")
    assert missing.status_code == 422
    assert "This is needed." in missing.text
    odd = site.post("/report-schedules/new", **{**MONDAYS, "rhythm": "year-1"})
    assert odd.status_code == 422
    assert len(_schedules(site)) == 1
    assert site.get("/report-schedules/99").status_code == 404


def test_who_changes_it_sends_it_with_their_own_rights(site: Site):
    before = _schedules(site)[0][6]
    for who in ("manager", "operator"):
        site.come_in(who)
        site.post("/report-schedules/1", **{**MONDAYS, "format": "csv"})
        ((*_, form, _recipients, _status, maker),) = _schedules(site)
        assert (form, maker) == ("csv", who)
    assert before == "root"


def test_the_form_is_accessible_and_works_by_keyboard(browser_as: BrowserAs):
    with browser_as("manager") as visit:
        page = visit.go("/report-schedules/new?report=ageing")
        visit.assert_accessible()
        assert page.locator("#f-report").input_value() == "ageing"
        page.fill("#f-name", "לדוח שבועי")
        page.fill("#f-recipients", "a@example.org")
        page.locator("#f-name").press("Enter")
        page.wait_for_url("**/report-schedules")
        visit.assert_accessible()
        assert "לדוח שבועי" in page.content()
