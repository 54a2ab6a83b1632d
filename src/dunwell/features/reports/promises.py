"""Promises to pay, by the month in which they were made: kept, broken, and what came of them."""

from dunwell.features.reports.report import Behind, Chart, Column, Kind, Report

_MADE = {"brand": "brand", "currency": "currency", "since": "first", "until": "last"}


def _ended(status: str) -> Column:
    return Column(status, Kind.COUNT, Behind("promises", {**_MADE, "status": f"={status}"}))


REPORT = Report(
    name="promises",
    title="Promises to pay",
    meaning="Promises by the month in which they were made, and what became of them.",
    columns=(
        Column("brand"),
        Column("currency"),
        Column("month", Kind.MONTH),
        Column("made", Kind.COUNT, Behind("promises", _MADE)),
        Column("promised", Kind.MONEY, Behind("promises", _MADE, sums="total")),
        *map(_ended, ("kept", "broken", "revoked", "active")),
        Column("paid", Kind.MONEY, Behind("promises", _MADE, sums="paid")),
        Column("kept_rate", Kind.PERCENT),
    ),
    chart=Chart("month", ("kept", "broken", "revoked", "active"), bars=True),
    notes=(
        "The rate is of those that were kept or broken.",
        "Paid is what the completed instalments come to, or all of a promise that was kept.",
    ),
)
