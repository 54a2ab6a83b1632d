"""The catalogue knows every kind that is written anywhere, and its page says what it says."""

import ast
from collections.abc import Iterator
from datetime import date
from pathlib import Path

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


def kinds_given(folder: Path) -> set[str]:
    """What the Python of a package gives as a `kind`: by that name, or to `log.record`."""
    found = set()
    for path in folder.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            match node:
                case ast.keyword(arg="kind", value=ast.Constant(value=str(kind))):
                    found.add(kind)
                case ast.Dict(keys=keys, values=values):
                    found |= {
                        str(value.value)
                        for key, value in zip(keys, values, strict=True)
                        if isinstance(key, ast.Constant)
                        and key.value == "kind"
                        and isinstance(value, ast.Constant)
                    }
                case ast.Call(
                    func=ast.Attribute(attr="record"), args=[_, _, ast.Constant() as it, *_]
                ):
                    found.add(str(it.value))
    return found


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
            unknown = kinds_given(path.parent) - catalogue.KINDS.keys()
            assert not unknown, f"Python beside {path} gives {unknown}"
        else:
            assert kind in catalogue.KINDS, f"{path} writes {kind!r}"


def test_the_search_for_kinds_finds_them():
    found = {kind for path in WRITERS for kind in kinds_written(path)}
    assert found >= {"case_opened", "case_closed", "actions_performed", "exempted", "run_completed"}
    assert "action_*" in found


def test_every_kind_that_python_records_is_in_the_catalogue():
    given = {
        kind
        for folder in {path.parent for path in statements.SOURCE.rglob("*.py")}
        for kind in kinds_given(folder)
        if "log.record" in "".join(file.read_text("utf-8") for file in folder.glob("*.py"))
    }
    assert "subscription_changed" in given
    assert given <= catalogue.KINDS.keys()


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
