"""The manager's search: bill units in collections by every criterion, and what is done with many of
them at once: previewed by doing it and taking it back, then done, all or nothing.
"""

import datetime as dt
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Request, Response

from dunwell.domain.errors import BadInput, DunwellError
from dunwell.domain.spreadsheets import as_csv
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.cases import assigning, searching, sparing
from dunwell.features.cases.search_ways import Order
from dunwell.features.cases.searching import Found
from dunwell.features.policy.reasons import Category
from dunwell.web import forms, sought
from dunwell.web.caller import Caller, may
from dunwell.web.forms import Fields, Form, Line, Reasoned
from dunwell.web.languages import _, ngettext
from dunwell.web.manager import criteria
from dunwell.web.manager.criteria import NOBODY, Wanted
from dunwell.web.verbs import agents
from dunwell.web.verbs.reasons import reason_codes

router = APIRouter(prefix="/manager")

Assigner = Annotated[Caller, may(Permission.ASSIGN)]

PAGE = 50
MOST = 2_000
"""So many bill units are chosen by "all that match"."""
MOST_EXPORTED = 20_000

COLUMNS = (
    *("account_no", "name", "company", "bill_unit_no", "profile", "scenario", "debt_class"),
    *("agent", "overdue_amount", "currency", "overdue_date", "days_overdue", "entered_on"),
)


class Bulk(Reasoned):
    """What is to be done with the chosen bill units."""

    verb: Literal["assign", "exempt", "hold"]
    agent_to: Line | None = None
    until: dt.date | None = None
    chosen: str | list[str] = ""
    everything: bool = False
    count: int = 0
    step: Literal["preview", "do"] = "preview"

    @property
    def numbers(self) -> list[str]:
        """The bill units that were chosen one by one."""
        texts = self.chosen if isinstance(self.chosen, list) else self.chosen.split("\n")
        return list(dict.fromkeys(text.strip() for text in texts if text.strip()))


@router.get("")
def show_search(caller: Assigner, request: Request) -> Response:
    """The search as its address says, or the last one that named a customer."""
    if again := sought.kept(request):
        return _answer(caller, forms.read(Wanted, again))
    fields: dict[str, Any] = {name: text for name, text in request.query_params.items() if text}
    for name in criteria.PERSONAL:
        fields.pop(name, None)
    return _answer(caller, forms.read(Wanted, fields))


@router.post("")
def search(caller: Assigner, fields: Fields) -> Response:
    """Search; what names nobody gets an address of its own."""
    form = forms.read(Wanted, fields)
    if form.given and not form.given.is_personal:
        return caller.go(criteria.address(form, after=form.given.after))
    again = sought.keep(caller.request, "/manager", fields) if form.given else None
    return again or _answer(caller, form)


def _answer(caller: Caller, form: Form[Wanted]) -> Response:
    found: list[Found] = []
    following = None
    with caller.look() as operation:
        if form.given:
            wanted = form.given
            page = searching.search(
                operation, wanted.criteria, order=wanted.order, limit=PAGE, cursor=wanted.after
            )
            found, following = list(page.items), page.next_cursor
        reasons = reason_codes(operation, Category.ASSIGN, Category.EXEMPT, Category.HOLD)
        return caller.page(
            "manager/search.html",
            status=form.status,
            form=form,
            found=found,
            following=following,
            kept=criteria.kept(form),
            order=form.given.order if form.given else Order.AMOUNT,
            is_personal=bool(form.given and form.given.is_personal),
            begun=bool(form.given and form.given.after),
            address=lambda **more: criteria.address(form, **more),
            choices=criteria.choices(operation),
            agents=agents.choices(operation),
            nobody=NOBODY,
            reasons=reasons,
            bulk=Form[Bulk](),
            most=MOST,
        )


@router.post("/export")
def export(caller: Assigner, fields: Fields) -> Response:
    """What was found, as a CSV file whose cells no spreadsheet takes for formulas."""
    form = forms.read(Wanted, fields)
    if form.given is None:
        return _answer(caller, form)
    with caller.look() as operation:
        found = _all(operation, form.given, MOST_EXPORTED)
    content = as_csv(COLUMNS, ([getattr(row, name) for name in COLUMNS] for row in found))
    return Response(
        # a spreadsheet takes it for UTF-8 by this mark alone
        b"\xef\xbb\xbf" + content,
        200,
        {"Content-Disposition": 'attachment; filename="bill-units.csv"'},
        media_type="text/csv; charset=utf-8",
    )


@router.post("/bulk")
def do_with_many(caller: Assigner, fields: Fields) -> Response:
    """Show what would be done with the chosen bill units; then do it, all or nothing."""
    form = forms.read(Bulk, fields)
    wanted = forms.read(Wanted, fields)
    if form.given is None or wanted.given is None:
        return _confirm(caller, form, wanted, [], None)
    given = form.given
    numbers: list[str] = []
    done: str | None = None
    try:
        with caller.look() as operation:
            numbers = _numbers(operation, given, wanted.given)
        if given.step == "do" and given.count == len(numbers):
            with caller.change() as operation:
                done = _do(operation, given, numbers)
            return caller.go(_found_at(wanted), flash=("good", done))
        if given.step == "do":
            form.problem = _("Others match by now; look at the numbers again.")
        with caller.preview() as operation:
            done = _do(operation, given, numbers)
    except DunwellError as refusal:
        form.refuse(refusal)
    return _confirm(caller, form, wanted, numbers, done)


def _confirm(
    caller: Caller, form: Form[Bulk], wanted: Form[Wanted], numbers: list[str], done: str | None
) -> Response:
    return caller.page(
        "manager/bulk.html",
        status=form.status,
        form=form,
        numbers=numbers,
        done=done,
        kept=criteria.kept(wanted),
        back=_found_at(wanted),
    )


def _found_at(wanted: Form[Wanted]) -> str:
    """Where the search is seen again."""
    if wanted.given is None:
        return "/manager"
    return sought.again("/manager") if wanted.given.is_personal else criteria.address(wanted)


def _numbers(operation: Operation, given: Bulk, wanted: Wanted) -> list[str]:
    """The chosen bill units, each once. Raises BadInput if there are none, or too many."""
    numbers = given.numbers
    if given.everything:
        found = _all(operation, wanted, MOST)
        numbers = list(dict.fromkeys(row.bill_unit_no for row in found))
    if not numbers:
        raise BadInput(_("Choose at least one bill unit."))
    return numbers


def _all(operation: Operation, wanted: Wanted, most: int) -> list[Found]:
    """All that match. Raises BadInput if there are more than `most`."""
    found: list[Found] = []
    cursor = None
    while True:
        page = searching.search(
            operation, wanted.criteria, order=wanted.order, limit=500, cursor=cursor
        )
        found += page.items
        cursor = page.next_cursor
        if len(found) > most:
            raise BadInput(
                _("More than %(most)s match; narrow the search.") % {"most": f"{most:,}"}
            )
        if cursor is None:
            return found


def _do(operation: Operation, given: Bulk, numbers: list[str]) -> str:
    """Do it; what was done, in a sentence."""
    count = {"count": f"{len(numbers):,}", "agent": given.agent_to}
    if given.verb == "assign":
        if given.agent_to is None:
            raise BadInput(_("Choose the agent, or nobody."))
        agent = None if given.agent_to == NOBODY else given.agent_to
        assigning.assign(operation, numbers, agent, reason=given.reason, note=given.note)
        if agent is None:
            return (
                ngettext(
                    "%(count)s bill unit is nobody's now.",
                    "%(count)s bill units are nobody's now.",
                    len(numbers),
                )
                % count
            )
        return (
            ngettext(
                "%(count)s bill unit given to %(agent)s.",
                "%(count)s bill units given to %(agent)s.",
                len(numbers),
            )
            % count
        )
    if given.verb == "exempt":
        sparing.exempt_many(operation, numbers, given.reason, until=given.until, note=given.note)
        return (
            ngettext(
                "%(count)s bill unit exempted; its cases end with the next night.",
                "%(count)s bill units exempted; their cases end with the next night.",
                len(numbers),
            )
            % count
        )
    if given.until is None:
        raise BadInput(_("A hold needs its last day."))
    sparing.hold_many(operation, numbers, given.until, reason=given.reason, note=given.note)
    return (
        ngettext(
            "%(count)s bill unit put on hold.",
            "%(count)s bill units put on hold.",
            len(numbers),
        )
        % count
    )
