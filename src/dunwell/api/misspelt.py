"""What is asked for by an unknown name is refused, in a query as in a body: a misspelt filter that
is passed over would show, and let people change, everything.
"""

from collections.abc import Iterator
from typing import Any

from fastapi import Request
from fastapi.routing import APIRoute

from dunwell.domain.errors import BadInput

ANY_NAME = frozenset({"/report-rows/{name}"})
"""Where filters are named by what is asked for; the service looks at them."""


def refuse(request: Request) -> None:
    """Raises BadInput for a name in the query that the operation doesn't know."""
    route = request.scope.get("route")
    if not request.query_params or not isinstance(route, APIRoute) or route.path in ANY_NAME:
        return
    known = sorted(set(_names(route.dependant)))
    unknown = sorted(set(request.query_params) - set(known))
    if unknown:
        raise BadInput(
            f"This address knows no {unknown[0]!r} in its query; it knows"
            f" {', '.join(known) or 'none'}."
        )


def _names(dependant: Any) -> Iterator[str]:
    for field in dependant.query_params:
        yield field.alias
    for each in dependant.dependencies:
        yield from _names(each)
