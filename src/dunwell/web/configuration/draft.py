"""The draft as a whole: what it changes, whom it moves, applying and discarding it; and the
versions of the policy, compared and restored.
"""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from dunwell.domain.errors import BadPolicy, DunwellError, NotFound, RuleViolation
from dunwell.engine import impact
from dunwell.features.policy import drafts, file, versions
from dunwell.features.policy.merging import Whose
from dunwell.web import refusals
from dunwell.web.caller import Caller
from dunwell.web.configuration import changes
from dunwell.web.configuration.desk import Owner, desk_of, page
from dunwell.web.forms import Fields
from dunwell.web.languages import _

router = APIRouter(prefix="/configuration")

VersionId = Annotated[int, Path(ge=1, le=2**31 - 1)]
MOST_VERSIONS = 50


@router.get("/draft")
def show_draft(caller: Owner) -> Response:
    """What the draft changes and what keeps it from being applied."""
    return _review(caller)


def _review(
    caller: Caller,
    *,
    status: int = 200,
    problem: str | None = None,
    note: str = "",
    undecided: bool = False,
) -> Response:
    with caller.oversee() as operation:
        desk = desk_of(operation)
        shown = []
        if desk.draft and not desk.errors:
            shown = changes.shown(operation, drafts.diff(operation))
    return page(
        caller,
        "draft",
        desk,
        "draft",
        status=status,
        changes=shown,
        problem=problem,
        note=note,
        undecided=undecided,
    )


@router.get("/draft/impact")
def show_impact(caller: Owner) -> Response:
    """How many bill units the draft would move, by the night's own statements."""
    with caller.oversee() as operation:
        desk = desk_of(operation)
        problem, found = None, None
        try:
            if desk.draft is not None and desk.draft.outdated:
                problem = _("Carry your changes over to the version in force first.")
            elif desk.draft is not None:
                found = impact.measure(operation, desk.draft.policy)
            else:
                problem = _("You have no draft.")
        except BadPolicy:
            problem = _("Mend the errors first: only a policy that could be applied is measured.")
        except DunwellError as failure:
            problem = refusals.told(failure.message)
    return page(caller, "impact", desk, "draft", block="impact", impact=found, problem=problem)


@router.post("/draft/start")
def start(caller: Owner) -> Response:
    """A draft of the policy in force."""
    with caller.oversee() as operation:
        drafts.find_or_start(operation)
    return caller.go("/configuration")


@router.post("/draft/apply")
def apply(caller: Owner, fields: Fields) -> Response:
    """Put the draft in force."""
    note = str(fields.get("note", ""))
    seen = str(fields.get("version", ""))
    try:
        with caller.oversee() as operation:
            number = drafts.apply(operation, note, version=int(seen) if seen.isdecimal() else None)
    except DunwellError as failure:
        if isinstance(failure, NotFound):
            raise
        return _review(caller, status=422, problem=refusals.told(failure.message), note=note)
    told = _("Version %(number)s is in force.") % {"number": number}
    return caller.go("/configuration/versions", flash=("good", told))


@router.post("/draft/discard")
def discard(caller: Owner) -> Response:
    """Throw the draft away."""
    with caller.oversee() as operation:
        drafts.discard(operation)
    return caller.go("/configuration", flash=("good", _("Your draft is discarded.")))


@router.post("/draft/rebase")
def rebase(caller: Owner, fields: Fields) -> Response:
    """Carry the draft over to the version in force; where both changed a part, say whose counts."""
    given = str(fields.get("whose", ""))
    whose = Whose(given) if given in [*Whose] else None
    try:
        with caller.oversee() as operation:
            drafts.rebase(operation, whose=whose)
    except DunwellError as failure:
        if isinstance(failure, NotFound):
            raise
        undecided = isinstance(failure, RuleViolation) and failure.rule == "both_changed"
        told = refusals.told(failure.message)
        return _review(caller, status=422, problem=told, undecided=undecided)
    return caller.go("/configuration/draft", flash=("good", _("Your changes are carried over.")))


@router.get("/versions")
def list_versions(
    caller: Owner, before: Annotated[int, Query(ge=1, le=2**31 - 1)] = 2**31 - 1
) -> Response:
    """Every version, the newest first."""
    with caller.oversee() as operation:
        desk = desk_of(operation)
        found = versions.newest(operation, before=before, limit=MOST_VERSIONS + 1)
        current = versions.newest(operation, limit=1)[0].id
    more = found[MOST_VERSIONS - 1].id if len(found) > MOST_VERSIONS else None
    return page(
        caller,
        "versions",
        desk,
        "versions",
        versions=found[:MOST_VERSIONS],
        more=more,
        current=current,
        first=before < 2**31 - 1,
    )


@router.get("/compare")
def compare(
    caller: Owner,
    older: Annotated[int, Query(ge=1, le=2**31 - 1)],
    newer: Annotated[int, Query(ge=1, le=2**31 - 1)],
) -> Response:
    """What differs between two versions."""
    older, newer = sorted((older, newer))
    with caller.oversee() as operation:
        desk = desk_of(operation)
        sides = [versions.get(operation, number) for number in (older, newer)]
        differences = versions.differences(*(side.policy for side in sides))
        shown = changes.shown(operation, differences)
    return page(
        caller,
        "compare",
        desk,
        "versions",
        changes=shown,
        older=sides[0].version,
        newer=sides[1].version,
    )


@router.get("/versions/{version_id}")
def show_version(version_id: VersionId, caller: Owner) -> Response:
    """A version as its policy file, to be kept or compared elsewhere."""
    with caller.oversee() as operation:
        found = versions.get(operation, version_id)
    text = file.write(found.policy)
    return Response(
        text,
        media_type="application/toml",
        headers={"Content-Disposition": f'attachment; filename="policy-{version_id}.toml"'},
    )


@router.post("/versions/{version_id}/restore")
def restore(version_id: VersionId, caller: Owner) -> Response:
    """A draft of a past version, to be looked at and applied."""
    try:
        with caller.oversee() as operation:
            drafts.start(operation, version_id)
    except DunwellError as failure:
        if isinstance(failure, NotFound):
            raise
        return caller.go("/configuration/versions", flash=("bad", refusals.told(failure.message)))
    told = _("Your draft says what version %(number)s said; apply it to restore it.")
    return caller.go("/configuration/draft", flash=("good", told % {"number": version_id}))
