"""The secrets with which messages are signed: derived from the installation's key, stored nowhere.

A subscription's secret is an HMAC, under the installation's key, of the subscription's salt and
the number of the secret. So the database alone forges nothing, and rotating is counting
(docs/decisions/0071). The key is DUNWELL_SECRET_KEY, else a file in the home folder.
"""

import base64
import hashlib
import hmac
import os
import secrets
from pathlib import Path

from dunwell.domain.errors import BadInput
from dunwell.settings import Settings

FILE = "secret.key"
SHORTEST = 32


def installation_key(settings: Settings) -> bytes:
    """The installation's key; made on first use where none is set. Raises BadInput."""
    if settings.secret_key is None:
        return _from_file(settings.home / FILE)
    given = settings.secret_key.get_secret_value().strip()
    if len(given) < SHORTEST:
        raise BadInput(
            f"DUNWELL_SECRET_KEY has {len(given)} characters and needs at least {SHORTEST};"
            " `openssl rand -hex 32` makes a good one."
        )
    return given.encode()


def _from_file(path: Path) -> bytes:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    if not path.exists():
        # whole or not at all, and for the owner only; of two first users one wins
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as stream:
            stream.write(secrets.token_hex(32))
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text(encoding="ascii").strip().encode()


def new_salt() -> str:
    """What makes the secrets of one subscription unlike any other's."""
    return secrets.token_hex(16)


def secret(key: bytes, salt: str, number: int) -> str:
    """A subscription's secret as its receiver is given it, by the scheme of Standard Webhooks."""
    made = hmac.new(key, f"webhook:{salt}:{number}".encode(), hashlib.sha256).digest()
    return "whsec_" + base64.b64encode(made).decode()


def check(key: bytes, salt: str) -> str:
    """Tells whether the key is the one that a subscription was made with; betrays nothing of it."""
    return hmac.new(key, f"check:{salt}".encode(), hashlib.sha256).hexdigest()[:16]
