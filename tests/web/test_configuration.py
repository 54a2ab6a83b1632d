"""The configuration's pages: the policy's parts, edited in a draft, checked and applied."""

import html
import re
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from tests.web import town
from tests.web.conftest import BrowserAs, Site

from dunwell.features.access.actor import Operation, operator
from dunwell.features.policy import drafts, file, parts, service, versions
from dunwell.features.policy.model import Policy
from dunwell.web.configuration.reading import Reading
from dunwell.web.configuration.texts import raw_of

C = "/configuration"
LOW = f"{C}/scenarios/{parts.id_from('scenarios', ('default', 'low'))}"
HIGH = f"{C}/scenarios/{parts.id_from('scenarios', ('default', 'high'))}"
"""This one is in no experiment, so that it may change alone."""
DOTS = re.DOTALL
CALL = f"{C}/actions/{parts.id_from('actions', ('', 'call'))}"


@pytest.fixture
def demo_policy() -> Policy:
    return file.read(Path(str(files("dunwell"))) / "cli" / "demo" / "policy.toml")


@pytest.fixture
def owner(site: Site) -> Site:
    site.come_in("policy_owner")
    return site


def in_force(site: Site) -> Policy:
    with site.world.database.connect() as connection:
        return service.export(connection)


def entry_amount(site: Site) -> str:
    """That of the scenario `high`, in force."""
    (high,) = [each for each in in_force(site).scenarios if each.name == "high"]
    return str(high.entry_amount)


def draft(site: Site) -> Policy | None:
    with site.world.database.connect() as connection:
        found = drafts.find(Operation(connection, operator("policy_owner"), town.TODAY))
        return found.policy if found else None


def fields(page: str) -> dict[str, Any]:
    """What the form of a part would send."""
    form = page.split('id="part"', 1)[1].split("</form>", 1)[0]
    found: dict[str, Any] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        told = dict(re.findall(r'(name|value|type)="([^"]*)"', tag))
        ticked = told.get("type") != "checkbox" or " checked" in tag
        if "name" in told and ticked:
            found[told["name"]] = told.get("value", "")
    for name, body in re.findall(r'<select[^>]*name="([^"]*)"[^>]*>(.*?)</select>', form, DOTS):
        chosen = re.search(r'<option value="([^"]*)" selected', body)
        found[name] = chosen[1] if chosen else ""
    texts = re.findall(r'<textarea[^>]*name="([^"]*)"[^>]*>(.*?)</textarea>', form, DOTS)
    return {name: html.unescape(value) for name, value in (found | dict(texts)).items()}


def change(site: Site, path: str, **values: str) -> Any:
    """Save a part with some of its fields changed; `__` stands for a dot."""
    sent = fields(site.get(path).text)
    sent |= {name.replace("__", "."): value for name, value in values.items()}
    return site.post(path, **sent)


def test_every_part_of_a_policy_reads_back_the_same(demo_policy: Policy):
    for noun in parts.FORMS:
        for part in getattr(demo_policy, noun):
            reading = Reading()
            data = reading.data(type(part), raw_of(part))
            assert parts.read(noun, data) == part, f"{noun}: {part}"


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


TEMPLATE: dict[str, Any] = {"kind": "dunning", "name": "mine", "locale": "en_US"}
TEMPLATE |= {"made": "jinja2 text"}


def test_a_template_is_tried_before_it_goes_into_the_draft(owner: Site):
    refused = owner.post(f"{C}/templates/save", **TEMPLATE, source="{% nonsense")
    assert refused.status_code == 422
    assert "Nothing was loaded" in refused.text
    assert "{% nonsense" in refused.text
    told = owner.post(f"{C}/templates/check", part=True, **TEMPLATE, source="{% nonsense")
    assert re.search(r'id="e-source"[^>]*>[^<]*line 1', told.text)
    assert draft(owner) is None
    answer = owner.post(f"{C}/templates/save", **TEMPLATE, source="Hello {{ account.name }}")
    assert answer.status_code == 303, answer.text
    page = owner.get(answer.headers["location"]).text
    assert "changed in your draft" in page
    assert in_force(owner).templates == []


def test_words_are_compared_line_by_line_applied_with_the_policy_and_restored(owner: Site):
    shipped = f"{C}/templates/email_body/letter-attached?locale=en_US"
    before = html.unescape(re.split("</?textarea[^>]*>", owner.get(shipped).text)[1])
    given: dict[str, Any] = {"kind": "email_body", "name": "letter-attached", "locale": "en_US"}
    words = before.rstrip() + "\n<b>Thank you!</b>\n"
    owner.post(f"{C}/templates/save", **given, made="jinja2 text", source=words)
    change(owner, HIGH, entry_amount="325")
    page = owner.get(f"{C}/draft").text
    assert "<ins>+ &lt;b&gt;Thank you!&lt;/b&gt;</ins>" in page
    assert "325" in page
    assert owner.post(f"{C}/draft/apply", note="politer").status_code == 303
    with owner.world.database.connect() as connection:
        newest, older = versions.newest(Operation(connection, operator("x"), town.TODAY), limit=2)
    compared = owner.get(f"{C}/compare?older={older.id}&newer={newest.id}").text
    assert "Thank you!" in compared
    owner.post(f"{C}/versions/{older.id}/restore")
    assert "<del>− &lt;b&gt;Thank you!&lt;/b&gt;</del>" in owner.get(f"{C}/draft").text
    assert owner.post(f"{C}/draft/apply", note="back").status_code == 303
    assert "comes with Dunwell" in owner.get(shipped).text


def test_an_action_may_name_a_template_that_only_the_draft_has(owner: Site):
    owner.post(f"{C}/templates/save", **TEMPLATE, source="Hello")
    form = fields(owner.get(f"{C}/actions/new?type=dunning_letter").text)
    sent = {**form, "type": "dunning_letter", "name": "my letter", "template": "mine"}
    answer = owner.post(f"{C}/actions", **sent)
    assert answer.status_code == 303
    page = owner.get(f"{C}/templates/dunning/mine?locale=en_US").text
    assert ">my letter</bdi></a>" in page
    removed = owner.post(f"{C}/templates/dunning/mine/remove?locale=en_US")
    assert removed.headers["location"].startswith(f"{C}/templates/dunning/mine")
    assert owner.post(f"{C}/draft/apply", note="a letter of our own").status_code == 303
    assert [each.name for each in in_force(owner).templates] == ["mine"]


def test_a_text_is_previewed_beside_its_source(owner: Site):
    page = owner.get(f"{C}/templates/invoice_reminder/invoice-reminder?locale=en_US").text
    shown = page.split('<pre class="preview"', 1)[1].split("</pre>", 1)[0]
    assert len(shown) > 20
    assert "{{" not in shown


def test_an_upload_has_a_limit(owner: Site):
    given = {"kind": "dunning", "name": "large", "locale": "en_US", "made": "typst pdf"}
    answer = owner.client.post(
        f"{C}/templates/save", data=given, files={"file": ("large.typ", b"a" * 2_000_001)}
    )
    assert answer.status_code == 413
    assert "can be sent at once" in answer.text
    assert "<html" in answer.text


def test_an_administrator_gives_rights_that_count_at_once(site: Site):
    site.come_in("administrator")
    given: dict[str, Any] = {
        "login": "grace",
        "name": "Grace",
        "every_brand": "true",
        "roles": "policy_owner",
        "reason": "she writes our letters",
    }
    assert site.post(f"{C}/people/new", **given).status_code == 303
    taken = site.post(f"{C}/people/new", **given)
    assert taken.status_code == 422
    assert "is in use" in taken.text
    site.come_in("grace")
    assert site.get(C).status_code == 200


def test_a_persons_page_says_who_changed_what_and_why(site: Site):
    site.come_in("administrator")
    given: dict[str, Any] = {"login": "grace", "name": "Grace", "every_brand": "true"}
    given |= {"roles": "agent", "reason": "joins us"}
    site.post(f"{C}/people/new", **given)
    with site.world.database.connect() as connection:
        ((number,),) = connection.execute("select id from person where login = 'grace'").fetchall()
    address = f"{C}/people/{number}"
    unsaid = site.post(address, **{**given, "reason": "", "version": "1"})
    assert unsaid.status_code == 422
    site.post(address, **{**given, "roles": "manager", "reason": "leads the team", "version": "1"})
    site.post(f"{address}/disable")
    site.post(f"{address}/disable", reason="has left")
    steps = site.get(address).text.split("What was changed", 1)[1]
    told = [re.sub("<[^>]+>", " ", row).split() for row in steps.split("<tr>")[2:]]
    words = [" ".join(row) for row in told]
    assert "administrator grace is kept out has left" in " ".join(
        re.sub("<[^>]+>", " ", site.get(f"{C}/people").text.split("changed lately", 1)[1]).split()
    )
    assert "administrator is kept out has left" in words[0]
    assert "leads the team Roles: agent manager" in words[1]
    assert "joins us" in words[2]


def test_the_rights_that_a_person_had_are_given_back(site: Site):
    site.come_in("administrator")
    with site.world.database.connect() as connection:
        ((number,),) = connection.execute("select id from person where login = 'agent'").fetchall()
    address = f"{C}/people/{number}"
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


def test_every_page_of_the_configuration_is_accessible(browser_as: BrowserAs):
    with browser_as("policy_owner") as visit:
        for path in ("", "/profiles/new", "/settings", "/calendars/new", "/templates", "/versions"):
            visit.go(C + path)
            visit.assert_accessible()
        for name in ("dunning/final-notice", "email_body/letter-attached"):
            visit.go(f"{C}/templates/{name}?locale=en_US")
            visit.assert_accessible()
    with browser_as("administrator") as visit:
        for path in ("/people", "/people/new"):
            visit.go(C + path)
            visit.assert_accessible()


def test_it_works_without_javascript(browser_as: BrowserAs):
    with browser_as("policy_owner", java_script_enabled=False) as visit:
        page = visit.go(LOW)
        page.click("[value='steps.1.up']")
        assert page.input_value("[name='steps.0.action']") == "call"
        page.fill("[name=entry_days]", "-1")
        page.click("p.save button")
        assert "too small" in page.inner_text("#e-entry_days")
        page.fill("[name=entry_days]", "12")
        page.click("p.save button")
        assert "Saved in your draft" in page.inner_text("body")


FORMS = [*parts.FORMS, *parts.SINGLE]


@pytest.mark.parametrize("script", [True, False], ids=["with a script", "without"])
def test_every_form_is_filled_and_saved_by_keyboard_alone(browser_as: BrowserAs, script: bool):
    """Whoever tabs through a form reaches its buttons, types, and saves with Enter."""
    with browser_as("policy_owner", java_script_enabled=script) as visit:
        for noun in FORMS:
            part = "" if noun in parts.SINGLE else "/new"
            kind = "?type=manual" if noun == "actions" else ""
            page = visit.go(f"{C}/{noun}{part}{kind}")
            field = "source" if noun == "templates" else "aging_buckets"
            typed = field if page.locator(f"[name={field}]").count() else ""
            text = typed or ("days_to_pay" if noun == "settings" else "")
            box = page.locator(f"[name={text}]" if text else "#part input[type=text]").first
            box.focus()
            page.keyboard.press("Control+a")
            page.keyboard.type("12")
            if typed:
                _tab_to(page, "p.save button")
            with page.expect_navigation():
                page.keyboard.press("Enter")
            said = page.inner_text("body")
            told = page.locator("small.error:not(:empty), .flash.bad").count()
            assert told or "Saved in your draft" in said, noun


def _tab_to(page: Any, wanted: str) -> None:
    for _ in range(40):
        if page.locator(f"{wanted}:focus").count():
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{wanted} can't be reached by the keyboard")


def test_steps_are_reordered_and_added_by_keyboard(browser_as: BrowserAs):
    with browser_as("policy_owner") as visit:
        page = visit.go(LOW)
        page.locator("[name='steps.0.day']").focus()
        _tab_to(page, "[value='steps.0.down']")
        with page.expect_navigation():
            page.keyboard.press("Enter")
        assert page.input_value("[name='steps.0.action']") == "call"
        # the step that was moved has the focus, to be moved on
        assert page.locator("[value^='steps.1.']:focus").count() == 1
        _tab_to(page, "p.save button")
        page.keyboard.press("Enter")
        page.wait_for_selector("text=Saved in your draft")


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
