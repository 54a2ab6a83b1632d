"""Billing care: an account with everything that customer care sees of it, in one resource; and the
usage that isn't billed yet, told by the billing system or asked of it.
"""

import datetime as dt
from typing import Annotated, Any

from fastapi import APIRouter, Path, Response
from pydantic import StringConstraints

from dunwell.api import adjustments, alerts, contacts, disputes, payments_received
from dunwell.api.accounts import Account
from dunwell.api.caller import Caller, IdempotencyKey, may
from dunwell.api.pages import After, Limit
from dunwell.api.values import (
    Amount,
    Given,
    HandleText,
    Moment,
    Money,
    PathNumber,
    Shown,
    in_currency,
)
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.alerts import queries as alert_queries
from dunwell.features.care import overview, queries, receipts, usage
from dunwell.features.contacts import queries as contact_queries
from dunwell.features.policy import settings
from dunwell.features.receivables import bills, history, payments
from dunwell.features.receivables.bill_units import find_customer
from dunwell.plugins.specs import UnbilledUsage
from dunwell.serving import usage as asking

router = APIRouter(tags=["billing care"])

Viewer = Annotated[Caller, may(Permission.VIEW)]
Loader = Annotated[Caller, may(Permission.LOAD_RECEIVABLES)]

SHOWN = 20
"""So many bills, payments, adjustments, contacts and events stand in the resource, the newest; the
lists have all of them.
"""


class Unbilled(Shown):
    """What was used and isn't billed yet, measured until `as_of` and told at `recorded_at`."""

    amount: Money
    as_of: dt.datetime
    recorded_at: dt.datetime
    details: str | None


class BalanceGroup(Shown):
    """What a bill unit owes of one debt class."""

    debt_class: str
    open_amount: Money
    overdue: Money
    disputed: Money
    oldest_due_on: dt.date | None
    unbilled: Unbilled | None


class BillUnitStanding(Shown):
    """A bill unit with its balance: what is open, less the `credit` that is left."""

    bill_unit_no: str
    currency: str
    status: str
    pay_type: str
    in_collections: bool
    open_amount: Money
    overdue: Money
    disputed: Money
    credit: Money
    balance: Money
    unbilled: Money
    groups: list[BalanceGroup]


class Bill(Shown):
    """A bill with its corrections and items; `document_url` where the policy says where it is."""

    bill_unit_no: str
    bill_no: str
    issued_on: dt.date
    due_on: dt.date
    debt_class: str
    amount: Money
    open_amount: Money
    disputed_amount: Money | None
    items: list[dict[str, Any]]
    corrections: list[dict[str, Any]]
    document_url: str | None


class Payment(Shown):
    """One payment."""

    bill_unit_no: str
    handle: HandleText
    payment_no: str | None
    paid_on: dt.date
    amount: Money
    unapplied: Money
    method: str | None
    bill_no: str | None
    reverses: str | None
    reversed: bool


class CaseLine(Shown):
    """A stay in collections, in a line."""

    handle: HandleText
    bill_unit_no: str
    debt_class: str
    scenario: str
    status: str
    entered_on: dt.date
    closed_on: dt.date | None
    close_reason: str | None
    overdue_amount: Money
    agent: str | None
    next_action: str | None
    next_due_on: dt.date | None


class AgreementLine(Shown):
    """A promise to pay (`promise`) or a pay plan (`pay_plan`), in a line."""

    handle: HandleText
    kind: str
    bill_unit_no: str
    status: str
    made_on: dt.date
    until: dt.date | None
    total: Money


class Event(Shown):
    """Something that happened."""

    id: int
    bill_unit_no: str | None
    date: dt.date
    recorded_at: dt.datetime
    kind: str
    actor: str
    data: dict[str, Any]


class Care(Shown):
    """An account as customer care sees it; `next` leads to its further bill units."""

    account: Account
    alerts: list[alerts.Alert]
    bill_units: list[BillUnitStanding]
    next: str | None
    bills: list[Bill]
    payments: list[Payment]
    receipts: list[payments_received.Receipt]
    adjustments: list[adjustments.Adjustment]
    disputes: list[disputes.Dispute]
    contacts: list[contacts.Contact]
    cases: list[CaseLine]
    agreements: list[AgreementLine]
    events: list[Event]


class ToldUsage(Given):
    """What the billing system has measured and not billed."""

    amount: Amount
    as_of: Moment
    details: Annotated[
        str | None,
        StringConstraints(max_length=usage.LONGEST_DETAILS, pattern=r"^[^\x00]*$"),
    ] = None


class Kept(Shown):
    """Whether it was new; something newer that is known already stays."""

    kept: bool


class Nothing(Given):
    """Nothing more is needed."""


class Fetched(Shown):
    """How much of what the billing system answered was new."""

    kept: int


@router.get("/accounts/{account_no}/care")
def show_care(
    account_no: PathNumber, caller: Viewer, limit: Limit = 50, after: After = None
) -> Care:
    """An account with its bill units, their balances by debt class, and what happened lately."""
    with caller.look_closely() as operation:
        found = overview.overview(operation, account_no, limit=limit, cursor=after)
        whose = found.customer
        where = settings.read(operation.connection).bill_document_url
        brand = found.account["brand"]
        return Care(
            account=Account.model_validate(found.account),
            alerts=[
                alerts.Alert.model_validate(each)
                for each in alert_queries.alerts_of(operation, account_no)
            ],
            bill_units=[_standing(unit) for unit in found.bill_units.items],
            next=found.bill_units.next_cursor,
            bills=[
                _bill(bill, operation, where, brand)
                for bill in bills.bills_of(operation, whose, limit=SHOWN).items
            ],
            payments=[
                Payment.told(row)
                for row in payments.payments_of(operation, whose, limit=SHOWN).items
            ],
            receipts=[
                payments_received.receipt_shown(row)
                for row in receipts.receipts_of(operation, whose)[:SHOWN]
            ],
            adjustments=[
                adjustments.shown(row)
                for row in queries.adjustments_of(operation, whose, limit=SHOWN).items
            ],
            disputes=[disputes.shown(row) for row in queries.disputes_of(operation, whose)[:SHOWN]],
            contacts=[
                contacts.Contact.model_validate(row)
                for row in contact_queries.contacts_of(operation, whose, limit=SHOWN).items
            ],
            cases=[CaseLine.told(row) for row in overview.cases_of(operation, whose)],
            agreements=[
                AgreementLine.told(row) for row in overview.agreements_of(operation, whose)
            ],
            events=[
                Event.model_validate(row)
                for row in history.history_of(operation, whose, limit=SHOWN).items
            ],
        )


@router.put("/bill-units/{bill_unit_no}/unbilled-usage/{debt_class}")
def put_unbilled_usage(
    bill_unit_no: PathNumber,
    debt_class: Annotated[str, Path(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")],
    given: ToldUsage,
    caller: Loader,
) -> Kept:
    """Tell what a bill unit has used and isn't billed for yet. Late news changes nothing: what was
    measured last stays.
    """
    told = UnbilledUsage(bill_unit_no, given.amount, given.as_of, debt_class, given.details)
    with caller.change() as operation:
        return Kept(kept=usage.put(operation, told))


@router.post("/accounts/{account_no}/unbilled-usage/fetch", response_model=Fetched)
def fetch_unbilled_usage(
    account_no: PathNumber, given: Nothing, caller: Viewer, _key: IdempotencyKey = None
) -> Response:
    """Ask the billing system, through a plug-in, what the account has used by now."""
    with caller.look() as operation:
        find_customer(operation, account_no)
    kept = asking.fetch(caller, account_no)
    return caller.once(lambda _operation: Fetched(kept=kept), given, status=200)


def _standing(unit: overview.BillUnitStanding) -> BillUnitStanding:
    groups = []
    for group in unit.groups:
        used = group.unbilled
        unbilled = None if used is None else Unbilled.told(used, unit.currency)
        groups.append(BalanceGroup.told(group, unit.currency, unbilled=unbilled))
    return BillUnitStanding.told(unit, groups=groups)


def _bill(row: bills.Bill, operation: Operation, where: str | None, brand: str) -> Bill:
    amount = row.disputed_amount if row.disputed(operation.date) else None
    return Bill.told(
        row,
        **in_currency(row.currency, disputed_amount=amount),
        document_url=bills.document_url(where, row.bill_no, brand),
    )
