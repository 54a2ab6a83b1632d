"""Agents' results: the cases that each has, and what was paid of them."""

from dunwell.features.reports.report import Access, Behind, Chart, Column, Kind, Period, Report

_OF = {"brand": "brand", "currency": "currency", "agent": "agent"}
_HAS = {**_OF, "status": "=open"}

REPORT = Report(
    name="agents",
    title="Agents' results",
    meaning="The cases that each agent has, and what was paid of them in the period.",
    period=Period.MONTH,
    access=Access.OWN,
    columns=(
        Column("brand"),
        Column("currency"),
        Column("agent"),
        Column("supervisor"),
        Column("cases", Kind.COUNT, Behind("cases", _HAS)),
        Column("overdue", Kind.MONEY, Behind("cases", _HAS, sums="overdue_amount")),
        Column(
            "recovered",
            Kind.MONEY,
            Behind(
                "recoveries",
                {**_OF, "posted_since": "since", "posted_until": "until"},
                sums="amount",
            ),
        ),
    ),
    chart=Chart("agent", ("overdue", "recovered"), bars=True),
    notes=("A payment counts for the agent who has, or last had, its case.",),
)
