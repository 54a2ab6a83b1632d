"""`dunwell events`: the log's kinds and parts, and sending what is due once."""

from dataclasses import asdict
from typing import Annotated

import typer

from dunwell.cli import output
from dunwell.cli.options import Debug, Json

app = typer.Typer(help="Look at the event log; send what is due.", no_args_is_help=True)


@app.command()
def kinds(as_json: Json = False) -> None:
    """List every kind of event with its meaning."""
    from dunwell.features.events.catalogue import CATALOGUE

    if as_json:
        told = [
            {"kind": kind.name, "meaning": kind.meaning, "fields": dict(kind.fields)}
            for kind in CATALOGUE
        ]
        output.answer({"kinds": told})
        return
    table = output.table("kind", "meaning")
    for kind in CATALOGUE:
        table.add_row(kind.name, kind.meaning)
    output.show(table)


@app.command()
def deliver(
    seconds: Annotated[
        int, typer.Option(min=1, metavar="N", help="End after about so many seconds.")
    ] = 60,
    as_json: Json = False,
    debug: Debug = False,
) -> None:
    """Find what is new in the log and send to every subscriber what is due, once.

    The worker does this all the time; the command is for crontabs and for trying out.
    """
    from dunwell.bootstrap import open_application, read_settings, set_up_logging
    from dunwell.features.subscriptions import delivering, fanning
    from dunwell.features.subscriptions.outgoing import Outgoing
    from dunwell.features.tmf.notifications import notification

    set_up_logging(debug=debug)
    settings = read_settings()
    outgoing = Outgoing.of(settings)
    application = open_application(settings)
    with application.database.connect(autocommit=True) as connection:
        found = fanning.fan_out(connection, delivering.utc_now())
    done = delivering.deliver(
        application.database,
        application.plugins,
        outgoing,
        notification=notification,
        seconds=float(seconds),
    )
    if as_json:
        output.answer({"new_events": found.events, **asdict(done)})
    else:
        output.show(
            f"{output.count(found.events, 'new event')};"
            f" {output.count(done.taken, 'message')} taken,"
            f" {done.failed:,} failed, {output.count(done.parked, 'event')} parked."
        )


@app.command()
def partitions(as_json: Json = False) -> None:
    """List the log's monthly parts with their size. Old ones may be detached and archived."""
    from dunwell.bootstrap import open_application, read_settings
    from dunwell.features.events import log

    with open_application(read_settings()).database.connect() as connection:
        found = log.partitions(connection)
    if as_json:
        output.answer({"partitions": [asdict(each) for each in found]})
        return
    table = output.table("part", "rows, about", "MB", right=["rows, about", "MB"])
    for each in found:
        table.add_row(each.name, f"{each.rows:,}", f"{each.bytes / 1e6:,.1f}")
    output.show(table)
