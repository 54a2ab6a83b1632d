"""Forecast: the actions that fall due in the next thirty days, as things stand now."""

from dunwell.features.reports.report import Behind, Chart, Column, Kind, Period, Report

_THESE = {
    "brand": "brand",
    "currency": "currency",
    "action": "action",
    "since": "due_on",
    "until": "due_on",
}

REPORT = Report(
    name="forecast",
    title="Actions to come",
    meaning="The actions that fall due in the next thirty days, if nobody pays or changes them.",
    period=Period.STANDING,
    columns=(
        Column("brand"),
        Column("currency"),
        Column("due_on", Kind.DATE),
        Column("action"),
        Column("type"),
        Column("pending", Kind.COUNT, Behind("actions", {**_THESE, "status": "=pending"})),
        Column("waiting", Kind.COUNT, Behind("actions", {**_THESE, "status": "=waiting"})),
        Column("overdue", Kind.MONEY, Behind("actions", _THESE, sums="overdue_amount")),
    ),
    chart=Chart("due_on", ("pending", "waiting")),
    notes=("Overdue is the present balance of the actions' cases.",),
)
