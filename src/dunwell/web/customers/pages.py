"""The page of a customer: an account with its bill units, their balances by debt class, and in
parts the bills, payments, adjustments and disputes, contacts and history of all of them.
"""

from collections.abc import Callable, Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response
from pydantic import StringConstraints

from dunwell.domain.errors import BadInput, DunwellError
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.alerts import queries as alerts
from dunwell.features.care import overview, queries, receipts
from dunwell.features.contacts import queries as contacts
from dunwell.features.events.stories.book import Entry
from dunwell.features.policy import settings
from dunwell.features.receivables import bills, history, payments, searching
from dunwell.features.receivables.bill_units import Customer
from dunwell.serving import usage as asking
from dunwell.web import forms, refusals, rendering, sought
from dunwell.web.bill_units import timeline
from dunwell.web.caller import Caller, may
from dunwell.web.customers import verbs
from dunwell.web.forms import Fields
from dunwell.web.languages import N_, _
from dunwell.web.rendering import customer_path

router = APIRouter(prefix="/customers")

Viewer = Annotated[Caller, may(Permission.VIEW)]
Account = Annotated[str, Path(min_length=1, max_length=800, pattern=r"^[^\x00-\x1f\x7f]+$")]
Cursor = Annotated[str | None, Query(max_length=2000)]
Handle = Annotated[str, Path(pattern=r"^[0-9]{1,18}-[0-9]{1,18}$")]

Values = Mapping[str, Any]

PAGE = 50
FOUND = 50
WAITING = 100

PARTS = (
    ("", N_("Overview")),
    ("bills", N_("Bills")),
    ("payments", N_("Payments")),
    ("adjustments", N_("Adjustments and disputes")),
    ("contacts", N_("Contacts")),
    ("timeline", N_("Timeline")),
)
"""The parts in the order of their tabs."""


class Sought(forms.Given):
    """What was typed."""

    q: Annotated[str, StringConstraints(max_length=1000)] = ""


@router.get("")
def show_search(caller: Viewer, after: Cursor = None) -> Response:
    """What waits for somebody to approve it, below the search."""
    given = forms.read(Sought, sought.kept(caller.request)).given or Sought()
    return _find(caller, given.q, after)


@router.post("")
def find_customer(caller: Viewer, fields: Fields) -> Response:
    """Customers by name, number, phone or e-mail, which stand in no address and no log."""
    given = forms.read(Sought, fields).given or Sought()
    again = sought.keep(caller.request, "/customers", given.model_dump())
    return again or _find(caller, given.q, None)


def _find(caller: Caller, q: str, after: str | None) -> Response:
    problem: str | None = None
    found: tuple[searching.Found, ...] = ()
    with caller.look() as operation:
        waiting = queries.waiting(operation, limit=WAITING, cursor=after)
        try:
            found = searching.search(operation, q, limit=FOUND)
        except BadInput as failure:
            problem = refusals.told(failure.message)
        today = operation.date
    return caller.page(
        "customers/find.html",
        block="found",
        query=q,
        found=found,
        problem=problem,
        waiting=waiting,
        begun=after is not None,
        today=today,
    )


@router.get("/{account_no}")
def show_overview(account_no: Account, caller: Viewer, after: Cursor = None) -> Response:
    """Bill units with their balances; cases, promises, plans, and what waits for a decision."""

    def read(operation: Operation, whose: Customer, _account: Values) -> Values:
        units = overview.standings(operation, whose, cursor=after)
        recent = queries.adjustments_of(operation, whose, limit=PAGE).items
        return {
            "units": units,
            "cases": overview.cases_of(operation, whose),
            "agreements": overview.agreements_of(operation, whose),
            "waiting": [each for each in recent if each.status == "waiting"],
            "disputes": [
                each
                for each in queries.disputes_of(operation, whose)
                if each.is_open(operation.date)
            ],
        }

    return page(caller, account_no, "", read)


@router.get("/{account_no}/bills")
def show_bills(account_no: Account, caller: Viewer, after: Cursor = None) -> Response:
    """Bills with corrections, items and disputes; other debts; credits."""

    def read(operation: Operation, whose: Customer, account: Values) -> Values:
        where = settings.read(operation.connection).bill_document_url
        brand = account["brand"]
        return {
            "bills": bills.bills_of(operation, whose, limit=PAGE, cursor=after),
            "others": bills.other_debts_of(operation, whose),
            "credits": bills.credits_of(operation, whose),
            "document_of": lambda bill_no: bills.document_url(where, bill_no, brand),
        }

    return page(caller, account_no, "bills", read)


@router.get("/{account_no}/payments")
def show_payments(account_no: Account, caller: Viewer, after: Cursor = None) -> Response:
    """Payments as they came in, and the receipts that were given out."""

    def read(operation: Operation, whose: Customer, _account: Values) -> Values:
        return {
            "payments": payments.payments_of(operation, whose, limit=PAGE, cursor=after),
            "receipts": {each.payment_no: each for each in receipts.receipts_of(operation, whose)},
        }

    return page(caller, account_no, "payments", read)


@router.get("/{account_no}/receipts/{bill_unit_no}/{receipt}")
def show_receipt(
    account_no: Account, bill_unit_no: Account, receipt: Handle, caller: Viewer
) -> Response:
    """A receipt to be printed."""
    del account_no
    with caller.look() as operation:
        document = receipts.document(operation, bill_unit_no, receipt)
    name = f'inline; filename="receipt-{receipt}.pdf"'
    return Response(
        document.content,
        media_type=document.media_type,
        headers={"Content-Disposition": name},
    )


@router.get("/{account_no}/adjustments")
def show_adjustments(account_no: Account, caller: Viewer, after: Cursor = None) -> Response:
    """What was asked for and what became of it; disputes."""

    def read(operation: Operation, whose: Customer, _account: Values) -> Values:
        return {
            "adjustments": queries.adjustments_of(operation, whose, limit=PAGE, cursor=after),
            "disputes": queries.disputes_of(operation, whose),
        }

    return page(caller, account_no, "adjustments", read)


@router.get("/{account_no}/contacts")
def show_contacts(account_no: Account, caller: Viewer, after: Cursor = None) -> Response:
    """Who was spoken or written with, about what."""
    return page(
        caller,
        account_no,
        "contacts",
        lambda operation, whose, _account: {
            "contacts": contacts.contacts_of(operation, whose, limit=PAGE, cursor=after)
        },
    )


@router.get("/{account_no}/timeline")
def show_timeline(account_no: Account, caller: Viewer, after: Cursor = None) -> Response:
    """Everything that happened to any of its bill units, the newest first."""

    def read(operation: Operation, whose: Customer, _account: Values) -> Values:
        told = history.history_of(operation, whose, limit=PAGE, cursor=after)
        return {
            "events": [(each, _told(each)) for each in told.items],
            "next_cursor": told.next_cursor,
        }

    return page(caller, account_no, "timeline", read)


@router.post("/{account_no}/usage")
def fetch_usage(account_no: Account, caller: Viewer) -> Response:
    """Ask the billing system what isn't billed yet."""
    try:
        kept = asking.fetch(caller, account_no)
    except DunwellError as failure:
        return caller.go(customer_path(account_no), flash=("bad", failure.message))
    said = _("The billing system has answered.") if kept else _("Nothing is new.")
    return caller.go(customer_path(account_no), flash=("good", said))


def _told(entry: history.Entry) -> list[Entry]:
    event = {"date": entry.date, "kind": entry.kind, "actor": entry.actor, "data": entry.data}
    return list(timeline.entry_of(event, entry.currency or ""))


def page(
    caller: Caller,
    account_no: str,
    part: str,
    read: Callable[[Operation, Customer, Values], Values] = lambda *_found: {},
    *,
    status: int = 200,
    **values: Any,
) -> Response:
    """A part of the customer's page, with all that stands above it unless htmx has it already."""
    with caller.look_closely() as operation:
        account, whose = overview.account_of(operation, account_no)
        shown = dict(read(operation, whose, account))
        if not rendering.is_partial(caller.request):
            shown["alerts"] = alerts.alerts_of(operation, account_no)
        shown["today"] = operation.date
    return caller.page(
        f"customers/{part or 'overview'}.html",
        block="part",
        status=status,
        account=account,
        offers=[verb for verb in verbs.OF_BILL_UNIT if verb.may(caller.actor)],
        at=customer_path(account_no),
        part=part,
        parts=PARTS,
        **{**shown, **values},
    )
