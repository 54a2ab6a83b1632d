"""Versions of what can change: `ETag` on the way out, `If-Match` on the way in.

A change says which version it was decided on; when that isn't the version any more, it is refused
(412, `changed_meanwhile`) and nothing is lost. `*` takes whatever is there.
"""

import hashlib
import json
from collections.abc import Callable
from typing import Annotated

from fastapi import Depends, Header, Response
from pydantic import BaseModel

from dunwell.db import locks
from dunwell.domain.errors import BadInput, Stale
from dunwell.features.access.actor import Operation

_SHOWN = Header(description='The `ETag` that was shown, such as "3"; * for any version.')


def _expected(if_match: Annotated[str | None, _SHOWN] = None) -> int | None:
    if if_match is None or if_match.strip() == "*":
        return None
    text = if_match.strip().strip('"')
    if not (text.isascii() and text.isdigit() and len(text) < 10):  # noqa: PLR2004 - an integer
        raise BadInput(f"If-Match {if_match!r} is no ETag of ours; send the one that was shown.")
    return int(text)


Expected = Annotated[int | None, Depends(_expected)]
"""The version that the caller has seen; none when they don't mind."""


class Fingerprint:
    """The version of what has no number for it: a hash of what a caller may change.

    Those who have seen the same are let in one after the other, so the second one sees what the
    first has done.
    """

    def __init__(self, if_match: Annotated[str | None, _SHOWN] = None) -> None:
        text = "*" if if_match is None else if_match.strip()
        if not text:
            raise BadInput("If-Match is empty; send the ETag that was shown, or * for any.")
        self._expected = None if text == "*" else text.strip('"')

    def check(self, operation: Operation, look: Callable[[], object]) -> None:
        """Refuse when the caller has seen something else than there is (`Stale`). To be asked
        before anything is changed or locked.
        """
        if self._expected is None:
            return
        locks.one_by_one(operation.connection, self._expected)
        if self._expected != _hash(look()):
            raise Stale("It was changed meanwhile; look again, then decide.")


Seen = Annotated[Fingerprint, Depends(Fingerprint)]
"""The fingerprint that the caller has seen; anything goes when they don't mind."""


def show(response: Response, facts: object) -> None:
    """Answer with the fingerprint of these facts as `ETag`."""
    response.headers["ETag"] = f'"{_hash(facts)}"'


def _hash(facts: object) -> str:
    return hashlib.sha256(json.dumps(facts, default=_plain).encode()).hexdigest()[:20]


def _plain(fact: object) -> object:
    return fact.model_dump(mode="json") if isinstance(fact, BaseModel) else str(fact)
