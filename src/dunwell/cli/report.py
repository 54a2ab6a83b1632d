"""`dunwell report`: a report on the terminal or as a file."""

import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dunwell.cli import output
from dunwell.cli.options import Json, parse_date
from dunwell.domain.errors import BadInput

if TYPE_CHECKING:
    from dunwell.features.reports.report import Answer

ENDINGS = {".csv": "csv", ".xlsx": "xlsx", ".parquet": "parquet", ".pdf": "pdf"}


def _day(flag: str, text: str, shown: str) -> Any:
    return typer.Option(flag, parser=parse_date, metavar="DATE", help=text, show_default=shown)


def report(
    name: Annotated[
        str | None,
        typer.Argument(metavar="[NAME]", help="The report; none: list them.", show_default=False),
    ] = None,
    since: Annotated[date | None, _day("--from", "The first day.", "by the report")] = None,
    until: Annotated[date | None, _day("--to", "The last day.", "the last night")] = None,
    brand: Annotated[str | None, typer.Option(metavar="NAME", help="Only this brand.")] = None,
    currency: Annotated[
        str | None, typer.Option(metavar="CODE", help="Only this currency.")
    ] = None,
    form: Annotated[
        str | None,
        typer.Option(
            "--format", metavar="FORMAT", help="csv, xlsx, parquet or pdf; else by --output."
        ),
    ] = None,
    to_file: Annotated[
        Path | None, typer.Option("--output", metavar="FILE", help="Where the file goes.")
    ] = None,
    prepare: Annotated[
        bool, typer.Option("--prepare", help="Make the sums anew, whatever they are up to.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Show a report as of the last night, or write it as a file. Without NAME, list the reports.

    Sums are prepared first if a night has been run since; with a worker, that has been done.
    """
    form = _format(form, to_file)
    from dunwell.bootstrap import open_application, read_settings
    from dunwell.features.access.actor import Operation, operator
    from dunwell.features.policy.today import business_date
    from dunwell.features.reports import exporting, preparing, registry, running
    from dunwell.features.reports.report import Asked

    if name is None and not prepare:
        _list(registry.REPORTS.values(), as_json=as_json)
        return
    if name is not None:
        registry.find(name)
    database = open_application(read_settings()).database
    preparing.prepare(database, anew=prepare)
    if name is None:
        return
    with database.connect() as connection:
        operation = Operation(connection, operator(), business_date(connection))
        answer = running.run(operation, name, Asked(since, until, brand, currency))
    if form is not None:
        file = exporting.report_file(answer, form)
        _write(file, to_file)
    elif as_json:
        output.answer(_as_json(answer))
    else:
        _show(answer)


def _format(form: str | None, to_file: Path | None) -> str | None:
    if form is None and to_file is not None:
        form = ENDINGS.get(to_file.suffix.lower())
        if form is None:
            raise BadInput(
                f"--output is {str(to_file)!r}; give --format, or a name that ends with"
                f" {', '.join(ENDINGS)}."
            )
    if form is not None and form not in ENDINGS.values():
        raise BadInput(f"--format is {form!r}; it can be {', '.join(ENDINGS.values())}.")
    return form


def _write(file: Any, to_file: Path | None) -> None:
    if to_file is None:
        if sys.stdout.isatty() and not file.name.endswith(".csv"):
            raise BadInput("A terminal can't show this format; name a file with --output.")
        for piece in file.pieces():
            sys.stdout.buffer.write(piece)
        return
    try:
        with to_file.open("wb") as stream:
            stream.writelines(file.pieces())
    except OSError as failure:
        raise BadInput(f"{to_file} can't be written: {failure.strerror}.") from failure
    output.say(f"{to_file} written.")


def _list(reports: Any, *, as_json: bool) -> None:
    if as_json:
        output.answer([{"name": each.name, "meaning": each.meaning} for each in reports])
        return
    shown = output.table("report", "what it tells")
    for each in reports:
        shown.add_row(each.name, each.meaning)
    output.show(shown)


def _as_json(answer: "Answer") -> dict[str, Any]:
    names = [column.name for column in answer.report.columns]
    return {
        "report": answer.report.name,
        "from": answer.since,
        "to": answer.until,
        "night": answer.night,
        "rows": [{name: row[name] for name in names} for row in answer.rows],
    }


def _show(answer: "Answer") -> None:
    from dunwell.features.reports.exporting import heading
    from dunwell.features.reports.report import NUMBERS

    report_ = answer.report
    period = f"{answer.since} to " if answer.since != answer.until else ""
    output.heading(report_.title, f"{period}{answer.until}, as of the night of {answer.night}.\n")
    if not answer.rows:
        output.show("There is nothing to tell.")
        return
    columns = list(report_.columns)
    # on a terminal, what is the same in all rows is said once
    same = {
        column.name for column in columns[:2] if len({row[column.name] for row in answer.rows}) == 1
    }
    for column in columns[:2]:
        if column.name in same:
            output.show(f"{column.name}: {answer.rows[0][column.name]}")
    columns = [column for column in columns if column.name not in same]
    shown = output.table(
        *(heading(column.name) for column in columns),
        right=[heading(column.name) for column in columns if column.kind in NUMBERS],
    )
    for row in answer.rows:
        shown.add_row(*(_text(row[column.name], column.kind) for column in columns))
    output.show(shown)
    for note in report_.notes:
        output.show(note)


def _text(value: Any, kind: str) -> str:
    if value is None:
        return ""
    if kind in ("money", "count", "percent", "days"):
        return f"{value:,}" + ("%" if kind == "percent" else "")
    if kind == "month":
        return f"{value:%Y-%m}"
    return str(value)
