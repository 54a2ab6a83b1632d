"""People: who may come in, what they may do and which brands they see. Each function is one verb
of an administrator; the surface commits. They run as the database's owner, not behind a wall.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from psycopg.rows import class_row

from dunwell.db import statements
from dunwell.domain.errors import BadInput, NotFound, RuleViolation, Stale
from dunwell.features.access import audit, brands, roles, secrets
from dunwell.features.access.actor import Operation, Permission

_PEOPLE = statements.load(__package__, "people.sql")

LONGEST_LOGIN = 200


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who may come in; `brands` are names, none for every brand."""

    id: int
    login: str
    name: str
    roles: list[str]
    granted: list[str]
    denied: list[str]
    brands: list[str] | None
    agent: str | None
    disabled: bool
    has_password: bool
    version: int


@dataclass(frozen=True, slots=True)
class Rights:
    """What somebody may do and see; `brands` are names, none for every brand."""

    roles: Sequence[str] = ()
    brands: Sequence[str] | None = ()
    granted: Sequence[str] = ()
    denied: Sequence[str] = ()
    agent: str | None = None


def add(
    operation: Operation,
    login: str,
    name: str,
    rights: Rights,
    *,
    password: str | None = None,
    reason: str = "",
) -> Person:
    """A new person; without a password they come in through single sign-on only.

    Raises BadInput for unknown roles, permissions or brands, RuleViolation for a login in use.
    """
    _may(operation)
    row = {
        **_row(operation, rights),
        "login": _login(login),
        "name": _name(name),
        "password_hash": None if password is None else secrets.hash_password(password),
    }
    created = _PEOPLE["add"].run(operation.connection, row).fetchone()
    if created is None:
        raise RuleViolation("login_in_use", f"The login {row['login']!r} is in use; take another.")
    person = get(operation, created[0])
    _log(operation, "person_added", person, reason, **_told(person))
    return person


def get(operation: Operation, person_id: int) -> Person:
    """The person of that number. Raises NotFound."""
    _may(operation)
    return _one(operation, {"id": person_id, "login": None}, f"There is no person {person_id}.")


def find(operation: Operation, login: str) -> Person:
    """The person with that login. Raises NotFound."""
    _may(operation)
    given = {"id": None, "login": login.strip().lower()}
    return _one(operation, given, f"Nobody has the login {login!r}; see `dunwell user list`.")


def everybody(operation: Operation, *, after: str = "", limit: int = 100) -> list[Person]:
    """People by login, those after one."""
    _may(operation)
    return _select(operation, "list", {"after": after, "limit": limit})


def change(
    operation: Operation,
    person_id: int,
    *,
    version: int | None = None,
    name: str | None = None,
    rights: Rights,
    reason: str = "",
) -> Person:
    """Give a person other rights, in place of those they had; they count from the next request on.

    Raises Stale when `version` isn't the person's any more, RuleViolation for the last
    administrator.
    """
    before = _locked(operation, person_id, version)
    there_was = _has_administrator(operation)
    row = {
        **_row(operation, rights),
        "id": before.id,
        "name": before.name if name is None else _name(name),
    }
    _PEOPLE["change"].run(operation.connection, row)
    _keep_an_administrator(operation, there_was=there_was)
    person = get(operation, before.id)
    _log(operation, "person_changed", person, reason, **_told(person))
    return person


def disable(
    operation: Operation, person_id: int, *, version: int | None = None, reason: str = ""
) -> Person:
    """Keep a person out from now on; their sessions end. Doing it twice changes nothing."""
    return _set_disabled(operation, person_id, version, reason, disabled=True)


def enable(
    operation: Operation, person_id: int, *, version: int | None = None, reason: str = ""
) -> Person:
    """Let a person in again; failed logins are forgotten."""
    return _set_disabled(operation, person_id, version, reason, disabled=False)


def set_password(
    operation: Operation,
    person_id: int,
    password: str,
    *,
    version: int | None = None,
    reason: str = "",
) -> Person:
    """Give a person another password; their sessions end and failed logins are forgotten."""
    person = _locked(operation, person_id, version)
    row = {"id": person.id, "password_hash": secrets.hash_password(password)}
    _PEOPLE["set_password"].run(operation.connection, row)
    _PEOPLE["end_sessions"].run(operation.connection, {"id": person.id})
    _PEOPLE["forgive"].run(operation.connection, {"login": person.login})
    _log(operation, "password_set", person, reason)
    return get(operation, person.id)


def change_own_password(operation: Operation, password: str) -> None:
    """A person's own new password, once they have proved the old one; their sessions end."""
    row = {"id": operation.actor.person_id, "password_hash": secrets.hash_password(password)}
    _PEOPLE["set_password"].run(operation.connection, row)
    _PEOPLE["end_sessions"].run(operation.connection, row)
    audit.write(operation, "password_set", person=operation.actor.person_id)


def _set_disabled(
    operation: Operation, person_id: int, version: int | None, reason: str, *, disabled: bool
) -> Person:
    before = _locked(operation, person_id, version)
    if before.disabled == disabled:
        return before
    there_was = _has_administrator(operation)
    given = {"id": before.id, "disabled": disabled}
    _PEOPLE["set_disabled"].run(operation.connection, given)
    _PEOPLE["end_sessions"].run(operation.connection, given)
    _PEOPLE["forgive"].run(operation.connection, {"login": before.login})
    _keep_an_administrator(operation, there_was=there_was)
    kind = "person_disabled" if disabled else "person_enabled"
    _log(operation, kind, before, reason)
    return get(operation, before.id)


def _log(operation: Operation, kind: str, person: Person, reason: str, **told: Any) -> None:
    """What an administrator did, with why if they said it."""
    why = {"reason": reason.strip()} if reason.strip() else {}
    audit.write(operation, kind, person=person.id, login=person.login, **told, **why)


def _may(operation: Operation) -> None:
    operation.actor.require(Permission.ADMINISTER, everywhere=True)


def _locked(operation: Operation, person_id: int, version: int | None) -> Person:
    _may(operation)
    # one change of people at a time: the rule of the last administrator looks at all of them
    _PEOPLE["lock"].run(operation.connection)
    person = get(operation, person_id)
    if version is not None and version != person.version:
        raise Stale(
            f"The person has been changed meanwhile (version {person.version}, not {version});"
            " look again, then decide."
        )
    return person


def _has_administrator(operation: Operation) -> bool:
    return _PEOPLE["administrator_left"].run(operation.connection).fetchone() is not None


def _keep_an_administrator(operation: Operation, *, there_was: bool) -> None:
    if there_was and not _has_administrator(operation):
        raise RuleViolation(
            "last_administrator",
            "This is the last administrator who sees every brand; make another one first.",
        )


def _one(operation: Operation, given: dict[str, Any], missing: str) -> Person:
    found = _select(operation, "find", given)
    if not found:
        raise NotFound(missing)
    return found[0]


def _select(operation: Operation, name: str, given: dict[str, Any]) -> list[Person]:
    with operation.connection.cursor(row_factory=class_row(Person)) as cursor:
        return cursor.execute(_PEOPLE[name].render(), given).fetchall()


def _row(operation: Operation, rights: Rights) -> dict[str, Any]:
    return {
        "roles": _known("role", rights.roles, roles.Role),
        "granted": _known("permission", rights.granted, Permission),
        "denied": _known("permission", rights.denied, Permission),
        "brands": brands.ids(operation.connection, rights.brands),
        "agent": rights.agent or None,
    }


def _known(noun: str, given: Iterable[str], kinds: Iterable[str]) -> list[str]:
    known = [str(kind) for kind in kinds]
    for each in given:
        if each not in known:
            raise BadInput(f"There is no {noun} {each!r}; there are {', '.join(known)}.")
    return sorted({str(each) for each in given})


def _login(given: str) -> str:
    login = given.strip().lower()
    if not login or len(login) > LONGEST_LOGIN or not login.isprintable() or login != given.lower():
        raise BadInput(
            f"{given[:LONGEST_LOGIN]!r} is no login: take 1 to {LONGEST_LOGIN} printable characters"
            " without spaces around them, such as an e-mail address."
        )
    return login


def _name(given: str) -> str:
    if not given.strip() or len(given) > LONGEST_LOGIN or "\0" in given:
        raise BadInput(f"A person's name has 1 to {LONGEST_LOGIN} characters.")
    return given.strip()


def _told(person: Person) -> dict[str, Any]:
    return {
        name: getattr(person, name)
        for name in ("name", "roles", "granted", "denied", "brands", "agent")
    }
