"""The list of credit alerts, and one alert worked beside it."""

import pytest
from tests.web.conftest import BrowserAs, Site
from tests.web.pages import places


@pytest.fixture
def agent(site: Site) -> Site:
    site.come_in("agent")
    return site


def _alert(site: Site) -> str:
    return places(site.world)["alert"]


def _rows(text: str) -> list[str]:
    table = text.partition("<tbody>")[2].partition("</tbody>")[0]
    return [part.partition('"')[0] for part in table.split('href="/bill-units/')[1:]]


def test_the_list_has_the_open_alerts_and_is_narrowed(agent: Site):
    everything = _rows(agent.get("/credit-alerts").text)
    assert sorted(everything) == ["B1", "B2", "B2", "B3", "B4", "B4", "B5", "B6", "B8"]
    assert sorted(_rows(agent.get("/credit-alerts?source=bureau").text)) == ["B2", "B4"]
    assert _rows(agent.get("/credit-alerts?unit=B5").text) == ["B5"]
    assert sorted(_rows(agent.get("/credit-alerts?least=1000").text)) == ["B2", "B8"]
    assert "There is no bill unit" in agent.get("/credit-alerts?unit=B99").text
    assert "No alert fits." in agent.get("/credit-alerts?status=closed").text


def test_one_alert_tells_what_is_planned_and_how_the_bill_unit_stands(agent: Site):
    text = agent.get(f"/credit-alerts/{_alert(agent)}", part=True).text
    assert "<html" not in text
    for said in ("score fell", "Ángel Ñandú", "75", "second call", "bureau", "entered collections"):
        assert said in text, said


def test_an_alert_is_recorded_about_assigned_and_closed_without_scripts(agent: Site):
    path = f"/credit-alerts/{_alert(agent)}"
    done = agent.post(f"{path}/record", kind="demand", note="wird zahlen", version="1")
    assert (done.status_code, done.headers["location"]) == (303, path)
    agent.post(f"{path}/assign", agent="Omar", version="2")
    text = agent.get(path).text
    assert "wird zahlen" in text
    assert "demand" in text
    assert "Omar" in text
    late = agent.post(f"{path}/close", reason="agreed", version="1")
    assert late.status_code == 422
    assert "Somebody changed the credit alert" in late.text
    agent.post(f"{path}/close", reason="agreed", version="3")
    text = agent.get(path).text
    assert "agreed" in text
    assert "Close the alert" not in text


def test_a_note_without_words_says_so_beside_the_form(agent: Site):
    answer = agent.post(f"/credit-alerts/{_alert(agent)}/record", kind="note", version="1")
    assert answer.status_code == 422
    assert "Write 1 to" in answer.text


def test_who_only_looks_sees_no_forms(site: Site):
    site.come_in("service_rep")
    text = site.get(f"/credit-alerts/{_alert(site)}").text
    assert "score fell" in text
    assert "Close the alert" not in text
    assert "/credit-alerts" not in text.partition("</nav>")[0], "it is no section of theirs"


def test_an_alert_is_opened_and_worked_beside_the_list(browser_as: BrowserAs):
    with browser_as("agent") as visit:
        page = visit.go("/credit-alerts?source=bureau")
        page.get_by_role("link", name="score fell").click()
        page.get_by_label("Note").first.fill("calls back")
        page.get_by_role("button", name="Record").click()
        page.get_by_text("calls back").wait_for()
        visit.assert_accessible()
