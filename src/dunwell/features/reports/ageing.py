"""Ageing: what was open on a day, by how long it was overdue. Any past day, right to the cent."""

from dunwell.features.reports.report import Behind, Chart, Column, Kind, Period, Report

_THESE = {
    "as_of": "until",
    **{name: name for name in ("brand", "currency", "from_days", "to_days")},
}

REPORT = Report(
    name="ageing",
    title="Ageing",
    meaning="What was open on a day, by how many days it was overdue then.",
    period=Period.DAY,
    columns=(
        Column("brand"),
        Column("currency"),
        Column("days_overdue"),
        Column("owed", Kind.MONEY, Behind("open_items", _THESE, sums="open_amount")),
        Column("share", Kind.PERCENT),
    ),
    chart=Chart("days_overdue", ("owed",), bars=True),
    notes=(
        "Disputed parts are not taken out, and credit that found no item is not set off.",
        "A payment counts from its own date, also if it was posted later.",
    ),
)
