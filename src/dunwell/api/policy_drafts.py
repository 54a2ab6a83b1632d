"""Drafts of the policy: a person's (or a key's) new version, edited part by part, checked, compared
and measured against today's customers before it is put in force.
"""

import datetime as dt
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response
from pydantic import Field

from dunwell.api import repeats
from dunwell.api.caller import Caller, IdempotencyKey, may
from dunwell.api.policy import Applied, Change, Changes
from dunwell.api.values import Given, Line, PathId, Shown, Text
from dunwell.api.versions import Expected
from dunwell.engine import impact
from dunwell.features.access.actor import Permission
from dunwell.features.policy import drafts, parts, versions
from dunwell.features.policy.drafts import Draft
from dunwell.features.policy.merging import Whose

router = APIRouter(prefix="/policy", tags=["policy"])

Viewer = Annotated[Caller, may(Permission.VIEW, everywhere=True)]
Owner = Annotated[Caller, may(Permission.CHANGE_POLICY, everywhere=True)]

Noun = Annotated[
    str,
    Path(
        pattern="^[a-z_]{1,40}$",
        description="As in the policy file: profiles, scenarios, actions …, settings, or"
        " aging_buckets.",
        examples=["scenarios"],
    ),
]


class DraftShown(Shown):
    """A draft without what it says."""

    author: str
    based_on: Annotated[int, Field(description="The version in force when it began.")]
    in_force: int
    outdated: Annotated[bool, Field(description="Another version came into force since.")]
    started_at: dt.datetime
    changed_at: dt.datetime
    version: int


class Start(Given):
    """Where a draft begins."""

    version: Annotated[
        int | None,
        Field(ge=1, le=2**31 - 1, description="A past version, to restore it; none: in force."),
    ] = None


class PartGiven(Given):
    """A part as the policy file writes it."""

    part: Annotated[dict[str, Any], Field(max_length=100)]


class PartShown(Shown):
    """A part of the draft."""

    id: Annotated[str, Field(description="Short, made of its name.")]
    name: str
    part: dict[str, Any]


class PartsShown(Shown):
    """Parts in their order."""

    items: list[PartShown]


class Put(Shown):
    """The part that was put, and the draft's version since."""

    id: str
    version: int


class Finding(Shown):
    """A problem beside the part and the field that it is about."""

    severity: str
    noun: str
    id: str
    name: str
    field: str
    message: str


class Findings(Shown):
    """Everything that is wrong with the draft."""

    items: list[Finding]


class Why(Given):
    """Why the policy is changed."""

    note: Text


class Impact(Shown):
    """Whom the draft would move."""

    next_night: list[dict[str, Any]]
    afresh: list[dict[str, Any]]
    profiles: list[dict[str, Any]]
    kept: list[dict[str, Any]]
    basis: dict[str, Any]


def _shown(draft: Draft) -> DraftShown:
    fields = {name: getattr(draft, name) for name in DraftShown.model_fields}
    return DraftShown.model_validate(fields)


@router.get("/draft", response_model=DraftShown)
def show_draft(caller: Owner) -> Response:
    """The caller's draft."""
    with caller.oversee() as operation:
        return repeats.response(_shown(drafts.get(operation)), 200)


@router.post("/draft", status_code=201, response_model=DraftShown)
def start_draft(given: Start, caller: Owner, _key: IdempotencyKey = None) -> Response:
    """Start a draft of the policy in force, or of a past version to restore it."""
    return caller.once(
        lambda operation: _shown(drafts.start(operation, given.version)),
        given,
        location=lambda _: "/api/v1/policy/draft",
        walled=False,
    )


@router.delete("/draft", status_code=204)
def discard_draft(caller: Owner, version: Expected = None) -> None:
    """Throw the caller's draft away."""
    with caller.oversee() as operation:
        drafts.discard(operation, version=version)


@router.get("/draft/parts/{noun}")
def list_parts(noun: Noun, caller: Owner) -> PartsShown:
    """The parts of one kind in the draft."""
    with caller.oversee() as operation:
        policy = drafts.get(operation).policy
    if noun not in parts.SINGLE:
        parts.find_list(policy, noun)
    document = policy.model_dump(mode="json")[noun]
    if noun in parts.SINGLE:
        whole = document if isinstance(document, dict) else {noun: document}
        return PartsShown(items=[PartShown(id="", name=parts.words(noun), part=whole)])
    return PartsShown(
        items=[
            PartShown(id=parts.id_of(noun, each), name=parts.name_of(noun, each), part=data)
            for each, data in zip(getattr(policy, noun), document, strict=True)
        ]
    )


@router.post("/draft/parts/{noun}", status_code=201, response_model=Put)
def put_part(
    noun: Noun,
    given: PartGiven,
    caller: Owner,
    replaces: Annotated[
        Line | None, Query(description="The id of the part that it takes the place of.")
    ] = None,
    version: Expected = None,
    _key: IdempotencyKey = None,
) -> Response:
    """Add a part to the draft, or change one: settings and aging buckets are put as a whole."""

    def put(operation: Any) -> Put:
        draft, part_id = drafts.put(operation, noun, given.part, part_id=replaces, version=version)
        return Put(id=part_id, version=draft.version)

    return caller.once(put, given, walled=False)


@router.delete("/draft/parts/{noun}/{part_id}", status_code=204)
def remove_part(noun: Noun, part_id: Line, caller: Owner, version: Expected = None) -> None:
    """Take a part out of the draft; one that is in use is refused."""
    with caller.oversee() as operation:
        drafts.remove(operation, noun, part_id, version=version)


@router.post("/draft/parts/{noun}/{part_id}/move", response_model=DraftShown)
def move_part(
    noun: Noun,
    part_id: Line,
    caller: Owner,
    to: Annotated[int, Query(ge=0, le=100_000, description="Its new place; 0 is the first.")],
    version: Expected = None,
    _key: IdempotencyKey = None,
) -> Response:
    """Move a part to another place of its list: profiles are asked in this order."""
    return caller.once(
        lambda operation: _shown(drafts.move(operation, noun, part_id, to, version=version)),
        status=200,
        walled=False,
    )


@router.get("/draft/problems")
def check_draft(caller: Owner) -> Findings:
    """What is wrong with the draft, each beside its part and field."""
    with caller.oversee() as operation:
        found = drafts.check(operation)
    return Findings(items=[Finding.model_validate(asdict(each)) for each in found])


@router.get("/draft/changes")
def diff_draft(caller: Owner) -> Changes:
    """What applying the draft would change."""
    with caller.oversee() as operation:
        changes = drafts.diff(operation)
    return Changes(changes=[Change.model_validate(change.as_json()) for change in changes])


@router.get("/draft/impact")
def measure_draft(caller: Owner) -> Impact:
    """How many bill units the draft would move, by the night's own statements on today's data. On a
    large installation it is an estimate, and `basis` says on what.
    """
    with caller.oversee() as operation:
        found = impact.measure(operation, drafts.get(operation).policy)
    return Impact.model_validate(found.as_json())


@router.post("/draft/apply", status_code=201, response_model=Applied)
def apply_draft(
    given: Why, caller: Owner, version: Expected = None, _key: IdempotencyKey = None
) -> Response:
    """Put the draft in force, as a new version, and end it."""
    return caller.once(
        lambda operation: Applied(id=drafts.apply(operation, given.note, version=version)),
        given,
        location=lambda applied: f"/api/v1/policy/versions/{applied.id}",
        walled=False,
    )


@router.post("/draft/rebase", response_model=DraftShown)
def rebase_draft(
    caller: Owner,
    whose: Annotated[
        Whose | None, Query(description="Whose change counts where both changed a part.")
    ] = None,
    version: Expected = None,
    _key: IdempotencyKey = None,
) -> Response:
    """Carry the draft's changes over to the version in force. What both changed is refused with its
    names, until it is said whose change counts there.
    """
    return caller.once(
        lambda operation: _shown(drafts.rebase(operation, version=version, whose=whose)),
        status=200,
        walled=False,
    )


@router.get("/versions/{version_id}/changes")
def compare_versions(
    version_id: PathId,
    caller: Viewer,
    since: Annotated[int, Query(ge=1, le=2**31 - 1, description="The older version.")],
) -> Changes:
    """What differs between two versions."""
    with caller.oversee() as operation:
        changes = versions.compare(operation, since, version_id)
    return Changes(changes=[Change.model_validate(change.as_json()) for change in changes])
