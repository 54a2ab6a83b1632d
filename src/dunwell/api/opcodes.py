"""The table of the manual's opcodes: which endpoint or hook does the work of each. The data are in
opcodes.toml; `python -m dunwell.api.opcodes FILE` writes the reference page.
"""

import sys
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

_HEAD = """\
# Opcodes

*Written from `dunwell/api/opcodes.toml` by `make docs`; a test holds it against the API.*

For those who come from the manual's API: each of its opcodes, and the endpoint below `/api/v1`
([how to use them](../how-to/use-the-api.md)) or the [hook](hooks.md) that does its work.
"""


@dataclass(frozen=True, slots=True)
class Opcode:
    """One opcode; an endpoint is a method and a path below /api/v1."""

    name: str
    does: str
    endpoints: Sequence[str] = ()
    hooks: Sequence[str] = ()


def table() -> list[Opcode]:
    """Every opcode, in the order of the file."""
    text = (files(__package__) / "opcodes.toml").read_text("utf-8")
    return [Opcode(name, **row) for name, row in tomllib.loads(text).items()]


def reference() -> str:
    """The reference page, as Markdown."""
    lines = [_HEAD, "| opcode | here | what it does |", "| --- | --- | --- |"]
    for opcode in table():
        here = [*_code(opcode.endpoints), *(f"hook {name}" for name in _code(opcode.hooks))]
        lines.append(f"| `{opcode.name}` | {'<br>'.join(here)} | {opcode.does} |")
    return "\n".join(lines) + "\n"


def _code(words: Iterable[str]) -> Iterable[str]:
    return (f"`{word}`" for word in words)


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(reference(), encoding="utf-8")
