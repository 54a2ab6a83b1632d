"""Recovery: of the debt with which bill units entered in a month, how much was paid in how many
days; policy versions apart, so that the effect of a change shows.
"""

from dunwell.features.reports.report import Behind, Chart, Column, Kind, Report

_COHORT = {
    "brand": "brand",
    "currency": "currency",
    "policy_version": "policy_version",
    "entered_since": "first",
    "entered_until": "last",
}

REPORT = Report(
    name="recovery",
    title="Recovery",
    meaning="How much of the debt with which bill units entered was paid, and how soon.",
    columns=(
        Column("brand"),
        Column("currency"),
        Column("month", Kind.MONTH),
        Column("policy_version"),
        Column("cases", Kind.COUNT, Behind("cases", _COHORT)),
        Column("entered_amount", Kind.MONEY, Behind("cases", _COHORT, sums="entry_overdue_amount")),
        Column(
            "recovered",
            Kind.MONEY,
            Behind("recoveries", {**_COHORT, "posted_until": "until"}, sums="amount"),
        ),
        Column("so_far", Kind.PERCENT),
        Column("days_30", Kind.PERCENT),
        Column("days_60", Kind.PERCENT),
        Column("days_90", Kind.PERCENT),
        Column("days_180", Kind.PERCENT),
    ),
    chart=Chart("month", ("so_far", "days_30", "days_60", "days_90", "days_180")),
    notes=(
        "Payments count for the case that was open on the night that posted them.",
        "Only payments of debts that were overdue when it entered count.",
        "A share within so many days is shown once every case of the month is that old.",
    ),
)
