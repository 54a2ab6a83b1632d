"""Versions of what can change: `ETag` on the way out, `If-Match` on the way in.

A change says which version it was decided on; when that isn't the version any more, it is refused
(412, `changed_meanwhile`) and nothing is lost. `*` takes whatever is there.
"""

from typing import Annotated

from fastapi import Depends, Header

from dunwell.domain.errors import BadInput


def _expected(
    if_match: Annotated[
        str | None,
        Header(description='The `ETag` that was shown, such as "3"; * for any version.'),
    ] = None,
) -> int | None:
    if if_match is None or if_match.strip() == "*":
        return None
    text = if_match.strip().strip('"')
    if not (text.isascii() and text.isdigit() and len(text) < 10):  # noqa: PLR2004 - an integer
        raise BadInput(f"If-Match {if_match!r} is no ETag of ours; send the one that was shown.")
    return int(text)


Expected = Annotated[int | None, Depends(_expected)]
"""The version that the caller has seen; none when they don't mind."""
