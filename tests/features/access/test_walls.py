"""The brand wall holds even when a query forgets it: every read is run by somebody who sees all
brands in the application's eyes, on a connection that sees one.
"""

import ast
import datetime as dt
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
import pytest
from tests.conftest import new_database
from tests.policies import two_brands
from tests.world import World

import dunwell
from dunwell.db import walls
from dunwell.domain.handles import Handle
from dunwell.domain.statuses import AdjustmentDirection
from dunwell.engine import case_agreements, placing, undelivered
from dunwell.features.access.actor import Operation, operator
from dunwell.features.agencies import queries as agencies
from dunwell.features.alerts import queries as alerts
from dunwell.features.care import adjusting, receipts
from dunwell.features.care import overview as care_overview
from dunwell.features.care import queries as care
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
from dunwell.features.receivables.notes import write_note
from dunwell.features.receivables.work import create_temporary_tables
from dunwell.features.reports import details, preparing, running
from dunwell.features.reports.registry import REPORTS
from dunwell.features.severance import queries as severances
from dunwell.features.sharing import queries as sharing
from dunwell.features.subscriptions import feed
from dunwell.features.tasks import agenda, failures, open_todos, todos, together
from dunwell.features.tasks import queries as tasks
from dunwell.tables import metadata

TODAY = dt.date(2026, 3, 20)

OF_EACH = """
[[actions]]
name = "collect {brand}"
brand = "{brand}"
type = "collect_payment"

[[actions]]
name = "sever {brand}"
brand = "{brand}"
type = "start_severance"

[[severance_templates]]
name = "cut {brand}"
brand = "{brand}"
events = [{ name = "warn", type = "field_activity", activity = "disconnect_warning" }]

[[moratoria]]
name = "winter {brand}"
brand = "{brand}"
first_day = "12-01"
last_day = "02-28"

[[reason_codes]]
brand = "{brand}"
category = "retry"
code = "{brand}"
labels = { en_US = "of {brand}" }

[[scenarios]]
name = "gentle {brand}"
brand = "{brand}"
profile = "everybody {brand}"
entry_amount = 50
entry_days = 10
exit_amount = 5
steps = [{ day = 30, action = "Write off balance" }]

[[experiments]]
name = "ours"
brand = "{brand}"
champion = "short {brand}"
challengers = [{ scenario = "gentle {brand}", share = 0.0001 }]
ends_on = 2026-12-31
"""

POLICY = two_brands(
    "1 fee {brand}, 1 letter {brand}, 1 collect {brand}, 1 sever {brand}, 30 Write off balance",
    of_each=OF_EACH,
    more='[[agents]]\nname = "Jennifer"\n',
    settings="[settings]\ncollection_status = true\ncredit_alerts = true\n",
)


@pytest.fixture(scope="module")
def world(server: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A bill unit in collections in each of two brands; the tests only look, or roll back."""
    with new_database(server, template) as database:
        yield _filled(World(database, tmp_path_factory.mktemp("walls")))


def _filled(world: World) -> World:
    world.policy(POLICY)
    for brand in ("north", "south"):
        number = brand.upper()
        world.customer(number, brand=brand, name=f"Ada of {brand}")
        world.load(
            "service_agreements",
            {"service_agreement_no": f"S-{number}", "bill_unit_no": number},
        )
        world.bill("80.00", "2026-02-20", number, service_agreement_no=f"S-{number}")
        world.pay("5.00", "2026-02-25", number)
        world.bill("70.00", "2026-02-20", number, disputed_amount="10", disputed_on="2026-02-21")
        of_unit = {"bill_unit_no": number}
        world.load("service_agreements", {"service_agreement_no": f"S-{number}", **of_unit})
        budget = {"budget_no": f"G-{number}", "amount": 80, "started_on": "2026-01-01"}
        world.load("budgets", {**budget, **of_unit})
        hand = world.by_hand("2026-03-01")
        hand.exempt("once", number, until="2026-03-01")
        hand.hold("2026-03-02", number)
        hand.group("ours", number)
        hand.do(write_note, number, f"a note of {brand}")
        wanted = adjusting.Wanted(AdjustmentDirection.CREDIT, Decimal(1), f"for {brand}")
        hand.do(adjusting.request, number, wanted)
        cash = payments.Received(Decimal(1), TODAY.replace(day=1), "cash")
        hand.do(receipts.take, number, cash, key=number)
        hand.do(methods.add_card, number, methods.Card(f"token {brand}", "1234", brand="visa"))
    world.nights("2026-03-10", "2026-03-12")
    for number in ("NORTH", "SOUTH"):
        world.by_hand("2026-03-12").assign("Jennifer", number)
        world.by_hand("2026-03-12").promise(number, number=2, total_days=10)
    assert world.in_collections("NORTH")
    assert world.in_collections("SOUTH")
    preparing.prepare(world.database)
    return world


@pytest.fixture
def forgetful(world: World) -> Iterator[Operation]:
    """Sees every brand, says the application; north only, says the connection."""
    with world.database.connect() as connection:
        create_temporary_tables(connection)
        walls.share_temporary_tables(connection)
        walls.enter(connection, [_brand(connection, "north")])
        yield Operation(connection, operator("root"), TODAY, hooks=world.plugins.hook)
        connection.rollback()


def _brand(connection: psycopg.Connection[Any], name: str) -> int:
    return int(connection.execute("select id from brand where name = %s", [name]).fetchall()[0][0])


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
    # one document or template by its name, and verbs that look first
    *("care.receipts.document", "care.usage.put_many"),
    *("letters.service.document", "letters.service.preview", "letters.templates.get"),
    *("letters.service.find", "payments.methods.find", "tasks.todos.find"),
    *("care.queries.dispute_of", "receivables.agreements.agreement"),
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


OPEN = {
    *(
        "aging_bucket",
        "agent",
        "calendar",
        "collection_substatus",
        "contact_type",
        "criterion",
        "currency",
        "debt_class",
    ),
    *("exchange_rate", "policy_version", "run", "run_request", "run_slice"),
    *("log_reading", "pay_plan_type", "report_preparation", "scheduled_night", "todo_type"),
    *("scenario_step", "setting", "working_day"),
}
"""What belongs to the installation, not to a brand."""


def test_every_table_has_a_wall_or_belongs_to_the_installation(world: World):
    with world.database.connect() as connection:
        assert {*walls.walled(connection), *walls.CLOSED, *OPEN} >= set(metadata.tables)
        for name, table in metadata.tables.items():
            carries = {"account_id", "brand_id"} & set(table.columns.keys())
            if carries:
                assert name in walls.walled(connection)


def test_what_no_column_gives_to_a_brand_is_walled_by_what_it_is(world: World):
    """A subscription is its brands'; statements and files of all brands are nobody's alone."""
    with world.database.connect() as connection:
        north, south = _brand(connection, "north"), _brand(connection, "south")
        for name, brands in (
            ("every", "null"),
            ("north", f"[{north}]"),
            ("south", f"[{south}]"),
            ("both", f"[{north}, {south}]"),
        ):
            connection.execute(
                "insert into subscription (name, url, brands, created_by, secret_salt, key_check)"
                " values (%s, 'https://example.com', nullif(%s, 'null')::jsonb, 'me', 's', 'k')",
                [name, brands],
            )
        connection.execute(
            "insert into delivery (subscription_id, event_id, business_date, stream, created_at,"
            " next_attempt_at) select id, 1, '2026-03-20', 0, now(), now() from subscription"
        )
        connection.execute(
            "insert into bank_statement (imported_on, statement_no, account, sha256)"
            " values ('2026-03-20', '1', 'a', 's')"
        )
        behind: list[tuple[list[int] | None, list[str], int]] = [
            ([], [], 0),
            ([north], ["north"], 0),
            ([north, south], ["both", "north", "south"], 0),
            (None, ["both", "every", "north", "south"], 1),
        ]
        for seen_brands, expected, statements in behind:
            walls.enter(connection, seen_brands)
            rows = connection.execute(
                "select subscription.name from delivery"
                " join subscription on subscription.id = subscription_id order by 1"
            )
            assert [name for (name,) in rows] == expected
            ((seen,),) = connection.execute("select count(*) from bank_statement").fetchall()
            assert seen == statements
            walls.leave(connection)
        connection.rollback()


WALLED = sorted(
    name
    for name, table in metadata.tables.items()
    if {"account_id", "brand_id"} & set(table.columns.keys())
)


@pytest.mark.parametrize("name", [*WALLED, "account", "brand"])
def test_without_a_brand_no_row_of_any_table_is_seen(world: World, name: str):
    query = f"select count(*) from {name}"
    column = "brand_id" if "brand_id" in metadata.tables[name].columns else None
    if column and metadata.tables[name].columns[column].nullable:
        query += f" where {column} is not null"
    with world.database.connect() as connection:
        connection.execute(f"set local role {walls.MEMBER}".encode())
        assert connection.execute(query.encode()).fetchone() == (0,)
        connection.rollback()
        walls.enter(connection, [])
        assert connection.execute(query.encode()).fetchone() == (0,)


@pytest.mark.parametrize("name", WALLED)
def test_a_brand_sees_its_own_rows_and_everywhere_sees_all(world: World, name: str):
    counts = []
    with world.database.connect() as connection:
        north, south = _brand(connection, "north"), _brand(connection, "south")
        for brands in (None, [north], [south], [north, south]):
            walls.enter(connection, brands)
            ((number,),) = connection.execute(f"select count(*) from {name}".encode()).fetchall()
            counts.append(number)
            connection.rollback()
        ((whole,),) = connection.execute(f"select count(*) from {name}".encode()).fetchall()
    everything, of_north, of_south, of_both = counts
    assert everything == whole
    assert of_both <= everything
    assert of_north == of_south  # the two were treated alike


def test_a_row_of_another_brand_can_not_be_written_or_changed(world: World):
    with world.database.connect() as connection:
        north, south = _brand(connection, "north"), _brand(connection, "south")
        ((account,),) = connection.execute(
            "select id from account where account_no = 'A-SOUTH'"
        ).fetchall()
        walls.enter(connection, [north])
        changed = connection.execute("update account set name = 'x'").rowcount
        assert changed == 1
        for statement in (
            f"insert into touched (account_id, bill_unit_id) values ({account}, 1)",
            f"insert into account (account_no, brand_id, name) values ('x', {south}, 'x')",
            f"update account set brand_id = {south}",
        ):
            with (
                pytest.raises(psycopg.errors.InsufficientPrivilege),
                connection.transaction(),
            ):
                connection.execute(statement.encode())
        connection.rollback()


@pytest.mark.parametrize("table", sorted(walls.CLOSED))
def test_passwords_and_tokens_are_closed_to_both_roles(world: World, table: str):
    for brands in (None, [1]):
        with world.database.connect() as connection:
            walls.enter(connection, brands)
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(f"select * from {table}".encode())


def test_putting_up_the_walls_again_changes_nothing(world: World):
    with world.database.connect() as connection:
        before = connection.execute("select count(*) from pg_policy").fetchone()
        walls.put_up(connection)
        assert connection.execute("select count(*) from pg_policy").fetchone() == before


def test_without_the_right_to_make_roles_the_message_says_what_to_run(world: World):
    with world.database.connect() as connection:
        connection.execute("create role walls_test_nobody nologin")
        try:
            connection.execute("set local role walls_test_nobody")
            with pytest.raises(Exception, match="create role dunwell_member nologin"):
                walls.put_up(connection)
        finally:
            connection.rollback()
