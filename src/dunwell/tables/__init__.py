"""Every table, no behaviour. Import `metadata` from here; the modules follow DESIGN section 7."""

from dunwell.tables import (
    access,
    agencies,
    cases,
    contacts,
    events,
    letters,
    pay_plans,
    payments,
    policy,
    promises,
    ratings,
    receivables,
    reports,
    running,
    severance,
    sharing,
    todos,
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
    "pay_plans",
    "payments",
    "policy",
    "promises",
    "ratings",
    "receivables",
    "reports",
    "running",
    "severance",
    "sharing",
    "todos",
]
