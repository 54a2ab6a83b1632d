"""The manager's pages: searching without names in addresses, doing things with many bill units,
the agents' workload, nights, and what failed. At the end a manager's day in a browser.
"""

import csv
import io
import re
from typing import Any

import pytest
from playwright.sync_api import expect
from tests.web.conftest import BrowserAs, Site
from tests.world import World

from dunwell.features.access.roles import Role
from dunwell.web.manager import search


def _numbers(text: str) -> list[str]:
    return [part.split('"')[0] for part in text.split('name="chosen" value="')[1:]]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("agent=Jennifer", "B2 B4 B3 B1"),
        ("overdue_amount_from=1,000", "B8 B2"),
        ("assigned=no&currency=USD", "B6"),
        ("scenario=low&order=days_overdue", "B1 B3 B5 B6"),
        ("days_overdue_from=25&days_overdue_until=26&order=bill_unit_no", "B1 B2"),
        ("pay_type=nobodys", ""),
        ("profile=default JPY", "B8"),
        ("account_no=A3", "B3"),
        ("bill_unit_no=B5", "B5"),
        ("billed_until=2026-01-05", "B2"),
        ("billed_from=2030-01-01", ""),
        ("overdue_amount_until=30", "B6"),
        (
            "bill_unit_status=active&account_status=active&debt_class=standard&assigned=yes",
            "B2 B4 B5 B3 B1",
        ),
        ("bill_unit_status=closed", ""),
        ("account_status=closed", ""),
        ("debt_class=other", ""),
    ],
)
def test_a_search_has_an_address(shared: Site, query: str, found: str):
    shared.come_in(Role.MANAGER)
    assert _numbers(shared.get(f"/manager?{query}").text) == found.split()


def test_a_search_that_names_nobody_leads_to_its_address(shared: Site):
    shared.come_in(Role.MANAGER)
    answer = shared.post("/manager", agent="Omar", order="amount")
    assert (answer.status_code, answer.headers["location"]) == (
        303,
        "/manager?agent=Omar&order=amount",
    )


def test_a_name_never_stands_in_an_address(shared: Site):
    shared.come_in(Role.MANAGER)
    answer = shared.seek("/manager", name="ángel")
    assert _numbers(answer.text) == ["B2"]
    assert "has no address of its own" in answer.text
    # by names sorted, already the place of the next page would tell one
    assert "B2" in _numbers(shared.seek("/manager", order="name").text)
    assert len(_numbers(shared.get("/manager?name=Bo&order=amount").text)) == 7


def test_a_company_is_found_by_how_its_name_begins(site: Site):
    site.world.load("accounts", {"account_no": "A2", "name": "Ángel Ñandú", "company": "Ñandú Ltd"})
    site.come_in(Role.MANAGER)
    answer = site.seek("/manager", company="ñandú l")
    assert _numbers(answer.text) == ["B2"]
    assert "Ñandú Ltd" in answer.text


def test_a_field_that_is_wrong_says_so_beside_it(shared: Site):
    shared.come_in(Role.MANAGER)
    answer = shared.post("/manager", overdue_amount_from="much", agent="Omar")
    assert answer.status_code == 422
    assert "an amount; write it like 1,234.50" in answer.text
    assert 'value="much"' in answer.text


def test_pages_of_a_search_follow_each_other(shared: Site, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(search, "PAGE", 3)
    shared.come_in(Role.MANAGER)
    first = shared.seek("/manager", order="name")
    after = first.text.rsplit('name="after" value="', 1)[1].split('"')[0]
    second = shared.seek("/manager", order="name", after=after)
    assert len(_numbers(first.text)) == len(_numbers(second.text)) == 3
    assert not set(_numbers(first.text)) & set(_numbers(second.text))


def test_what_was_found_leaves_as_a_file_that_no_spreadsheet_computes(site: Site):
    site.world.load("accounts", {"account_no": "A1", "name": "=HYPERLINK(1)", "company": "@x"})
    site.come_in(Role.MANAGER)
    answer = site.post("/manager/export", order="bill_unit_no")
    assert 'filename="bill-units.csv"' in answer.headers["content-disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [row["bill_unit_no"] for row in rows] == ["B1", "B2", "B3", "B4", "B5", "B6", "B8"]
    assert (rows[0]["name"], rows[0]["company"]) == ("'=HYPERLINK(1)", "'@x")
    assert (rows[6]["overdue_amount"], rows[6]["currency"]) == ("150000", "JPY")


def test_many_are_assigned_after_a_preview_that_changes_nothing(site: Site):
    site.come_in(Role.MANAGER)
    bulk: dict[str, Any] = {
        "verb": "assign",
        "agent_to": "Omar",
        "reason": "even",
        "chosen": ["B1", "B6"],
    }
    shown = site.post("/manager/bulk", **bulk, step="preview")
    assert "2 bill units given to Omar" in shown.text
    assert _agents(site.world)["B1"] == "Jennifer"
    done = site.post("/manager/bulk", **bulk, step="do", count=2)
    assert done.status_code == 303
    assert {number for number, agent in _agents(site.world).items() if agent == "Omar"} == {
        *("B1", "B5", "B6")
    }


def test_all_that_match_are_held_or_none(site: Site):
    site.come_in(Role.MANAGER)
    bulk: dict[str, Any] = {
        "verb": "hold",
        "until": "2026-03-20",
        "reason": "flood",
        "everything": "true",
    }
    criteria: dict[str, Any] = {"scenario": "low"}
    shown = site.post("/manager/bulk", **bulk, **criteria)
    assert "4 bill units put on hold" in shown.text
    # somebody has paid meanwhile, so fewer match: it is shown again
    late = site.post("/manager/bulk", **bulk, **criteria, step="do", count=5)
    assert late.status_code == 422
    assert "Others match by now" in late.text
    assert site.world.rows("select count(*) from hold") == [(0,)]
    assert site.post("/manager/bulk", **bulk, **criteria, step="do", count=4).status_code == 303
    assert site.world.rows("select count(*) from hold") == [(4,)]


def test_one_that_cannot_be_done_stops_all(site: Site):
    site.come_in(Role.MANAGER)
    bulk: dict[str, Any] = {
        "verb": "assign",
        "agent_to": "Omar",
        "reason": "even",
        "chosen": ["B1", "B7"],
    }
    answer = site.post("/manager/bulk", **bulk, step="do", count=2)
    assert answer.status_code == 422
    assert "&#39;B7&#39;" in answer.text
    assert _agents(site.world)["B1"] == "Jennifer"
    wrongs: list[dict[str, Any]] = [{"chosen": []}, {"agent_to": ""}, {"verb": "hold"}]
    for wrong in wrongs:
        assert site.post("/manager/bulk", **{**bulk, **wrong}).status_code == 422


def test_a_manager_sees_the_load_of_whom_they_supervise(shared: Site):
    shared.come_in(Role.MANAGER)
    text = shared.get("/manager/workload").text
    assert "Jennifer" in text
    assert "Give to Omar" not in text
    nobodys = shared.get("/manager/workload?agent=%E2%80%93").text
    assert _numbers(nobodys) == ["B8", "B6"]
    assert shared.get("/manager/workload?agent=Omar").status_code == 403


def test_failed_actions_are_tried_again_together(site: Site):
    site.world.rows("update action set status = 'error', message = 'no rate' where step = 2"
                    " and status = 'pending' returning id")  # fmt: skip
    site.come_in(Role.MANAGER)
    text = site.get("/manager/failures").text
    assert "no rate" in text
    chosen = _numbers(text)
    assert site.post("/manager/failures", chosen=chosen).status_code == 422
    assert site.post("/manager/failures", chosen=chosen, reason="mended").status_code == 303
    assert "No action is in error" in site.get("/manager/failures").text


def test_stuck_letters_go_out_again_or_are_settled(site: Site):
    site.world.rows("update letter set status = 'error', message = 'no glyph' returning id")
    site.come_in(Role.MANAGER)
    chosen = _numbers(site.get("/manager/undelivered").text)
    assert chosen[0].startswith("letter ")
    assert site.post("/manager/undelivered/settle", chosen=chosen, sent="true").status_code == 422
    assert site.post("/manager/undelivered", chosen=chosen, reason="mended").status_code == 303
    assert "No letter or reminder is stuck" in site.get("/manager/undelivered").text


def _chosen(page: str) -> list[str]:
    return re.findall(r'name="chosen" value="([^"]*)" form="\w+" checked', page)


def test_a_refusal_leads_back_to_the_failed_actions_that_were_chosen(site: Site):
    site.world.rows("update action set status = 'error', message = 'no rate' where step = 2"
                    " and status = 'pending' returning id")  # fmt: skip
    site.come_in(Role.MANAGER)
    path = "/manager/failures"
    first, second, *_others = _numbers(site.get(path).text)
    nothing = site.post(path, reason="mended", note="by hand")
    assert nothing.status_code == 422
    assert "Choose at least one of the list." in nothing.text
    assert 'value="mended"' in nothing.text
    no_reason = site.post(path, chosen=[first], note="by hand")
    assert _chosen(no_reason.text) == [first]
    assert 'value="by hand"' in no_reason.text
    site.world.rows("update action set status = 'pending' where step = 2 and status = 'error'"
                    f" and id = {first.split('-')[1]} returning id")  # fmt: skip
    refused = site.post(path, chosen=[first, second], reason="mended")
    assert refused.status_code == 422
    assert _chosen(refused.text) == [second]
    assert "Failed actions</h1>" in refused.text


def test_a_refusal_leads_back_to_the_stuck_letters_that_were_chosen(site: Site):
    site.world.rows("update letter set status = 'error', message = 'no glyph' returning id")
    site.come_in(Role.MANAGER)
    path = "/manager/undelivered"
    chosen = _numbers(site.get(path).text)
    certain = site.post(f"{path}/settle", chosen=chosen, sent="true", note="asked them")
    assert certain.status_code == 422
    assert _chosen(certain.text) == chosen
    assert 'value="asked them"' in certain.text
    assert "Undelivered</h1>" in certain.text
    assert "Choose at least one of the list." in site.post(path, reason="mended").text


def test_a_refusal_leads_back_to_the_workload_that_was_to_be_given(site: Site):
    site.come_in(Role.MANAGER)
    path = "/manager/workload?agent=Jennifer"
    to_nobody_named = site.post(path, chosen=["B2"], reason="holidays")
    assert to_nobody_named.status_code == 422
    assert set(_chosen(to_nobody_named.text)) == {"B2"}
    assert 'value="holidays"' in to_nobody_named.text
    assert "Tasks of Jennifer" in to_nobody_named.text
    nothing = site.post(path, agent_to="Jennifer", reason="holidays")
    assert "Choose at least one bill unit." in nothing.text
    assert 'value="Jennifer" form="assign" checked' in nothing.text


def test_nights_are_shown_with_what_they_did(shared: Site):
    shared.come_in(Role.MANAGER)
    text = shared.get("/manager/nights").text
    assert text.count("data-date=") == 6
    assert 'data-date="2026-03-11" data-entered="7"' in text
    assert "dunning letter" in shared.get("/manager/nights/1").text
    assert shared.get("/manager/nights/999").status_code == 404


def _agents(world: World) -> dict[str, str | None]:
    return dict(
        world.rows(
            "select bill_unit_no, agent.name from collection_case"
            " join bill_unit on bill_unit.id = collection_case.bill_unit_id"
            " left join agent on agent.id = collection_case.agent_id"
        )
    )


def test_a_managers_day(browser_as: BrowserAs, world: World):
    with browser_as("manager") as visit:
        page = visit.go("/manager")
        visit.assert_accessible()
        # what nobody works on goes to Jennifer, previewed first
        page.get_by_label("Has an agent").select_option("no")
        page.get_by_role("button", name="Search").click()
        expect(page).to_have_url(f"{visit.address}/manager?assigned=no&order=amount")
        page.get_by_label("Choose all rows").check()
        expect(page.get_by_text("2 chosen")).to_be_visible()
        page.get_by_label("to", exact=True).select_option("Jennifer")
        page.locator("#bulk").get_by_label("Reason").fill("nobody had them")
        page.get_by_role("button", name="Preview").click()
        visit.assert_accessible()
        page.get_by_role("button", name="Do it").click()
        expect(page.get_by_role("status")).to_contain_text("2 bill units given to Jennifer")
        expect(page.get_by_text("No bill unit in collections matches.")).to_be_visible()
        # one of them goes on to Larry, dragged there
        page.get_by_role("link", name="Workload").click()
        visit.assert_accessible()
        page.locator("[data-drags=B6]").first.drag_to(page.locator("[data-drops=Larry]"))
        page.get_by_label("Reason").fill("closer")
        page.get_by_role("button", name="Give the chosen").click()
        expect(page.get_by_role("status")).to_contain_text("given to Larry")
        assert _agents(world)["B6"] == "Larry"
        assert _agents(world)["B8"] == "Jennifer"
        # the same by keyboard alone
        page.locator("[data-drags=B8] a").first.focus()
        page.keyboard.press("x")
        page.get_by_label("Give to Larry").press("Space")
        page.get_by_label("Reason").fill("yen")
        page.keyboard.press("Enter")
        expect(page.get_by_role("status")).to_contain_text("given to Larry")
        # what the nights did
        page.get_by_role("link", name="Nights").click()
        expect(page.locator(".uplot").first).to_be_visible()
        visit.assert_accessible()
        page.get_by_role("link", name="Mar 11, 2026").click()
        visit.assert_accessible()
        for name in ("Failed actions", "Undelivered"):
            page.get_by_role("link", name=name).click()
            visit.assert_accessible()
        # a key leads from the rows to what is done with them
        page = visit.go("/manager")
        page.keyboard.press("j")
        page.keyboard.press("x")
        expect(page.get_by_text("1 chosen")).to_be_visible()
        page.keyboard.press("w")
        expect(page.get_by_label("With the chosen", exact=True)).to_be_focused()


def test_everything_but_dragging_works_without_scripts(browser_as: BrowserAs, world: World):
    with browser_as("manager", java_script_enabled=False) as visit:
        page = visit.go("/manager")
        page.get_by_label("Choose B1", exact=True).check()
        page.get_by_label("With the chosen", exact=True).select_option("exempt")
        page.locator("#bulk").get_by_label("Reason").fill("goodwill")
        page.get_by_role("button", name="Preview").click()
        page.get_by_role("button", name="Do it").click()
        assert world.rows("select reason from exemption") == [("goodwill",)]
        page.get_by_role("button", name="Customer", exact=True).click()
        expect(page.locator("tbody tr").first).to_contain_text("Ada Okafor")
