"""A to-do of the list, beside it: what it is about, who is asked for, and what is done with it."""

from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Path, Response

from dunwell.domain import handles
from dunwell.features.payments import methods
from dunwell.features.receivables import queries as receivables
from dunwell.features.tasks import suspended, todos
from dunwell.web.caller import Caller
from dunwell.web.forms import Fields
from dunwell.web.tasks.pages import WORK, Handle, Look, View, Worker, listed, of_customer
from dunwell.web.tasks.panel import place
from dunwell.web.verbs import doing, known, to_dos
from dunwell.web.verbs import notes as jottings
from dunwell.web.verbs import payments as payments_taken

router = APIRouter(prefix="/tasks/to-dos")

Name = Annotated[str, Path(pattern=r"^[a-z_]{1,40}$")]


@router.get("/{to_do}")
def show_to_do(to_do: Handle, caller: Worker, view: Look) -> Response:
    """One to-do beside the list; a payment in suspense is worked on in the list of to-dos."""
    handle = handles.parse(to_do, "to-do")
    if suspended.is_one(handle):
        return caller.go(f"/to-dos?suspense={handle.id}")
    return to_do_page(caller, to_do, view)


def to_do_page(
    caller: Caller,
    to_do: str,
    view: View,
    *,
    block: str = "panel",
    template: str = "tasks/to_do.html",
    status: int = 200,
    flash: tuple[str, str] | None = None,
    headers: dict[str, str] | None = None,
    **values: Any,
) -> Response:
    """The page of a to-do, or the part of it that htmx asks for."""
    with caller.look_closely() as operation:
        found = todos.find(operation, to_do)
        around: dict[str, Any] = {"today": operation.date, "to_do": found}
        if not (block == WORK and caller.wants_part(block)):
            number = str(found.bill_unit_no)
            unit = receivables.bill_unit(operation, number)
            around |= of_customer(operation, unit)
            around["methods"] = methods.listed(operation, number)
        if not caller.wants_part(block):
            around |= listed(operation, view)
    offers = [*to_dos.OF_TO_DO, payments_taken.PAYMENT, jottings.NOTE]
    return caller.page(
        template,
        block=block,
        status=status,
        flash=flash,
        headers=headers,
        view=view,
        open=f"to-dos/{to_do}",
        verbs=[
            verb
            for verb in offers
            if verb.may(caller.actor) and (found.status == "open" or verb not in to_dos.OF_TO_DO)
        ],
        **{**around, **values},
    )


@router.get("/{to_do}/{verb}")
def ask(to_do: Handle, verb: Name, caller: Worker, view: Look) -> Response:
    """The form of a verb."""
    return doing.ask(caller, known.find(verb), _place(caller, to_do, view))


@router.post("/{to_do}/{verb}")
def act(to_do: Handle, verb: Name, caller: Worker, view: Look, fields: Fields) -> Response:
    """Do it."""
    return doing.act(caller, known.find(verb), _place(caller, to_do, view), fields)


def _place(caller: Caller, to_do: str, view: View) -> doing.Place:
    with caller.look_closely() as operation:
        found = todos.find(operation, to_do)
    page = partial(to_do_page, caller, to_do, view)
    return place(
        caller,
        view,
        f"/to-dos/{to_do}",
        page,
        "tasks/to_do_doing.html",
        number=str(found.bill_unit_no),
        to_do=to_do,
    )
