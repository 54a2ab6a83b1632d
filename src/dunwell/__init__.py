"""Dunwell: collections management for companies that bill many customers again and again.

The ladder of packages is in docs/explanation/architecture.md; `dunwell.engine.night` is the place
to start reading.
"""

__version__ = "0.1.0"
