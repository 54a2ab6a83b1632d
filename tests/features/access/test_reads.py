"""The brand wall holds even when a query forgets it: every read is run by somebody who sees all
brands in the application's eyes, on a connection that sees one.
"""

import ast
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.features.access.town import TODAY, brand_id
from tests.world import World

import dunwell
from dunwell.db import walls
from dunwell.domain.handles import Handle
from dunwell.engine import case_agreements, placing, undelivered
from dunwell.features.access.actor import Operation, operator
from dunwell.features.agencies import queries as agencies
from dunwell.features.alerts import queries as alerts
from dunwell.features.care import overview as care_overview
from dunwell.features.care import queries as care
from dunwell.features.care import receipts
from dunwell.features.cases import outcomes, searching, sparing
from dunwell.features.cases import queries as cases
from dunwell.features.contacts import queries as contacts
from dunwell.features.crm import alert_queries, mirror
from dunwell.features.crm import queries as crm
from dunwell.features.crm.rules import Noun
from dunwell.features.experiments import queries as experiments
from dunwell.features.letters import reminders, templates
from dunwell.features.letters import service as letters
from dunwell.features.pay_plans import queries as pay_plans
from dunwell.features.payments import methods
from dunwell.features.policy import queries as policies
from dunwell.features.promises import queries as promises
from dunwell.features.ratings import queries as ratings
from dunwell.features.receivables import (
    ageing,
    agreements,
    bill_units,
    bills,
    budgets,
    history,
    notes,
    owing,
    payments,
    queries,
    supplying,
)
from dunwell.features.receivables import searching as searching_receivables
from dunwell.features.receivables.work import create_temporary_tables
from dunwell.features.reports import details, running
from dunwell.features.reports.registry import REPORTS
from dunwell.features.severance import queries as severances
from dunwell.features.sharing import queries as sharing
from dunwell.features.subscriptions import feed
from dunwell.features.tasks import agenda, failures, open_todos, todos, together
from dunwell.features.tasks import queries as tasks


@pytest.fixture
def forgetful(world: World) -> Iterator[Operation]:
    """Sees every brand, says the application; north only, says the connection."""
    with world.database.connect() as connection:
        create_temporary_tables(connection)
        walls.share_temporary_tables(connection)
        walls.enter(connection, [brand_id(connection, "north")])
        yield Operation(connection, operator("root"), TODAY, hooks=world.plugins.hook)
        connection.rollback()


def _case(operation: Operation) -> str:
    """The handle of the open case that is seen."""
    return str(_only(operation, "collection_case", "status = 'open'"))


def _action(operation: Operation) -> str:
    return str(_only(operation, "action", "step = 1"))


def _only(operation: Operation, table: str, condition: str) -> Handle:
    query = f"select account_id, id from {table} where {condition}"
    (row,) = operation.connection.execute(query.encode()).fetchall()
    return Handle(*row)


def _group(operation: Operation) -> int:
    ((number,),) = operation.connection.execute("select id from sharing_group").fetchall()
    return int(number)


def _customer(operation: Operation) -> bill_units.Customer:
    return bill_units.find_customer(operation, "A-NORTH")


READS: dict[str, Callable[[Operation], Any]] = {
    "engine.placing.scenario_offers": lambda op: placing.scenario_offers(op, "NORTH"),
    "cases.outcomes.charges": lambda op: outcomes.charges(op, "NORTH"),
    "alerts.queries.alerts_of": lambda op: alerts.alerts_of(op, "A-NORTH"),
    "agencies.queries.agencies": agencies.agencies,
    "agencies.queries.referrals": lambda op: agencies.referrals(op, "NORTH"),
    "subscriptions.feed.read": lambda op: feed.read(op, feed.Asked()),
    "cases.outcomes.payment_attempts": lambda op: outcomes.payment_attempts(op, "NORTH"),
    "cases.queries.files_of": lambda op: [each.as_json() for each in cases.files_of(op, "NORTH")],
    "cases.queries.case_file": lambda op: cases.case_file(op, _case(op)).as_json(),
    "cases.queries.case_state": lambda op: cases.case_state(op, _case(op)),
    "cases.queries.open_cases": lambda op: cases.open_cases(op, "NORTH"),
    "cases.queries.action_state": lambda op: cases.action_state(op, _action(op)),
    "cases.queries.action_history": lambda op: cases.action_history(op, _action(op)),
    "cases.searching.search": searching.search,
    "cases.sparing.exemptions": lambda op: sparing.exemptions(op, "NORTH"),
    "cases.sparing.holds": lambda op: sparing.holds(op, "NORTH"),
    "care.queries.adjustments": lambda op: care.adjustments(op, "NORTH"),
    "care.queries.adjustments_of": lambda op: care.adjustments_of(op, _customer(op)),
    "care.queries.adjustment": lambda op: care.adjustment(op, _only(op, "adjustment", "true")),
    "care.queries.show": lambda op: care.show(op, str(_only(op, "adjustment", "true"))),
    "care.queries.waiting": care.waiting,
    "care.overview.account_of": lambda op: care_overview.account_of(op, "A-NORTH"),
    "care.overview.overview": lambda op: care_overview.overview(op, "A-NORTH"),
    "care.overview.standings": lambda op: care_overview.standings(op, _customer(op)),
    "care.overview.cases_of": lambda op: care_overview.cases_of(op, _customer(op)),
    "care.overview.agreements_of": lambda op: care_overview.agreements_of(op, _customer(op)),
    "receivables.bills.bills_of": lambda op: bills.bills_of(op, _customer(op)),
    "receivables.bills.credits_of": lambda op: bills.credits_of(op, _customer(op)),
    "receivables.bills.other_debts_of": lambda op: bills.other_debts_of(op, _customer(op)),
    "receivables.history.history_of": lambda op: history.history_of(op, _customer(op)),
    "receivables.payments.payments_of": lambda op: payments.payments_of(op, _customer(op)),
    "contacts.queries.contacts_of": lambda op: contacts.contacts_of(op, _customer(op)),
    "care.receipts.receipts": lambda op: receipts.receipts(op, "NORTH"),
    "care.receipts.receipts_of": lambda op: receipts.receipts_of(op, _customer(op)),
    "care.queries.disputes": lambda op: care.disputes(op, "NORTH"),
    "care.queries.disputes_of": lambda op: care.disputes_of(op, _customer(op)),
    "contacts.queries.contacts": lambda op: contacts.contacts(op, "NORTH"),
    "contacts.queries.counts": lambda op: contacts.counts(op, "NORTH"),
    "pay_plans.queries.pay_plans": lambda op: pay_plans.pay_plans(op, "NORTH"),
    "ratings.queries.rating": lambda op: ratings.rating(op, "NORTH"),
    "engine.case_agreements.requirements": lambda op: case_agreements.requirements(op, "NORTH"),
    "engine.case_agreements.listed": lambda op: case_agreements.listed(op, _case(op)),
    "experiments.queries.experiments": experiments.experiments,
    "experiments.queries.compare": lambda op: experiments.compare(op, "ours"),
    "experiments.queries.treatments": lambda op: experiments.treatments(op, "NORTH"),
    "receivables.supplying.household": lambda op: supplying.household(op, "A-NORTH"),
    "receivables.agreements.agreements": lambda op: agreements.agreements(op, "NORTH"),
    "receivables.budgets.budgets": lambda op: budgets.budgets(op, "NORTH"),
    "letters.reminders.listed": lambda op: reminders.listed(op, everything=True),
    "letters.service.listed": letters.listed,
    "letters.templates.listed": templates.listed,
    "payments.methods.listed": lambda op: methods.listed(op, "NORTH"),
    "promises.queries.promises": lambda op: promises.promises(op, "NORTH"),
    "receivables.bills.bills": lambda op: bills.bills(op, "NORTH"),
    "receivables.bills.credits": lambda op: bills.credits(op, "NORTH"),
    "receivables.bills.other_debts": lambda op: bills.other_debts(op, "NORTH"),
    "receivables.history.history": lambda op: history.history(op, "NORTH"),
    "receivables.notes.notes": lambda op: notes.notes(op, "NORTH"),
    "receivables.owing.owing": lambda op: owing.owing(op, ["NORTH", "SOUTH"]),
    "receivables.payments.payments": lambda op: payments.payments(op, "NORTH"),
    "receivables.searching.search": lambda op: [
        searching_receivables.search(op, query) for query in ("ada", "south", "A-SOUTH")
    ],
    "receivables.queries.account": lambda op: queries.account(op, "A-NORTH"),
    "receivables.queries.accounts": queries.accounts,
    "receivables.queries.bill_unit": lambda op: queries.bill_unit(op, "NORTH"),
    "receivables.queries.bill_units": queries.bill_units,
    "crm.queries.collection_status": lambda op: crm.collection_status(op, "NORTH"),
    "crm.mirror.mirror": lambda op: mirror.mirror(op, "crm", "NORTH"),
    "crm.mirror.identifiers": lambda op: (
        mirror.identify(op, "crm", Noun.CASE, _case(op), "1-ABC")
        and mirror.identifiers(op, "crm", Noun.CASE, handle=None, their_id="1-ABC")
    ),
    "crm.alert_queries.alerts": alert_queries.alerts,
    "crm.alert_queries.alert": lambda op: alert_queries.alert(
        op, str(_only(op, "credit_alert", "status = 'open'"))
    ),
    "crm.alert_queries.choices": alert_queries.choices,
    "severance.queries.of_bill_unit": lambda op: severances.of_bill_unit(op, "NORTH"),
    "severance.queries.process": lambda op: severances.process(
        op, str(_only(op, "severance", "status = 'active'"))
    ),
    "severance.queries.processes": severances.processes,
    "severance.queries.outstanding": severances.outstanding,
    "sharing.queries.role": lambda op: sharing.role(op, "NORTH"),
    "sharing.queries.group": lambda op: sharing.group(op, "ours"),
    "sharing.queries.groups": sharing.groups,
    "sharing.queries.detail": lambda op: sharing.detail(op, _group(op)),
    "tasks.agenda.agenda": lambda op: agenda.agenda(op, agenda.Wanted(order="-amount")),
    "tasks.agenda.choices": agenda.choices,
    "reports.running.run": lambda op: [running.run(op, name).rows for name in REPORTS],
    "reports.details.every_row": lambda op: list(details.every_row(op, "cases", {})),
    "engine.undelivered.messages": undelivered.messages,
    "engine.undelivered.others": undelivered.others,
    "tasks.failures.failures": failures.failures,
    "tasks.failures.count": failures.count,
    "tasks.queries.tasks": tasks.tasks,
    "tasks.queries.workload": tasks.workload,
    "tasks.together.tasks": together.tasks,
    "tasks.open_todos.open_todos": open_todos.open_todos,
    "tasks.open_todos.heaps": open_todos.heaps,
    "tasks.todos.todos": lambda op: todos.todos(op, "NORTH"),
    # these ask for no permission: their callers do
    "policy.queries.objects": lambda op: [
        policies.objects(op.connection, noun, op.actor.sees) for noun in policies.NAMED
    ],
    "receivables.bill_units.find": lambda op: bill_units.find(op, "NORTH"),
    "receivables.ageing.ageing": lambda op: [
        row.as_json() for row in ageing.ageing(op.connection, date=TODAY)
    ],
}
"""Every service that reads customers or configuration; the next test asks for a new one."""

NO_LIST = {
    # one row, document or template by its name, and verbs that look first
    *("care.receipts.document", "care.usage.put_many"),
    *("letters.service.document", "letters.service.preview", "letters.templates.get"),
    *("letters.service.find", "payments.methods.find", "tasks.todos.find"),
    *("care.queries.dispute_of", "receivables.agreements.agreement"),
    *("pay_plans.queries.pay_plan", "cases.outcomes.payment_attempt"),
    *("receivables.owing.of_bill", "receivables.owing.of_payment"),
    # nights concern every brand, and are for those who see them all
    *("engine.history.nights", "engine.history.night", "engine.asked.request"),
    *("letters.templates.delete", "letters.reminders.claim", "payments.methods.remove"),
    # the policy is every brand's at once: they want somebody who sees all of them
    *("policy.versions.newest", "policy.versions.get", "policy.versions.compare"),
    "letters.templates.of_policy",
}

SOURCE = Path(dunwell.__file__).parent


def test_every_service_that_wants_the_permission_to_view_is_among_the_reads():
    known = {name.split()[0] for name in READS} | NO_LIST
    assert {name for path in sorted(SOURCE.rglob("*.py")) for name in _viewers(path)} <= known


def _viewers(path: Path) -> Iterator[str]:
    """The public functions of a service that want the permission, themselves or by a private one
    of their module.
    """
    tier, *_ = path.relative_to(SOURCE).parts
    if tier not in ("features", "engine"):
        return
    functions = [
        node for node in ast.parse(path.read_text()).body if isinstance(node, ast.FunctionDef)
    ]
    wanting: set[str] = set()
    for _ in range(3):  # one calls another that calls another
        wanting |= {
            function.name
            for function in functions
            if any(
                (isinstance(node, ast.Attribute) and node.attr == "VIEW")
                or (isinstance(node, ast.Name) and node.id in wanting)
                for node in ast.walk(function)
            )
        }
    module = ".".join(path.relative_to(SOURCE).with_suffix("").parts).removeprefix("features.")
    yield from (f"{module}.{name}" for name in sorted(wanting) if not name.startswith("_"))


@pytest.mark.parametrize("name", READS)
def test_a_read_that_forgets_the_brand_sees_only_its_own(forgetful: Operation, name: str):
    found = repr(READS[name](forgetful))
    assert "SOUTH" not in found
    assert "south" not in found


def test_the_sums_of_another_brand_are_not_in_the_total(forgetful: Operation):
    rows = ageing.ageing(forgetful.connection, date=TODAY)
    assert sum(row.amount for row in rows) == 149
    (load,) = tasks.workload(forgetful)
    assert load.cases == 1


@pytest.mark.parametrize(
    "read",
    [
        lambda op: queries.account(op, "A-SOUTH"),
        lambda op: alerts.alerts_of(op, "A-SOUTH"),
        lambda op: queries.bill_unit(op, "SOUTH"),
        lambda op: bill_units.find(op, "SOUTH"),
        lambda op: cases.case_files(op.connection, "SOUTH"),
        lambda op: cases.files_of(op, "SOUTH"),
        lambda op: promises.promises(op, "SOUTH"),
        lambda op: sharing.role(op, "SOUTH"),
        lambda op: notes.notes(op, "SOUTH"),
    ],
)
def test_what_belongs_to_another_brand_does_not_exist(forgetful: Operation, read: Any):
    with pytest.raises(Exception, match="There is no"):
        read(forgetful)
