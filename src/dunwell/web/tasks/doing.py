"""What is done with the task that is open: the verbs of its action, its case and its bill unit,
each with its form beside the list.
"""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Path, Response

from dunwell.features.cases import queries
from dunwell.web.caller import Caller
from dunwell.web.forms import Fields
from dunwell.web.tasks.pages import Handle, Look, View, Worker, task_page
from dunwell.web.tasks.panel import place
from dunwell.web.verbs import doing, known

router = APIRouter(prefix="/tasks")

Name = Annotated[str, Path(pattern=r"^[a-z_]{1,40}$")]


@router.get("/{action}/{verb}")
def ask(action: Handle, verb: Name, caller: Worker, view: Look) -> Response:
    """The form of a verb, with what would come of it."""
    return doing.ask(caller, known.find(verb), _place(caller, action, view))


@router.post("/{action}/{verb}")
def act(action: Handle, verb: Name, caller: Worker, view: Look, fields: Fields) -> Response:
    """Do it; or, with `preview`, show the form again with what would come of it."""
    return doing.act(caller, known.find(verb), _place(caller, action, view), fields)


def _place(caller: Caller, action: str, view: View) -> doing.Place:
    with caller.look_closely() as operation:
        _state, case = queries.action_state(operation, action)
    page = partial(task_page, caller, action, view)
    return place(
        caller,
        view,
        f"/{action}",
        page,
        "tasks/doing.html",
        number=case.bill_unit_no,
        action=action,
    )
