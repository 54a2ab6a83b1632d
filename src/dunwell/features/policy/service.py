"""Policy against database: what would change, making it so, and giving it back.

Applying is one transaction of the caller's and makes a `policy_version`; nothing is written when
the policy in force is the same already.
"""

import hashlib
import json
from collections.abc import Iterable
from typing import Any

import psycopg
from psycopg.rows import TupleRow
from psycopg.types.json import Jsonb

from dunwell.db import locks, statements
from dunwell.domain.errors import BadPolicy
from dunwell.features.policy import checks, comparison, rows, wordings, writing
from dunwell.features.policy.comparison import Change
from dunwell.features.policy.model import LetterTemplate, Policy
from dunwell.features.policy.problems import Problem, Severity


def diff(connection: psycopg.Connection[TupleRow], policy: Policy) -> list[Change]:
    """What `apply` would change, in the order of the policy's parts; `BadPolicy` if it can't be
    applied at all.
    """
    policy = wordings.complete(connection, policy)
    _refuse_errors(policy)
    return _plan(connection, policy).changes


def apply(
    connection: psycopg.Connection[TupleRow], policy: Policy, *, actor: str, note: str = ""
) -> int:
    """Put the policy in force and return the version's id; the caller commits.

    The version in force stays when nothing changes. Raises `BadPolicy` for a policy that breaks
    its rules and `RuleViolation` when something still in use would be removed.
    """
    _refuse_errors(policy)
    lock(connection)
    return _put_in_force(connection, policy, actor, note)


def apply_templates(
    connection: psycopg.Connection[TupleRow],
    templates: list[LetterTemplate],
    *,
    actor: str,
    note: str,
) -> int:
    """A version that says what the one in force says, but for its templates; its id. The caller has
    the `lock` and commits.
    """
    policy = export(connection).model_copy(update={"templates": templates})
    return _put_in_force(connection, policy, actor, note)


def rehearse(connection: psycopg.Connection[TupleRow], policy: Policy) -> None:
    """Put the policy in force in a transaction that the caller rolls back: without waiting for a
    night to end. Raises as `apply`.
    """
    _refuse_errors(policy)
    _put_in_force(connection, policy, "rehearsal", "")


def lock(connection: psycopg.Connection[TupleRow]) -> None:
    """Be the one who changes the policy, until the transaction ends; waits for a night."""
    connection.execute("select pg_advisory_xact_lock(%s)", [locks.POLICY])


def _put_in_force(
    connection: psycopg.Connection[TupleRow], policy: Policy, actor: str, note: str
) -> int:
    version, current = _current(connection)
    policy = wordings.complete(connection, policy)
    _refuse(wordings.check(policy))
    writer = _plan(connection, policy)
    if fingerprint(policy) == fingerprint(current) and not writer.changes:
        return version
    writing.refuse_what_is_in_use(writer)
    row = (
        statements.load(__package__, "writing.sql")["add_version"]
        .run(
            connection,
            {
                "actor": actor,
                "note": note,
                "document": Jsonb(document(policy)),
                "fingerprint": fingerprint(policy),
            },
        )
        .fetchone()
    )
    assert row is not None
    writer.write(row[0])
    return int(row[0])


def export(connection: psycopg.Connection[TupleRow]) -> Policy:
    """The policy in force, as it was applied; a new installation's is the empty one."""
    return wordings.complete(connection, _current(connection)[1])


def document(policy: Policy) -> dict[str, Any]:
    """The policy as canonical JSON data: equal policies have equal documents."""
    return policy.model_dump(mode="json")


def fingerprint(policy: Policy) -> str:
    """A hash of the policy's document."""
    canonical = json.dumps(document(policy), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def _current(connection: psycopg.Connection[TupleRow]) -> tuple[int, Policy]:
    sql = statements.load(__package__, "compiled.sql")
    row = sql["current_version"].run(connection).fetchone()
    assert row is not None, "installation.install makes the first version"
    return row[0], Policy.model_validate(row[1])


def _plan(connection: psycopg.Connection[TupleRow], policy: Policy) -> writing.Writer:
    stored, wanted = rows.stored(connection), rows.wanted(policy)
    return writing.prepare(connection, stored, wanted, comparison.changes(stored, wanted))


def _refuse_errors(policy: Policy) -> None:
    _refuse(checks.check(policy))


def _refuse(problems: Iterable[Problem]) -> None:
    found = [each for each in problems if each.severity is Severity.ERROR]
    if found:
        raise BadPolicy([str(problem) for problem in found])
