"""Agencies' results: what each was given, what it has, what it gave back, and what was paid."""

from dunwell.features.reports.report import Behind, Chart, Column, Kind, Report

_OF = {"brand": "brand", "currency": "currency", "agency": "agency"}
_GIVEN = {**_OF, "made_since": "since", "made_until": "until"}
_HAS = {**_OF, "present": "=yes"}

REPORT = Report(
    name="agencies",
    title="Agencies' results",
    meaning="What each collections agency was given, what it has, and what was paid of it.",
    columns=(
        Column("brand"),
        Column("currency"),
        Column("agency"),
        Column("referrals", Kind.COUNT, Behind("referrals", _GIVEN)),
        Column("referred", Kind.MONEY, Behind("referrals", _GIVEN, sums="amount")),
        Column(
            "recalled",
            Kind.COUNT,
            Behind("referrals", {**_OF, "recalled_since": "since", "recalled_until": "until"}),
        ),
        Column("present", Kind.COUNT, Behind("referrals", _HAS)),
        Column("present_amount", Kind.MONEY, Behind("referrals", _HAS, sums="amount")),
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
    chart=Chart("agency", ("referred", "recovered"), bars=True),
    notes=("A payment counts for the agency that had its case on the night that posted it.",),
)
