"""Templates: loading, listing, finding and deleting them."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from tests.features.letters.conftest import letters_policy
from tests.world import World, day

from dunwell.domain.errors import BadInput, DunwellError, Forbidden, NotFound, RuleViolation
from dunwell.features.access.actor import Actor, Operation, Permission, operator
from dunwell.features.letters import changing, sample, templates
from dunwell.features.letters.changing import Given
from dunwell.features.letters.engines import Document
from dunwell.features.letters.rendering import Renderer
from dunwell.features.letters.templates import Catalog, Template

Load = Callable[..., str | None]


@pytest.fixture
def operation(world: World) -> Iterator[Operation]:
    world.policy(letters_policy() + '\n[[brands]]\nname = "budget"\n')
    with world.database.connect() as connection:
        yield Operation(connection, operator("Grace"), day("2026-03-12"))


def _load(operation: Operation, **given: Any) -> str | None:
    text: dict[str, Any] = {
        "kind": "dunning",
        "name": "own",
        "locale": "en_US",
        "engine": "jinja2",
        "form": "text",
        "source": b"Dear {{ account.name }}",
    }
    return changing.load(operation, Given(**{**text, **given}))


def test_a_template_is_loaded_listed_replaced_and_deleted(operation: Operation):
    _load(operation, name="spare")
    _load(operation, name="spare", source=b"Hello")
    assert templates.get(operation, "dunning", "spare", "en_US", None).source == "Hello"
    changing.delete(operation, "dunning", "spare", "en_US", None)
    with pytest.raises(NotFound):
        templates.get(operation, "dunning", "spare", "en_US", None)
    kinds = operation.connection.execute(
        "select kind from event where kind like 'template%' order by id"
    ).fetchall()
    assert kinds == [("template_loaded",), ("template_loaded",), ("template_deleted",)]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"kind": "poem"}, "'poem' is no kind"),
        ({"engine": "word"}, "'word' is no engine"),
        ({"form": "pdf"}, "'pdf' is no format of the engine jinja2"),
        ({"locale": "xx_YY"}, "not a known locale"),
        ({"name": " "}, "can't be a template's name"),
        ({"source": b"\xff\xfe"}, "isn't UTF-8"),
        ({"source": b"  "}, "empty"),
        ({"source": b"{% if %}"}, "line 1"),
        ({"brand": "unheard of"}, "no brand"),
        ({"source": b"x" * 1_000_001}, "at most 1,000,000"),
    ],
)
def test_a_bad_template_is_refused_and_nothing_is_loaded(
    operation: Operation, given: dict[str, Any], message: str
):
    with pytest.raises(DunwellError, match=message):
        _load(operation, **given)
    assert operation.connection.execute("select count(*) from template").fetchone() == (0,)


def test_a_field_that_only_a_plug_in_brings_is_named_and_taken(operation: Operation):
    lacking = _load(operation, source=b"Yours\n{{ consultant }}")
    assert lacking is not None
    assert "line 2: there is no field 'consultant'" in lacking


def test_a_template_in_use_is_not_deleted_unless_a_shipped_one_takes_its_place(
    operation: Operation,
):
    _load(operation)
    _load(operation, kind="email_body", name="letter-attached")
    with pytest.raises(RuleViolation, match=r"used by .*\(actions: own letter\)"):
        changing.delete(operation, "dunning", "own", "en_US", None)
    changing.delete(operation, "email_body", "letter-attached", "en_US", None)
    assert templates.get(operation, "email_body", "letter-attached", "en_US", None).shipped


def test_a_template_that_comes_with_dunwell_is_not_deleted_but_can_be_replaced(
    operation: Operation,
):
    with pytest.raises(RuleViolation, match="comes with Dunwell"):
        changing.delete(operation, "dunning", "final-notice", "de_DE", None)
    _load(operation, name="final-notice", locale="de_DE")
    found = Catalog.read(operation.connection).find("dunning", "final-notice", None, ["de_DE"])
    assert found.engine == "jinja2"


def test_a_brands_own_template_precedes_the_one_for_all(operation: Operation):
    _load(operation, source=b"for all")
    _load(operation, source=b"for budget", brand="budget")
    catalog = Catalog.read(operation.connection)
    ((budget,),) = operation.connection.execute("select id from brand where name = 'budget'")
    assert catalog.find("dunning", "own", budget, ["en_US"]).source == "for budget"
    assert catalog.find("dunning", "own", 1, ["en_US"]).source == "for all"


def test_brands_are_walls(operation: Operation):
    _load(operation, brand="budget")
    mine = frozenset({Permission.VIEW, Permission.CHANGE_POLICY})
    other = Actor("Eve", mine, brands=frozenset({1}))
    eve = Operation(operation.connection, other, operation.date)
    assert not [each for each in templates.listed(eve) if each.brand == "budget"]
    with pytest.raises(NotFound):
        _load(eve, brand="budget")
    with pytest.raises(BadInput, match="name a brand"):
        _load(eve)
    with pytest.raises(Forbidden):
        _load(Operation(operation.connection, Actor("Mallory"), operation.date))


@pytest.mark.parametrize("template", templates.shipped(), ids=lambda each: each.title)
def test_what_ships_can_be_rendered_with_much_and_with_little(
    renderer: Renderer, template: Template
):
    full = sample.data(template.locale)
    bare = {
        **full,
        "account": {"account_no": "1", "name": "Ada", "locale": template.locale},
        "bills": [],
        "fees": [],
        "next_action": None,
    }
    long = {**full, "bills": full["bills"] * 40}
    for data, sender in ((full, sample.SENDER), (bare, {}), (long, sample.SENDER)):
        outcome = renderer.render(template.job(data, sender))
        assert isinstance(outcome, Document), outcome


def test_what_ships_is_there_in_three_languages():
    names: dict[str, set[str]] = {}
    for each in templates.shipped():
        names.setdefault(each.name, set()).add(each.locale)
    expected = ("first-reminder", "second-reminder", "final-notice")
    assert set(names) == {*expected, "receipt", "invoice-reminder", "letter-attached"}
    assert all(locales == {"en_US", "de_DE", "es_ES"} for locales in names.values())
