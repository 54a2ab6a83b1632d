"""Collection cases, actions and promises in TM Forum's style: resources of our own, for which they
have no API. A case's `state` is `inProgress` or `completed`, an action's and a promise's our own
word.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from dunwell.features.cases.searching import Found as FoundCase
from dunwell.features.cases.states import ActionState, CaseState
from dunwell.features.tmf.shapes import (
    Entity,
    Money,
    Period,
    Reference,
    href,
    moment,
)

API = "collectionManagement"


class CollectionCase(Entity):
    """A bill unit's stay in a scenario."""

    state: str | None = None
    status_reason: str | None = None
    scenario: str | None = None
    profile: str | None = None
    debt_class: str | None = None
    overdue_amount: Money | None = None
    overdue_since: str | None = None
    valid_for: Period | None = None
    assigned_agent: str | None = None
    billing_account: Reference | None = None
    collection_action: list[Reference] | None = None


class CollectionAction(Entity):
    """One step of a case."""

    name: str | None = None
    action_type: str | None = None
    state: str | None = None
    due_date: str | None = None
    completion_date: str | None = None
    is_mandatory: bool | None = None
    message: str | None = None
    collection_case: Reference | None = None
    billing_account: Reference | None = None


class Instalment(Entity):
    """What is promised for one day."""

    due_date: str
    amount: Money
    state: str


class PromiseToPay(Entity):
    """A promise with its instalments."""

    state: str | None = None
    total_amount: Money | None = None
    promise_date: str | None = None
    valid_for: Period | None = None
    instalment: list[Instalment] | None = None
    billing_account: Reference | None = None
    collection_case: Reference | None = None


def found_case(found: FoundCase) -> CollectionCase:
    """An open case, as a search finds it."""
    number = str(found.case)
    return CollectionCase(
        id=number,
        href=href(API, "collectionCase", number),
        type="CollectionCase",
        state="inProgress",
        scenario=found.scenario,
        profile=found.profile,
        debt_class=found.debt_class,
        overdue_amount=Money.of(found.overdue_amount, found.currency),
        overdue_since=_day(found.overdue_date),
        valid_for=Period(start_date_time=_day(found.entered_on)),
        assigned_agent=found.agent,
        billing_account=_account(found.bill_unit_no),
    )


def case(file: Mapping[str, Any]) -> CollectionCase:
    """A case with its actions."""
    return CollectionCase(
        id=file["handle"],
        href=href(API, "collectionCase", file["handle"]),
        type="CollectionCase",
        state="inProgress" if file["status"] == "open" else "completed",
        status_reason=file["close_reason"],
        scenario=file["scenario"],
        profile=file["profile"],
        debt_class=file["debt_class"],
        overdue_amount=Money.of(file["overdue_amount"], file["currency"]),
        overdue_since=_day(file["overdue_date"]),
        valid_for=Period(
            start_date_time=_day(file["entered_on"]), end_date_time=_day(file["closed_on"])
        ),
        assigned_agent=file["agent"],
        billing_account=_account(file["bill_unit_no"]),
        collection_action=[
            Reference(
                id=each["handle"],
                href=href(API, "collectionAction", each["handle"]),
                name=each["action"],
                referred_type="CollectionAction",
            )
            for each in file["actions"]
        ],
    )


def action(state: ActionState, case: CaseState) -> CollectionAction:
    """An action of a case."""
    number = str(state.handle)
    return CollectionAction(
        id=number,
        href=href(API, "collectionAction", number),
        type="CollectionAction",
        name=state.name,
        action_type=state.type,
        state=state.status,
        due_date=_day(state.due_on),
        completion_date=_day(state.closed_on),
        is_mandatory=state.mandatory,
        message=state.message,
        collection_case=_case(str(case.handle)),
        billing_account=_account(case.bill_unit_no),
    )


def promise(row: Mapping[str, Any], account: str) -> PromiseToPay:
    """A promise of a bill unit."""
    number, currency = str(row["promise_id"]), row["currency"]
    return PromiseToPay(
        id=number,
        href=f"{href(API, 'promiseToPay', number)}",
        type="PromiseToPay",
        state=row["status"],
        total_amount=Money.of(row["total"], currency),
        promise_date=_day(row["made_on"]),
        valid_for=Period(start_date_time=_day(row["made_on"]), end_date_time=_day(row["ended_on"])),
        instalment=[
            Instalment(
                id=str(each["step"]),
                due_date=_day(each["due_on"]) or "",
                amount=Money.of(each["amount"], currency),
                state=each["status"],
            )
            for each in row["instalments"]
        ],
        billing_account=_account(account),
    )


def _account(number: str) -> Reference:
    return Reference(
        id=number,
        href=href("accountManagement", "billingAccount", number),
        referred_type="BillingAccount",
    )


def _case(number: str) -> Reference:
    return Reference(
        id=number, href=href(API, "collectionCase", number), referred_type="CollectionCase"
    )


def _day(day: dt.date | str | None) -> str | None:
    return None if day is None else moment(day)
