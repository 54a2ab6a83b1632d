"""Every page: its address in the town, and the permission that it takes (none: whoever is known).

A noun adds its pages here; a page that is missing fails `test_pages.py`. `OPEN` needs nobody.
"""

from dunwell.features.access.actor import Permission

OPEN = frozenset(
    {"GET /login", "POST /login", "POST /preferences", "GET /static/{digest}/{path:path}"}
)

Needs = Permission | None

PAGES: dict[str, tuple[str, Needs]] = {}
"""By route: an address of it that is there in the town, and the permission."""

LEADS_ON = frozenset({"/"})
"""Pages that only lead to others."""

FORMS: dict[str, tuple[str, Needs]] = {
    "/logout": ("/logout", None),
    "/logout/everywhere": ("/logout/everywhere", None),
}
"""By route of a POST: an address of it, and the permission."""
