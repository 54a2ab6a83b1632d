"""Entered and left: how many bill units came into collections and how they got out, by month."""

from dunwell.features.reports.report import Behind, Chart, Column, Kind, Report

_OF = {"brand": "brand", "currency": "currency"}
_ENTERED = {**_OF, "entered_since": "month", "entered_until": "last"}
_LEFT = {**_OF, "closed_since": "month", "closed_until": "last"}


def _left(reason: str) -> Column:
    return Column(reason, Kind.COUNT, Behind("cases", {**_LEFT, "reason": f"={reason}"}))


REPORT = Report(
    name="entered-and-left",
    title="Entered and left",
    meaning="Who came into collections, who left and why, by month.",
    columns=(
        Column("brand"),
        Column("currency"),
        Column("month", Kind.MONTH),
        Column("entered", Kind.COUNT, Behind("cases", _ENTERED)),
        Column(
            "entered_amount", Kind.MONEY, Behind("cases", _ENTERED, sums="entry_overdue_amount")
        ),
        *map(_left, ("cured", "promise_kept", "written_off", "replaced", "otherwise")),
        Column("left", Kind.COUNT, Behind("cases", _LEFT)),
        Column("remaining", Kind.COUNT, Behind("cases", {**_OF, "open_on": "last"})),
    ),
    chart=Chart("month", ("entered", "left", "remaining")),
    notes=("What was replaced has entered again, with another scenario.",),
)
