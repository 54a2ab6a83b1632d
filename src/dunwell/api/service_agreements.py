"""What a utility asks about a bill unit: its service agreements and budgets, the agreements of its
cases, and how much must be paid, by when, for each case to end.
"""

import datetime as dt
from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import Field

from dunwell.api import versions
from dunwell.api.caller import Caller, IdempotencyKey, may
from dunwell.api.cases import CaseHead
from dunwell.api.pages import After, Limit, Page, key_of, page
from dunwell.api.values import Day, Flag, Given, Line, PathHandle, PathNumber, Reasoned, Shown
from dunwell.api.versions import Expected, Seen
from dunwell.domain.statuses import AgreementStatus
from dunwell.engine import case_agreements
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.receivables import agreements, budgets, supplying

router = APIRouter(tags=["service agreements"])

Viewer = Annotated[Caller, may(Permission.VIEW)]
Manager = Annotated[Caller, may(Permission.MANAGE_CASES)]


class ServiceAgreement(Shown):
    """One service; life support and sensitive load are those of the person and of the premise."""

    service_agreement_no: str
    type: str
    status: str
    debt_class: str | None
    started_on: dt.date | None
    stopped_on: dt.date | None
    premise_no: str | None
    premise_address: str | None
    life_support: bool
    sensitive_load: bool
    master_meter: bool
    third_party_supplier: str | None
    currency: str
    overdue_amount: str


class Budget(Shown):
    """A levelised payment; a positive difference is owed to the company."""

    budget_no: str
    amount: str
    difference: str
    currency: str
    started_on: dt.date
    ended_on: dt.date | None
    status: str
    adjustment_type: str


class Budgets(Shown):
    """The newest first."""

    items: list[Budget]


class CaseAgreement(Shown):
    """A service agreement that is or was in a case."""

    service_agreement_no: str
    type: str
    entry_amount: str
    threshold: str
    joined_on: dt.date
    left_on: dt.date | None
    added_by: str | None


class AgreementRequirement(Shown):
    """What one agreement lacks to leave its case."""

    service_agreement_no: str
    overdue_amount: str
    threshold: str
    to_pay: str


class Requirement(Shown):
    """How much must be paid, by when, for a case to end."""

    case: str
    debt_class: str
    scenario: str
    currency: str
    overdue_amount: str
    exit_amount: str
    to_pay: str
    pay_by: dt.date | None
    next_action: str | None
    agreements: list[AgreementRequirement]


class Requirements(Shown):
    """One for each open case."""

    items: list[Requirement]


class WantedAgreement(Reasoned):
    """The agreement that is to be added."""

    service_agreement_no: Line


class BudgetCancellation(Given):
    """Why a budget is to be cancelled."""

    reason: Line


class AgreementChange(Reasoned):
    """What is to be otherwise; what isn't sent stays."""

    status: AgreementStatus | None = None
    on: Annotated[Day | None, Field(description="The day of the start or stop; null: today.")] = (
        None
    )
    life_support: Flag | None = None
    sensitive_load: Flag | None = None


class HouseholdChange(Reasoned):
    """Whom a cut would harm; what isn't sent stays."""

    life_support: Flag | None = None
    sensitive_load: Flag | None = None


class Household(Shown):
    """Whom a cut would harm, wherever the account is supplied."""

    life_support: bool
    sensitive_load: bool


@router.get("/bill-units/{bill_unit_no}/service-agreements")
def list_service_agreements(
    bill_unit_no: PathNumber, caller: Viewer, limit: Limit = 100, after: After = None
) -> Page[ServiceAgreement]:
    """The bill unit's service agreements by number, with what each owes overdue."""
    (last,) = key_of(after, str, first=[None])
    with caller.look() as operation:
        found = agreements.agreements(operation, bill_unit_no, after=last, limit=limit + 1)
    shown, following = page(found, limit, lambda each: [each.service_agreement_no])
    return Page(items=[ServiceAgreement.model_validate(each) for each in shown], next=following)


@router.get("/service-agreements/{service_agreement_no}")
def show_service_agreement(
    service_agreement_no: PathNumber, caller: Viewer, response: Response
) -> ServiceAgreement:
    """One service agreement, with what it owes overdue."""
    with caller.look() as operation:
        found = _agreement(operation, service_agreement_no)
    versions.show(response, _changeable(found))
    return found


def _agreement(operation: Operation, service_agreement_no: str) -> ServiceAgreement:
    return ServiceAgreement.model_validate(agreements.agreement(operation, service_agreement_no))


def _changeable(found: ServiceAgreement) -> ServiceAgreement:
    """What people decide; what is owed changes with every payment."""
    return found.model_copy(update={"overdue_amount": ""})


@router.post("/service-agreements/{service_agreement_no}", response_model=ServiceAgreement)
def change_service_agreement(
    service_agreement_no: PathNumber,
    given: AgreementChange,
    caller: Manager,
    seen: Seen,
    _key: IdempotencyKey = None,
) -> Response:
    """Start, stop, take up or close a service, or say whom a cut would harm at its premise."""

    def verb(operation: Operation) -> ServiceAgreement:
        seen.check(operation, lambda: _changeable(_agreement(operation, service_agreement_no)))
        change = supplying.Change(given.status, given.on, given.life_support, given.sensitive_load)
        supplying.change_agreement(
            operation, service_agreement_no, change, reason=given.reason, note=given.note
        )
        return ServiceAgreement.model_validate(agreements.changed(operation, service_agreement_no))

    return caller.once(verb, given, status=200)


@router.get("/accounts/{account_no}/household")
def show_household(account_no: PathNumber, caller: Viewer, response: Response) -> Household:
    """Whether a cut would harm somebody in the customer's household."""
    with caller.look() as operation:
        found = Household.model_validate(supplying.household(operation, account_no))
    versions.show(response, found)
    return found


@router.post("/accounts/{account_no}/household", response_model=Household)
def change_household(
    account_no: PathNumber,
    given: HouseholdChange,
    caller: Manager,
    seen: Seen,
    _key: IdempotencyKey = None,
) -> Response:
    """Say whether a cut would harm somebody in the customer's household."""

    def verb(operation: Operation) -> Household:
        seen.check(
            operation, lambda: Household.model_validate(supplying.household(operation, account_no))
        )
        changed = supplying.change_household(operation, account_no, **dict(given))
        return Household.model_validate(changed)

    return caller.once(verb, given, status=200)


@router.get("/bill-units/{bill_unit_no}/budgets")
def list_budgets(bill_unit_no: PathNumber, caller: Viewer, response: Response) -> Budgets:
    """The bill unit's budgets."""
    with caller.look() as operation:
        found = _budgets(operation, bill_unit_no)
    versions.show(response, found)
    return found


def _budgets(operation: Operation, bill_unit_no: str) -> Budgets:
    return Budgets.model_validate({"items": budgets.budgets(operation, bill_unit_no)})


@router.post("/bill-units/{bill_unit_no}/budgets/cancel", response_model=Budget)
def cancel_budget(
    bill_unit_no: PathNumber,
    given: BudgetCancellation,
    caller: Manager,
    seen: Seen,
    _key: IdempotencyKey = None,
) -> Response:
    """Cancel the active budget and settle its difference."""

    def verb(operation: Operation) -> Budget:
        seen.check(operation, lambda: _budgets(operation, bill_unit_no))
        cancelled = budgets.cancel_budget(operation, bill_unit_no, reason=given.reason)
        return Budget.model_validate(cancelled)

    return caller.once(verb, given, status=200)


@router.get("/bill-units/{bill_unit_no}/requirements")
def list_requirements(bill_unit_no: PathNumber, caller: Viewer) -> Requirements:
    """How much must be paid, by when, for each case to end."""
    with caller.look() as operation:
        found = case_agreements.requirements(operation, bill_unit_no)
    return Requirements(items=[Requirement.model_validate(each) for each in found])


@router.get("/cases/{case}/agreements")
def list_agreements(
    case: PathHandle, caller: Viewer, limit: Limit = 100, after: After = None
) -> Page[CaseAgreement]:
    """The service agreements that are or were in a case, by number."""
    (last,) = key_of(after, str, first=[None])
    with caller.look() as operation:
        found = case_agreements.listed(operation, case, after=last, limit=limit + 1)
    shown, following = page(found, limit, lambda each: [each.service_agreement_no])
    return Page(items=[CaseAgreement.model_validate(each) for each in shown], next=following)


@router.post("/cases/{case}/agreements", status_code=201, response_model=CaseHead)
def add_agreement(
    case: PathHandle,
    given: WantedAgreement,
    caller: Manager,
    version: Expected = None,
    _key: IdempotencyKey = None,
) -> Response:
    """Add a service agreement with overdue debt to a case."""
    return caller.once(
        lambda operation: CaseHead.of(
            case_agreements.add_agreement(
                operation,
                case,
                given.service_agreement_no,
                reason=given.reason,
                note=given.note,
                expected_version=version,
            )
        ),
        given,
    )


@router.post("/cases/{case}/agreements/{service_agreement_no}/remove", response_model=CaseHead)
def remove_agreement(
    case: PathHandle,
    service_agreement_no: PathNumber,
    given: Reasoned,
    caller: Manager,
    version: Expected = None,
    _key: IdempotencyKey = None,
) -> Response:
    """Take a service agreement out of a case; the last one closes it."""
    return caller.once(
        lambda operation: CaseHead.of(
            case_agreements.remove_agreement(
                operation,
                case,
                service_agreement_no,
                reason=given.reason,
                note=given.note,
                expected_version=version,
            )
        ),
        given,
        status=200,
    )
