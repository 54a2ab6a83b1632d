"""What is done to a bill unit, its case, an action or an instalment from its page. The form opens
within the page, and is a page of its own without JavaScript.
"""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response

from dunwell.features.access.actor import Permission
from dunwell.web import rendering
from dunwell.web.bill_units import frame
from dunwell.web.bill_units.frame import Number
from dunwell.web.caller import Caller, may
from dunwell.web.forms import Fields
from dunwell.web.verbs import doing, known
from dunwell.web.verbs.verb import Done, Of, Verb

router = APIRouter(prefix="/bill-units/{number}/do/{name}")

Viewer = Annotated[Caller, may(Permission.VIEW)]
Name = Annotated[str, Path(pattern=r"^[a-z_]{1,40}$")]
PointedAt = Annotated[str | None, Query(max_length=800)]


@router.get("")
def ask(number: Number, name: Name, caller: Viewer, of: PointedAt = None) -> Response:
    """The form of a verb, with what would come of it."""
    verb = known.find(name)
    return doing.ask(caller, verb, _place(caller, number, verb, of))


@router.post("")
def act(
    number: Number, name: Name, caller: Viewer, fields: Fields, of: PointedAt = None
) -> Response:
    """Do it; or, with `preview`, show the form again with what would come of it."""
    verb = known.find(name)
    return doing.act(caller, verb, _place(caller, number, verb, of), fields)


def _place(caller: Caller, number: str, verb: Verb, of: str | None) -> doing.Place:
    """The page of the bill unit; `of` is what the verb takes: a case, an action, a member, the
    scenario that a case begins with.
    """

    def show(status: int, values: dict[str, Any]) -> Response:
        return frame.page(caller, number, "verb", lambda _operation: values, status=status)

    def end(verb: Verb, done: Done) -> Response:
        part = f"/{verb.back_to}" if verb.back_to else ""
        back = rendering.bill_unit_path(number) + part
        return caller.go(back, flash=(done.tone, done.message))

    return doing.Place(
        number,
        show,
        end,
        # of an action: one that isn't named isn't there
        action=(of or "0-0") if verb.of is Of.ACTION else None,
        case=of if verb.of is Of.CASE else None,
        to_do=(of or "0-0") if verb.of is Of.TO_DO else None,
        member=of if verb.of in (Of.MEMBER, Of.ROW, Of.BILL_UNIT) else None,
    )
