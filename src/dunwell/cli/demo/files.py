"""The demo's data as the CSV files that `dunwell load` takes."""

import csv
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import fields
from pathlib import Path
from typing import Any

from dunwell.cli.demo.billing import Adjustment, Bill, Payment, year_of
from dunwell.cli.demo.customers import Account, BillUnit, customer

KINDS = {
    Account: "accounts",
    BillUnit: "bill_units",
    Bill: "bills",
    Payment: "payments",
    Adjustment: "adjustments",
}

COLUMNS = {
    "segment": "attr.segment",
    "product": "attr.product",
    "cents": "amount",
    "disputed_cents": "disputed_amount",
    "difference_cents": "difference",
}
"""What a field is called in its file, where that differs."""

UNTOLD = frozenset({"payer", "cycle_day", "monthly_cents"})
"""What a billing system wouldn't tell."""


def write(
    folder: Path,
    accounts: int,
    rows: Callable[[int], Iterator[Any]] | None = None,
    kinds: Mapping[type, str] = KINDS,
) -> dict[str, int]:
    """Make that many customers and write their files, by default the telecom's; the number of rows
    by kind.
    """
    folder.mkdir(parents=True, exist_ok=True)
    counts = dict.fromkeys(kinds.values(), 0)
    with ExitStack() as stack:
        writers = {}
        for shape, kind in kinds.items():
            file = (folder / f"{kind}.csv").open("w", encoding="utf-8", newline="")
            writers[kind] = csv.writer(stack.enter_context(file))
            writers[kind].writerow([COLUMNS.get(name, name) for name in _told(shape)])
        for number in range(accounts):
            for row in (rows or _rows)(number):
                kind = kinds[type(row)]
                writers[kind].writerow(
                    [_cell(name, getattr(row, name)) for name in _told(type(row))]
                )
                counts[kind] += 1
    return counts


def _rows(number: int) -> Iterator[Any]:
    account, units = customer(number)
    yield account
    for unit in units:
        yield unit
        year = year_of(unit)
        yield from year.bills
        yield from year.payments
        yield from year.adjustments


def _told(shape: type) -> list[str]:
    return [field.name for field in fields(shape) if field.name not in UNTOLD]


def _cell(name: str, value: Any) -> str:
    if value is None:
        return ""
    if name.endswith("cents"):
        sign = "-" if value < 0 else ""
        return f"{sign}{abs(value) // 100}.{abs(value) % 100:02}"
    return str(value)
