"""`dunwell policy`: check, compare, apply and write back the company's policy."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dunwell.cli import output
from dunwell.cli.options import Json
from dunwell.domain.errors import BadInput

if TYPE_CHECKING:
    from rich.text import Text

    from dunwell.features.policy.comparison import Change

app = typer.Typer(
    help="Check, compare, apply and write back the policy file.", no_args_is_help=True
)

PolicyFile = Annotated[
    Path,
    typer.Argument(
        metavar="FILE",
        help="A policy file (TOML), or a folder of them.",
        show_default=False,
    ),
]


@app.command()
def check(path: PolicyFile, as_json: Json = False) -> None:
    """Check a policy file against every rule; all that is wrong is reported at once."""
    from dunwell.domain.errors import BadPolicy
    from dunwell.features.policy import file

    examined = file.examine(path)
    for warning in examined.warnings:
        output.say(f"warning: {warning}", style="yellow")
    if examined.policy is None:
        raise BadPolicy(examined.errors)
    policy = examined.policy
    counts = {noun: len(getattr(policy, f"{noun}s")) for noun in ("profile", "scenario", "action")}
    if as_json:
        totals = {f"{noun}s": number for noun, number in counts.items()}
        output.answer({"valid": True, "warnings": list(examined.warnings), **totals})
    else:
        said = ", ".join(output.count(number, noun) for noun, number in counts.items())
        output.show(f"{path} is a good policy: {said}.")


@app.command()
def diff(path: PolicyFile, as_json: Json = False) -> None:
    """Show what applying a policy file would change."""
    from dunwell.bootstrap import open_application, read_settings
    from dunwell.features.policy import file, service

    policy = file.read(path)
    with open_application(read_settings()).database.connect() as connection:
        changes = service.diff(connection, policy)
    if as_json:
        output.answer({"changes": [change.as_json() for change in changes]})
    elif changes:
        for change in changes:
            output.show(*_told(change))
    else:
        output.show("Nothing would change.")


_MARKS = {
    "added": ("+", "green"),
    "changed": ("~", "yellow"),
    "retired": ("-", "red"),
    "deleted": ("-", "red"),
}


def _told(change: "Change") -> "Iterator[str | Text]":
    """A line for the change; for what is changed, what differs."""
    from rich.text import Text

    kind = change.kind.value
    mark, style = _MARKS[kind]
    # of some nouns there is one only, and it is called like the noun
    name = "" if change.name == change.noun else f" {change.name}"
    kept = " (retired: cases use it)" if kind == "retired" else ""
    yield Text(f"{mark} {change.noun}{name}{kept}", style=style)
    if kind == "changed":
        for field in change.fields:
            before, after = (
                json.dumps(value, default=str, ensure_ascii=False)
                for value in (field.before, field.after)
            )
            yield f"    {output.words(field.name)}: {before} → {after}"


@app.command()
def apply(
    path: PolicyFile,
    note: Annotated[str, typer.Option(help="Why, for those who read the history.")] = "",
    actor: Annotated[
        str, typer.Option("--as", help="Who applies it.", show_default="you", metavar="NAME")
    ] = "",
    as_json: Json = False,
) -> None:
    """Put a policy file in force, as a new version; open cases keep the one they entered under."""
    from dunwell.bootstrap import open_application, read_settings
    from dunwell.features.access.actor import operator
    from dunwell.features.policy import file, service

    policy = file.read(path)
    with open_application(read_settings()).database.connect() as connection:
        version = service.apply(connection, policy, actor=actor or operator().name, note=note)
    if as_json:
        output.answer({"version": version})
    else:
        output.show(f"Policy version {version} is in force.")


@app.command()
def export(
    path: Annotated[
        Path, typer.Argument(metavar="FILE", help="Where to write it; - prints it.")
    ] = Path("-"),
) -> None:
    """Write the policy in force as a policy file."""
    from dunwell.bootstrap import open_application, read_settings
    from dunwell.features.policy import file, service

    with open_application(read_settings()).database.connect() as connection:
        text = file.write(service.export(connection))
    if str(path) == "-":
        output.show(text.rstrip("\n"))
        return
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as failure:
        raise BadInput(f"{path} can't be written: {failure.strerror}.") from failure
    output.say(f"The policy in force is written to {path}.")


@app.command("import-params")
def import_params(
    path: Annotated[
        Path,
        typer.Argument(metavar="FILE", help="A scenario parameter file.", show_default=False),
    ],
    as_json: Json = False,
) -> None:
    """Turn a scenario parameter file (XML) into criteria for the policy file, and print them."""
    from dunwell.features.policy import parameters

    criteria = parameters.import_params(path)
    if as_json:
        output.answer({"criteria": [each.model_dump(mode="json") for each in criteria]})
    else:
        output.show(parameters.as_toml(criteria).rstrip("\n"))
