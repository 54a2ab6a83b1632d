"""Credit alerts: the list that is worked off, and beside it the one that is open, with what is
planned and done, and the forms by which it is worked and closed.
"""

import datetime as dt
from decimal import Decimal
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel, BeforeValidator, StringConstraints

from dunwell.domain.errors import BadInput, NotFound
from dunwell.domain.pages import Page
from dunwell.domain.statuses import AlertActivity, AlertStatus
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.crm import alert_queries, alerts, queries
from dunwell.features.crm.alert_queries import Wanted
from dunwell.features.policy.reasons import Category
from dunwell.web import forms
from dunwell.web.caller import Caller, may
from dunwell.web.forms import Fields, Form
from dunwell.web.languages import _
from dunwell.web.verbs.reasons import reason_codes

router = APIRouter(prefix="/credit-alerts")

Viewer = Annotated[Caller, may(Permission.VIEW)]
Worker = Annotated[Caller, may(Permission.WORK_ACTIONS)]

Handle = Annotated[str, Path(pattern=r"^[0-9]{1,18}-[0-9]{1,18}$")]

ROWS = 50
NOBODY = "-"
"""In the field of the agent: assigned to nobody."""


def _none(value: Any) -> Any:
    """An empty field of the filter counts as not sent."""
    return None if value == "" else value


_Maybe = Annotated[
    Annotated[str, StringConstraints(min_length=1, max_length=800)] | None, BeforeValidator(_none)
]


class View(BaseModel):
    """How the list is narrowed, and where its page begins."""

    status: Annotated[AlertStatus | None, BeforeValidator(_none)] = AlertStatus.OPEN
    agent: _Maybe = None
    source: _Maybe = None
    unit: _Maybe = None
    least: Annotated[
        Annotated[Decimal, Query(ge=0, max_digits=19, decimal_places=4)] | None,
        BeforeValidator(_none),
    ] = None
    after: _Maybe = None

    def wanted(self) -> Wanted:
        """What the list has."""
        return Wanted(
            status=self.status,
            agent=None if self.agent == NOBODY else self.agent,
            unassigned=self.agent == NOBODY,
            source=self.source,
            bill_unit_no=self.unit,
            least_amount=self.least,
        )

    def link(self, path: str = "", **changes: Any) -> str:
        """An address below the list, with this view as changed."""
        given = {**self.model_dump(mode="json"), **changes}
        defaults = View().model_dump(mode="json")
        query = {
            name: "" if value is None else value
            for name, value in given.items()
            if value != defaults[name]
        }
        return f"/credit-alerts{path}" + (f"?{urlencode(query)}" if query else "")


Look = Annotated[View, Query()]


class Assignment(forms.Given):
    """Whose it is to be; nobody's if nothing was chosen."""

    agent: forms.Line | None = None
    note: forms.Text | None = None
    version: int | None = None


class Activity(forms.Given):
    """What was done, or said."""

    kind: AlertActivity
    note: forms.Text = ""
    done_on: dt.date | None = None
    version: int | None = None


class Closing(forms.Reasoned):
    """Why it is closed."""

    version: int | None = None


@router.get("")
def show_alerts(caller: Viewer, view: Look) -> Response:
    """The list alone."""
    with caller.look() as operation:
        values = _listed(operation, view)
    return caller.page("credit_alerts/list.html", block="list", view=view, **values, open=None)


@router.get("/{alert}")
def show_alert(alert: Handle, caller: Viewer, view: Look) -> Response:
    """One alert beside the list."""
    return _page(caller, alert, view)


@router.post("/{alert}/record")
def record_activity(alert: Handle, caller: Worker, fields: Fields, view: Look) -> Response:
    """Record what was done, or write a note."""
    form = forms.read(Activity, fields)
    if given := form.given:
        with form.refusing(), caller.change() as operation:
            alerts.record(
                operation,
                alert,
                given.kind,
                note=given.note,
                done_on=given.done_on,
                expected_version=given.version,
            )
    if form.given is None:
        return _page(caller, alert, view, activity=form)
    return caller.go(view.link(f"/{alert}"), flash=("good", _("Recorded.")))


@router.post("/{alert}/assign")
def assign_alert(alert: Handle, caller: Worker, fields: Fields, view: Look) -> Response:
    """Give it to an agent, or to nobody."""
    form = forms.read(Assignment, fields)
    if given := form.given:
        with form.refusing(), caller.change() as operation:
            alerts.assign(
                operation, alert, given.agent, note=given.note, expected_version=given.version
            )
    if form.given is None:
        return _page(caller, alert, view, assignment=form)
    return caller.go(view.link(f"/{alert}"), flash=("good", _("Assigned.")))


@router.post("/{alert}/close")
def close_alert(alert: Handle, caller: Worker, fields: Fields, view: Look) -> Response:
    """Close it, with a reason."""
    form = forms.read(Closing, fields)
    if given := form.given:
        with form.refusing(), caller.change() as operation:
            alerts.close(
                operation,
                alert,
                reason=given.reason,
                note=given.note,
                expected_version=given.version,
            )
    if form.given is None:
        return _page(caller, alert, view, closing=form)
    return caller.go(view.link(), flash=("good", _("The alert is closed.")))


def _page(
    caller: Caller,
    alert: str,
    view: View,
    *,
    activity: Form[Activity] | None = None,
    assignment: Form[Assignment] | None = None,
    closing: Form[Closing] | None = None,
) -> Response:
    """An alert beside the list; a form that was refused stands in it as it was sent."""
    sent = [form for form in (activity, assignment, closing) if form is not None]
    with caller.look() as operation:
        found = alert_queries.alert(operation, alert)
        values = {} if caller.wants_part("panel") else _listed(operation, view)
        status = None
        if queries.is_kept(operation):
            status = queries.collection_status(operation, found.alert.bill_unit_no)
        agents = values["choices"].agents if values else alert_queries.choices(operation).agents
        codes = reason_codes(operation, Category.CLOSE_ALERT)
        today = operation.date
    return caller.page(
        "credit_alerts/alert.html",
        block="panel",
        status=max((form.status for form in sent), default=200),
        view=view,
        **values,
        open=alert,
        whole=found,
        alert=found.alert,
        standing=status,
        agents=agents,
        codes=codes,
        kinds=list(AlertActivity),
        activity=activity or Form[Activity](),
        assignment=assignment or Form[Assignment]({"agent": found.alert.agent or ""}),
        closing=closing or Form[Closing](),
        today=today,
    )


def _listed(operation: Operation, view: View) -> dict[str, Any]:
    problem = None
    try:
        page = alert_queries.alerts(operation, view.wanted(), limit=ROWS, cursor=view.after)
    except (BadInput, NotFound) as failure:
        # somebody typed a number that isn't there
        problem = failure.message
        page = Page(())
    return {
        "page": page,
        "choices": alert_queries.choices(operation),
        "problem": problem,
        "NOBODY": NOBODY,
        "OURS": alerts.OURS,
    }
