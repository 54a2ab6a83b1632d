"""Static files: small, read once, compressed once, and kept by browsers for a year, because their
address has the hash of their content.
"""

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from fastapi import APIRouter, Request, Response
from starlette.exceptions import HTTPException

router = APIRouter()

FOREVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class Asset:
    """One file, as it is sent."""

    digest: str
    media_type: str
    content: bytes
    compressed: bytes


@cache
def assets() -> dict[str, Asset]:
    """Every static file by its path."""
    return {path: _asset(path, content) for path, content in _walk(files("dunwell.web") / "static")}


def address(path: str) -> str:
    """Where the file is served, with its hash."""
    return f"/static/{assets()[path].digest}/{path}"


@router.get("/static/{digest}/{path:path}")
def static(digest: str, path: str, request: Request) -> Response:
    """A static file; an older page's address gets what is there now, and doesn't keep it."""
    found = assets().get(path)
    if found is None:
        raise HTTPException(404)
    headers = {
        "Cache-Control": FOREVER if digest == found.digest else "no-cache",
        "Vary": "Accept-Encoding",
    }
    content = found.content
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        headers["Content-Encoding"] = "gzip"
        content = found.compressed
    return Response(content, 200, headers, found.media_type)


def _walk(folder: Traversable, prefix: str = "") -> list[tuple[str, bytes]]:
    found = []
    for entry in folder.iterdir():
        if entry.is_dir():
            found += _walk(entry, f"{prefix}{entry.name}/")
        else:
            found.append((prefix + entry.name, entry.read_bytes()))
    return found


def _asset(path: str, content: bytes) -> Asset:
    media_type = mimetypes.guess_type(path)[0] or "application/octet-stream"
    if media_type.startswith("text/"):
        media_type += "; charset=utf-8"
    digest = hashlib.sha256(content).hexdigest()[:12]
    return Asset(digest, media_type, content, gzip.compress(content, 9, mtime=0))
