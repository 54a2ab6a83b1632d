"""TMF666, accounts: a customer is a party account, each of its bill units a billing account, whose
`paymentStatus` is `inArrears`, `due` or `paid`.

Creating and changing them is loading a row: the loader's checks, its order of versions
(`lastModified`) and its rejects. `accounts_given` makes the row, `features/tmf/accounts` the
answer.
"""

import json
from typing import Annotated, Any
from uuid import NAMESPACE_URL, uuid4, uuid5

from fastapi import APIRouter, Query, Response

from dunwell.api import repeats
from dunwell.api.caller import Caller, IdempotencyKey, may
from dunwell.api.in_step import take
from dunwell.api.pages import After, key_of
from dunwell.api.tmf.accounts_given import (
    Changes,
    NewBillingAccount,
    NewPartyAccount,
    PartyAccountChanges,
    named,
    party_row,
    unit_row,
)
from dunwell.api.tmf.shapes import Fields, Part, described, one
from dunwell.api.values import Line, PathNumber
from dunwell.domain import pages
from dunwell.domain.errors import BadInput
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.receivables import outside, queries
from dunwell.features.tmf.accounts import (
    API,
    BillingAccount,
    PartyAccount,
    billing_account,
    billing_accounts,
    one_party_account,
    party_account,
)
from dunwell.features.tmf.shapes import first

router = APIRouter(prefix=f"/{API}/v4", tags=["TMF666 accounts"])

Viewer = Annotated[Caller, may(Permission.VIEW)]
Integrator = Annotated[Caller, may(Permission.LOAD_RECEIVABLES, everywhere=True)]


@router.get("/billingAccount", **described(BillingAccount))
def list_billing_accounts(
    caller: Viewer,
    part: Part,
    after: After = None,
    state: Annotated[Line | None, Query()] = None,
    party: Annotated[Line | None, Query(alias="relatedParty.id")] = None,
) -> Response:
    """Bill units by number; farther on by the address in `Link`."""
    (number,) = key_of(after, str, first=[""])
    with caller.look() as operation:
        found = queries.bill_units(
            operation, after=number, limit=part.needed, status=state, account_no=party
        )
        shown = billing_accounts(operation, found)
    return part.answer(shown, following=lambda each: pages.write([each.id]))


@router.get("/billingAccount/{id}", response_model=BillingAccount)
def show_billing_account(id: PathNumber, caller: Viewer, fields: Fields = None) -> Response:  # noqa: A002 - TMF's name
    """One bill unit."""
    with caller.look() as operation:
        return one(billing_account(operation, id), fields)


@router.get("/partyAccount", **described(PartyAccount))
def list_party_accounts(
    caller: Viewer,
    part: Part,
    after: After = None,
    state: Annotated[Line | None, Query()] = None,
) -> Response:
    """Customers by number; farther on by the address in `Link`."""
    (number,) = key_of(after, str, first=[""])
    with caller.look() as operation:
        found = queries.accounts(operation, after=number, limit=part.needed, status=state)
        shown = [party_account(each, ()) for each in found]
    return part.answer(shown, following=lambda each: pages.write([each.id]))


@router.get("/partyAccount/{id}", response_model=PartyAccount)
def show_party_account(id: PathNumber, caller: Viewer, fields: Fields = None) -> Response:  # noqa: A002 - TMF's name
    """One customer, with the balances of all their bill units."""
    with caller.look() as operation:
        return one(one_party_account(operation, id), fields)


@router.post("/partyAccount", status_code=201, response_model=PartyAccount)
def create_party_account(
    given: NewPartyAccount, caller: Integrator, _key: IdempotencyKey = None
) -> Response:
    """Create a customer, or update the one of that external identifier."""
    row = {"account_no": None, **party_row(given)}
    return _put(caller, "accounts", row, given)


@router.patch("/partyAccount/{id}", response_model=PartyAccount)
def change_party_account(id: PathNumber, given: PartyAccountChanges, caller: Integrator) -> Any:  # noqa: A002
    """Change what is said of a customer; what isn't named stays."""
    with caller.look() as operation:
        known = queries.account(operation, id)
    row = {"account_no": id, "name": known["name"], **party_row(given)}
    _taken(caller, "accounts", named(row, given))
    with caller.look() as operation:
        return one(one_party_account(operation, id))


@router.post("/billingAccount", status_code=201, response_model=BillingAccount)
def create_billing_account(
    given: NewBillingAccount, caller: Integrator, _key: IdempotencyKey = None
) -> Response:
    """Create a bill unit, or update the one of that external identifier."""
    money = given.credit_limit or first(each.amount for each in given.account_balance)
    if money is None:
        raise BadInput("Name the currency, as the unit of creditLimit or of an accountBalance.")
    row = {
        "bill_unit_no": None,
        "account_no": given.related_party[0].id,
        "currency": money.unit,
        **unit_row(given),
    }
    return _put(caller, "bill_units", row, given)


@router.patch("/billingAccount/{id}", response_model=BillingAccount)
def change_billing_account(id: PathNumber, given: Changes, caller: Integrator) -> Any:  # noqa: A002
    """Change what is said of a bill unit; what isn't named stays."""
    with caller.look() as operation:
        known = queries.bill_unit(operation, id)
    row = {
        "bill_unit_no": id,
        "account_no": known["account_no"],
        "currency": known["currency"],
        **unit_row(given),
    }
    _taken(caller, "bill_units", named(row, given))
    with caller.look() as operation:
        return one(billing_account(operation, id))


def _put(caller: Caller, kind: str, row: dict[str, Any], given: Changes) -> Response:
    number = "account_no" if kind == "accounts" else "bill_unit_no"
    sent = named(row, given)
    if not given.external_identifier:
        sent[number] = f"tmf-{_number(caller, kind, given)}"
    else:
        del sent[number]

    def verb(operation: Operation) -> PartyAccount | BillingAccount:
        _taken(caller, kind, sent)
        found = sent.get(number)
        if found is None:
            known = outside.find(operation, sent["system"], kind, sent["outside_id"])
            found = getattr(known, number)
        if kind == "accounts":
            return one_party_account(operation, found)
        return billing_account(operation, found)

    return caller.once(verb, given, location=lambda made: made.href, walled=False)


def _number(caller: Caller, kind: str, given: Changes) -> str:
    """Who sends the same again with its key gets the same number, also after a crash: the row is
    loaded in a transaction of its own.
    """
    key = caller.request.headers.get(repeats.HEADER)
    if key is None:
        return uuid4().hex
    said = json.dumps([caller.actor.name, key, kind, given.model_dump_json()])
    return uuid5(NAMESPACE_URL, said).hex


def _taken(caller: Caller, kind: str, row: dict[str, Any]) -> None:
    """Load the row. Raises BadInput with what is wrong with it."""
    report = take(caller, kind, row)
    if not report.applied:
        reasons = "; ".join(
            f"{each.column} {each.value!r} {each.reason}" for each in report.rejects
        )
        raise BadInput(f"Nothing was applied: {reasons}.")
