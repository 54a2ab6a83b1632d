"""The catalogue knows every kind that is written anywhere, and its page says what it says."""

import ast
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any, TypeGuard

import pytest
import sqlglot
from sqlglot import exp
from tests.contracts import statements

from dunwell.features.events import catalogue, log, reference

ROOT = Path(__file__).parents[3]


def kinds_written(path: Path) -> Iterator[str]:
    """The kinds that a file's statements write; `:name` for one that Python gives, `prefix*` for
    one that is put together.
    """
    for _, rendered in statements.of(path):
        plain = rendered.text.replace("%(", ":").replace(")s", "")
        for statement in sqlglot.parse(plain, dialect="postgres"):
            for insert in statement.find_all(exp.Insert) if statement else ():
                yield from _of_insert(insert)


def _of_insert(insert: exp.Insert) -> Iterator[str]:
    if not isinstance(insert.this, exp.Schema) or insert.this.this.name != "event":
        return
    position = [column.name for column in insert.this.expressions].index("kind")
    rows = (
        [row.expressions for row in insert.expression.expressions]
        if isinstance(insert.expression, exp.Values)
        else [select.selects for select in _selects(insert.expression)]
    )
    for row in rows:
        yield from _values(row[position])


def _selects(query: exp.Expr) -> Iterator[exp.Select]:
    if isinstance(query, exp.SetOperation):
        yield from _selects(query.this)
        yield from _selects(query.expression)
    else:
        assert isinstance(query, exp.Select), query
        yield query


def _values(value: exp.Expr) -> Iterator[str]:
    value = value.unalias()
    if isinstance(value, exp.Cast | exp.Paren):
        yield from _values(value.this)
    elif isinstance(value, exp.Literal):
        yield value.this
    elif isinstance(value, exp.Case):
        for branch in value.args["ifs"]:
            yield from _values(branch.args["true"])
        if value.args.get("default"):
            yield from _values(value.args["default"])
    elif isinstance(value, exp.DPipe):
        yield next(_values(value.this)) + "*"
    else:
        yield ":given"


TELLERS = {"log", "_log", "log_action", "conclude", "record", "write", "_make", "run"}
"""What Python calls to write an event whose kind it gives as a word of its own."""


def kinds_given(folder: Path) -> set[str]:
    """What the Python of a package gives as a kind; `prefix*` for one that is put together."""
    found: set[str] = set()
    for path in folder.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            match node:
                case ast.Call(func=ast.Attribute(attr=name) | ast.Name(id=name)) if name in TELLERS:
                    found |= _given(name, node)
                case ast.Dict() if {"business_date", "date"} & _keys(node):
                    found |= _in_row(node)
                case ast.Assign(targets=[ast.Name(id="kind")], value=ast.IfExp() as choice):
                    found |= {*_words(choice.body), *_words(choice.orelse)}
    return found


def _given(name: str, call: ast.Call) -> set[str]:
    if name == "run":
        # a statement of the package, with the kind by name
        return {word for each in call.keywords if each.arg == "kind" for word in _words(each.value)}
    # the kind comes first, or after the connection, the operation, the work, the row, the date
    return {word for value in call.args[:3] for word in _words(value)}


def _in_row(row: ast.Dict) -> set[str]:
    found: set[str] = set()
    for key, value in zip(row.keys, row.values, strict=True):
        if isinstance(key, ast.Constant) and key.value in ("kind", "event"):
            choices = value.value.values if _is_choice(value) else [value]
            found |= {word for choice in choices for word in _words(choice)}
    return found


def _is_choice(value: ast.expr) -> TypeGuard[Any]:
    return isinstance(value, ast.Subscript) and isinstance(value.value, ast.Dict)


def _keys(row: ast.Dict) -> set[str]:
    return {str(key.value) for key in row.keys if isinstance(key, ast.Constant)}


def _words(value: ast.expr) -> Iterator[str]:
    match value:
        case ast.Constant(value=str(word)) if word.isidentifier():
            yield word
        case ast.JoinedStr(values=[ast.Constant(value=str(prefix)), ast.FormattedValue()]):
            yield f"{prefix}*"


def _unknown(kinds: Iterable[str]) -> set[str]:
    return {
        kind
        for kind in kinds
        if not (catalogue.matching([kind]) if kind.endswith("*") else kind in catalogue.KINDS)
    }


WRITERS = [
    path
    for path in statements.files()
    if "into event" in path.read_text("utf-8") and path.parent.name != "events"
]


@pytest.mark.parametrize("path", WRITERS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_every_kind_that_is_written_is_in_the_catalogue(path: Path):
    for kind in kinds_written(path):
        if kind.endswith("*"):
            assert catalogue.matching([kind]), f"{path} writes {kind}"
        elif kind == ":given":
            unknown = _unknown(kinds_given(path.parent))
            assert not unknown, f"Python beside {path} gives {unknown}"
        else:
            assert kind in catalogue.KINDS, f"{path} writes {kind!r}"


def test_the_search_for_kinds_finds_them():
    found = {kind for path in WRITERS for kind in kinds_written(path)}
    assert found >= {"case_opened", "case_closed", "actions_performed", "run_completed"}
    assert found >= {"letter_sent", "referral_recalled", "promise_*", ":given"}


def test_every_kind_that_python_gives_is_in_the_catalogue():
    recording = {
        path.parent
        for path in statements.SOURCE.rglob("*.py")
        if "log.record(" in path.read_text("utf-8")
    }
    folders = {path.parent for path in WRITERS} | recording
    given = {kind for folder in folders for kind in kinds_given(folder)}
    assert given >= {"subscription_changed", "held", "action_*", "person_disabled", "left_group"}
    assert given >= {"template_deleted", "reminder_withdrawn", "payment_*", "scenario_replaced"}
    assert not _unknown(given)


def test_a_kind_outside_the_catalogue_cannot_be_recorded(database):
    with database.connect() as connection, pytest.raises(LookupError, match="no_such_kind"):
        log.record(connection, date(2026, 3, 1), "no_such_kind", {}, actor="nobody")


def test_parts_are_kinds_of_their_own():
    for kind in catalogue.CATALOGUE:
        if kind.unfolds:
            assert kind.unfolds.kinds() <= catalogue.KINDS.keys()
    logged = {kind.name for kind in catalogue.CATALOGUE if kind.is_logged}
    for name in catalogue.KINDS:
        assert catalogue.logged(frozenset({name})) & logged, f"nothing ever tells of {name}"


def test_the_page_is_what_the_catalogue_says():
    assert (ROOT / "docs/reference/events.md").read_text("utf-8") == reference.render()


def test_partitions_are_made_ahead_and_listed(database):
    with database.connect() as connection:
        log.ensure_months_ahead(connection, date(2025, 12, 31))
        log.ensure_months_ahead(connection, date(2026, 1, 31))
        names = [partition.name for partition in log.partitions(connection)]
    assert names == [
        *("event_2025_12", "event_2026_01", "event_2026_02", "event_2026_03"),
        "event_default",
    ]
