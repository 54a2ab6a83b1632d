"""Templates in the caller's draft of the policy, and those of a version with the words they had. A
template that is staged here counts when the draft is applied.
"""

from dataclasses import astuple
from typing import Annotated

from fastapi import APIRouter, Response

from dunwell.api import documents
from dunwell.api.caller import Caller, may
from dunwell.api.templates import NewTemplate, StagedTemplate, TemplateWithSource, Which, Whole
from dunwell.api.values import PathId, Shown
from dunwell.api.versions import Expected
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.letters import changing, service, templates
from dunwell.features.policy import drafts, versions
from dunwell.features.policy.model import Policy

router = APIRouter(prefix="/policy", tags=["policy"])

Viewer = Annotated[Caller, may(Permission.VIEW, everywhere=True)]
Owner = Annotated[Caller, may(Permission.CHANGE_POLICY, everywhere=True)]


class TemplatesWithSource(Shown):
    """Templates with their words."""

    items: list[TemplateWithSource]


@router.get("/draft/templates")
def list_draft_templates(caller: Owner) -> TemplatesWithSource:
    """The draft's templates, with those that come with Dunwell."""
    with caller.oversee() as operation:
        return _of(operation, drafts.get(operation).policy)


@router.put("/draft/templates/{kind}/{name}")
def stage_template(
    which: Which, given: NewTemplate, caller: Owner, version: Expected = None
) -> StagedTemplate:
    """Put a template into the draft, or in the place of one; it is tried with made-up data."""
    with caller.oversee() as operation:
        drafts.get(operation)
        staged, lacking = changing.stage(operation, given.template(which), version=version)
        after = drafts.get(operation).version
    return StagedTemplate.told(staged, lacking=lacking, version=after)


@router.delete("/draft/templates/{kind}/{name}", status_code=204)
def unstage_template(which: Which, caller: Owner, version: Expected = None) -> None:
    """Take a template out of the draft; refused while something names it."""
    with caller.oversee() as operation:
        changing.unstage(operation, _find(operation, which), version=version)


@router.get(
    "/draft/templates/{kind}/{name}/preview",
    response_class=Response,
    responses=documents.RESPONSES,
)
def preview_draft_template(which: Which, caller: Owner) -> Response:
    """A template of the draft as it would be sent, with made-up data."""
    with caller.oversee() as operation:
        found = _find(operation, which)
        return documents.answer(service.preview(operation, found, found.format))


@router.get("/versions/{version_id}/templates")
def list_templates_of_version(version_id: PathId, caller: Viewer) -> TemplatesWithSource:
    """The templates that a version had, with the words they had then."""
    with caller.oversee() as operation:
        return _of(operation, versions.get(operation, version_id).policy)


def _of(operation: Operation, policy: Policy) -> TemplatesWithSource:
    return TemplatesWithSource.model_validate({"items": templates.of_policy(operation, policy)})


def _find(operation: Operation, which: Whole) -> templates.Template:
    found = templates.of_policy(operation, drafts.get(operation).policy)
    return templates.choose(found, *astuple(which))
