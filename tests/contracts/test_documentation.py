"""The documentation says what is so: its links lead somewhere, the tutorial's commands print what
stands below them.
"""

import pkgutil
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from dunwell.cli.app import app
from dunwell.db.database import Database
from tests.api.operations import OPEN, OPERATIONS
from tests.cli.conftest import Call

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]

_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_FILE = re.compile(r"^cat > (\S+) <<'END'\n(.*?)^END$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\(([^)#]+)(#[^)]*)?\)")
_CALL = re.compile(r"\b(GET|POST|PUT|PATCH|DELETE)\s+(/[^\s`,;?)|]*)")
_CODE = re.compile(r"`(?:dunwell\.)?((?:features|engine|plugins|db)(?:\.\w+)+)`")
_PATH = re.compile(r"`((?:features|engine|plugins|db|api|web|cli|tests|docs)/[\w./-]+)`")
_END = re.compile(r"\s{3,}| (?:\||>>|&&|·) |&$")
"""Where a command ends in a line."""
_SECONDS = re.compile(r"\s*\d+\.\d( s)?$", re.MULTILINE)


@dataclass
class Lesson:
    """Commands of the tutorial, and what they print."""

    script: str
    output: str


def lessons(page: Path) -> Iterator[Lesson]:
    blocks = _BLOCK.findall(page.read_text("utf-8"))
    for (kind, body), following in zip(blocks, [*blocks[1:], ("", "")], strict=True):
        if kind == "sh":
            yield Lesson(body, following[1] if following[0] == "text" else "")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_to_a_file(page: Path):
    for target, _ in _LINK.findall(page.read_text("utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), f"{target} in {page}"


@pytest.mark.parametrize(
    "page",
    # a decision tells of the code that there was
    [page for page in PAGES if page.parent.name != "decisions"],
    ids=lambda page: str(page.relative_to(ROOT)),
)
def test_what_is_named_of_the_code_is_there(page: Path):
    text = page.read_text("utf-8")
    for name in _CODE.findall(text):
        assert pkgutil.resolve_name(f"dunwell.{name}"), name
    for path in _PATH.findall(text):
        assert (ROOT / path).exists() or (ROOT / "src/dunwell" / path).exists(), path


def test_every_decision_is_listed_once_in_order_by_its_title():
    folder = ROOT / "docs/decisions"
    listed = re.findall(r"^- (.+)$", (folder / "README.md").read_text("utf-8"), re.MULTILINE)
    titles = {
        record.name: record.read_text("utf-8").splitlines()[0].removeprefix("# ")
        for record in sorted(folder.glob("[0-9]*.md"))
    }
    assert listed == [f"[{name[:4]}]({name}) {title}" for name, title in titles.items()]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_command_in_the_documentation_can_be_given_so(page: Path):
    for line in re.findall(r"^\s*dunwell (.+)$", page.read_text("utf-8"), re.MULTILINE):
        # the reference shows what can be given, in brackets
        if "[" not in line:
            _parse(get_command(app), shlex.split(_END.split(line)[0], comments=True))


def _parse(command: Any, words: list[str], parent: Any = None) -> None:
    """Read the words as the command does, without doing anything; raises what is wrong."""
    with command.make_context(command.name, words, parent=parent) as context:
        if hasattr(command, "commands"):
            rest = [*context._protected_args, *context.args]  # noqa: SLF001 - no other way
            _, verb, rest = command.resolve_command(context, rest)
            _parse(verb, rest, context)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_call_in_the_documentation_is_one_of_the_api(page: Path):
    known = [re.sub(r"\{[^}]*\}", "[^/]+", each) for each in (*OPERATIONS, *OPEN)]
    for method, path in _CALL.findall(page.read_text("utf-8")):
        call = f"{method} {path if path.startswith('/api/') else f'/api/v1{path}'}"
        assert any(re.fullmatch(each, call) for each in known), call


def test_the_tutorial_prints_what_it_says(
    dunwell: Call, installation: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    for lesson in lessons(ROOT / "docs/tutorial.md"):
        for name, content in _FILE.findall(lesson.script):
            Path(name).write_text(content, "utf-8")
        said = ""
        for line in _FILE.sub("", lesson.script).splitlines():
            if line.startswith("dunwell "):
                outcome = dunwell(*shlex.split(line)[1:])
                assert outcome.code == 0, outcome.err
                said += outcome.out
        assert _plain(said) == _plain(lesson.output), said


def _plain(text: str) -> list[str]:
    """The lines without trailing blanks and without seconds, which differ each time."""
    return [_SECONDS.sub("", line).rstrip() for line in text.splitlines() if line.strip()]
