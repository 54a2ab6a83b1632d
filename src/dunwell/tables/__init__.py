"""Every table, no behaviour. Import `metadata` from here; the modules follow DESIGN section 7."""

from dunwell.tables import (
    access,
    agencies,
    cases,
    events,
    letters,
    payments,
    policy,
    promises,
    receivables,
    running,
    sharing,
)
from dunwell.tables.base import metadata

__all__ = [
    "access",
    "agencies",
    "cases",
    "events",
    "letters",
    "metadata",
    "payments",
    "policy",
    "promises",
    "receivables",
    "running",
    "sharing",
]
