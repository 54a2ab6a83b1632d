"""What is done with the task that is open: the verbs of its action, its case and its bill unit,
each with its form beside the list.
"""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Response

from dunwell.features.cases import queries
from dunwell.web.caller import Caller
from dunwell.web.forms import Fields
from dunwell.web.tasks.pages import WORK, Handle, Look, View, Worker, task_page
from dunwell.web.verbs import doing, known
from dunwell.web.verbs.verb import Done, Verb

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
    """The panel beside the list."""
    with caller.look_closely() as operation:
        _state, case = queries.action_state(operation, action)

    def show(status: int, values: dict[str, Any]) -> Response:
        return task_page(
            caller,
            action,
            view,
            template="tasks/doing.html",
            block=WORK,
            status=status,
            **values,
        )

    def end(_verb: Verb, done: Done) -> Response:
        """The task as it is by now, and the list looks again."""
        if caller.wants_part("panel"):
            return task_page(
                caller,
                action,
                view,
                flash=(done.tone, done.message),
                headers={"HX-Trigger": "tasks-changed", "HX-Retarget": "#panel"},
            )
        return caller.go(view.link(f"/{action}"), flash=(done.tone, done.message))

    return doing.Place(case.bill_unit_no, show, end, action=action)
