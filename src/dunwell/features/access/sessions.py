"""Logging in and out, and who a token stands for.

`log_in` wants a connection in autocommit: a failed attempt counts whatever happens afterwards, and
before the password is looked at, so that many guesses at once don't outrun the count.
"""

import datetime as dt
from dataclasses import dataclass

import psycopg
from psycopg.rows import TupleRow, dict_row

from dunwell.db import statements
from dunwell.domain.errors import Forbidden, TooManyAttempts, Unauthenticated
from dunwell.features.access import roles, secrets
from dunwell.features.access.actor import Actor, Permission
from dunwell.features.access.roles import Role

_SESSIONS = statements.load(__package__, "sessions.sql")

Connection = psycopg.Connection[TupleRow]


@dataclass(frozen=True, slots=True)
class Session:
    """A person who has just come in; the token is shown this once."""

    token: str
    expires_at: dt.datetime
    login: str


@dataclass(frozen=True, slots=True)
class Identity:
    """Whom a token stands for."""

    actor: Actor
    token_id: int
    kind: str
    expires_at: dt.datetime
    roles: tuple[str, ...] = ()


def log_in(connection: Connection, login: str, password: str, *, hours: float = 10) -> Session:
    """A new session for the login and password.

    Raises Unauthenticated without saying what was wrong, TooManyAttempts after several failures.
    """
    name = login.strip().lower().replace("\0", "")[:200]
    attempt = _SESSIONS["count_attempt"].run(connection, {"login": name}).fetchone()
    if attempt is None:
        seconds = _SESSIONS["wait"].run(connection, {"login": name}).fetchone()
        wait = max(1, seconds[0] if seconds else 1)
        raise TooManyAttempts(
            wait, f"Too many failed logins: wait {wait} s, or ask an administrator."
        )
    row = _SESSIONS["find_person"].run(connection, {"login": name}).fetchone()
    person_id, kept, disabled = row or (None, None, True)
    if not secrets.is_password(password, kept) or disabled:
        raise Unauthenticated("The login or the password is wrong.")
    _SESSIONS["forgive"].run(connection, {"login": name})
    return _start(connection, person_id, name, hours)


def come_in(
    connection: Connection, subject: str, login: str | None, *, hours: float = 10
) -> Session:
    """A new session for whom the identity provider sent: known by subject, or bound to the person
    with that login the first time. Raises Forbidden for somebody unknown; the surface commits.
    """
    given = {"subject": subject, "login": None if login is None else login.strip().lower()}
    row = _SESSIONS["bind_subject"].run(connection, given).fetchone()
    if row is None:
        raise Forbidden(
            "The identity provider knows you, but nobody here has that login; ask an administrator."
        )
    return _start(connection, row[0], row[1], hours)


def identify(connection: Connection, token: str) -> Identity:
    """Whom the token stands for. Raises Unauthenticated when it is unknown or has ended."""
    given = {"hash": secrets.token_hash(token)}
    with connection.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(_SESSIONS["find_token"].render(), given).fetchone()
    if row is None:
        raise Unauthenticated("The token is unknown, or has ended; log in, or show another key.")
    if row["unused"]:
        _SESSIONS["use"].run(connection, {"id": row["id"]})
    brands = row["brands"]
    if row["kind"] == "key":
        scopes = frozenset(Permission(each) for each in row["scopes"] if each in set(Permission))
        actor = Actor(
            f"key {row['name']}",
            scopes,
            brands=None if brands is None else frozenset(brands),
            # a system has no role; one that may manage cases may what a manager may (decision 0080)
            is_manager=Permission.MANAGE_CASES in scopes,
            roles=frozenset({roles.SYSTEM}),
        )
        return Identity(actor, row["id"], "key", row["expires_at"])
    has = tuple(each for each in row["roles"] if each in set(Role))
    actor = Actor(
        row["login"],
        roles.permissions(has, row["granted"], row["denied"]),
        brands=None if brands is None else frozenset(brands),
        agent=row["agent"],
        is_manager=Role.MANAGER in has,
        person_id=row["person_id"],
        roles=frozenset(has),
    )
    return Identity(actor, row["id"], "web", row["expires_at"], has)


def log_out(connection: Connection, token_id: int) -> None:
    """End a session; the surface commits."""
    _SESSIONS["end"].run(connection, {"id": token_id})


def log_out_everywhere(connection: Connection, person_id: int) -> None:
    """End all of a person's sessions; the surface commits."""
    _SESSIONS["end_all"].run(connection, {"person_id": person_id})


def discard(connection: Connection, session: Session) -> None:
    """End a session that was only to prove the password."""
    _SESSIONS["discard"].run(connection, {"hash": secrets.token_hash(session.token)})


def _start(connection: Connection, person_id: int, login: str, hours: float) -> Session:
    token = secrets.new_token("web")
    given = {
        "hash": secrets.token_hash(token),
        "person_id": person_id,
        "login": login,
        "hours": hours,
    }
    row = _SESSIONS["start"].run(connection, given).fetchone()
    assert row is not None
    return Session(token, row[0], login)
