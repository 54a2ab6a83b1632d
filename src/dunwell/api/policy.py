"""The policy: check a policy file, see what it would change, put it in force, read it back.

A policy is sent as the text of a policy file (TOML), because its problems name its lines.
"""

import datetime as dt
import tempfile
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Response
from pydantic import Field, StringConstraints

from dunwell.api.caller import Caller, IdempotencyKey, may
from dunwell.api.pages import After, Limit, Page, key_of, page
from dunwell.api.values import Given, PathId, Shown, Text
from dunwell.domain.errors import BadPolicy
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.policy import file, service, versions
from dunwell.features.policy.file import Examined
from dunwell.features.policy.model import Policy

router = APIRouter(prefix="/policy", tags=["policy"])

Viewer = Annotated[Caller, may(Permission.VIEW, everywhere=True)]
Owner = Annotated[Caller, may(Permission.CHANGE_POLICY, everywhere=True)]


class PolicyText(Given):
    """A policy file."""

    toml: Annotated[str, StringConstraints(max_length=1_000_000, pattern=r"^[^\x00]*$")]


class NewVersion(PolicyText):
    """A policy to put in force, and why."""

    note: Text = ""


class Checked(Shown):
    """What is wrong with a policy, each with its line."""

    valid: bool
    errors: list[str]
    warnings: list[str]


class FieldChange(Shown):
    """One field before and after."""

    name: str
    before: Any
    after: Any


class Change(Shown):
    """One part of the policy that is added, changed, retired or deleted."""

    change: str
    noun: str
    name: str
    fields: list[FieldChange]


class Changes(Shown):
    """What applying would change."""

    changes: list[Change]


class Version(Shown):
    """A policy that is, or was, in force."""

    id: int
    applied_at: dt.datetime
    applied_by: str
    note: str


class VersionText(Version):
    """A version with its policy file."""

    toml: str


class Applied(Shown):
    """The version in force."""

    id: Annotated[int, Field(description="That of before, when nothing has changed.")]


@router.post("/check")
def check_policy(given: PolicyText, caller: Owner, _key: IdempotencyKey = None) -> Checked:
    """Check a policy file against every rule; nothing is kept, so a key changes nothing."""
    del caller
    examined = _examine(given.toml)
    return Checked(
        valid=examined.policy is not None,
        errors=list(examined.errors),
        warnings=list(examined.warnings),
    )


@router.post("/diff")
def diff_policy(given: PolicyText, caller: Owner, _key: IdempotencyKey = None) -> Changes:
    """What applying a policy file would change; nothing is kept, so a key changes nothing."""
    policy = _read(given.toml)
    with caller.oversee() as operation:
        changes = service.diff(operation.connection, policy)
    return Changes(changes=[Change.model_validate(change.as_json()) for change in changes])


@router.post("/versions", status_code=201, response_model=Applied)
def apply_policy(given: NewVersion, caller: Owner, _key: IdempotencyKey = None) -> Response:
    """Put a policy in force; open cases keep the version that they entered under."""
    policy = _read(given.toml)
    return caller.once(
        lambda operation: Applied(
            id=service.apply(
                operation.connection, policy, actor=operation.actor.name, note=given.note
            )
        ),
        given,
        location=lambda applied: f"/api/v1/policy/versions/{applied.id}",
        walled=False,
    )


@router.get("")
def show_policy(caller: Viewer) -> VersionText:
    """The policy in force, as a policy file."""
    with caller.oversee() as operation:
        return _version(operation, None)


@router.get("/versions")
def list_versions(caller: Viewer, limit: Limit = 100, after: After = None) -> Page[Version]:
    """Every version, the newest first."""
    (last,) = key_of(after, int, first=[2**31 - 1])
    with caller.oversee() as operation:
        found = versions.newest(operation, before=last, limit=limit + 1)
    shown, following = page(found, limit, lambda version: [version.id])
    return Page(items=[Version.model_validate(each) for each in shown], next=following)


@router.get("/versions/{version_id}")
def show_version(version_id: PathId, caller: Viewer) -> VersionText:
    """One version with its policy file."""
    with caller.oversee() as operation:
        return _version(operation, version_id)


def _version(operation: Operation, version_id: int | None) -> VersionText:
    found = versions.get(operation, version_id)
    return VersionText.told(found.version, toml=file.write(found.policy))


def _examine(toml: str) -> Examined:
    with tempfile.TemporaryDirectory(prefix="dunwell-policy-") as folder:
        path = Path(folder) / "policy.toml"
        path.write_text(toml, encoding="utf-8")
        found = file.examine(path)
    names = (found.errors, found.warnings)
    errors, warnings = (tuple(each.replace(f"{folder}/", "") for each in all_) for all_ in names)
    return Examined(found.policy, errors, warnings)


def _read(toml: str) -> Policy:
    examined = _examine(toml)
    if examined.policy is None:
        raise BadPolicy(examined.errors)
    return examined.policy
