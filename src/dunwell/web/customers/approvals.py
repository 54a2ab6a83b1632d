"""Deciding about adjustments that others have requested: approve or reject, with what one says."""

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Response

from dunwell.domain.errors import DunwellError, Forbidden
from dunwell.features.access.actor import Permission
from dunwell.features.care import adjusting, queries
from dunwell.web import forms
from dunwell.web.caller import Caller, may
from dunwell.web.forms import Fields, Form
from dunwell.web.languages import _
from dunwell.web.rendering import customer_path

router = APIRouter(prefix="/adjustments")

Approver = Annotated[Caller, may(Permission.APPROVE_ADJUSTMENTS)]
Handle = Annotated[str, Path(pattern=r"^[0-9]{1,18}-[0-9]{1,18}$")]


class Decision(forms.Given):
    """What somebody has decided, about which version, and what they say."""

    decide: Literal["approve", "reject"]
    version: int
    note: forms.Text | None = None


@router.get("/{adjustment}")
def show_request(adjustment: Handle, caller: Approver) -> Response:
    """What is asked for, and the two answers."""
    return _page(caller, adjustment, Form())


@router.post("/{adjustment}")
def decide(adjustment: Handle, caller: Approver, fields: Fields) -> Response:
    """Approve or reject it; who was slower sees what was decided."""
    form = forms.read(Decision, fields)
    if form.given is None:
        return _page(caller, adjustment, form)
    given = form.given
    try:
        with caller.change() as operation:
            if given.decide == "approve":
                adjusting.approve(operation, adjustment, version=given.version, note=given.note)
                said = _("The adjustment is posted; the next night applies it.")
            else:
                adjusting.reject(
                    operation, adjustment, version=given.version, note=given.note or ""
                )
                said = _("The adjustment is rejected.")
    except Forbidden:
        raise
    except DunwellError as failure:
        form.refuse(failure)
        return _page(caller, adjustment, form)
    return caller.go("/customers", flash=("good", said))


def _page(caller: Caller, adjustment: str, form: Form[Decision]) -> Response:
    with caller.look() as operation:
        found = queries.show(operation, adjustment)
    return caller.page(
        "customers/approve.html",
        status=form.status,
        form=form,
        adjustment=found,
        own=found.requested_by == caller.actor.name,
        at=customer_path(found.account_no),
    )
