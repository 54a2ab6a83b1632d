"""The reference page of the load files, made from their kinds so that it can't fall behind.

`python -m dunwell.features.receivables.kinds_reference FILE` writes it; a test compares the page.
"""

import sys
from pathlib import Path

from dunwell.features.receivables.columns import ATTRIBUTE, Column, Type
from dunwell.features.receivables.kinds import KINDS

_TYPES: dict[Type, str] = {
    "number": "text, at most 800 bytes",
    "reference": "text",
    "text": "text",
    "date": "date, `2026-02-28`",
    "amount": "amount, `12.50`",
    "rate": "number, `1.0842`",
    "integer": "whole number",
    "delivery": "`email` or `postal`",
    "flag": "`true` or `false` (if empty)",
    "version": "whole number, or time `2026-02-28T12:00:00Z`",
}


_INTRODUCTION = """\
# Load files

*Written from `dunwell.features.receivables.kinds` by `make docs`.*

`dunwell load` takes one file for each kind of data: CSV (UTF-8, commas, a header), gzipped CSV,
Parquet, or JSON lines (one flat object a line, all with the same names; what the API takes too).
The name tells the kind: `bills.csv`, `bills_2026-01.csv.gz`, `bills.parquet`, `bills.jsonl`.
Files are loaded in the order of this page, whatever the order given. Columns may stand in any
order; those marked ● are required, those marked ○ unless another system's identifier
(`outside_id`, `account_outside_id`) tells what the row is about. An optional column that is
absent leaves values as they are; an empty cell clears the value or sets its default.

Amounts have a decimal point, no thousands separators, and no more decimals than their currency; in
Parquet they are decimals, whole numbers or text, never floating-point.
"""


def _mark(column: Column) -> str:
    if not column.required:
        return ""
    return "○" if column.instead else "●"


def reference() -> str:
    """The reference page of the load files, as Markdown."""
    lines = _INTRODUCTION.splitlines()
    for kind in KINDS:
        lines += ["", f"## {kind.name}", "", f"{kind.meaning} Unique: `{', '.join(kind.key)}`.", ""]
        lines += ["| column | | type | meaning |", "| --- | --- | --- | --- |"]
        lines += [
            f"| `{column.name}` | {_mark(column)} | {_TYPES[column.type]} | {column.meaning} |"
            for column in kind.columns
        ]
        if kind.attributes:
            lines.append(
                f"| `{ATTRIBUTE}NAME` | | text | An attribute of your own, called NAME;"
                " an empty cell removes it. |"
            )
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(reference(), encoding="utf-8")
