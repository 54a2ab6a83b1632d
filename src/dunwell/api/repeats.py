"""Idempotency keys: a POST that is sent twice is done once, and answered twice.

The key is claimed in the transaction that does the work, so both stay or neither does. A second
request with it waits for the first one, then gets its answer (decision 0064).
"""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

import psycopg
from fastapi import Request, Response
from psycopg.rows import TupleRow
from psycopg.types.json import Jsonb
from pydantic import BaseModel

from dunwell.db import statements
from dunwell.domain.errors import RuleViolation

_REPEATS = statements.load(__package__, "repeats.sql")

Connection = psycopg.Connection[TupleRow]

HEADER = "Idempotency-Key"


@dataclass(frozen=True, slots=True)
class Claim:
    """One request's claim on its key."""

    actor: str
    key: str
    fingerprint: bytes

    @classmethod
    def of(cls, request: Request, actor: str, given: BaseModel | bytes | None) -> "Claim | None":
        """The claim of a request; none when it brings no key."""
        key = request.headers.get(HEADER)
        if key is None:
            return None
        if isinstance(given, BaseModel):
            given = json.dumps(_without_secrets(given.model_dump(mode="json"))).encode()
        said = f"{request.method} {request.url.path}?{request.url.query}\n".encode()
        return cls(actor, key, hashlib.sha256(said + (given or b"")).digest())

    def take(self, connection: Connection) -> Response | None:
        """The answer that the key has had already, or none: it is ours now. Waits for a request
        that is under way with it. Raises RuleViolation when it was another request's.
        """
        row = {"actor": self.actor, "key": self.key, "fingerprint": self.fingerprint}
        _REPEATS["forget"].run(connection, row)
        if _REPEATS["claim"].run(connection, row).rowcount:
            return None
        found = _REPEATS["answer"].run(connection, row).fetchone()
        assert found is not None, "a claim is there when it can't be made"
        fingerprint, status, headers, body = found
        if bytes(fingerprint) != self.fingerprint:
            raise RuleViolation(
                "idempotency_key_reused",
                f"The idempotency key {self.key!r} was used for another request; take a new one.",
            )
        return Response(
            bytes(body),
            status,
            {**headers, "Idempotent-Replayed": "true"},
            media_type="application/json",
        )

    def keep(self, connection: Connection, answer: Response) -> None:
        """Keep the answer, for whoever asks again."""
        kept = {
            name: answer.headers[name] for name in ("location", "etag") if name in answer.headers
        }
        _REPEATS["keep"].run(
            connection,
            {
                "actor": self.actor,
                "key": self.key,
                "status": answer.status_code,
                "headers": Jsonb(kept),
                "body": bytes(answer.body),
            },
        )


_SECRETS = frozenset({"password", "iban"})


def _without_secrets(given: Any) -> Any:
    """A hash of a password or of an account number must not be kept, wherever it stands."""
    match given:
        case dict():
            return {
                name: _without_secrets(value)
                for name, value in given.items()
                if name not in _SECRETS
            }
        case list():
            return [_without_secrets(each) for each in given]
        case _:
            return given


def response(shown: BaseModel, status: int, headers: dict[str, str] | None = None) -> Response:
    """An answer as JSON, with the ETag of what has a version."""
    told = dict(headers or {})
    version = getattr(shown, "version", None)
    if isinstance(version, int):
        told["ETag"] = f'"{version}"'
    # TM Forum's resources write themselves: their amounts are numbers
    own = getattr(shown, "written", None)
    body = own() if own else json.dumps(shown.model_dump(mode="json"), ensure_ascii=False)
    return Response(body.encode(), status, told, media_type="application/json")
