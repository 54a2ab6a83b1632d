"""Writes docs/reference/hooks.md from the specifications: `python -m dunwell.plugins.reference`.

A test holds page and specifications together; `make docs` writes it anew.
"""

import inspect
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from dunwell.plugins import specs

_HEAD = """\
# Hooks

*Written from `dunwell.plugins.specs` by `make docs`.*

A plug-in is a module with functions of these names, each marked `@hookimpl`
([how to write one](../how-to/write-a-plug-in.md)). Every hook but `fetch_unbilled_usage` is given a
`batch`: the rows of one slice that it is about. It answers by the rows' `no`, for those rows that
it cares about, or with `None`. The defaults answer first, in SQL; an answer overrides them. A
function with a name that isn't on this page is refused at start.

`batch.rows()`
: The rows as dictionaries: `no`, `account_no`, `bill_unit_no`, `pay_type`, `credit_score`,
  `account_attributes`, `bill_unit_attributes`, and what the hook's rows have besides.

`batch.execute(statement)`
: Runs SQL over the temporary table `batch.table` instead, with `batch.parameters` (among them
  `business_date`).
"""


def hooks() -> list[tuple[str, Callable[..., Any]]]:
    """The hooks by name, in the order in which the specifications have them."""
    return [
        (name, function)
        for name, function in vars(specs).items()
        if hasattr(function, f"{specs.PROJECT}_spec")
    ]


def render() -> str:
    """The page as Markdown."""
    return "\n".join([_HEAD, *(line for hook in hooks() for line in _section(*hook))])


def _section(name: str, function: Callable[..., Any]) -> Iterator[str]:
    answer = inspect.signature(function).return_annotation
    form = "None" if answer is None else str(answer)
    for module in (
        "collections.abc.",
        "datetime.",
        "decimal.",
        "typing.",
        "dunwell.plugins.specs.",
        "dunwell.plugins.connecting.",
    ):
        form = form.replace(module, "")
    purpose, _, manual = inspect.cleandoc(function.__doc__ or "").partition("Manual: ")
    yield f"## {name}\n"
    yield purpose.strip() + "\n"
    opcode = f" Manual: `{manual.strip().rstrip('.')}`." if manual else ""
    yield f"Answer: `{form}`.{opcode}\n"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(render(), encoding="utf-8")
