"""Staging: a file's rows as text in a temporary table, and the view that gives them types.

`stage` holds each row as it was written. The view `given` is what the kind's SQL reads: typed
columns, a switch `has_…` for each optional column that the file has, and `malformed` with what is
wrong with the single values. All of it goes with the transaction.
"""

import csv
import io
import json
from collections.abc import Sequence
from typing import NoReturn

import psycopg
from psycopg import sql
from psycopg.rows import TupleRow

from dunwell.domain.errors import BadFile
from dunwell.features.receivables.columns import ATTRIBUTE, Column, Kind, Type
from dunwell.features.receivables.files import Batch, PlainLines, Progress, Row, Source

Connection = psycopg.Connection[TupleRow]

# what the text must be, and the type that it then gets; dates are looked up in `written_day`
_FORMS: dict[Type, tuple[str, str, str]] = {
    "amount": (
        # a hundred of the largest still have a sum that a column holds
        "length({0}) <= 40 and is_amount({0}) and {0} !~ '^[-+]?[0-9]{{14}}'",
        "numeric",
        "is not an amount such as 12.50, with at most 13 digits before the point",
    ),
    "rate": (
        "{0} ~ '^[0-9]{{1,12}}([.][0-9]{{1,12}})?$' and {0} ~ '[1-9]'",
        "numeric",
        "is not a positive number with at most 12 decimals, such as 1.0842",
    ),
    "integer": ("{0} ~ '^[-+]?[0-9]{{1,9}}$'", "integer", "is not a whole number"),
    "delivery": ("{0} in ('email', 'postal')", "text", "is neither email nor postal"),
    "flag": ("{0} in ('true', 'false')", "boolean", "is neither true nor false"),
    "version": (
        "version_order({0}) is not null",
        "text",
        "is neither a whole number nor a time with its zone, such as 2026-02-28T12:00:00Z",
    ),
    # what people are found by stands in indexes, whose entries must fit a page
    "text": ("octet_length({0}) <= 1000", "text", "is longer than 1000 bytes"),
    "number": (
        "octet_length({0}) <= 800 and {0} = btrim({0})",
        "text",
        "is longer than 800 bytes or has spaces around it",
    ),
}


def fill(connection: Connection, source: Source, progress: Progress | None) -> int:
    """Copy the file into `stage` and make `given` of it; the number of rows."""
    kind = source.kind
    known = [column.name for column in kind.staged]
    connection.execute(
        sql.SQL(
            "create temp table stage"
            " (line bigint, misfit text, attributes jsonb, {}) on commit drop"
        ).format(sql.SQL(", ").join(sql.SQL("{} text").format(sql.Identifier(n)) for n in known))
    )
    rows = _copy(connection, source, progress)
    dates = [column.name for column in kind.columns if column.type == "date"]
    if dates:
        connection.execute(_written_days(dates))
        connection.execute("analyze written_day")
    # joins are planned for the number of rows that there are
    connection.execute("analyze stage (misfit)")
    connection.execute(_given(kind, source.header))
    return rows


def _copy(connection: Connection, source: Source, progress: Progress | None) -> int:
    header = source.header
    free = [place for place, name in enumerate(header) if name.startswith(ATTRIBUTE)]
    targets = [name for name in header if not name.startswith(ATTRIBUTE)]
    if free:
        targets.append("attributes")
    statement = sql.SQL("copy stage (line, misfit, {}) from stdin (format csv)").format(
        sql.SQL(", ").join(map(sql.Identifier, targets))
    )
    rows = 0
    with connection.cursor().copy(statement) as copy:
        for batch in source.batches(progress):
            rows += len(batch)
            copy.write(_text(source, batch, free, len(targets)))
    return rows


def _text(source: Source, batch: Batch, free: Sequence[int], width: int) -> bytes:
    """The batch as COPY takes it: line, misfit and values; an empty value is null."""
    if not isinstance(batch, PlainLines):
        return _as_csv(source, batch, free, width)
    commas = len(source.header) - 1
    if free or any(line.count(",") != commas for line in batch.lines if line):
        return _as_csv(source, batch.rows(), free, width)
    numbered = enumerate(batch.lines, batch.first)
    text = "".join([f"{no},,{line}\n" for no, line in numbered if line])
    if "\0" in text:
        _refuse_nul(source, batch.rows())
    return text.encode()


def _as_csv(source: Source, batch: Sequence[Row], free: Sequence[int], width: int) -> bytes:
    expected = len(source.header)
    lines: list[tuple[object, ...]]
    if not free and all(len(row) == expected for _, row in batch):
        lines = [(line, None, *row) for line, row in batch]
    else:
        none = (None,) * width
        lines = [
            (line, None, *_with_attributes(source.header, row, free))
            if len(row) == expected
            else (line, f"{len(row)} cells instead of {expected}", *none)
            for line, row in batch
        ]
    buffer = io.StringIO()
    csv.writer(buffer).writerows(lines)
    text = buffer.getvalue()
    if "\0" in text:
        _refuse_nul(source, batch)
    return text.encode()


def _refuse_nul(source: Source, batch: Sequence[Row]) -> NoReturn:
    line = next(line for line, row in batch if any("\0" in (cell or "") for cell in row))
    raise BadFile(f"{source.path}: line {line} has a NUL character. Remove it.")


def _with_attributes(
    header: Sequence[str], row: Sequence[str | None], free: Sequence[int]
) -> list[str | None]:
    """The row's known columns, then its free attributes as one JSON object."""
    if not free:
        return list(row)
    named = {header[place].removeprefix(ATTRIBUTE): row[place] or None for place in free}
    return [
        *(cell for place, cell in enumerate(row) if place not in free),
        json.dumps(named, ensure_ascii=False),
    ]


def _written_days(dates: Sequence[str]) -> sql.Composed:
    """Each distinct text that stands for a date, read once instead of in every row."""
    return sql.SQL(
        "create temp table written_day on commit drop as"
        " select written, case when is_date(written) then written::date end as day from ({}) as w"
        " where written is not null"
    ).format(
        sql.SQL(" union ").join(
            sql.SQL("select distinct {} as written from stage").format(sql.Identifier(name))
            for name in dates
        )
    )


def _given(kind: Kind, header: Sequence[str]) -> sql.Composed:
    """The view `given`; `offset 0` keeps the planner from computing a column twice."""
    typed: list[sql.Composable] = [sql.SQL("stage.line"), sql.SQL("stage.attributes")]
    joins: list[sql.Composable] = [sql.SQL("stage")]
    wrong: list[sql.Composable] = []
    for column in kind.staged:
        name, raw = sql.Identifier(column.name), sql.Identifier("stage", column.name)
        if column.type == "date":
            day = sql.Identifier(f"{column.name} day")
            joins.append(
                sql.SQL("left join written_day as {0} on {0}.written = {1}").format(day, raw)
            )
            typed.append(sql.SQL("{}.day as {}").format(day, name))
            form = "is not a date such as 2026-02-28"
        elif column.type == "reference":
            typed.append(raw)
            form = ""
        else:
            test, cast, form = _FORMS[column.type]
            typed.append(
                sql.SQL("case when {} then {}::{} end as {}").format(
                    sql.SQL(test).format(raw), raw, sql.SQL(cast), name
                )
            )
        wrong += _problems(column, form, given=column.name in header)
    raws = [
        sql.SQL("stage.{} as {}").format(
            sql.Identifier(column.name), sql.Identifier(f"raw_{column.name}")
        )
        for column in kind.staged
    ]
    switches = [
        sql.SQL("{} as {}").format(
            sql.Literal(column.name in header), sql.Identifier(f"has_{column.name}")
        )
        for column in kind.staged
        if not column.required or column.instead
    ]
    comma = sql.SQL(", ")
    return sql.SQL(
        "create temp view given as select typed.*, {switches}"
        " concat_ws('|', {wrong}) as malformed"
        " from (select {columns} from {tables} where misfit is null offset 0) as typed"
    ).format(
        switches=sql.SQL("").join(sql.SQL("{}, ").format(switch) for switch in switches),
        wrong=comma.join(wrong),
        columns=comma.join([*typed, *raws]),
        tables=sql.SQL(" ").join(joins),
    )


def _problems(column: Column, form: str, *, given: bool) -> list[sql.Composable]:
    """A problem is a text, `column: what is wrong`. What may be absent and is, the kind's own
    statements miss.
    """
    raw, name = sql.Identifier(f"raw_{column.name}"), sql.Identifier(column.name)
    problems: list[sql.Composable] = []
    if column.required and (given or not column.instead):
        problems.append(
            sql.SQL("case when {} is null then {} end").format(
                raw, sql.Literal(f"{column.name}: is missing")
            )
        )
    if form:
        problems.append(
            sql.SQL("case when {} is not null and {} is null then {} end").format(
                raw, name, sql.Literal(f"{column.name}: {form}")
            )
        )
    return problems
