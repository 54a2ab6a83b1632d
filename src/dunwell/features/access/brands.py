"""Brands as people name them and as rows know them."""

from collections.abc import Sequence

import psycopg
from psycopg.rows import TupleRow

from dunwell.domain.errors import BadInput

Connection = psycopg.Connection[TupleRow]


def ids(connection: Connection, names: Sequence[str] | None) -> list[int] | None:
    """The brands of these names; none stands for every brand. Raises BadInput for unknown ones."""
    if names is None:
        return None
    known = {name: number for number, name in _all(connection)}
    unknown = [name for name in names if name not in known]
    if unknown:
        raise BadInput(
            f"There is no brand {unknown[0]!r}; the policy has {', '.join(map(repr, known))}."
        )
    return sorted({known[name] for name in names})


def names(connection: Connection, given: Sequence[int] | None) -> list[str] | None:
    """The names of these brands, as far as they still exist."""
    if given is None:
        return None
    return [name for number, name in _all(connection) if number in given]


def _all(connection: Connection) -> list[tuple[int, str]]:
    return connection.execute("select id, name from brand order by name").fetchall()
