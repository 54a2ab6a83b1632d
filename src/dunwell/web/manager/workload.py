"""Workload: how much the agents have whom a manager supervises, their tasks beside it, and giving
bill units from one to another, by menu or by dragging.
"""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Response

from dunwell.domain.errors import BadInput
from dunwell.features.access.actor import Permission
from dunwell.features.cases import assigning, searching
from dunwell.features.cases.reasons import Category
from dunwell.features.cases.searching import Criteria
from dunwell.features.tasks import queries
from dunwell.web import forms
from dunwell.web.caller import Caller, may
from dunwell.web.forms import Fields, Line, Reasoned
from dunwell.web.languages import _, ngettext
from dunwell.web.manager.criteria import NOBODY
from dunwell.web.verbs.reasons import reason_codes

router = APIRouter(prefix="/manager")

Assigner = Annotated[Caller, may(Permission.ASSIGN)]

PAGE = 50


class Assignment(Reasoned):
    """Who gets which bill units."""

    agent_to: Line
    chosen: str | list[str] = ""
    shown: str = ""


@router.get("/workload")
def show_workload(
    caller: Assigner,
    agent: Annotated[str | None, Query(max_length=200)] = None,
    after: Annotated[str | None, Query(max_length=2_000)] = None,
) -> Response:
    """Agents and their tasks; `agent` names whose, or whose that have nobody."""
    with caller.look() as operation:
        loads = queries.workload(operation)
        tasks, unassigned = None, None
        if agent == NOBODY:
            unassigned = searching.search(
                operation, Criteria(assigned=False), limit=PAGE, cursor=after
            )
        else:
            tasks = queries.tasks(operation, agent=agent or None, limit=PAGE, cursor=after)
        return caller.page(
            "manager/workload.html",
            loads=loads,
            days=queries.DAYS_AHEAD,
            tasks=tasks,
            unassigned=unassigned,
            agent=agent or "",
            nobody=NOBODY,
            reasons=reason_codes(operation, Category.ASSIGN),
            form=forms.Form[Assignment](),
        )


@router.post("/workload")
def assign(caller: Assigner, fields: Fields) -> Response:
    """Give bill units to an agent, all or nothing."""
    form = forms.read(Assignment, fields)
    if form.given is None:
        message = " ".join(dict.fromkeys(form.errors.values()))
        raise BadInput(_("Choose an agent and give a reason. %(more)s") % {"more": message})
    given = form.given
    texts = given.chosen if isinstance(given.chosen, list) else [given.chosen]
    numbers = list(dict.fromkeys(text for text in texts if text))
    if not numbers:
        raise BadInput(_("Choose at least one bill unit."))
    agent = None if given.agent_to == NOBODY else given.agent_to
    with caller.change() as operation:
        assigning.assign(operation, numbers, agent, reason=given.reason, note=given.note)
    said = ngettext(
        "%(count)s bill unit given to %(agent)s.",
        "%(count)s bill units given to %(agent)s.",
        len(numbers),
    ) % {"count": len(numbers), "agent": agent or _("nobody")}
    place = "/manager/workload" + (f"?{urlencode({'agent': given.shown})}" if given.shown else "")
    return caller.go(place, flash=("good", said))
