"""Named SQL statements from the `.sql` files that live with their noun.

A file holds statements, each under a line `-- name: leave_cured` with a sentence of purpose below
it. Parameters are named and cast (`:business_date::date`); a `{{fragment}}` is a piece of SQL that
the policy compiled (a profile's rule, a scenario's criteria), never a value. What several
statements of a file say stands there once, under `-- piece: told`, and is named like a fragment.

On connections that prepare statements, one whose best plan depends on its values says so by
`(planned each time)` after its name.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import psycopg
from psycopg.rows import TupleRow

_NAME = re.compile(r"^-- (name|piece): *(\w+) *(\(planned each time\))? *$", re.MULTILINE)
_FRAGMENT = re.compile(r"\{\{(\w+)\}\}")
# a parameter is `:name` outside quotes and comments, and not the second half of a `::cast`
_TOKEN = re.compile(
    r"(?P<skip>'(?:[^']|'')*'|--[^\n]*|::)|(?<![:\w]):(?P<parameter>[a-z_]+)|(?P<percent>%)"
)


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement: its text for psycopg, the parameters and the fragments that it takes."""

    name: str
    text: str
    parameters: frozenset[str]
    fragments: frozenset[str]
    planned_each_time: bool = False

    def render(self, fragments: Mapping[str, str] | None = None) -> bytes:
        """The text with its fragments in place; a `%` inside a fragment must be doubled."""
        return _FRAGMENT.sub(lambda match: (fragments or {})[match[1]], self.text).encode()

    def run(
        self,
        connection: psycopg.Connection[TupleRow],
        parameters: Mapping[str, Any] | None = None,
        fragments: Mapping[str, str] | None = None,
    ) -> psycopg.Cursor[TupleRow]:
        """Execute it; parameters that neither it nor a fragment uses are ignored."""
        given = parameters if self.parameters or self.fragments else None
        prepare = False if self.planned_each_time else None
        return connection.execute(self.render(fragments), given, prepare=prepare)


def _translate(name: str, planned_each_time: bool, body: str) -> Statement:
    parameters: set[str] = set()

    def token(match: re.Match[str]) -> str:
        if match["parameter"]:
            parameters.add(match["parameter"])
            return f"%({match['parameter']})s"
        return match[0].replace("%", "%%")

    text = _TOKEN.sub(token, body)
    if not parameters and not _FRAGMENT.search(text):
        # without parameters psycopg leaves `%` alone
        text = text.replace("%%", "%")
    return Statement(
        name,
        text.strip(),
        frozenset(parameters),
        frozenset(_FRAGMENT.findall(text)),
        planned_each_time,
    )


@cache
def load(package: str, file: str) -> Mapping[str, Statement]:
    """The statements of `file` (`leave.sql`) in `package` (`dunwell.features.cases`), by name."""
    source = (files(package) / file).read_text(encoding="utf-8")
    _, *found = _NAME.split(source)
    parts = list(zip(*(found[at::4] for at in range(4)), strict=True))
    pieces = {name: body.strip() for is_a, name, _, body in parts if is_a == "piece"}
    return {
        name: _translate(name, bool(mark), _with_pieces(body, pieces))
        for is_a, name, mark, body in parts
        if is_a == "name"
    }


def _with_pieces(body: str, pieces: Mapping[str, str]) -> str:
    return _FRAGMENT.sub(lambda match: pieces.get(match[1], match[0]), body)
