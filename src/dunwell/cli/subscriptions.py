"""`dunwell subscriptions`: who is sent which events, and how that goes."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dunwell.cli import output
from dunwell.cli.options import Json, parse_date

if TYPE_CHECKING:
    from dunwell.features.access.actor import Operation
    from dunwell.features.subscriptions.outgoing import Outgoing

app = typer.Typer(help="Send events to other systems by webhooks.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="The subscription's name.", show_default=False)]
Events = Annotated[
    list[int] | None,
    typer.Option("--event", metavar="NO", help="Only this event; may be given several times."),
]


@contextmanager
def _operation() -> "Iterator[tuple[Operation, Outgoing]]":
    """The operator's own transaction, committed at its end."""
    from dunwell.bootstrap import open_application, read_settings
    from dunwell.features.access.actor import Operation, operator
    from dunwell.features.policy.today import business_date
    from dunwell.features.subscriptions.outgoing import Outgoing

    settings = read_settings()
    outgoing = Outgoing.of(settings)
    with open_application(settings).database.connect() as connection:
        day = business_date(connection)
        yield Operation(connection, operator(), day, settings.slice_width), outgoing


@app.command()
def create(
    name: Name,
    url: Annotated[
        str,
        typer.Argument(
            help="Where to send to: a page (https) or a subject of NATS (tls).", show_default=False
        ),
    ],
    kinds: Annotated[
        list[str] | None,
        typer.Option(
            "--kind",
            metavar="KIND",
            help="Only this kind, or a pattern like 'action_*'; may be given several times.",
        ),
    ] = None,
    brands: Annotated[
        list[str] | None, typer.Option("--brand", metavar="NAME", help="Only this brand.")
    ] = None,
    bill_units: Annotated[
        list[str] | None, typer.Option("--bill-unit", metavar="NO", help="Only this bill unit.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Subscribe to what happens from now on, and print the secret that verifies signatures."""
    from dunwell.features.subscriptions import service

    wish = service.Wish(kinds or (), brands or (), bill_units or ())
    with _operation() as (operation, outgoing):
        secret = service.create(operation, outgoing, name, url, wish)
    _tell_secret(name, secret, as_json=as_json)


@app.command("list")
def list_(as_json: Json = False) -> None:
    """List the subscriptions with what waits, what is parked and how the receivers do."""
    from dunwell.features.subscriptions import queries

    with _operation() as (operation, _):
        found = queries.subscriptions(operation)
    if as_json:
        output.answer({"subscriptions": found})
        return
    numbers = ["sent", "waiting", "parked"]
    table = output.table("name", "sends to", "what", "status", *numbers, right=numbers)
    for each in found:
        status = "failing" if each["failures"] else each["status"]
        what = ", ".join(each["kinds"] or ["everything"])
        counts = (f"{each[number]:,}" for number in numbers)
        table.add_row(each["name"], each["url"], what, status, *counts)
    output.show(table)
    for each in found:
        if each["failures"] or each["status"] == "paused":
            output.say(f"{each['name']}: {each['last_error'] or 'paused'}", style="yellow")


@app.command()
def pause(name: Name, as_json: Json = False) -> None:
    """Send nothing for a while; events wait meanwhile."""
    _do("pause", name, as_json=as_json)


@app.command()
def resume(name: Name, as_json: Json = False) -> None:
    """Send again, beginning with what has waited."""
    _do("resume", name, as_json=as_json)


@app.command()
def delete(name: Name, as_json: Json = False) -> None:
    """End a subscription; what waits is not sent any more."""
    _do("delete", name, as_json=as_json)


@app.command()
def rotate(name: Name, as_json: Json = False) -> None:
    """Make a new secret and print it; the old one signs too for a day."""
    from dunwell.features.subscriptions import service
    from dunwell.features.subscriptions.delivering import utc_now

    with _operation() as (operation, outgoing):
        secret = service.rotate(operation, outgoing, name, utc_now())
    _tell_secret(name, secret, as_json=as_json)


@app.command()
def replay(
    name: Name,
    since: Annotated[
        date | None,
        typer.Option(
            "--since", parser=parse_date, metavar="DATE", help="From this business date on."
        ),
    ] = None,
    from_event: Annotated[
        int | None, typer.Option("--from-event", metavar="NO", help="From this event on.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Send again what the log holds, from a business date or an event on."""
    from dunwell.features.subscriptions import service
    from dunwell.features.subscriptions.delivering import utc_now

    with _operation() as (operation, _):
        count = service.replay(operation, name, utc_now(), since=since, from_event=from_event)
    _tell_count(count, "will be sent again", as_json=as_json)


@app.command()
def parked(
    name: Name,
    after: Annotated[
        int, typer.Option("--after", metavar="NO", help="Only events with higher numbers.")
    ] = 0,
    as_json: Json = False,
) -> None:
    """List the first hundred events that weren't taken for three days."""
    from dunwell.features.subscriptions import queries

    with _operation() as (operation, _):
        found = queries.parked(operation, name, after_event=after)
    if as_json:
        output.answer({"parked": found})
        return
    table = output.table("event", "date", "kind", "attempts", "why", right=["event", "attempts"])
    for each in found:
        facts = (each["event_id"], each["business_date"], each["kind"], each["attempts"])
        table.add_row(*map(str, facts), each["last_error"])
    output.show(table)


@app.command()
def retry(name: Name, events: Events = None, as_json: Json = False) -> None:
    """Send parked events again."""
    from dunwell.features.subscriptions import service
    from dunwell.features.subscriptions.delivering import utc_now

    with _operation() as (operation, _):
        count = service.retry_parked(operation, name, utc_now(), events)
    _tell_count(count, "will be sent again", as_json=as_json)


@app.command()
def discard(name: Name, events: Events = None, as_json: Json = False) -> None:
    """Give up parked events, each named with --event; the log keeps them."""
    from dunwell.features.subscriptions import service

    with _operation() as (operation, _):
        count = service.discard_parked(operation, name, events or ())
    _tell_count(count, "given up", as_json=as_json)


def _do(verb: str, name: str, *, as_json: bool) -> None:
    from dunwell.features.subscriptions import service

    with _operation() as (operation, _):
        function: Callable[..., Any] = getattr(service, verb)
        function(operation, name)
    if as_json:
        output.answer({"name": name, "done": verb})
    else:
        output.show(f"{name}: {verb} done.")


def _tell_secret(name: str, secret: str, *, as_json: bool) -> None:
    if as_json:
        output.answer({"name": name, "secret": secret})
    else:
        output.show(secret)
        output.say("This secret verifies the signatures. It isn't shown again; keep it safe.")


def _tell_count(count: int, what: str, *, as_json: bool) -> None:
    if as_json:
        output.answer({"events": count})
    else:
        output.show(f"{output.count(count, 'event')} {what}.")
