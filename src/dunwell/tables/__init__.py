"""Every table, no behaviour. Import `metadata` from here; the modules follow DESIGN section 7."""

from dunwell.tables import (
    access,
    agencies,
    cases,
    contacts,
    events,
    letters,
    payments,
    policy,
    promises,
    ratings,
    receivables,
    reports,
    running,
    severance,
    sharing,
)
from dunwell.tables.base import metadata

__all__ = [
    "access",
    "agencies",
    "cases",
    "contacts",
    "events",
    "letters",
    "metadata",
    "payments",
    "policy",
    "promises",
    "ratings",
    "receivables",
    "reports",
    "running",
    "severance",
    "sharing",
]
