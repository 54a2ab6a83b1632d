"""Every table, no behaviour. Import `metadata` from here; the modules follow DESIGN section 7."""

from dunwell.tables import access, cases, policy, receivables, running
from dunwell.tables.base import metadata

__all__ = ["access", "cases", "metadata", "policy", "receivables", "running"]
