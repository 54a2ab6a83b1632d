"""Templates in the caller's draft of the policy, and those of a version with the words they had. A
template that is staged here counts when the draft is applied.
"""

from typing import Annotated

from fastapi import APIRouter, Response

from dunwell.api import documents
from dunwell.api.caller import Caller, may
from dunwell.api.templates import (
    Brand,
    Locale,
    Name,
    NewTemplate,
    StagedTemplate,
    TemplateWithSource,
    shown,
)
from dunwell.api.values import PathId, Shown
from dunwell.api.versions import Expected
from dunwell.domain.statuses import TemplateKind
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.letters import changing, service, templates
from dunwell.features.policy import drafts, versions

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
        found = templates.of_policy(operation, drafts.get(operation).policy)
    return TemplatesWithSource(items=[shown(each) for each in found])


@router.put("/draft/templates/{kind}/{name}")
def stage_template(
    kind: TemplateKind,
    name: Name,
    given: NewTemplate,
    caller: Owner,
    locale: Locale = "en_US",
    brand: Brand = None,
    version: Expected = None,
) -> StagedTemplate:
    """Put a template into the draft, or in the place of one; it is tried with made-up data."""
    with caller.oversee() as operation:
        drafts.get(operation)
        staged, lacking = changing.stage(
            operation, given.template(kind, name, locale, brand), version=version
        )
        after = drafts.get(operation).version
    return StagedTemplate(**shown(staged).model_dump(), lacking=lacking, version=after)


@router.delete("/draft/templates/{kind}/{name}", status_code=204)
def unstage_template(
    kind: TemplateKind,
    name: Name,
    caller: Owner,
    locale: Locale = "en_US",
    brand: Brand = None,
    version: Expected = None,
) -> None:
    """Take a template out of the draft; refused while something names it."""
    with caller.oversee() as operation:
        changing.unstage(operation, _find(operation, kind, name, locale, brand), version=version)


@router.get(
    "/draft/templates/{kind}/{name}/preview",
    response_class=Response,
    responses=documents.RESPONSES,
)
def preview_draft_template(
    kind: TemplateKind,
    name: Name,
    caller: Owner,
    locale: Locale = "en_US",
    brand: Brand = None,
) -> Response:
    """A template of the draft as it would be sent, with made-up data."""
    with caller.oversee() as operation:
        found = _find(operation, kind, name, locale, brand)
        return documents.answer(service.preview(operation, found, found.format))


@router.get("/versions/{version_id}/templates")
def list_templates_of_version(version_id: PathId, caller: Viewer) -> TemplatesWithSource:
    """The templates that a version had, with the words they had then."""
    with caller.oversee() as operation:
        found = templates.of_policy(operation, versions.get(operation, version_id).policy)
    return TemplatesWithSource(items=[shown(each) for each in found])


def _find(
    operation: Operation, kind: str, name: str, locale: str, brand: str | None
) -> templates.Template:
    found = templates.of_policy(operation, drafts.get(operation).policy)
    return templates.choose(found, kind, name, locale, brand)
