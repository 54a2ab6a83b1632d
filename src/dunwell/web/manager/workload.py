"""Workload: how much the agents have whom a manager supervises, their tasks beside it, and giving
bill units from one to another, by menu or by dragging.
"""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Response

from dunwell.domain.errors import BadInput
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.cases import assigning, searching
from dunwell.features.cases.searching import Criteria
from dunwell.features.policy.reasons import Category
from dunwell.features.tasks import queries
from dunwell.web import forms
from dunwell.web.caller import Caller, may
from dunwell.web.forms import Fields, Line, Reasoned
from dunwell.web.languages import _, ngettext
from dunwell.web.manager.criteria import NOBODY
from dunwell.web.verbs.reasons import reason_codes

router = APIRouter(prefix="/manager")

Assigner = Annotated[Caller, may(Permission.ASSIGN)]

Whose = Annotated[str | None, Query(max_length=200)]
After = Annotated[str | None, Query(max_length=2_000)]

PAGE = 50


class Assignment(Reasoned):
    """Who gets which bill units."""

    agent_to: Line | None = None
    chosen: str | list[str] = ""

    @property
    def numbers(self) -> list[str]:
        """The chosen bill units, each once. Raises BadInput if there are none."""
        texts = self.chosen if isinstance(self.chosen, list) else [self.chosen]
        numbers = list(dict.fromkeys(text for text in texts if text))
        if not numbers:
            raise BadInput(_("Choose at least one bill unit."))
        return numbers


@router.get("/workload")
def show_workload(caller: Assigner, agent: Whose = None, after: After = None) -> Response:
    """Agents and their tasks; `agent` names whose, or whose that have nobody."""
    return _workload(caller, forms.Form[Assignment](), agent, after)


@router.post("/workload")
def assign(caller: Assigner, fields: Fields, agent: Whose = None, after: After = None) -> Response:
    """Give bill units to an agent, all or nothing."""
    form = forms.read(Assignment, fields)
    said = ""
    if form.given:
        with form.refusing(), caller.change() as operation:
            said = _assign(operation, form.given)
    if form.given is None:
        return _workload(caller, form, agent, after)
    place = "/manager/workload" + (f"?{urlencode({'agent': agent})}" if agent else "")
    return caller.go(place, flash=("good", said))


def _assign(operation: Operation, given: Assignment) -> str:
    """Do it; what was done, in a sentence."""
    numbers = given.numbers
    if given.agent_to is None:
        raise BadInput(_("Choose the agent, or nobody."))
    agent = None if given.agent_to == NOBODY else given.agent_to
    assigning.assign(operation, numbers, agent, reason=given.reason, note=given.note)
    return ngettext(
        "%(count)s bill unit given to %(agent)s.",
        "%(count)s bill units given to %(agent)s.",
        len(numbers),
    ) % {"count": len(numbers), "agent": agent or _("nobody")}


def _workload(
    caller: Caller, form: forms.Form[Assignment], agent: str | None, after: str | None
) -> Response:
    with caller.look() as operation:
        tasks, unassigned = None, None
        if agent == NOBODY:
            unassigned = searching.search(
                operation, Criteria(assigned=False), limit=PAGE, cursor=after
            )
        else:
            tasks = queries.tasks(operation, agent=agent or None, limit=PAGE, cursor=after)
        return caller.page(
            "manager/workload.html",
            status=form.status,
            loads=queries.workload(operation),
            days=queries.DAYS_AHEAD,
            tasks=tasks,
            unassigned=unassigned,
            agent=agent or "",
            after=after,
            nobody=NOBODY,
            reasons=reason_codes(operation, Category.ASSIGN),
            form=form,
        )
