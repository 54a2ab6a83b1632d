"""Texts that nobody marked for translation: in templates, in what Python hands to pages, and, as
the proof, on every page: what reads the same in English and German is data, or a word of both.
"""

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from jinja2 import nodes
from tests.features.payments import camt_files
from tests.web import town, utility_town
from tests.web.conftest import Site
from tests.web.pages import PAGES, places

from dunwell.features.access.actor import Permission
from dunwell.features.access.roles import PERMISSIONS, Role
from dunwell.features.reports.registry import REPORTS
from dunwell.web.catalogues import STORIES, WEB
from dunwell.web.rendering import environment

TEMPLATES = sorted((WEB / "templates").rglob("*.html"))
MODULES = sorted([*WEB.rglob("*.py"), *STORIES.glob("*.py")])

TOLD = frozenset({"title", "placeholder", "aria-label", "alt"})
"""Attributes that people see or hear."""

SILENT = frozenset({"script", "style", "kbd", "svg"})

NAMES = frozenset({"Dunwell", "PDF", "CSV"})

_WORD = re.compile(r"[^\W\d_]{2,}")
_TRANS = re.compile(r"\{%-?\s*trans\b.*?\{%-?\s*endtrans\s*-?%\}", re.DOTALL)
_COMMENT = re.compile(r"\{#.*?#\}", re.DOTALL)
_BLOCK = re.compile(r"\{%.*?%\}", re.DOTALL)
_VALUE = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)


class Told(HTMLParser):
    """What people see of a page: texts, and the attributes that are read to them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._silent = 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in SILENT
        self.texts += [value for name, value in attrs if value and name in TOLD]

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in SILENT

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.texts.append(data)


def _texts_of(source: str) -> list[str]:
    """The texts of a template, each value in it as a private character and what the value is."""
    values: list[str] = []

    def keep(found: re.Match[str]) -> str:
        values.append(found[1])
        return chr(0xE000 + len(values) - 1)

    bare = _BLOCK.sub("", _VALUE.sub(keep, _COMMENT.sub("", _TRANS.sub("", source))))
    told = []
    for text in Told(bare).texts:
        told.append(re.sub("[\ue000-\uf8ff]", " ", text))
        told += [
            said
            for each in re.findall("[\ue000-\uf8ff]", text)
            for said in _said(values[ord(each) - 0xE000])
        ]
    return told


def _said(expression: str) -> Iterator[str]:
    """The texts that a value can be without any translation."""
    (output,) = environment().parse("{{" + expression.strip("-") + "}}").find_all(nodes.Output)
    yield from _leaves(output.nodes[0])


def _leaves(node: nodes.Node | None) -> Iterator[str]:
    match node:
        case nodes.Const(value=str() as said) | nodes.TemplateData(data=said):
            yield said
        case nodes.CondExpr():
            yield from (*_leaves(node.expr1), *_leaves(node.expr2))
        case nodes.Filter() | nodes.Getattr() | nodes.Getitem():
            yield from _leaves(node.node)
        case nodes.Call(node=nodes.Getattr(node=nodes.Dict() as words)):
            yield from _leaves(words)
        case nodes.Dict():
            for pair in node.items:
                yield from _leaves(pair.value)
        case nodes.Or() | nodes.Add():
            yield from (*_leaves(node.left), *_leaves(node.right))
        case nodes.Concat():
            for each in node.nodes:
                yield from _leaves(each)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.relative_to(WEB).as_posix())
def test_a_template_says_nothing_in_english_alone(path: Path):
    texts = _texts_of(path.read_text("utf-8"))
    found = [text.strip() for text in texts if set(_WORD.findall(text)) - NAMES]
    assert not found, "write it as _(…) or {% trans %}"


MARKING = frozenset({"_", "N_", "ngettext"})
TAKES_TEXT = {
    "entry": 1,
    "day": 1,
    "Verb": 1,
    "Done": 0,
    "Section": 1,
    "Field": 1,
    "Told": 0,
    "BadInput": 0,
    "NotFound": 0,
    "Forbidden": 0,
    "RuleViolation": 1,
    "Conflict": 1,
}
"""Functions that take what people read, and the place of that argument."""
KEYWORDS = frozenset({"title", "hint", "why", "said", "message", "label", "explains", "without"})


def _unmarked(tree: ast.Module) -> Iterator[str]:
    """Literals that are handed to people, and no call that translates around them."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = node.func.id if isinstance(node.func, ast.Name) else ""
            told = [keyword.value for keyword in node.keywords if keyword.arg in KEYWORDS]
            told += [
                pair
                for each in node.keywords
                if each.arg == "flash"
                for pair in _second(each.value)
            ]
            place = TAKES_TEXT.get(name)
            if place is not None and len(node.args) > place:
                told.append(node.args[place])
            for each in told:
                yield from _literals(each)


def _second(node: ast.expr) -> list[ast.expr]:
    return node.elts[1:] if isinstance(node, ast.Tuple) else []


def _literals(node: ast.expr) -> Iterator[str]:
    match node:
        case ast.Constant(value=str() as said) if {*_WORD.findall(said)} - NAMES:
            yield said
        case ast.JoinedStr():
            for each in node.values:
                yield from _literals(each)
        case ast.IfExp():
            yield from (*_literals(node.body), *_literals(node.orelse))
        case ast.BinOp() | ast.BoolOp():
            for child in ast.iter_child_nodes(node):
                if isinstance(child, ast.expr):
                    yield from _literals(child)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_python_hands_no_unmarked_text_to_a_page(path: Path):
    found = list(_unmarked(ast.parse(path.read_text("utf-8"))))
    assert not found, "write it as _(…), or N_(…) where it is translated later"


OF_BOTH = frozenset(
    {
        *(
            "Agent",
            "Deutsch",
            "English",
            "Manager",
            "Name",
            "Profile",
            "Status",
            "System",
            "Version",
        ),
        *(
            "Agent:",
            "Nord",
            "Text",
            "Dunwell",
            "CSV",
            "PDF",
            "PARQUET",
            "XLSX",
            "USD",
            "JPY",
            "Name: –",
        ),
    }
)
"""Words of both languages, and signs of none."""

OF_THE_POLICY = frozenset(
    {
        *("policy owner", "collection_status", "credit_alerts", "adjustment_limits", "text", "pdf"),
        *("invoice-reminder", "receipt", "letter-attached"),
        *("first-reminder", "second-reminder", "final-notice", "jinja2", "typst"),
        "the empty policy of a new installation",
    }
)
"""What stands in the policy as it stands there: the nouns of its file, settings, templates."""

OF_THE_TOWN = frozenset(
    {
        *NAMES,
        *town.NAMES,
        *("Jennifer", "Larry", "Omar", "Grace", "Ngozi Ẹ̀là", "root", "dunwell"),
        *("The " + role for role in Role),
        *Role,
        *("wait", "lenient", "low", "high", "yen", "services", "households"),
        *("call", "second call", "letter", "second letter", "late fee", "reminder", "interest"),
        *("collect", "visit", "default", "default USD", "default JPY", "default · USD"),
        *("default · JPY", "standard", "first", "bureau", "score fell", "goodwill", "ask", "warn"),
        *(
            "patient",
            "wait longer",
            "cut",
            "Cut",
            "end",
            "warn, ask",
            "electricity",
            "water",
            "1 Harbour St",
            "agents",
        ),
        *("address to check", "address to check (agents):", "The last letter came back"),
        *("Every morning", "UA", "U1", "larry@example.org", "for the cat"),
        "The score at the bureau fell below the company's own lower limit for instalments",
    }
)
"""Names that people gave: customers, agents, actions, scenarios, reasons."""

LOOKS_LIKE_DATA = re.compile(
    r"customer\d|(customer\d)?@example\.org|[a-z]{2}_[A-Z]{2}|.*→.*|#import.*|\[ \{.*"
)

ALIKE = OF_BOTH | OF_THE_POLICY | OF_THE_TOWN

ROLES = (Role.MANAGER, Role.POLICY_OWNER, Role.ADMINISTRATOR, Role.OPERATOR)


def _seen(text: str) -> set[str]:
    """What people read on a page, each text once; a dot parts two of them."""
    page = text.partition("<body")[2]
    pieces = (" ".join(piece.split()) for each in Told(page).texts for piece in each.split("·"))
    return {piece for piece in pieces if _WORD.search(piece)}


UTILITY = ("", "/services", "/severances", "/rating", "/to-dos", "/pay-plans", "/history")


def test_what_reads_the_same_in_both_languages_is_data_or_a_word_of_both(site: Site):
    """`OF_BOTH` grows by what is really the same, never by what was forgotten."""
    there = places(site.world)
    utility_town.supply(site.world)
    site.world.by_hand(town.TODAY).group("Ours", "B5", "B6")
    camt_files.import_unclear(site.world, town.TODAY, "80.00")
    addresses = [(path.format(**there), needs) for path, needs in PAGES.values()]
    addresses += [(f"/reports/{name}", Permission.READ_REPORTS) for name in REPORTS]
    addresses += [(f"/bill-units/U1{part}", Permission.VIEW) for part in UTILITY]
    addresses += [(f"/bill-units/{unit}/explain", Permission.VIEW) for unit in ("B5", "B6")]
    found: dict[str, str] = {}
    for path, needs in addresses:
        site.come_in(next(role for role in ROLES if needs is None or needs in PERMISSIONS[role]))
        english, german = (
            _seen(site.get(path, headers={"Accept-Language": language}).text)
            for language in ("en", "de")
        )
        found |= {said: path for said in english & german if said not in found}
    left = {
        said: path
        for said, path in found.items()
        if said not in ALIKE and not LOOKS_LIKE_DATA.fullmatch(said)
    }
    assert not left
