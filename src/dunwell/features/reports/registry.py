"""All reports, in the order in which they are shown; add a new one here."""

from collections.abc import Mapping

from dunwell.domain.errors import NotFound
from dunwell.features.reports import (
    ageing,
    agencies,
    agents,
    entered_and_left,
    fees,
    forecast,
    in_collections,
    letters,
    promises,
    receivables,
    recovery,
    roll_rates,
    work,
)
from dunwell.features.reports.report import Report

REPORTS: Mapping[str, Report] = {
    report.name: report
    for report in (
        in_collections.REPORT,
        ageing.REPORT,
        entered_and_left.REPORT,
        roll_rates.REPORT,
        recovery.REPORT,
        receivables.DAYS_SALES_OUTSTANDING,
        receivables.EFFECTIVENESS,
        promises.REPORT,
        work.REPORT,
        agents.REPORT,
        agencies.REPORT,
        letters.REPORT,
        fees.REPORT,
        forecast.REPORT,
    )
}


def find(name: str) -> Report:
    """The report of this name. Raises NotFound."""
    if name not in REPORTS:
        raise NotFound(f"There is no report {name!r}; there are: {', '.join(REPORTS)}.")
    return REPORTS[name]
