"""The event log: one row for each thing that happened, with its reason (DESIGN section 2)."""
