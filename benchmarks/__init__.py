"""Measurements: the data generator and the night at scale (DESIGN section 8)."""
