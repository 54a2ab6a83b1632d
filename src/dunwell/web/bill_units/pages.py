"""The page of a bill unit: everything about it in parts that load when they are looked at. Each
is a page of its own, too, so that it has an address and needs no JavaScript; `frame` is around it.
"""

import datetime as dt
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response

from dunwell.engine import case_agreements
from dunwell.features.access.actor import Operation
from dunwell.features.cases import outcomes, queries, sparing
from dunwell.features.events.stories import book
from dunwell.features.letters import reminders
from dunwell.features.letters import service as letters
from dunwell.features.payments import methods
from dunwell.features.policy import calendars
from dunwell.features.promises import queries as promises
from dunwell.features.receivables import bills, history, notes, payments
from dunwell.features.receivables import queries as receivables
from dunwell.features.sharing import queries as sharing
from dunwell.web.bill_units import frame, standing, timeline
from dunwell.web.bill_units.frame import Cursor, Number, Values, Viewer
from dunwell.web.languages import _
from dunwell.web.verbs import payment_methods

router = APIRouter(prefix="/bill-units/{number}")

LetterId = Annotated[int, Path(ge=1, le=2**31 - 1)]
PAGE = 50


@router.get("")
def show_case(number: Number, caller: Viewer) -> Response:
    """The timeline of the open case, and the cases of before."""

    def read(operation: Operation) -> Values:
        files = [file.fields for file in queries.files_of(operation, number)]
        shown = [
            {
                "case": case,
                "past": timeline.entries(case["events"], case["currency"]),
                "coming": book.coming(case["actions"]),
            }
            for case in files
        ]
        return {"files": files, "cases": shown}

    return frame.page(caller, number, "", read)


@router.get("/bills")
def show_bills(number: Number, caller: Viewer, after: Cursor = None) -> Response:
    """Bills with corrections, items and disputes; fees and adjustments; credits."""
    return frame.page(
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
    return frame.page(
        caller,
        number,
        "payments",
        lambda operation: {
            "payments": payments.payments(operation, number, limit=PAGE, cursor=after),
            "attempts": outcomes.payment_attempts(operation, number),
            "methods": methods.listed(operation, number),
            "register": payment_methods.REGISTER,
            "remove": payment_methods.REMOVE,
        },
    )


@router.get("/letters")
def show_letters(number: Number, caller: Viewer) -> Response:
    """Letters and invoice reminders, the newest first."""
    return frame.page(
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
    return frame.page(
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
    return frame.page(
        caller, number, "group", lambda operation: {"shared": sharing.role(operation, number)}
    )


@router.get("/notes")
def show_notes(number: Number, caller: Viewer, after: Cursor = None) -> Response:
    """What people wrote down about it and its account."""
    return frame.page(
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

    return frame.page(caller, number, "history", read)


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
        # what ends a case is known for today alone
        needed = case_agreements.requirements(operation, number) if day == operation.date else ()
        told = frame.explanation(caller, operation, number, day)
        return {
            "told": told,
            "requirements": needed,
            "in_cases": {
                each.case: case_agreements.listed(operation, each.case) for each in needed
            },
            "why_not": standing.why_not(told),
            "conditions": standing.conditions(told),
            "day": day,
            "problem": None,
        }

    return frame.page(caller, number, "explain", read)


def _as_event(entry: history.Entry) -> dict[str, Any]:
    return {"date": entry.date, "kind": entry.kind, "actor": entry.actor, "data": entry.data}
