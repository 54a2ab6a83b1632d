"""Passwords and tokens: how they are made, kept and recognised.

Argon2id takes 64 MiB and a fifth of a second for each password on purpose, so only a few are
verified at a time. A token is 256 random bits, which a plain SHA-256 keeps safe.
"""

import hashlib
import secrets
import threading
from functools import cache

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from dunwell.domain.errors import BadInput, Unavailable

SHORTEST = 12
LONGEST = 256
AT_ONCE = 2
PATIENCE = 10.0

_room = threading.BoundedSemaphore(AT_ONCE)
_passwords = PasswordHash((Argon2Hasher(),))


def hash_password(password: str) -> str:
    """The password as it is kept. Raises BadInput for one that is too short or too long."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise BadInput(
            f"The password has {len(password)} characters; take {SHORTEST} to {LONGEST}, such as"
            " four unrelated words."
        )
    return _passwords.hash(password)


def is_password(given: str, kept: str | None) -> bool:
    """Whether it is the password; takes as long for somebody without one. Raises Unavailable."""
    if not _room.acquire(timeout=PATIENCE):
        raise Unavailable("Too many people log in at this moment; try again in a few seconds.")
    try:
        known = _passwords.verify(given[: LONGEST + 1], kept or _nobodys())
    finally:
        _room.release()
    return known and kept is not None


@cache
def _nobodys() -> str:
    return _passwords.hash(secrets.token_urlsafe())


def new_password() -> str:
    """A generated password, to be shown once."""
    return secrets.token_urlsafe(15)


def new_token(kind: str) -> str:
    """A new token of a kind; its beginning lets people and scanners recognise it."""
    return f"dunwell_{kind}_{secrets.token_urlsafe(32)}"


def token_hash(token: str) -> bytes:
    """The token as it is kept."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
