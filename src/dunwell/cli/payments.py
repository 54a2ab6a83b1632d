"""`dunwell payments`: methods, collecting, bank statements and what they leave in suspense."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dunwell.cli import output
from dunwell.cli.options import BillUnitArgument, Date, Debug, Json
from dunwell.domain.errors import BadInput

if TYPE_CHECKING:
    from dunwell.bootstrap import Application
    from dunwell.features.access.actor import Operation
    from dunwell.features.payments.collecting import Collection
    from dunwell.features.payments.importing import Import

app = typer.Typer(
    help="Collect payments, import bank statements, and settle what they leave open.",
    no_args_is_help=True,
)


@app.command()
def collect(
    on: Date = None,
    export: Annotated[
        Path | None,
        typer.Option("--export", metavar="DIR", help="Where to put the files for the bank."),
    ] = None,
    as_json: Json = False,
    debug: Debug = False,
) -> None:
    """Charge what the nights asked for, through the gateways; who has paid leaves collections.

    Running it again charges nothing twice; what got no answer is asked for again.
    """
    from dunwell.engine import collecting
    from dunwell.features.access.actor import operator
    from dunwell.features.payments.gateways import registry

    application, day = _open(on, debug=debug)
    gateways = registry.of(application.settings)
    collection, closed = collecting.collect_payments(
        application.database,
        application.plugins,
        gateways,
        operator(),
        day,
        slice_width=application.settings.slice_width,
    )
    files = collecting.write_files(application.database, gateways, export) if export else []
    if as_json:
        answer = {**collection.as_json(), "left_collections": dict(closed), "files": files}
        output.answer(answer)
        return
    print_collection(collection, sum(closed.values()))
    for file in files:
        output.show(f"Written: {file}")
    if collection.in_files and export is None:
        output.say("The files for the bank wait: `dunwell payments export DIR` writes them.")


def print_collection(collection: "Collection", closed: int) -> None:
    """What collecting came to, in a few lines."""
    table = output.table("attempts", "number", right=["number"], show_header=False)
    for status, number in sorted(collection.outcomes.items()):
        table.add_row(output.words(status), f"{number:,}")
    table.add_row("in files for the bank", f"{collection.in_files:,}")
    table.add_row("without an answer", f"{collection.unanswered:,}")
    for currency, amount in sorted(collection.collected.items()):
        table.add_row(f"collected, {currency}", output.money(amount, currency))
    table.add_row("left collections", f"{closed:,}")
    output.show(table)
    for why, number in sorted(collection.left.items()):
        output.say(f"{output.count(number, 'attempt')} left: {why}.", style="yellow")


@app.command("export")
def export_files(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="The folder for the files.", show_default=False)
    ],
    again: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Write this file once more, which got lost."),
    ] = None,
    as_json: Json = False,
    debug: Debug = False,
) -> None:
    """Write the direct debits that wait for the bank (pain.008), each file once."""
    from dunwell.db import outgoing_files
    from dunwell.engine import collecting
    from dunwell.features.payments.collecting import FILE_KIND
    from dunwell.features.payments.gateways import registry

    application, _ = _open(None, debug=debug)
    gateways = registry.of(application.settings)
    if again is None:
        files = collecting.write_files(application.database, gateways, folder)
    else:
        with application.database.connect() as connection:
            opener = gateways.vault.open
            files = [outgoing_files.write_again(connection, folder, [FILE_KIND], again, opener)]
    if as_json:
        output.answer({"files": files})
    else:
        output.show(*([f"Written: {file}" for file in files] or ["No file waits."]))


@app.command("import")
def import_statements(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE", help="camt.053 or camt.054 files, in any version.", show_default=False
        ),
    ],
    on: Date = None,
    as_json: Json = False,
    debug: Debug = False,
) -> None:
    """Post bank statements: payments by the bill or bill-unit numbers that they name, direct
    debits that were paid or came back. What isn't clear waits in suspense.

    Importing again, or another file with the same bookings, changes nothing.
    """
    from dunwell.engine.settling import settle
    from dunwell.features.payments import importing

    application, day = _open(on, debug=debug)
    results = []
    for file in files:
        with _operation(application, day) as operation:
            results.append(importing.import_file(operation, file))
    paid = {unit for result in results for unit in result.paid}
    width = application.settings.slice_width
    closed = settle(application.database, application.plugins, day, paid, slice_width=width)
    if as_json:
        told = [{"file": file, **result.as_json()} for file, result in _both(files, results)]
        output.answer({"files": told, "left_collections": dict(closed)})
    else:
        print_imports(files, results, sum(closed.values()))


def _both(files: list[Path], results: "list[Import]") -> "Iterator[tuple[Path, Import]]":
    return iter(zip(files, results, strict=True))


def print_imports(files: list[Path], results: "list[Import]", closed: int) -> None:
    """A row for each file, then what waits."""
    outcomes = ("posted", "suspense", "outgoing", "duplicate", "not_booked")
    named = [output.words(outcome) for outcome in outcomes]
    table = output.table("file", *named, right=named)
    for file, result in _both(files, results):
        table.add_row(file.name, *(f"{result.entries[outcome]:,}" for outcome in outcomes))
    output.show(table)
    if closed:
        output.show(f"{output.count(closed, 'case')} left collections.")
    if any(result.entries["suspense"] for result in results):
        output.say("`dunwell payments suspense` lists what waits, and why.")


@app.command()
def suspense(
    assign: Annotated[
        tuple[int, str] | None,
        typer.Option(metavar="ID BILL_UNIT_NO", help="Give an entry to a bill unit."),
    ] = None,
    dismiss: Annotated[
        int | None,
        typer.Option(metavar="ID", help="It is no business of ours; --reason says why."),
    ] = None,
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why it is dismissed.")] = "",
    on: Date = None,
    as_json: Json = False,
    debug: Debug = False,
) -> None:
    """List what bank statements said and nobody could be given; assign it, or dismiss it."""
    from dunwell.engine.settling import settle
    from dunwell.features.payments import suspense as waiting

    if assign is not None and dismiss is not None:
        raise BadInput("--assign and --dismiss are about one entry each; give one of them.")
    application, day = _open(on, debug=debug)
    paid = None
    with _operation(application, day) as operation:
        if assign is not None:
            paid = waiting.assign(operation, *assign)
        if dismiss is not None:
            waiting.dismiss(operation, dismiss, reason)
        entries = waiting.listed(operation)
    if paid is not None:
        width = application.settings.slice_width
        settle(application.database, application.plugins, day, [paid], slice_width=width)
    if as_json:
        output.answer({"suspense": entries})
    elif entries:
        print_suspense(entries)
    else:
        output.show("Nothing waits in suspense.")


def print_suspense(entries: list[dict[str, Any]]) -> None:
    """A row for each entry."""
    table = output.table("id", "booked", "amount", "from", "text", "why it waits", right=["amount"])
    for entry in entries:
        table.add_row(
            str(entry["id"]),
            entry["booked_on"].isoformat(),
            output.money(entry["amount"], entry["currency"]),
            entry["name"] or "",
            entry["reference"],
            entry["reason"],
        )
    output.show(table)


@app.command()
def methods(bill_unit_no: BillUnitArgument, as_json: Json = False, debug: Debug = False) -> None:
    """List a bill unit's payment methods, the default one first."""
    from dunwell.features.payments import methods as known

    application, day = _open(None, debug=debug)
    with _operation(application, day) as operation:
        found = known.listed(operation, bill_unit_no)
    if as_json:
        output.answer({"bill_unit_no": bill_unit_no, "methods": found})
        return
    table = output.table("id", "kind", "ends in", "mandate", "expires", "default")
    for method in found:
        table.add_row(
            str(method["id"]),
            " ".join(filter(None, (output.words(method["kind"]), method["brand"]))),
            method["last_four"],
            method["mandate_reference"] or "",
            str(method["expires_on"] or ""),
            "yes" if method["is_default"] else "",
        )
    output.show(table if found else f"Bill unit {bill_unit_no} has no payment method.")


@app.command("load-methods")
def load_methods(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="A CSV file of methods.", show_default=False)
    ],
    on: Date = None,
    as_json: Json = False,
    debug: Debug = False,
) -> None:
    """Add payment methods from a CSV file: cards by their gateway's tokens, mandates by their
    IBANs, which are sealed. All rows or none.
    """
    from dunwell.features.payments import method_file
    from dunwell.features.payments.gateways import registry

    application, day = _open(on, debug=debug)
    vault = registry.vault_of(application.settings)
    with _operation(application, day) as operation:
        number = method_file.load(operation, vault, file)
    if as_json:
        output.answer({"file": file, "methods": number})
    else:
        output.show(f"{file.name}: {output.count(number, 'payment method')}.")


@app.command("new-key")
def new_key() -> None:
    """Print a fresh key for DUNWELL_VAULT_KEY, which seals account numbers."""
    from dunwell.features.payments import vault

    output.show(vault.new_key())


def _open(on: date | None, *, debug: bool) -> "tuple[Application, date]":
    from dunwell.bootstrap import open_application, read_settings, set_up_logging
    from dunwell.features.policy.today import business_date

    set_up_logging(debug=debug)
    application = open_application(read_settings())
    if on is not None:
        return application, on
    with application.database.connect() as connection:
        return application, business_date(connection)


@contextmanager
def _operation(application: "Application", day: date) -> "Iterator[Operation]":
    """The operator's transaction; committed at the end."""
    from dunwell.engine import relief
    from dunwell.features.access.actor import Operation, operator

    with application.database.connect() as connection:
        operation = Operation(connection, operator(), day, application.settings.slice_width)
        yield operation
        relief.relieve(operation)
