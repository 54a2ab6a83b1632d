"""The parts of a bill unit's page that only some installations use: services and what each debt
takes to end, severance, pay plans, to-dos, contacts, ratings.
"""

from fastapi import APIRouter, Response

from dunwell.engine import case_agreements
from dunwell.features.access.actor import Operation
from dunwell.features.contacts import queries as contacts
from dunwell.features.pay_plans import queries as pay_plans
from dunwell.features.ratings import queries as ratings
from dunwell.features.receivables import agreements, budgets
from dunwell.features.severance import queries as severances
from dunwell.features.tasks import todos
from dunwell.web.bill_units import frame
from dunwell.web.bill_units.frame import Cursor, Number, Values, Viewer
from dunwell.web.verbs import pay_plans as planning
from dunwell.web.verbs import ratings as rating
from dunwell.web.verbs import services
from dunwell.web.verbs import to_dos as doing

router = APIRouter(prefix="/bill-units/{number}")

PAGE = 50


@router.get("/services")
def show_services(number: Number, caller: Viewer) -> Response:
    """Agreements with their premises, budgets, and how much must be paid for each case to end."""

    def read(operation: Operation) -> Values:
        needed = case_agreements.requirements(operation, number)
        supplied = agreements.agreements(operation, number)
        paid_evenly = budgets.budgets(operation, number)
        in_cases = {each.case: case_agreements.listed(operation, each.case) for each in needed}
        sense = {
            "household": bool(supplied),
            "cancel_budget": any(each.status == "active" for each in paid_evenly),
            "add_agreement": any(in_cases.values()),
            "remove_agreement": any(in_cases.values()),
        }
        return {
            "agreements": supplied,
            "budgets": paid_evenly,
            "requirements": needed,
            "in_cases": in_cases,
            "part_verbs": [verb for verb in services.VERBS if sense[verb.name]],
            "agreement_verbs": services.OF_AGREEMENT,
        }

    return frame.page(caller, number, "services", read)


@router.get("/severances")
def show_severances(number: Number, caller: Viewer) -> Response:
    """Severance processes with their events, in the order in which they depend on each other."""
    return frame.page(
        caller,
        number,
        "severances",
        lambda operation: {
            "severances": severances.of_bill_unit(operation, number)[::-1],
            "severance_verbs": services.OF_SEVERANCE,
            "event_verbs": services.OF_EVENT,
            "field_verbs": services.OF_FIELD_ACTIVITY,
        },
    )


@router.get("/pay-plans")
def show_pay_plans(number: Number, caller: Viewer) -> Response:
    """Pay plans with their scheduled payments, the newest first."""
    return frame.page(
        caller,
        number,
        "pay-plans",
        lambda operation: {
            "pay_plans": pay_plans.pay_plans(operation, number),
            "plan_verbs": planning.OF_PAY_PLAN,
            "part_verbs": planning.DENIAL,
        },
    )


@router.get("/to-dos")
def show_to_dos(number: Number, caller: Viewer) -> Response:
    """To-dos about it, the open ones first."""
    return frame.page(
        caller,
        number,
        "to-dos",
        lambda operation: {
            "to_dos": todos.todos(operation, number),
            "to_do_verbs": doing.OF_TO_DO,
        },
    )


@router.get("/contacts")
def show_contacts(number: Number, caller: Viewer, after: Cursor = None) -> Response:
    """Who spoke or wrote with the customer, when and about what."""
    return frame.page(
        caller,
        number,
        "contacts",
        lambda operation: {
            "contacts": contacts.contacts(operation, number, limit=PAGE, cursor=after),
            "counts": contacts.counts(operation, number),
        },
    )


@router.get("/rating")
def show_rating(number: Number, caller: Viewer) -> Response:
    """The credit rating and the cash-only score, and every demerit that led there."""
    return frame.page(
        caller,
        number,
        "rating",
        lambda operation: {
            "rating": ratings.rating(operation, number),
            "demerit_verbs": rating.OF_DEMERIT,
            "part_verbs": rating.VERBS,
        },
    )
