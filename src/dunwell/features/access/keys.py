"""API keys: what machines show. A key has scopes (permissions) and brands of its own, an end, and
is shown once, when it is made; `rotate` makes a successor while the old one still works.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from psycopg.rows import class_row

from dunwell.db import statements
from dunwell.domain.errors import BadInput, NotFound, RuleViolation
from dunwell.features.access import audit, brands, secrets
from dunwell.features.access.actor import Operation, Permission

_KEYS = statements.load(__package__, "keys.sql")

LONGEST_LIFE = 730
LONGEST_OVERLAP = 720
LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class Key:
    """A machine's key, without the secret; `brands` are names, none for every brand."""

    id: int
    name: str
    scopes: list[str]
    brands: list[str] | None
    created_by: str
    created_at: dt.datetime
    expires_at: dt.datetime
    last_used_at: dt.datetime | None
    active: bool


def add(
    operation: Operation,
    name: str,
    scopes: Sequence[str],
    brand_names: Sequence[str] | None,
    *,
    days: int = 365,
) -> tuple[Key, str]:
    """A new key for a machine, and its secret. Raises RuleViolation for a name in use."""
    _may(operation)
    if not name.strip() or len(name) > LONGEST_NAME or not name.isprintable():
        raise BadInput(f"A key's name has 1 to {LONGEST_NAME} printable characters.")
    known = [str(each) for each in Permission]
    for scope in scopes:
        if scope not in known:
            raise BadInput(f"There is no scope {scope!r}; there are {', '.join(known)}.")
    if not scopes:
        raise BadInput(f"A key needs at least one scope of {', '.join(known)}.")
    if not 1 <= days <= LONGEST_LIFE:
        raise BadInput(f"A key lives 1 to {LONGEST_LIFE} days, not {days}.")
    if _KEYS["in_use"].run(operation.connection, {"name": name.strip()}).fetchone():
        raise RuleViolation(
            "key_name_in_use", f"There is a key {name!r} already; rotate it, or take another name."
        )
    return _make(
        operation,
        "key_added",
        {
            "name": name.strip(),
            "scopes": sorted(set(scopes)),
            "brands": brands.ids(operation.connection, brand_names),
            "days": days,
        },
    )


def rotate(
    operation: Operation, key_id: int, *, overlap_hours: int = 24, days: int = 365
) -> tuple[Key, str]:
    """A successor with the same name, scopes and brands; the old key works `overlap_hours` more.

    Raises RuleViolation for a key that has ended.
    """
    _may(operation)
    if not 0 <= overlap_hours <= LONGEST_OVERLAP:
        raise BadInput(f"Both keys work for 0 to {LONGEST_OVERLAP} hours, not {overlap_hours}.")
    if not 1 <= days <= LONGEST_LIFE:
        raise BadInput(f"A key lives 1 to {LONGEST_LIFE} days, not {days}.")
    given = {"id": key_id, "hours": overlap_hours}
    get(operation, key_id)
    row = _KEYS["retire"].run(operation.connection, given).fetchone()
    if row is None:
        raise RuleViolation("key_ended", f"The key {key_id} has ended; make a new one.")
    name, scopes, of_brands = row
    return _make(
        operation,
        "key_rotated",
        {"name": name, "scopes": scopes, "brands": of_brands, "days": days},
    )


def revoke(operation: Operation, key_id: int) -> Key:
    """End a key at once; revoking it twice changes nothing."""
    _may(operation)
    if _KEYS["revoke"].run(operation.connection, {"id": key_id}).rowcount:
        key = get(operation, key_id)
        audit.write(operation, "key_revoked", key=key.id, name=key.name)
    return get(operation, key_id)


def get(operation: Operation, key_id: int) -> Key:
    """The key of that number. Raises NotFound."""
    _may(operation)
    found = _select(operation, "find", {"id": key_id})
    if not found:
        raise NotFound(f"There is no key {key_id}; see `dunwell key list`.")
    return found[0]


def every(operation: Operation, *, after: int = 0, limit: int = 100) -> list[Key]:
    """Keys by number, ended ones too."""
    _may(operation)
    return _select(operation, "list", {"after": after, "limit": limit})


def _may(operation: Operation) -> None:
    operation.actor.require(Permission.ADMINISTER, everywhere=True)


def _make(operation: Operation, kind: str, row: dict[str, Any]) -> tuple[Key, str]:
    secret = secrets.new_token("key")
    given = {**row, "hash": secrets.token_hash(secret), "created_by": operation.actor.name}
    created = _KEYS["add"].run(operation.connection, given).fetchone()
    assert created is not None
    key = get(operation, created[0])
    audit.write(operation, kind, key=key.id, name=key.name, scopes=key.scopes, brands=key.brands)
    return key, secret


def _select(operation: Operation, name: str, given: dict[str, Any]) -> list[Key]:
    with operation.connection.cursor(row_factory=class_row(Key)) as cursor:
        return cursor.execute(_KEYS[name].render(), given).fetchall()
