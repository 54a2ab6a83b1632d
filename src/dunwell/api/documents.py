"""Documents as answers: letters and previews, which others wrote and nobody's browser may trust."""

from typing import Any

from fastapi import Response

from dunwell.features.letters.engines import Document

CAREFUL = {
    # no scripts, no forms, nothing from elsewhere
    "Content-Security-Policy": "sandbox; default-src 'none'; img-src data:;"
    " style-src 'unsafe-inline'",
}

RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The document.",
        "content": {
            kind: {"schema": {"type": "string", "format": "binary"}}
            for kind in ("application/pdf", "image/png", "text/html", "text/plain")
        },
    }
}
"""How a route that answers with a document describes it."""


def answer(document: Document) -> Response:
    """A document with its media type."""
    return Response(document.content, 200, CAREFUL, media_type=document.media_type)
