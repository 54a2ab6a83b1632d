"""Days sales outstanding and the collection effectiveness index, from the same sums by month."""

from dunwell.features.reports.report import Behind, Chart, Column, Kind, Report

_OF = {"brand": "brand", "currency": "currency"}


def _open(name: str, day: str, **more: str) -> Column:
    filters = {**_OF, "as_of": day, **more}
    return Column(name, Kind.MONEY, Behind("open_items", filters, sums="open_amount"))


_BILLED = Column(
    "billed",
    Kind.MONEY,
    Behind("issued_items", {**_OF, "since": "month", "until": "last"}, sums="amount"),
)

DAYS_SALES_OUTSTANDING = Report(
    name="days-sales-outstanding",
    title="Days sales outstanding",
    meaning="For how many days of billing money is outstanding, by month.",
    columns=(
        Column("brand"),
        Column("currency"),
        Column("month", Kind.MONTH),
        _open("ending", "last"),
        _BILLED,
        Column("days", Kind.DAYS),
        Column("days_outstanding", Kind.DAYS),
    ),
    chart=Chart("month", ("days_outstanding",)),
    made_by="receivables",
    notes=(
        "What is open at the end, divided by what was billed, times the days of the month.",
        "Billed is all that was debited: bills, corrections upwards, fees, debit adjustments.",
    ),
)

EFFECTIVENESS = Report(
    name="effectiveness",
    title="Collection effectiveness index",
    meaning="Of all that could have been collected in a month, how much isn't open any more.",
    columns=(
        Column("brand"),
        Column("currency"),
        Column("month", Kind.MONTH),
        _open("beginning", "before_first"),
        _BILLED,
        _open("ending", "last"),
        _open("ending_current", "last", to_days="=0"),
        Column("effectiveness", Kind.PERCENT),
    ),
    chart=Chart("month", ("effectiveness",)),
    made_by="receivables",
    notes=("(beginning + billed - ending) / (beginning + billed - ending, not due yet) × 100.",),
)
