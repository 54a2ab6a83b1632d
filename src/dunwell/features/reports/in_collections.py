"""Bill units in collections: how many, what of them is delinquent, and what they owe in all."""

from dunwell.features.reports.report import Behind, Chart, Column, Kind, Period, Report

_THESE = {
    "status": "=open",
    **{name: name for name in ("brand", "currency", "profile", "scenario", "bill_unit_status")},
}

REPORT = Report(
    name="in-collections",
    title="Bill units in collections",
    meaning="Who is in collections after the last night, by scenario and status.",
    period=Period.STANDING,
    columns=(
        Column("brand"),
        Column("currency"),
        Column("profile"),
        Column("scenario"),
        Column("bill_unit_status"),
        Column("bill_units", Kind.COUNT, Behind("cases", _THESE)),
        Column("delinquent", Kind.MONEY, Behind("cases", _THESE, sums="overdue_amount")),
        Column("total_balance", Kind.MONEY, Behind("cases", _THESE, sums="total_amount")),
    ),
    chart=Chart("scenario", ("delinquent", "total_balance"), bars=True),
    notes=(
        "A bill unit counts once for each debt class in which it is chased.",
        "The total balance is what is open of that debt class, due or not.",
        "A sharing group's stands with its parent.",
    ),
)
