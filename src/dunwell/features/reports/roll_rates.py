"""Roll rates: what was open in each bucket on one day, and where that is on a later one."""

from dunwell.features.reports.report import Behind, Column, Kind, Period, Report

_THEN = {
    "brand": "brand",
    "currency": "currency",
    "as_of": "since",
    "from_days": "then_from",
    "to_days": "then_to",
}
_NOW = {
    **_THEN,
    "later": "until",
    "later_from": "now_from",
    "later_to": "now_to",
    "settled": "settled",
}

REPORT = Report(
    name="roll-rates",
    title="Roll rates",
    meaning="How much of the debt of each age was settled, and how much grew older.",
    period=Period.MONTH,
    columns=(
        Column("brand"),
        Column("currency"),
        Column("days_then"),
        Column("owed_then", Kind.MONEY, Behind("open_items", _THEN, sums="open_amount")),
        Column("days_now"),
        Column("owed_now", Kind.MONEY, Behind("open_items", _NOW, sums="counted")),
        Column("rate", Kind.PERCENT),
    ),
    notes=(
        "Then is the first day of the period, now its last.",
        "What was issued in between is left out.",
        "Settled is what isn't open any more: paid, credited or written off.",
    ),
)
