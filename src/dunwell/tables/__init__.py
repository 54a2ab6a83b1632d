"""Every table, no behaviour. Import `metadata` from here; the modules follow DESIGN section 7."""

from dunwell.tables import cases, policy, promises, receivables, running, sharing
from dunwell.tables.base import metadata

__all__ = ["cases", "metadata", "policy", "promises", "receivables", "running", "sharing"]
