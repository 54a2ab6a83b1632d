"""Writes docs/reference/cli.md from the commands themselves: `python -m dunwell.cli.reference`.

A test holds page and commands together; `make docs` writes it anew.
"""

import inspect
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer
from pydantic import BaseModel
from typer.main import get_command

from dunwell.cli.app import app
from dunwell.settings import OidcSettings, Settings

HEAD = """\
# Command line

*Written from the commands by `make docs`.*

Answers go to standard output, progress and messages to standard error. `--json` prints exactly one
JSON document, also for an error: `{"error": {"code": …, "message": …}}`.

| exit code | means |
| --- | --- |
| 0 | done |
| 1 | the work failed (or `db check` found something) |
| 2 | something given is wrong; nothing was done |
| 130 | interrupted; run the same command again to continue |

"""


def render() -> str:
    """The whole page."""
    command = get_command(app)
    context = typer.Context(command, info_name="dunwell")
    parts = [part for found in _commands(command, context) for part in _section(*found)]
    return "\n".join([HEAD, *_variables(), *parts]).rstrip("\n") + "\n"


def _variables() -> Iterator[str]:
    yield "| variable | means |\n| --- | --- |"
    yield from _settings(Settings, "DUNWELL_")
    yield ""


def _settings(form: type[BaseModel], prefix: str) -> Iterator[str]:
    for name, field in form.model_fields.items():
        variable = f"{prefix}{name.upper()}"
        default = field.get_default(call_default_factory=True, validated_data={})
        inner = OidcSettings if name == "oidc" else type(default)
        if issubclass(inner, BaseModel):
            yield from _settings(inner, f"{variable}__")
            continue
        shown = f" Default: `{default}`." if default and not field.is_required() else ""
        yield f"| `{variable}` | {field.description}{shown} |"


def _commands(command: Any, context: Any) -> Iterator[tuple[Any, Any]]:
    """Every command that does something, groups opened, in the order of the help."""
    if not hasattr(command, "list_commands"):
        yield command, context
        return
    for name in command.list_commands(context):
        child = command.get_command(context, name)
        yield from _commands(child, typer.Context(child, info_name=name, parent=context))


def _section(command: Any, context: Any) -> Iterator[str]:
    yield f"## {context.command_path}\n"
    yield inspect.cleandoc(command.help or "") + "\n"
    usage = " ".join(command.collect_usage_pieces(context))
    yield f"```text\n{context.command_path} {usage}\n```\n"
    records = [parameter.get_help_record(context) for parameter in command.get_params(context)]
    for record in records:
        if record and "--help" not in record[0]:
            name, meaning = record
            yield f"- `{name.strip()}`: {' '.join(meaning.split())}"
    yield ""


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(render(), encoding="utf-8")
