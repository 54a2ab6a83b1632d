"""How an operation stands in the tables."""

from typing import Any

from dunwell.features.access.actor import Permission

V = "/api/v1"

Operations = dict[str, tuple[Permission | None, bool, Any]]
"""By method and path: the permission that it takes (none: whoever is known), whether it takes
somebody who sees every brand, and what to send. `{number}` is a bill unit in the brand north.
"""
