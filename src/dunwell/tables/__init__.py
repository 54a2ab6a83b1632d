"""Every table, no behaviour. Import `metadata` from here; the modules follow DESIGN section 7."""

from dunwell.tables import cases, events, letters, policy, receivables, running
from dunwell.tables.base import metadata

__all__ = ["cases", "events", "letters", "metadata", "policy", "receivables", "running"]
