"""`dunwell connector`: other systems from which receivables come."""

from typing import TYPE_CHECKING, Annotated

import typer

from dunwell.cli import output
from dunwell.cli.options import Debug, Json

if TYPE_CHECKING:
    from dunwell.engine.connecting import Connecting

app = typer.Typer(help="Fetch receivables from other systems.", no_args_is_help=True)


@app.command("list", short_help="List the connectors and how they do.")
def list_connectors(as_json: Json = False, debug: Debug = False) -> None:
    """List the connectors of DUNWELL_CONNECTORS, when each ran and why it failed, if it did."""
    found = _connecting(debug=debug).states()
    rows = [
        {
            "name": each.name,
            "every_minutes": int(each.every.total_seconds() // 60),
            "ran_at": known.ran_at.isoformat(timespec="seconds") if known.ran_at else None,
            "failures": known.failures,
            "message": known.message,
            "problem": known.problem,
        }
        for each, known in found
    ]
    if as_json:
        output.answer({"connectors": rows})
        return
    table = output.table("name", "every", "ran", "failures", "message", right=["failures"])
    for row in rows:
        every = f"{row['every_minutes']} min"
        table.add_row(
            str(row["name"]),
            every,
            str(row["ran_at"] or "never"),
            str(row["failures"]),
            str(row["message"] or ""),
        )
    output.show(table)
    for row in rows:
        if row["problem"]:
            output.say(f"{row['name']}: {row['problem']}")


@app.command("run", short_help="Fetch from one of them now.")
def run(
    name: Annotated[str, typer.Argument(help="The connector's name.", show_default=False)],
    anew: Annotated[
        bool, typer.Option("--anew", help="Fetch everything, not only what is new.")
    ] = False,
    as_json: Json = False,
    debug: Debug = False,
) -> None:
    """Fetch what is new from a connector and load it, as the worker does."""
    connecting = _connecting(debug=debug)
    ran = connecting.run(connecting.named(name), anew=anew)
    counts = ("loads", "created", "changed", "unchanged", "outdated", "rejected")
    if as_json:
        told = ("connector", *counts, "refused", "failure", "rejects_files")
        output.answer({each: getattr(ran, each) for each in told})
    else:
        table = output.table("connector", *counts, right=list(counts))
        table.add_row(ran.connector, *(f"{getattr(ran, each):,}" for each in counts))
        output.show(table)
        for each in ran.refused:
            output.say(f"  {each}")
        for each in ran.rejects_files:
            output.say(f"Bad rows are listed in {each}.")
    if ran.refused:
        raise typer.Exit(2)


def _connecting(*, debug: bool) -> "Connecting":
    from dunwell.bootstrap import open_application, read_settings, set_up_logging
    from dunwell.engine.connecting import Connecting

    set_up_logging(debug=debug)
    application = open_application(read_settings())
    return Connecting(application.database, application.plugins, application.settings)
