"""Which parts of a bill unit's page only some installations use."""

from dunwell.features.policy.using import Using
from dunwell.web.languages import N_

PARTS = (
    ("services", N_("Services"), "services"),
    ("severances", N_("Severance"), "severance"),
    ("pay-plans", N_("Pay plans"), "pay_plans"),
    ("to-dos", N_("To-dos"), "to_dos"),
    ("contacts", N_("Contacts"), "contacts"),
    ("rating", N_("Rating"), "ratings"),
)
"""Address, title, and what the installation must use for it."""


def parts(using: Using) -> list[tuple[str, str, str]]:
    """Those that the installation uses."""
    return [part for part in PARTS if getattr(using, part[2])]
