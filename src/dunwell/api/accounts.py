"""Accounts: the customers."""

from typing import Annotated

from fastapi import APIRouter, Query

from dunwell.api.bill_units import BillUnit
from dunwell.api.caller import Caller, may
from dunwell.api.pages import After, Limit, Page, key_of, page
from dunwell.api.values import Line, PathNumber, Shown
from dunwell.features.access.actor import Permission
from dunwell.features.receivables import queries

router = APIRouter(prefix="/accounts", tags=["accounts"])

Viewer = Annotated[Caller, may(Permission.VIEW)]


class Account(Shown):
    """A customer."""

    account_no: str
    brand: str
    name: str
    company: str | None
    email: str | None
    phone: str | None
    address: str | None
    city: str | None
    postal_code: str | None
    country: str | None
    locale: str | None
    status: str
    account_type: str | None
    customer_class: str | None
    jurisdiction: str | None
    credit_score: int | None
    attributes: dict[str, str | None]


class AccountWithBillUnits(Account):
    """A customer with their bill units."""

    bill_units: list[BillUnit]


@router.get("")
def list_accounts(
    caller: Viewer,
    limit: Limit = 100,
    after: After = None,
    status: Annotated[Line | None, Query()] = None,
) -> Page[Account]:
    """Accounts, by number."""
    (number,) = key_of(after, str, first=[""])
    with caller.look() as operation:
        found = queries.accounts(operation, after=number, limit=limit + 1, status=status)
    shown, following = page(found, limit, lambda account: [account["account_no"]])
    return Page(items=[Account.model_validate(account) for account in shown], next=following)


@router.get("/{account_no}")
def show_account(account_no: PathNumber, caller: Viewer) -> AccountWithBillUnits:
    """One account with its bill units."""
    with caller.look() as operation:
        return AccountWithBillUnits.model_validate(queries.account(operation, account_no))
