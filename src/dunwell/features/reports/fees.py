"""Fees: late fees and finance charges that were charged, and what became of them."""

from dunwell.features.reports.report import Behind, Chart, Column, Kind, Report

_OF = {
    "brand": "brand",
    "currency": "currency",
    "kind": "fee",
    "since": "first",
    "until": "last",
}


def _became(name: str, effect: str) -> Column:
    return Column(
        name, Kind.MONEY, Behind("applied", {**_OF, "effect": f"={effect}"}, sums="amount")
    )


REPORT = Report(
    name="fees",
    title="Fees charged and waived",
    meaning="Late fees and finance charges by month, and what was paid, waived or written off.",
    columns=(
        Column("brand"),
        Column("currency"),
        Column("month", Kind.MONTH),
        Column("fee"),
        Column("charged", Kind.MONEY, Behind("issued_items", _OF, sums="amount")),
        _became("paid", "payment"),
        _became("waived", "waived"),
        _became("written_off", "write_off"),
    ),
    chart=Chart("month", ("charged", "paid", "waived", "written_off"), bars=True),
    notes=("A fee is waived by a credit adjustment that reaches it.",),
)
