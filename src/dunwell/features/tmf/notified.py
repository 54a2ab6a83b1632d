"""The resource that a notification is about, as it stands now. Each raises NotFound if there is
none (any more), and then nothing is sent.
"""

from collections.abc import Callable

from dunwell.domain.errors import NotFound
from dunwell.domain.handles import Handle
from dunwell.features.access.actor import Operation
from dunwell.features.cases import queries as cases
from dunwell.features.letters import service as letters
from dunwell.features.promises import queries as promises
from dunwell.features.receivables import bills, owing, payments
from dunwell.features.subscriptions.messages import Notice
from dunwell.features.tmf import accounts, collections, customer_bills, messages
from dunwell.features.tmf import payments as shapes_of_payments
from dunwell.features.tmf.shapes import Entity

Reading = Callable[[Operation, Notice], Entity]


def billing_account(operation: Operation, notice: Notice) -> Entity:
    """The bill unit."""
    return accounts.billing_account(operation, notice.bill_unit_no)


def customer_bill(operation: Operation, notice: Notice) -> Entity:
    """The bill that the event names."""
    account, number = owing.of_bill(operation, str(notice.details.get("bill_no")))
    (found,) = bills.bills(operation, account, bill_no=number).items
    return customer_bills.customer_bill(found, account, operation.date)


def payment(operation: Operation, notice: Notice) -> Entity:
    """The payment that the event names."""
    number, cursor = notice.details.get("payment_no"), None
    while True:
        page = payments.payments(operation, notice.bill_unit_no, cursor=cursor)
        for each in page.items:
            if each.payment_no == number:
                return shapes_of_payments.payment(each, notice.bill_unit_no)
        cursor = page.next_cursor
        if cursor is None:
            raise NotFound(f"There is no payment {number!r}.")


def message(operation: Operation, notice: Notice) -> Entity:
    """The letter that the event names."""
    found = letters.find(operation, notice.bill_unit_no, int(notice.details.get("id", 0)))
    (shown,) = messages.messages(operation, notice.bill_unit_no, [found])
    return shown


def case(operation: Operation, notice: Notice) -> Entity:
    """The case that the event is about."""
    handle = Handle(notice.account_id, notice.case_id)
    return collections.case(cases.case_file(operation, str(handle)).fields)


def action(operation: Operation, notice: Notice) -> Entity:
    """The action that the event, or this part of it, names."""
    handle = Handle(notice.account_id, int(notice.details.get("action_id", 0)))
    return collections.action(*cases.action_state(operation, str(handle)))


def promise(operation: Operation, notice: Notice) -> Entity:
    """The newest promise of its day."""
    for each in promises.promises(operation, notice.bill_unit_no):
        if str(each["made_on"]) == notice.details.get("made_on"):
            return collections.promise(each, notice.bill_unit_no)
    raise NotFound(f"The bill unit {notice.bill_unit_no!r} has no such promise.")
