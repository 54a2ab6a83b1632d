"""Payment methods from a CSV file: all of its rows, or none and everything that is wrong.

The file may hold IBANs, so unlike other load files it is never staged in the database: each row
goes through the same service as a single method, which seals them.
"""

import csv
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from dunwell.db import locks, statements
from dunwell.domain.errors import BadFile, BadInput
from dunwell.features.access.actor import Operation
from dunwell.features.payments import methods
from dunwell.features.payments.methods import Card, Mandate
from dunwell.features.payments.vault import Vault

_METHODS = statements.load(__package__, "methods.sql")

COLUMNS = {
    "bill_unit_no": "The bill unit that pays with it.",
    "kind": "`card` or `direct_debit`.",
    "token": "A card's token at the gateway.",
    "customer": "The customer's number at the gateway, if the token needs it.",
    "brand": "A card's brand.",
    "last_four": "A card's last four digits.",
    "expires_on": "The last day on which the card is valid.",
    "iban": "The account that a mandate allows to debit; it is stored sealed.",
    "mandate_reference": "The mandate's reference, at most 35 characters.",
    "signed_on": "The day on which the mandate was signed.",
    "holder": "Whose card or account it is; the customer if empty.",
}
REQUIRED = ("bill_unit_no", "kind")
MOST_PROBLEMS = 20


@dataclass(frozen=True, slots=True)
class _Row:
    line: int
    cells: Mapping[str, str]


def load(operation: Operation, vault: Vault, path: Path) -> int:
    """Add the methods of a file, each as its bill unit's default; how many rows there were. The
    surface commits. Raises BadFile with everything that is wrong.
    """
    rows = _read(path)
    _share_slices(operation, [row.cells["bill_unit_no"] for row in rows])
    problems = []
    for row in rows:
        try:
            _add(operation, vault, row.cells)
        except BadInput as failure:
            problems.append(f"line {row.line}: {failure.message}")
    if problems:
        more = len(problems) - MOST_PROBLEMS
        shown = [*problems[:MOST_PROBLEMS], *([f"and {more} more"] if more > 0 else [])]
        raise BadFile(f"{path}: nothing of it was applied.\n" + "\n".join(shown))
    return len(rows)


def _read(path: Path) -> list[_Row]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.DictReader(stream, strict=True, restval="")
            names = list(reader.fieldnames or ())
            unknown = [name for name in names if name not in COLUMNS]
            missing = [name for name in REQUIRED if name not in names]
            if unknown or missing:
                raise BadFile(
                    f"{path}: unknown columns: {', '.join(unknown) or 'none'}; missing:"
                    f" {', '.join(missing) or 'none'}. There are {', '.join(COLUMNS)}."
                )
            rows = []
            for cells in reader:
                if None in cells:
                    raise BadFile(f"{path}: line {reader.line_num} has too many cells.")
                given = {name: (cells.get(name) or "").strip() for name in COLUMNS}
                rows.append(_Row(reader.line_num, given))
            return rows
    except OSError as failure:
        raise BadFile(f"{path}: the file can't be read: {failure.strerror}.") from failure
    except (UnicodeDecodeError, csv.Error) as failure:
        raise BadFile(f"{path}: not a CSV file in UTF-8: {failure}.") from failure


def _share_slices(operation: Operation, bill_units: list[str]) -> None:
    """Every slice that is going to be written to, in ascending order."""
    given = {"bill_units": bill_units, "slice_width": operation.slice_width}
    for (no,) in _METHODS["slices"].run(operation.connection, given).fetchall():
        locks.share_slice(operation.connection, no * operation.slice_width, operation.slice_width)


def _add(operation: Operation, vault: Vault, cells: Mapping[str, str]) -> None:
    match cells["kind"]:
        case "card":
            card = Card(
                token=cells["token"],
                last_four=cells["last_four"],
                brand=cells["brand"] or None,
                customer=cells["customer"] or None,
                holder=cells["holder"] or None,
                expires_on=_day(cells, "expires_on") if cells["expires_on"] else None,
            )
            methods.add_card(operation, cells["bill_unit_no"], card)
        case "direct_debit":
            mandate = Mandate(
                iban=cells["iban"],
                reference=cells["mandate_reference"],
                signed_on=_day(cells, "signed_on"),
                holder=cells["holder"] or None,
            )
            methods.add_mandate(operation, vault, cells["bill_unit_no"], mandate)
        case other:
            raise BadInput(f"kind {other!r} is neither card nor direct_debit.")


def _day(cells: Mapping[str, str], name: str) -> dt.date:
    try:
        return dt.date.fromisoformat(cells[name])
    except ValueError:
        raise BadInput(f"{name} {cells[name]!r} is not a date such as 2026-02-28.") from None
