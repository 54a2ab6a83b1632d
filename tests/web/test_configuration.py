"""The configuration's pages: the policy's parts, edited in a draft, checked and applied."""

import html
import re
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from tests.web import town
from tests.web.conftest import BrowserAs, Site
from tests.web.drafting import (
    CALL,
    HIGH,
    LOW,
    C,
    change,
    draft,
    entry_amount,
    fields,
    in_force,
)

from dunwell.features.access.actor import Operation, operator
from dunwell.features.policy import drafts, editing, file, parts, versions
from dunwell.features.policy.model import Policy
from dunwell.web.configuration.reading import Reading
from dunwell.web.configuration.texts import raw_of


@pytest.fixture
def demo_policy() -> Policy:
    return file.read(Path(str(files("dunwell"))) / "cli" / "demo" / "policy.toml")


def test_every_part_of_a_policy_reads_back_the_same(demo_policy: Policy):
    for noun in parts.FORMS:
        for part in getattr(demo_policy, noun):
            reading = Reading()
            data = reading.data(type(part), raw_of(part))
            assert editing.read(noun, data) == part, f"{noun}: {part}"


def test_saving_what_is_shown_changes_nothing(owner: Site):
    change(owner, LOW)
    assert draft(owner) == in_force(owner)


def test_a_change_goes_into_the_draft_and_not_into_force(owner: Site):
    answer = change(owner, LOW, entry_amount="25.5", steps__0__mandatory="")
    assert answer.status_code == 303
    changed = draft(owner)
    assert changed is not None
    low = parts.find(changed, "scenarios", LOW.rsplit("/", 1)[1])
    assert (str(low.entry_amount), low.steps[0].mandatory) == ("25.5", False)
    assert in_force(owner) != changed
    assert "1 change" in owner.get(C).text


def test_what_cannot_be_read_is_told_beside_its_field_and_what_was_typed_stays(owner: Site):
    answer = change(owner, LOW, entry_days="-3", steps__1__day="soon")
    assert answer.status_code == 422
    assert re.search(r'id="e-entry_days">[^<]*too small', answer.text)
    assert re.search(r'id="e-steps\.1\.day">[^<]*whole number', answer.text)
    assert 'value="soon"' in answer.text
    assert draft(owner) is None


def test_what_breaks_a_rule_is_told_while_it_is_typed(owner: Site):
    sent: dict[str, Any] = {**fields(owner.get(LOW).text), "exit_amount": "20"}
    answer = owner.post(f"{LOW}/check", part=True, **sent)
    assert re.search(r'id="e-exit_amount"[^>]*>[^<]*not below the entry amount', answer.text)
    assert re.search(r'id="e-entry_days"[^>]*></small>', answer.text)
    assert draft(owner) is None


def test_a_draft_with_errors_is_not_applied(owner: Site):
    change(owner, HIGH, exit_amount="100")
    page = owner.get(f"{C}/draft").text
    assert "not below the entry amount" in page
    refused = owner.post(f"{C}/draft/apply", note="because")
    assert refused.status_code == 422
    assert "1 error" in owner.get(HIGH).text


def test_buttons_move_steps_and_the_day_goes_along(owner: Site):
    sent = fields(owner.get(LOW).text)
    answer = owner.post(LOW, **{**sent, "do": "steps.1.up"})
    moved = fields(answer.text)
    assert (moved["steps.0.action"], moved["steps.0.day"]) == ("call", "1")
    assert (moved["steps.1.action"], moved["steps.1.day"]) == ("late fee", "1")
    assert draft(owner) is None


def test_a_condition_is_built_line_by_line(owner: Site):
    address = f"{C}/profiles"
    sent: dict[str, Any] = {"name": "Risky", "brand": "default", "currency": "USD"}
    built = fields(owner.post(address, **{**sent, "do": "rule.begin"}).text)
    built |= {
        "rule.kind": "any",
        "rule.parts.0.subject": "account.credit_score",
        "rule.parts.0.operator": "<",
        "rule.parts.0.value": "500",
    }
    built = fields(owner.post(address, **{**built, "do": "rule.line"}).text)
    built |= {
        "rule.parts.1.subject": "account.attr.segment",
        "rule.parts.1.operator": "one_of",
        "rule.parts.1.value": "new, unknown",
        "rule.parts.1.not": "true",
    }
    answer = owner.post(address, **built)
    assert answer.status_code == 303, re.findall(r'id="e-[^>]*>[^<]+<', answer.text)
    changed = draft(owner)
    assert changed is not None
    rule = changed.profiles[-1].rule
    assert rule is not None
    assert rule.model_dump(mode="json", exclude_none=True) == {
        "any": [
            {"field": "account.credit_score", "operator": "<", "value": "500"},
            {"not": {"field": "account.attr.segment", "one_of": ["new", "unknown"]}},
        ]
    }


def test_what_is_in_use_stays_and_the_page_says_why(owner: Site):
    page = owner.get(CALL).text
    assert "others use it" in page
    assert [f">{name}</bdi></a>" in page for name in ("low", "high", "yen")] == [True] * 3
    assert f'<a href="{LOW}">' in page
    owner.post(f"{CALL}/remove")
    assert "call" in [each.name for each in in_force(owner).actions]
    assert "carries them out itself" in owner.get(f"{C}/actions").text


def test_the_picture_shows_the_days_on_which_steps_fall(owner: Site):
    page = owner.get(f"{LOW}?entry=2026-03-02").text
    assert '<time datetime="2026-03-07">' in page
    assert "March 2026" in page


def test_impact_apply_compare_and_restore(owner: Site):
    change(owner, HIGH, entry_amount="5000")
    page = owner.get(f"{C}/draft/impact").text
    assert "come into another scenario" in page
    assert "Exact: all" in page
    assert owner.post(f"{C}/draft/apply", note="a try").status_code == 303
    assert entry_amount(owner) == "5000"
    with owner.world.database.connect() as connection:
        newest, before = versions.newest(Operation(connection, operator("x"), town.TODAY), limit=2)
    assert (newest.applied_by, newest.note) == ("policy_owner", "a try")
    compared = owner.get(f"{C}/compare?older={before.id}&newer={newest.id}").text
    assert "Entry amount" in compared
    owner.post(f"{C}/versions/{before.id}/restore")
    assert owner.post(f"{C}/draft/apply", note="back").status_code == 303
    assert entry_amount(owner) == "100"


def test_a_policy_owners_day(browser_as: BrowserAs, site: Site):
    """From a mistyped amount to a version in force, in a real browser."""
    with browser_as("policy_owner") as visit:
        page = visit.go(f"{C}/scenarios")
        visit.assert_accessible()
        page.click("text=high")
        page.fill("[name=entry_amount]", "much")
        page.wait_for_selector("#e-entry_amount:not(:empty)")
        visit.assert_accessible()
        page.click("p.save button")
        assert "Nothing was saved" in page.inner_text("main")
        assert page.input_value("[name=entry_amount]") == "much"
        page.fill("[name=entry_amount]", "5000")
        page.click("p.save button")
        page.wait_for_selector("text=Saved in your draft")
        assert "1 change" in page.inner_text(".draft")
        page.click("text=What changes")
        visit.assert_accessible()
        page.click("text=Measure on today's data")
        page.wait_for_selector("text=come into another scenario")
        visit.assert_accessible()
        page.fill("#note", "only large balances")
        page.click("text=Put it in force")
        page.wait_for_selector("text=is in force.")
        visit.assert_accessible()
        assert "only large balances" in page.inner_text("main")
        page.go_back()
        assert "no draft" in page.inner_text("main")
    assert entry_amount(site) == "5000"


def test_two_people_change_the_policy_at_once(site: Site):
    """The second one's draft is outdated, is carried over, and is applied on top of the first's."""
    site.come_in("policy_owner")
    change(site, HIGH, entry_amount="300")
    with site.world.database.connect() as connection:
        other = Operation(connection, operator("Eve"), town.TODAY)
        drafts.start(other)
        calendar = {"name": "harbour", "country": "DE"}
        drafts.put(other, "calendars", calendar)
        drafts.apply(other, "a new office")
    assert "another version came into force" in site.get(C).text
    refused = site.post(f"{C}/draft/apply", note="larger ones")
    assert refused.status_code == 422
    assert "carry the draft" in refused.text
    assert site.post(f"{C}/draft/rebase").status_code == 303
    assert site.post(f"{C}/draft/apply", note="larger ones").status_code == 303
    assert entry_amount(site) == "300"
    assert in_force(site).calendars[-1].name == "harbour"


def test_where_both_changed_a_part_the_page_asks_whose_counts(site: Site):
    site.come_in("policy_owner")
    change(site, HIGH, entry_amount="300")
    with site.world.database.connect() as connection:
        other = Operation(connection, operator("Eve"), town.TODAY)
        policy = drafts.start(other).policy
        part_id = HIGH.rsplit("/", 1)[1]
        high = parts.find(policy, "scenarios", part_id).model_dump(mode="json")
        drafts.put(other, "scenarios", {**high, "entry_amount": "400"}, part_id=part_id)
        drafts.apply(other, "larger ones")
    asked = site.post(f"{C}/draft/rebase")
    assert asked.status_code == 422
    assert "scenarios: high" in asked.text
    assert 'name="whose" value="theirs"' in asked.text
    assert site.post(f"{C}/draft/rebase", whose="mine").status_code == 303
    assert site.post(f"{C}/draft/apply", note="smaller ones").status_code == 303
    assert entry_amount(site) == "300"


def test_a_draft_shows_its_own_changes_when_another_version_came_into_force(owner: Site):
    change(owner, LOW, entry_amount="30")
    with owner.world.database.connect() as connection:
        other = Operation(connection, operator("Eve"), town.TODAY)
        drafts.start(other)
        drafts.put(other, "calendars", {"name": "harbour", "country": "DE"})
        drafts.apply(other, "a new office")
    page = owner.get(f"{C}/draft").text
    assert "1 change" in page
    assert "harbour" not in page
    assert "Carry your changes over" in owner.get(f"{C}/draft/impact").text


def test_tables_of_amounts_are_compared_amount_by_amount(owner: Site):
    sent = fields(owner.get(f"{C}/settings").text)
    owner.post(f"{C}/settings", **{**sent, "minimum_due.0.key": "USD", "minimum_due.0.value": "7"})
    assert "USD: 7" in owner.get(f"{C}/draft").text


def test_a_changed_setting_and_a_changed_condition_are_told_in_words(owner: Site):
    change(owner, f"{C}/settings", entry_date="processing")
    line = {"subject": "account.credit_score", "operator": "<", "value": "500"}
    change(
        owner,
        HIGH,
        criteria__kind="any",
        criteria__parts__0__kind="leaf",
        **{f"criteria__parts__0__{key}": value for key, value in line.items()},
        criteria__parts__1__kind="all",
        criteria__parts__1__not="true",
        criteria__parts__1__parts__0__kind="leaf",
        criteria__parts__1__parts__0__subject="account.attr.segment",
        criteria__parts__1__parts__0__operator="missing",
    )
    page = html.unescape(owner.get(f"{C}/draft").text)
    assert "account.credit_score is less than 500 or not (" in page
    assert "account.attr.segment has no value" in page
    assert '"operator"' not in page
    assert "Entry date" in page
    assert "entry_date" not in page
    assert "day of processing" in page
    german = owner.get(f"{C}/draft", headers={"Accept-Language": "de"}).text
    assert "account.credit_score ist kleiner als 500 oder" in german


def test_a_warning_is_no_error(owner: Site):
    settings = {"minimum_due.0.key": "USD", "minimum_due.0.value": "50"}
    owner.post(f"{C}/settings", **{**fields(owner.get(f"{C}/settings").text), **settings})
    page = owner.get(LOW).text
    assert re.search('<small class="warned" id="e-entry_amount">Warning: ', page)
    assert not re.search('id="f-entry_amount"[^>]*aria-invalid', page)
    checked = owner.post(f"{LOW}/check", part=True, **fields(page)).text
    assert '<small class="warned" id="e-entry_amount"' in checked


def test_a_long_scenario_of_many_actions_is_no_heavy_page(owner: Site):
    long = "An action with a very long name, as companies like them, number"
    sent = fields(owner.get(LOW).text)
    with owner.world.database.connect() as connection:
        operation = Operation(connection, operator("policy_owner"), town.TODAY)
        drafts.start(operation)
        for number in range(60):
            drafts.put(operation, "actions", {"name": f"{long} {number}", "type": "manual"})
    for number in range(20):
        sent |= {f"steps.{number}.day": "9", f"steps.{number}.action": f"{long} {number}"}
    assert owner.post(LOW, **{**sent, "version": ""}).status_code == 303
    page = owner.get(LOW)
    assert len(page.content) < 100_000
    assert page.text.count(f'<option value="{long} 59">') == 1


def test_a_window_that_shows_an_older_draft_saves_nothing(owner: Site):
    change(owner, LOW, entry_amount="30")
    seen = fields(owner.get(LOW).text)
    change(owner, LOW, entry_amount="31")
    answer = owner.post(LOW, **{**seen, "entry_amount": "32"})
    assert answer.status_code == 422
    assert "changed meanwhile" in answer.text
    assert 'value="32"' in answer.text


def test_long_lists_come_in_pages_and_are_searched(owner: Site):
    with owner.world.database.connect() as connection:
        operation = Operation(connection, operator("policy_owner"), town.TODAY)
        policy = drafts.start(operation).policy
        more = [{"name": f"kind {number}"} for number in range(105)]
        kinds = [editing.read("debt_classes", each) for each in more]
        drafts._keep(  # noqa: SLF001 - a hundred parts one by one take their time
            operation, drafts.get(operation), policy.model_copy(update={"debt_classes": kinds})
        )
    page = owner.get(f"{C}/debt_classes").text
    assert page.count("data-row-link") == 100
    assert "105 of 105" in page
    rest = owner.get(f"{C}/debt_classes?start=100").text
    assert rest.count("data-row-link") == 5
    assert "Taken out" not in rest
    found = owner.get(f"{C}/debt_classes?q=KIND+104").text
    assert re.findall('title="(kind [0-9]+)"', found) == ["kind 104"]
    assert "None has such a name" in owner.get(f"{C}/debt_classes?q=nothing").text
    assert "“standard” is always there" in page


@pytest.mark.parametrize(
    ("name", "value"),
    [("steps.shown", "many"), ("steps.shown", "9" * 5_000), (f"steps.{'9' * 5_000}.day", "1")],
)
def test_a_form_that_no_page_has_sent_is_refused(owner: Site, name: str, value: str):
    sent: dict[str, Any] = {name: value, "do": "steps.add"}
    for path in ("/configuration/scenarios", "/configuration/scenarios/check"):
        assert owner.post(path, **sent).status_code < 500
