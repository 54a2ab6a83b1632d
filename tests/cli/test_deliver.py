"""`dunwell deliver`, `template`, `letter`, `reminder`: what they are told, what they say."""

from pathlib import Path

import pytest
from tests.cli.conftest import Call
from tests.features.letters.conftest import letters_policy, text_of
from tests.prepared import CopyOf
from tests.world import World

from dunwell.db.database import Database


def _written_to(world: World) -> None:
    """A customer who gets a letter and a reminder on 2026-03-12."""
    world.policy(letters_policy("1 first reminder, 1 on invoice, 30 call"))
    world.customer()
    world.bill("80.00", "2026-03-01")
    world.nights("2026-03-11", "2026-03-12")


@pytest.fixture
def world(copy_of: CopyOf) -> World:
    return copy_of(_written_to)


@pytest.fixture
def database(world: World) -> Database:
    return world.database


@pytest.fixture(autouse=True)
def _installed(installation: Database) -> None:
    """The commands work on it."""


def test_delivering_says_what_went_out_and_where(dunwell: Call, world: World, tmp_path: Path):
    outcome = dunwell("deliver", "--date", "2026-03-12", "--export", tmp_path / "post", "--json")
    assert outcome.code == 0
    told = outcome.json
    assert (told["printed"], told["reminders"], told["standing"]) == (1, 1, {})
    folder, reminders = (Path(path) for path in told["files"])
    assert len(list(folder.glob("*.pdf"))) == 1
    assert reminders.name == "reminders-2026-03-12.csv"
    again = dunwell("deliver", "--date", "2026-03-12", "--export", tmp_path / "post")
    assert again.out.startswith("Nothing to deliver")


def test_the_night_delivers_unless_it_is_told_not_to(dunwell: Call, home: Path):
    again = ("run", "--date", "2026-03-12")
    assert dunwell(*again, "--no-deliver", "--json").json["delivery"] is None
    assert "1 letter printed" in dunwell(*again).err
    assert len(list((home / "letters").rglob("*.pdf"))) == 1


def test_trying_a_night_delivers_nothing(dunwell: Call, world: World, home: Path):
    dunwell("run", "--date", "2026-03-12", "--dry-run")
    dunwell("run", "--date", "2026-03-12", "--bill-unit", "B1")
    assert not (home / "letters").exists()


def test_a_letter_in_error_is_exit_code_1_and_is_explained(dunwell: Call, world: World):
    world.rows("update letter set template = 'gone' returning id")
    outcome = dunwell("deliver", "--date", "2026-03-12")
    assert outcome.code == 1
    assert "dunwell letter list --status error" in outcome.err
    assert "no template 'gone'" in dunwell("letter", "list", "--status", "error").out.replace(
        "\n", " "
    ).replace("  ", " ")


def test_what_was_sent_can_be_shown(dunwell: Call, world: World, tmp_path: Path):
    dunwell("deliver", "--date", "2026-03-12")
    (letter,) = dunwell("letter", "list", "B1", "--json").json["letters"]
    assert (letter["status"], letter["channel"]) == ("sent", "print")
    target = tmp_path / "letter.pdf"
    assert dunwell("letter", "show", "B1", str(letter["id"]), "--output", target).code == 0
    assert "Payment reminder" in text_of(target.read_bytes())
    assert dunwell("letter", "show", "B1", "999", "--output", target).code == 2


def test_a_reminder_is_claimed_and_confirmed(dunwell: Call, world: World):
    dunwell("deliver", "--date", "2026-03-12")
    (reminder,) = dunwell("reminder", "claim", "--json").json["reminders"]
    assert dunwell("reminder", "confirm", "B1", str(reminder["id"]), "INV-7").code == 0
    (shown,) = dunwell("reminder", "list", "--all", "--json").json["reminders"]
    assert (shown["status"], shown["invoice_no"]) == ("confirmed", "INV-7")
    assert dunwell("reminder", "confirm", "B1", str(reminder["id"]), "INV-8").code == 2


def test_templates_are_loaded_shown_previewed_and_deleted(
    dunwell: Call, world: World, tmp_path: Path
):
    file = tmp_path / "mine.html"
    file.write_text("<p>Dear {{ account.name }}</p>")
    loaded = dunwell("template", "load", file, "--name", "mine", "--locale", "de_DE")
    assert loaded.code == 0, loaded.err
    shown = dunwell("template", "show", "--name", "mine", "--locale", "de_DE")
    assert shown.out.strip() == file.read_text()
    listed = dunwell("template", "list", "--json").json["templates"]
    (mine,) = (each for each in listed if each["name"] == "mine")
    assert (mine["engine"], mine["format"], mine["shipped"]) == ("jinja2", "html", False)
    options = ("--name", "mine", "--locale", "de_DE")
    preview = tmp_path / "preview.html"
    dunwell("template", "preview", *options, "--output", preview)
    assert preview.read_text() == "<p>Dear Ana García Müller</p>"
    refused = dunwell("template", "preview", *options, "--output", tmp_path / "preview.png")
    assert refused.code == 2
    assert dunwell("template", "delete", *options).code == 0
    assert dunwell("template", "show", *options).code == 2


@pytest.mark.parametrize("ending", ["pdf", "png"])
def test_a_preview_with_a_customers_own_data(
    dunwell: Call, world: World, tmp_path: Path, ending: str
):
    target = tmp_path / f"preview.{ending}"
    outcome = dunwell(
        *("template", "preview", "--name", "final-notice", "--bill-unit", "B1"),
        *("--output", target),
    )
    assert outcome.code == 0, outcome.err
    content = target.read_bytes()
    assert content.startswith({"pdf": b"%PDF", "png": b"\x89PNG"}[ending])
    if ending == "pdf":
        assert "Ada Okafor" in text_of(content)


def test_the_manuals_way_of_loading_a_stylesheet(dunwell: Call, world: World, tmp_path: Path):
    file = tmp_path / "dunning_first.xml"
    file.write_text(
        '<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">'
        '<xsl:template match="/letter"><html><head><title>Pay</title></head><body><p>'
        '<xsl:value-of select="overdue_amount"/></p></body></html></xsl:template></xsl:stylesheet>'
    )
    outcome = dunwell(
        *("template", "load", "--brand", "default", "--name", "DunningTemplate"),
        *("--kind", "dunning", "--locale", "en_US", "--engine", "xslt", "--format", "html", file),
    )
    assert outcome.code == 0, outcome.err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("load", "missing.typ", "--name", "x"), "can't be read"),
        (("load", __file__, "--name", "x"), "say --engine"),
        (("delete", "--name", "first-reminder"), "comes with Dunwell"),
        (("show", "--name", "unheard"), "no template 'unheard'"),
    ],
)
def test_mistakes_are_answered_with_what_is_wrong(
    dunwell: Call, installation: Database, arguments: tuple[str, ...], message: str
):
    outcome = dunwell("template", *arguments)
    assert (outcome.code, message in outcome.err) == (2, True), outcome.err


def test_settling_needs_a_letter_or_a_log(dunwell: Call, installation: Database):
    assert dunwell("letter", "settle").code == 2
    assert dunwell("letter", "settle", "--mail-log", "/nonexistent").code == 2
