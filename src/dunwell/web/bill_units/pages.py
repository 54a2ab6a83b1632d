"""The page of a bill unit: how it stands, and everything about it in parts that load when they are
looked at. Each part is a page of its own, too, so that it has an address and needs no JavaScript.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response

from dunwell.db import walls
from dunwell.domain.statuses import ActionType
from dunwell.engine import explain
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.alerts import queries as alerts
from dunwell.features.cases import outcomes, queries, sparing
from dunwell.features.crm import queries as crm
from dunwell.features.letters import reminders
from dunwell.features.letters import service as letters
from dunwell.features.payments import methods
from dunwell.features.policy import calendars
from dunwell.features.policy.using import Using
from dunwell.features.promises import queries as promises
from dunwell.features.receivables import bill_units, bills, history, notes, payments
from dunwell.features.receivables import queries as receivables
from dunwell.features.sharing import queries as sharing
from dunwell.web import ages, rendering, using
from dunwell.web.bill_units import standing, timeline, utility_parts
from dunwell.web.caller import Caller, may
from dunwell.web.languages import N_, _
from dunwell.web.verbs import actions, known
from dunwell.web.verbs import promises as promising
from dunwell.web.verbs.verb import Verb

router = APIRouter(prefix="/bill-units/{number}")

Viewer = Annotated[Caller, may(Permission.VIEW)]
Number = Annotated[str, Path(min_length=1, max_length=800, pattern=r"^[^\x00-\x1f\x7f]+$")]
LetterId = Annotated[int, Path(ge=1, le=2**31 - 1)]
Cursor = Annotated[str | None, Query(max_length=2000)]

Files = list[Mapping[str, Any]]
Values = Mapping[str, Any]

PAGE = 50

PARTS = (
    ("", N_("Case"), "c"),
    ("bills", N_("Bills"), "b"),
    ("payments", N_("Payments"), "p"),
    ("letters", N_("Letters"), "l"),
    ("promises", N_("Promises"), "s"),
    ("group", N_("Group"), "u"),
    ("notes", N_("Notes"), "n"),
    ("history", N_("History"), "h"),
    ("explain", N_("Why / why not"), "w"),
)
"""The parts in the order of their tabs; the last is pressed after `v` (view)."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands above every part."""

    unit: Mapping[str, Any]
    account: Mapping[str, Any]
    ages: list[tuple[str, Decimal]]
    cases: list[Mapping[str, Any]]
    """The open ones."""
    why: list[str]
    next: list[str]
    exempt: sparing.Exemption | None
    held: sparing.Hold | None
    group: Mapping[str, Any]
    promised: bool
    alerts: tuple[alerts.Alert, ...]
    """Of the account."""
    status: crm.CollectionStatus | None
    """As customer care sees it, if the policy has it kept."""
    using: Using
    """What the installation uses."""


@router.get("")
def show_case(number: Number, caller: Viewer) -> Response:
    """The timeline of the open case, and the cases of before."""

    def read(operation: Operation) -> Values:
        files = [file.fields for file in queries.files_of(operation, number)]
        shown = [
            {
                "case": case,
                "past": timeline.entries(case["events"], case["currency"]),
                "coming": timeline.coming(case["actions"]),
            }
            for case in files
        ]
        return {"files": files, "cases": shown}

    return page(caller, number, "", read)


@router.get("/bills")
def show_bills(number: Number, caller: Viewer, after: Cursor = None) -> Response:
    """Bills with corrections, items and disputes; fees and adjustments; credits."""
    return page(
        caller,
        number,
        "bills",
        lambda operation: {
            "bills": bills.bills(operation, number, limit=PAGE, cursor=after),
            "others": bills.other_debts(operation, number),
            "charges": outcomes.charges(operation, number),
            "credits": bills.credits(operation, number),
            "on": operation.date,
        },
    )


@router.get("/payments")
def show_payments(number: Number, caller: Viewer, after: Cursor = None) -> Response:
    """Payments as they came in, those that were asked for, and the methods."""
    return page(
        caller,
        number,
        "payments",
        lambda operation: {
            "payments": payments.payments(operation, number, limit=PAGE, cursor=after),
            "attempts": outcomes.payment_attempts(operation, number),
            "methods": methods.listed(operation, number),
        },
    )


@router.get("/letters")
def show_letters(number: Number, caller: Viewer) -> Response:
    """Letters and invoice reminders, the newest first."""
    return page(
        caller,
        number,
        "letters",
        lambda operation: {
            "letters": letters.listed(operation, number)[::-1],
            "reminders": reminders.listed(operation, number, everything=True)[::-1],
        },
    )


@router.get("/letters/{letter_id}/document")
def show_letter(number: Number, letter_id: LetterId, caller: Viewer) -> Response:
    """A letter as it was sent; what isn't a PDF or a picture is shown as a file to be saved."""
    with caller.look() as operation:
        document = letters.document(operation, number, letter_id)
    shown = document.media_type in ("application/pdf", "image/png", "text/plain")
    ending = {"application/pdf": "pdf", "text/html": "html"}.get(document.media_type, "txt")
    name = f"letter-{letter_id}.{ending}"
    kind = "inline" if shown else "attachment"
    return Response(
        document.content,
        media_type=document.media_type,
        headers={"Content-Disposition": f'{kind}; filename="{name}"'},
    )


@router.get("/promises")
def show_promises(number: Number, caller: Viewer) -> Response:
    """Promises with their instalments, the newest first."""
    return page(
        caller,
        number,
        "promises",
        lambda operation: {
            "promises": promises.promises(operation, number),
            "methods": {row["id"]: row for row in methods.listed(operation, number)},
        },
    )


@router.get("/group")
def show_group(number: Number, caller: Viewer) -> Response:
    """The sharing group, with what each of it owes."""
    return page(
        caller, number, "group", lambda operation: {"shared": sharing.role(operation, number)}
    )


@router.get("/notes")
def show_notes(number: Number, caller: Viewer, after: Cursor = None) -> Response:
    """What people wrote down about it and its account."""
    return page(
        caller,
        number,
        "notes",
        lambda operation: {
            "notes": notes.notes(operation, number, limit=PAGE, cursor=after),
        },
    )


@router.get("/history")
def show_history(number: Number, caller: Viewer, after: Cursor = None) -> Response:
    """Everything that happened, and when it was exempt or on hold."""

    def read(operation: Operation) -> Values:
        found = history.history(operation, number, limit=PAGE, cursor=after)
        currency = receivables.bill_unit(operation, number)["currency"]
        told = [
            (event, list(timeline.entry_of(_as_event(event), currency))) for event in found.items
        ]
        return {
            "events": told,
            "next_cursor": found.next_cursor,
            "exemptions": sparing.exemptions(operation, number),
            "holds": sparing.holds(operation, number),
        }

    return page(caller, number, "history", read)


@router.get("/explain")
def show_explanation(
    number: Number, caller: Viewer, date: Annotated[dt.date | None, Query()] = None
) -> Response:
    """Why it is in collections on a date, or why it stays out: every criterion and its value."""

    def read(operation: Operation) -> Values:
        day = operation.date if date is None else date
        if not calendars.FIRST <= day <= calendars.LAST:
            problem = _("Working days are known from %(first)s to %(last)s.") % {
                "first": calendars.FIRST,
                "last": calendars.LAST,
            }
            return {"told": None, "why_not": "", "day": day, "problem": problem}
        told = _explain(caller, operation, number, day)
        return {"told": told, "why_not": standing.why_not(told["why"]), "day": day, "problem": None}

    return page(caller, number, "explain", read)


def page(
    caller: Caller,
    number: str,
    part: str,
    read: Callable[[Operation], Values],
    *,
    status: int = 200,
) -> Response:
    """A part of the bill unit's page, with all that stands above it unless htmx has it already. All
    of it is read in one transaction; what stands above it takes over the `files` of its cases and
    what it was `told`, if the part has read them.
    """
    with caller.look_closely() as operation:
        bill_units.find(operation, number)
        values = dict(read(operation))
        if not rendering.is_partial(caller.request):
            told = values.get("told") if values.get("day") == operation.date else None
            found = stands(caller, operation, number, values.pop("files", None), told)
            values |= {"standing": found, "verbs": offered(caller, found)}
        values["today"] = operation.date
    today = values["today"]

    def action_verbs(action: Mapping[str, Any]) -> list[Verb]:
        due_on = action["due_on"]
        return actions.offered(
            caller.actor,
            kind=action.get("type", ActionType.PROMISE),
            status=action["status"],
            due_on=due_on if isinstance(due_on, dt.date) else dt.date.fromisoformat(due_on),
            mandatory=action.get("mandatory", False),
            today=today,
        )

    return caller.page(
        f"bill_units/{part or 'case'}.html",
        block="part",
        status=status,
        action_verbs=action_verbs,
        instalment_verbs=list(promising.OF_INSTALMENT),
        number=number,
        at=rendering.bill_unit_path(number),
        part=part,
        parts=_parts(caller),
        **values,
    )


def stands(
    caller: Caller,
    operation: Operation,
    number: str,
    files: Files | None = None,
    told: Values | None = None,
) -> Standing:
    """How it stands today."""
    unit = receivables.bill_unit(operation, number)
    today = operation.date
    if files is None:
        files = [file.fields for file in queries.files_of(operation, number)]
    open_cases = [file for file in files if file["status"] == "open"]
    exempt = _in_force(sparing.exemptions(operation, number), "exempt_from", "exempt_until", today)
    held = _in_force(sparing.holds(operation, number), "held_from", "held_until", today)
    promised = [each for each in promises.promises(operation, number) if each["status"] == "active"]
    why, following = [], []
    for case in open_cases:
        promise = next((each for each in promised if each["case_id"] == case["case_id"]), None)
        why.append(standing.why(case))
        following += standing.what_next(
            case, today, held_until=held.held_until if held else None, promise=promise
        )
    if not open_cases:
        told = told or _explain(caller, operation, number, today)
        why.append(standing.why_not(told["why"]))
    if exempt and open_cases:
        following.insert(0, _("It leaves with the next night: it is exempt."))
    return Standing(
        unit=unit,
        account=receivables.account(operation, unit["account_no"]),
        ages=ages.by_age(operation, number),
        cases=open_cases,
        why=why,
        next=following,
        exempt=exempt,
        held=held,
        group=sharing.role(operation, number),
        promised=bool(promised),
        alerts=alerts.alerts_of(operation, unit["account_no"]),
        status=crm.collection_status(operation, number) if crm.is_kept(operation) else None,
        using=using.known(caller.request.app),
    )


def _parts(caller: Caller) -> list[tuple[str, str, str]]:
    """Those that the installation uses; the last says why."""
    return [*PARTS[:-1], *utility_parts.parts(using.known(caller.request.app)), PARTS[-1]]


def offered(caller: Caller, found: Standing) -> list[Verb]:
    """What makes sense for it now, of what the person may do."""
    in_case = bool(found.cases)
    promised = found.promised
    role = found.group["role"]
    sense = {
        "note": True,
        "payment": True,
        "assign": in_case,
        "night": True,
        "add": in_case,
        "promise": in_case and not promised,
        "add_instalment": promised,
        "revoke": promised,
        "hold": not found.held,
        "lift_hold": bool(found.held),
        "exempt": not found.exempt,
        "lift_exemption": bool(found.exempt),
        "place": not in_case,
        "replace": in_case,
        "stop": in_case,
        "make_group": role == "neither",
        "add_members": role == "parent",
        "change_parent": role == "parent",
        "leave_group": role == "member",
        "cancel_all": in_case,
        "pay_plan": found.using.pay_plans,
        "contact": found.using.contacts,
        "to_do": found.using.to_dos,
    }
    return [verb for verb in known.OF_BILL_UNIT if sense[verb.name] and verb.may(caller.actor)]


def _in_force(rows: Any, since: str, until: str, today: dt.date) -> Any:
    """The one of them that holds today and does so longest."""
    found = [
        row
        for row in rows
        if getattr(row, since) <= today
        and (getattr(row, until) is None or today <= getattr(row, until))
    ]
    return max(found, key=lambda row: getattr(row, until) or dt.date.max, default=None)


def _explain(caller: Caller, operation: Operation, number: str, day: dt.date) -> dict[str, Any]:
    """By the night's own statements, which are rolled back; they are the owner's, who stands before
    the walls, so the bill unit has been found behind them.
    """
    hooks = caller.request.app.state.application.plugins.hook
    connection = operation.connection
    # its statements depend on the policy, and no plan of them is worth being kept
    connection.prepare_threshold = None
    walls.leave(connection)
    told = explain.explain_to(connection, hooks, number, day).as_json()
    walls.enter(connection, caller.actor.brands)
    connection.prepare_threshold = 0
    return told


def _as_event(entry: history.Entry) -> dict[str, Any]:
    return {"date": entry.date, "kind": entry.kind, "actor": entry.actor, "data": entry.data}
