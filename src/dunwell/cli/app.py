"""The command `dunwell`: its nouns put together, and the one place that maps errors to exits.

Exit code 0: done; 2: something given is wrong; 1: the work failed; 130: interrupted.
"""

import os
import sys
from collections.abc import Sequence
from typing import Annotated, Any, NoReturn

import typer
from typer.core import TyperGroup
from typer.exceptions import TyperException

from dunwell import __version__
from dunwell.cli import (
    ageing,
    agencies,
    case,
    connector,
    database,
    deliver,
    events,
    experiments,
    explain,
    key,
    letter,
    load,
    output,
    pay_plan,
    payments,
    policy,
    reminder,
    report,
    run,
    serve,
    severance,
    subscriptions,
    template,
    user,
    worker,
)
from dunwell.cli.demo import command as demo
from dunwell.domain.errors import BadPolicy, DunwellError, RuleViolation


class _InOrderOfUse(TyperGroup):
    """Lists the commands in the order in which a newcomer meets them."""

    def list_commands(self, ctx: typer.Context) -> list[str]:  # type: ignore[override]
        del ctx
        first = ["demo", "db", "policy", "load", "run", "deliver", "ageing", "explain", "case"]
        return [*first, *sorted(self.commands.keys() - set(first))]


app = typer.Typer(
    name="dunwell",
    cls=_InOrderOfUse,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    pretty_exceptions_show_locals=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Everything is kept in .dunwell/ of the current folder; DUNWELL_HOME names another"
    " folder, DUNWELL_DATABASE_URL another PostgreSQL server.",
)
app.add_typer(database.app, name="db")
app.command("load", short_help="Load bills, payments and the rest from files.")(load.load)
app.add_typer(policy.app, name="policy")
app.command("run", short_help="Run the night for a date, or for each day of a span.")(run.run)
app.command("deliver", short_help="Print and e-mail letters, hand over reminders.")(deliver.deliver)
app.add_typer(template.app, name="template")
app.add_typer(letter.app, name="letter")
app.add_typer(reminder.app, name="reminder")
app.command("ageing", short_help="Show what is owed by currency and age.")(ageing.ageing)
app.command("explain", short_help="Explain why a bill unit is in collections, or isn't.")(
    explain.explain
)
app.command("report", short_help="Show a report, or write it as a file.")(report.report)
app.command("case", short_help="Show a bill unit's cases as a timeline.")(case.case)
app.add_typer(events.app, name="events")
app.add_typer(subscriptions.app, name="subscriptions")
app.command("worker", short_help="Run what is scheduled: nights, events, housekeeping.")(
    worker.worker
)
app.add_typer(connector.app, name="connector")
app.add_typer(payments.app, name="payments")
app.add_typer(pay_plan.app, name="pay-plan")
app.add_typer(agencies.app, name="agencies")
app.add_typer(severance.app, name="severance")
app.add_typer(experiments.app, name="experiments")
app.add_typer(user.app, name="user")
app.add_typer(key.app, name="key")
app.command("serve", short_help="Serve the pages and the REST API.")(serve.serve)
app.command("demo", short_help="Make a small telecom and run 120 nights of it.")(demo.demo)


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"dunwell {__version__}")  # noqa: T201 - the answer
        raise typer.Exit


@app.callback()
def dunwell(
    _version: Annotated[
        bool,
        typer.Option(
            "--version", help="Print the version.", callback=_print_version, is_eager=True
        ),
    ] = False,
) -> None:
    """Collections management: find overdue balances every night, act by the company's policy, and
    keep the reason for every decision.
    """


def execute(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run one command and exit with its code; every error ends here, as one message."""
    given = list(sys.argv[1:] if arguments is None else arguments) or ["--help"]
    # read from the words themselves: a wrong option must be answered in JSON too
    as_json, debug = "--json" in given, "--debug" in given
    for stream in (sys.stdout, sys.stderr):
        # a name that the terminal's letters can't write ends no command
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    try:
        code = app(given, prog_name="dunwell", standalone_mode=False)
    except DunwellError as error:
        _report(error.code, error.message, as_json=as_json, **_facts(error))
        code = error.exit_code
    except TyperException as error:
        code = error.exit_code
        if error.message.startswith("Usage:"):
            # a noun without a verb: its help
            output.say(error.message)
        else:
            _report("bad_input", _sentence(error), as_json=as_json)
    except BrokenPipeError:
        # whoever read our output has closed it; nothing is left to tell
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 1
    except Exception as error:
        if debug:
            raise
        _report(*_failure(error), as_json=as_json)
        code = 1
    sys.exit(code if isinstance(code, int) else 0)


def _failure(error: Exception) -> tuple[str, str]:
    """The code and the message of what wasn't foreseen."""
    import psycopg

    what = " ".join(f"{type(error).__name__}: {error}".split())
    if isinstance(error, psycopg.OperationalError):
        return "unavailable", (
            f"The database can't go on ({what}). What was finished is kept; mend that, then run the"
            " same command again."
        )
    return "failure", f"{what} (--debug shows where)"


def _facts(error: DunwellError) -> dict[str, Any]:
    if isinstance(error, BadPolicy):
        return {"problems": list(error.problems)}
    if isinstance(error, RuleViolation):
        return {"rule": error.rule}
    return {}


def _sentence(error: TyperException) -> str:
    message = error.format_message().rstrip(".")
    context = getattr(error, "ctx", None)
    return f"{message}; see {context.command_path} --help" if context else message


def _report(code: str, message: str, *, as_json: bool, **facts: Any) -> None:
    if as_json:
        output.answer({"error": {"code": code, "message": message, **facts}})
    output.say(f"error: {message}", style="red")
