"""Reports as people see them: each opens, its figures lead to their rows, its chart is drawn."""

import json
import re
from html import unescape

import pytest
from tests.web.conftest import BrowserAs, Site

from dunwell.features.reports.registry import REPORTS

_FIGURE = re.compile(r'href="(/report-rows/[^"]+)"')


@pytest.mark.parametrize("name", REPORTS)
def test_every_report_opens_and_its_figures_lead_to_rows(shared: Site, name: str):
    shared.come_in("manager")
    answer = shared.get(f"/reports/{name}")
    assert answer.status_code == 200, answer.text
    for address in _FIGURE.findall(answer.text)[:6]:
        rows = shared.get(unescape(address))
        assert rows.status_code == 200, rows.text
        assert "data-row>" in rows.text, address


def test_a_chart_says_what_its_table_says(shared: Site):
    shared.come_in("manager")
    page = shared.get("/reports/ageing", headers={"Accept-Language": "de"}).text
    chart = re.search(r'data-chart="([^"]+)"', page)
    assert chart
    labels = json.loads(unescape(chart[1]))["labels"]
    assert (labels[0], labels[-1]) == ("nicht fällig", "über 90")


def test_an_agent_finds_their_own_reports_and_no_others(shared: Site):
    shared.come_in("agent")
    page = shared.get("/reports").text
    assert re.findall(r"/reports/([a-z-]+)\"", page) == ["work", "agents"]
    agents = shared.get("/reports/agents").text
    assert "Jennifer" in agents
    assert "Omar" not in agents


def test_a_question_that_can_not_be_answered_stays_in_the_form_with_the_reason(shared: Site):
    shared.come_in("manager")
    answer = shared.get("/reports/ageing?until=2031-01-01")
    assert answer.status_code == 422
    assert "Reports go up to the last night" in answer.text
    assert 'value="2031-01-01"' in answer.text
    assert shared.get("/reports/nothing").status_code == 404


def test_a_chart_is_drawn_above_an_accessible_table(browser_as: BrowserAs):
    with browser_as("manager") as visit:
        page = visit.go("/reports/in-collections")
        page.wait_for_selector("[data-chart] canvas")
        visit.assert_accessible()
        page.locator("td a").first.click()
        page.wait_for_selector("#rows table")
        visit.assert_accessible()
