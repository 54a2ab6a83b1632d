"""Templates as parts of the policy: staged in drafts, applied, compared, restored; loaded now."""

from collections.abc import Iterator

import pytest
from tests.features.letters.conftest import letters_policy
from tests.world import World, day

from dunwell.domain.errors import BadInput, Conflict, NotFound, RuleViolation
from dunwell.engine import night, slices
from dunwell.features.access.actor import Operation, operator
from dunwell.features.letters import changing, templates
from dunwell.features.letters.changing import Given
from dunwell.features.policy import drafts, parts, service, versions, wordings
from dunwell.features.policy.problems import Severity

WHOLE = ("dunning", "own", "en_US", None)


@pytest.fixture
def ada(world: World) -> Iterator[Operation]:
    world.policy(letters_policy())
    with world.database.connect() as connection:
        yield Operation(connection, operator("Ada"), day("2026-03-12"))


def given(
    source: str = "Dear {{ account.name }}", name: str = "own", locale: str = "en_US"
) -> Given:
    return Given("dunning", name, locale, "jinja2", "text", source.encode())


def words(operation: Operation) -> str | None:
    try:
        return templates.get(operation, *WHOLE).source
    except NotFound:
        return None


def test_a_staged_template_counts_when_the_draft_is_applied_and_not_before(ada: Operation):
    changing.stage(ada, given())
    assert words(ada) is None
    (change,) = drafts.diff(ada)
    assert (change.kind, change.noun, change.name) == ("added", "template", "dunning / own / en_US")
    number = drafts.apply(ada, "friendlier")
    assert words(ada) == "Dear {{ account.name }}"
    told = ada.connection.execute(
        "select actor, data ->> 'name' from event where kind = 'template_loaded'"
    ).fetchall()
    assert told == [("Ada", "own")]
    assert versions.get(ada, number).version.note == "friendlier"


def test_a_version_says_which_words_it_had_and_restoring_it_brings_them_back(ada: Operation):
    changing.stage(ada, given("Old words"))
    first = drafts.apply(ada, "first")
    changing.stage(ada, given("New words"))
    second = drafts.apply(ada, "second")
    (change,) = versions.compare(ada, first, second)
    (field,) = change.fields
    texts = wordings.sources(ada.connection, [field.before, field.after])
    assert [texts[each] for each in (field.before, field.after)] == ["Old words", "New words"]
    drafts.start(ada, first)
    drafts.apply(ada, "back")
    assert words(ada) == "Old words"


def test_words_in_place_of_shipped_ones_can_be_taken_back_by_restoring(ada: Operation):
    before = versions.get(ada).version.id
    changing.stage(ada, given("Pay!", name="final-notice"))
    drafts.apply(ada, "shorter")
    drafts.start(ada, before)
    drafts.apply(ada, "longer again")
    assert templates.get(ada, "dunning", "final-notice", "en_US", None).shipped


def test_what_cannot_be_rendered_is_not_staged(ada: Operation):
    with pytest.raises(BadInput, match="line 1"):
        changing.stage(ada, given("{% if %}"))
    assert "line 1" in (changing.examine(ada, given("{% if %}")) or "")
    assert changing.examine(ada, given()) is None
    with pytest.raises(RuleViolation, match="tried first"):
        drafts.put(ada, "templates", {})


def test_a_template_loaded_at_once_is_a_version_and_a_draft_takes_it_along(ada: Operation):
    bob = Operation(ada.connection, operator("Bob"), ada.date)
    changing.stage(bob, given("Hallo", locale="de_DE"))
    changing.load(ada, given("Hello"), note="typing error")
    assert versions.get(ada).version.note == "typing error"
    with pytest.raises(Conflict, match="carry the draft's changes over"):
        drafts.apply(bob, "German")
    drafts.rebase(bob)
    drafts.apply(bob, "German")
    assert words(ada) == "Hello"
    assert templates.get(ada, "dunning", "own", "de_DE", None).source == "Hallo"


def test_two_people_who_change_the_same_words_must_decide(ada: Operation):
    changing.load(ada, given("Hello"))
    bob = Operation(ada.connection, operator("Bob"), ada.date)
    changing.stage(bob, given("Hi"))
    changing.load(ada, given("Good morning"))
    with pytest.raises(RuleViolation, match="templates: dunning / own / en_US"):
        drafts.rebase(bob)


def test_a_policy_file_leaves_templates_as_they_are(ada: Operation, world: World):
    changing.load(ada, given("Hello"))
    ada.connection.commit()
    world.policy(letters_policy(days_to_pay="12"))
    assert words(ada) == "Hello"
    assert [each.name for each in service.export(ada.connection).templates] == ["own"]


def test_a_draft_warns_of_letters_without_a_template(ada: Operation):
    changing.stage(ada, given())
    assert not [each for each in drafts.check(ada) if "'own'" in each.message]
    letter = {"name": "odd letter", "type": "dunning_letter", "template": "odd"}
    drafts.put(ada, "actions", letter)
    (found,) = [each for each in drafts.check(ada) if "'odd'" in each.message]
    assert (found.severity, found.field) == (Severity.WARNING, "template")


def test_what_letters_need_stays_in_the_draft_and_the_refusal_says_why(ada: Operation):
    changing.load(ada, given())
    drafts.start(ada)
    template = templates.get(ada, *WHOLE)
    with pytest.raises(RuleViolation, match="actions: own letter"):
        changing.unstage(ada, template)
    part = parts.find(drafts.get(ada).policy, "templates", templates.part_id(template))
    kept = drafts.kept_by(ada, drafts.get(ada).policy, "templates", part)
    assert kept is not None
    assert [each.name for each in kept.users] == ["own letter"]


def test_only_rules_make_a_night_full(ada: Operation, world: World):
    """Under new words the night examines what changed, under new rules everybody; once each."""
    world.load("accounts", {"account_no": "A", "brand": "default", "name": "Ada"})
    world.load("bill_units", {"bill_unit_no": "A-1", "account_no": "A", "currency": "USD"})

    def full(date: str) -> bool:
        with world.database.connect() as connection:
            run = night._Run.prepare(world.plugins, night.Night(day(date)), connection)  # noqa: SLF001
            (slice_,) = slices.plan(connection, run.night.slice_width)
            return run._scope(slice_).everything  # noqa: SLF001

    assert full("2026-03-12")
    world.night("2026-03-12")
    assert not full("2026-03-13")
    changing.load(ada, given("Other words"))
    ada.connection.commit()
    assert not full("2026-03-13")
    drafts.start(ada)
    drafts.put(ada, "calendars", {"name": "harbour", "country": "DE"})
    drafts.apply(ada, "a new office")
    changing.load(ada, given("And others"))
    ada.connection.commit()
    assert full("2026-03-13")
    world.night("2026-03-13")
    assert not full("2026-03-14")


def test_all_that_ships_is_known_to_the_policy():
    assert {(each.kind, each.name, each.locale) for each in templates.shipped()} == {
        (kind, name, locale)
        for kind, names in wordings.SHIPPED.items()
        for name in names
        for locale in wordings.SHIPPED_LOCALES
    }
