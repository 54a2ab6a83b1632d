"""Drafts: a policy that somebody is editing, until they apply or discard it.

Each person has one. It is kept whole, is always readable as a policy, and may break the policy's
rules meanwhile; only one that keeps them can be applied, and only on the version that it began
with. `parts` has what is done to a part, `merging` what happens when the policy moves on.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from dunwell.db import statements
from dunwell.domain.errors import BadInput, BadPolicy, Conflict, NotFound, RuleViolation, Stale
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.policy import editing, merging, parts, service, versions, wordings, writing
from dunwell.features.policy.comparison import Change
from dunwell.features.policy.editing import Finding
from dunwell.features.policy.merging import Whose
from dunwell.features.policy.model import Policy
from dunwell.features.policy.parts import Use
from dunwell.features.policy.problems import Severity

_DRAFTS = statements.load(__package__, "drafts.sql")

PATIENCE = "5s"
"""How long an apply waits for a night to end."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What keeps a part from being taken out of the policy."""

    users: list[Use]
    counts: list[tuple[int, str]]
    """How many of what, in the database."""


@dataclass(frozen=True, slots=True)
class Draft:
    """Somebody's draft, beside the version in force."""

    author: str
    based_on: int
    in_force: int
    started_at: dt.datetime
    changed_at: dt.datetime
    version: int
    policy: Policy

    @property
    def outdated(self) -> bool:
        """Whether another version came into force since the draft began."""
        return self.based_on != self.in_force


def find(operation: Operation) -> Draft | None:
    """The actor's draft, if they have one."""
    _may(operation)
    with operation.connection.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(_DRAFTS["find"].render(), _whose(operation)).fetchone()
    if row is None:
        return None
    return Draft(policy=Policy.model_validate(row.pop("document")), **row)


def get(operation: Operation) -> Draft:
    """The actor's draft. Raises NotFound."""
    draft = find(operation)
    if draft is None:
        raise NotFound(f"{operation.actor.name} has no draft of the policy; start one.")
    return draft


def start(operation: Operation, version_id: int | None = None) -> Draft:
    """A new draft: of the policy in force, or of a past version, to put it in force again.

    Raises RuleViolation when there is a draft already, NotFound for an unknown version.
    """
    _may(operation)
    policy = versions.read(operation.connection, version_id).policy
    # a version from before templates were part of the policy doesn't speak of them
    policy = wordings.complete(operation.connection, policy)
    given = {**_whose(operation), "document": Jsonb(service.document(policy))}
    if _DRAFTS["start"].run(operation.connection, given).rowcount == 0:
        raise RuleViolation(
            "draft_exists",
            f"{operation.actor.name} has a draft already; apply or discard it first.",
        )
    return get(operation)


def find_or_start(operation: Operation) -> Draft:
    """The actor's draft; a new one of the policy in force if there is none."""
    return find(operation) or start(operation)


def put(
    operation: Operation,
    noun: str,
    data: Mapping[str, Any],
    *,
    part_id: str | None = None,
    version: int | None = None,
) -> tuple[Draft, str]:
    """Add a part to the draft, or put one in place of another; the draft and the part's id.

    Raises BadPart for what can't be read, RuleViolation for a name in use or a part that can't be
    changed, Stale when `version` isn't the draft's any more.
    """
    if noun == "templates":
        raise RuleViolation(
            "tried_first", "A template is put with its words, which are tried first."
        )
    return put_tried(operation, noun, data, part_id=part_id, version=version)


def put_tried(
    operation: Operation,
    noun: str,
    data: Mapping[str, Any],
    *,
    part_id: str | None = None,
    version: int | None = None,
) -> tuple[Draft, str]:
    """The same, for a template whose words have been tried and kept, too."""
    draft = _locked(operation, version)
    policy, new_id = editing.put(draft.policy, noun, data, part_id=part_id)
    if part_id is not None and new_id != part_id:
        name, counts = _in_use(operation, draft, noun, part_id)
        if counts:
            raise RuleViolation("in_use", f"{name!r} can't be renamed: it is in use ({counts}).")
    return _keep(operation, draft, policy), new_id


def remove(operation: Operation, noun: str, part_id: str, *, version: int | None = None) -> Draft:
    """Take a part out of the draft. Raises RuleViolation for one that is in use, saying by what."""
    draft = _locked(operation, version)
    name, counts = _in_use(operation, draft, noun, part_id)
    if counts:
        raise RuleViolation("in_use", f"{name!r} can't be removed: it is in use ({counts}).")
    return _keep(operation, draft, editing.remove(draft.policy, noun, part_id))


def move(
    operation: Operation, noun: str, part_id: str, to: int, *, version: int | None = None
) -> Draft:
    """Move a part to another place of its list, the first being 0."""
    draft = _locked(operation, version)
    return _keep(operation, draft, editing.move(draft.policy, noun, part_id, to))


def check(operation: Operation) -> list[Finding]:
    """What is wrong with the draft, by the rules of `policy check`, each beside its field."""
    return editing.findings(get(operation).policy)


def diff(operation: Operation) -> list[Change]:
    """What applying the draft would change; of an outdated one, what it changes of the version that
    it began with. Raises BadPolicy while it has errors.
    """
    draft = get(operation)
    if draft.outdated:
        return versions.differences(base(operation, draft), draft.policy)
    return service.diff(operation.connection, draft.policy)


def base(operation: Operation, draft: Draft) -> Policy:
    """The policy that the draft began with; of one from before templates were part of the policy,
    with those that the draft has.
    """
    policy = versions.read(operation.connection, draft.based_on).policy
    if "templates" in policy.model_fields_set:
        return policy
    return policy.model_copy(update={"templates": draft.policy.templates})


def discard(operation: Operation, *, version: int | None = None) -> None:
    """Throw the draft away."""
    _locked(operation, version)
    _DRAFTS["discard"].run(operation.connection, _whose(operation))


def apply(operation: Operation, note: str, *, version: int | None = None) -> int:
    """Put the draft in force and end it; the new version's id.

    Raises BadPolicy for a draft with errors, Conflict when another version came into force
    meanwhile (`rebase` may help) or while a night is running, BadInput without a reason.
    """
    draft = _locked(operation, version)
    if not note.strip():
        raise BadInput("Say why the policy is changed: the reason is kept with the version.")
    errors = [each for each in editing.findings(draft.policy) if each.severity is Severity.ERROR]
    if errors:
        raise BadPolicy([f"{each.name}: {each.message}" for each in errors])
    wait_for_night(operation)
    _refuse_outdated(get(operation))
    before = service.export(operation.connection)
    applied = service.apply(
        operation.connection, draft.policy, actor=operation.actor.name, note=note.strip()
    )
    if applied == draft.based_on:
        raise RuleViolation(
            "nothing_changed",
            "The draft says the same as the policy in force; change something, or discard it.",
        )
    wordings.record(operation, before, draft.policy)
    _DRAFTS["discard"].run(operation.connection, _whose(operation))
    return applied


def rebase(
    operation: Operation, *, version: int | None = None, whose: Whose | None = None
) -> Draft:
    """Carry the draft's changes over to the version in force. Raises RuleViolation naming the parts
    that both changed, unless it is said whose change counts there.
    """
    draft = _locked(operation, version)
    current = service.export(operation.connection)
    merged = merging.merge(base(operation, draft), current, draft.policy, whose)
    return _keep(operation, draft, merged, rebased=True)


def kept_by(operation: Operation, policy: Policy, noun: str, part: Any) -> Kept | None:
    """Why the part can't be taken out of a policy; none if it can."""
    _may(operation)
    users = parts.uses(policy, noun, part)
    counts = [] if users else writing.uses(operation.connection, noun, parts.key_of(noun, part))
    return Kept(users, counts) if users or counts else None


def _may(operation: Operation) -> None:
    operation.actor.require(Permission.CHANGE_POLICY, everywhere=True)


def _whose(operation: Operation) -> dict[str, Any]:
    return {"author": operation.actor.name}


def _locked(operation: Operation, version: int | None) -> Draft:
    """The draft, which nobody else changes until the transaction ends."""
    _may(operation)
    _DRAFTS["lock"].run(operation.connection, _whose(operation))
    draft = get(operation)
    if version is not None and version != draft.version:
        raise Stale(
            f"The draft has been changed meanwhile, perhaps in another window (version"
            f" {draft.version}, not {version}); look again, then decide."
        )
    return draft


def _keep(operation: Operation, draft: Draft, policy: Policy, *, rebased: bool = False) -> Draft:
    if policy == draft.policy and not rebased:
        return draft
    _DRAFTS["keep"].run(
        operation.connection,
        {
            **_whose(operation),
            "document": Jsonb(service.document(policy)),
            "based_on": draft.in_force if rebased else draft.based_on,
        },
    )
    return get(operation)


def _in_use(operation: Operation, draft: Draft, noun: str, part_id: str) -> tuple[str, str]:
    """The part's name, and what in the database needs it; nothing if nothing does."""
    part = parts.find(draft.policy, noun, part_id)
    counts = writing.uses(operation.connection, noun, parts.key_of(noun, part))
    return parts.name_of(noun, part), writing.counted(counts)


def wait_for_night(operation: Operation) -> None:
    """Be the one who changes the policy. Raises Conflict while a night is running."""
    try:
        with operation.connection.transaction():
            operation.connection.execute(f"set local lock_timeout = '{PATIENCE}'")
            service.lock(operation.connection)
            operation.connection.execute("set local lock_timeout = 0")
    except psycopg.errors.LockNotAvailable as failure:
        raise Conflict(
            "A night is running, and the policy can't change under it; apply when it has ended."
        ) from failure


def _refuse_outdated(draft: Draft) -> None:
    if draft.outdated:
        raise Conflict(
            f"Another policy came into force since the draft began (version {draft.in_force}, the"
            f" draft began with {draft.based_on}); carry the draft's changes over to it first."
        )
