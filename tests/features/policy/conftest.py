"""What the tests of the policy share: the demo's policy and a usual one, an installation with
customers, and how a policy is applied to it and compared with it.
"""

from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import psycopg
import pytest
from psycopg.rows import TupleRow

from dunwell.db.database import Database
from dunwell.features.policy import file, model, service

USUAL = """\
[[profiles]]
name = "Standard"
currency = "USD"
default = true

[[actions]]
name = "Call"
type = "manual"

[[actions]]
name = "Fee"
type = "late_fee"
currency = "USD"
amount = 5.00

[[scenarios]]
name = "Usual"
profile = "Standard"
entry_amount = 100.00
entry_days = 30
exit_amount = 25.00
steps = [
    { day = 30, action = "Fee" },
    { day = 10, action = "Call" },
    { day = 120, action = "Write off balance" },
]

[[scenarios]]
name = "Small"
profile = "Standard"
entry_amount = 20.00
entry_days = 10
steps = [{ day = 10, action = "Call" }]
"""


@pytest.fixture(scope="session")
def demo_policy() -> model.Policy:
    return file.read(Path(str(files("dunwell"))) / "cli" / "demo" / "policy.toml")


def add_customer(
    connection: psycopg.Connection[TupleRow],
    number: str,
    *,
    currency: str = "USD",
    pay_type: str = "invoice",
    score: int | None = None,
    segment: str | None = None,
    brand: str = "default",
) -> int:
    """An account with one bill unit; its account's id."""
    row = connection.execute(
        "insert into account (account_no, brand_id, name, credit_score, attributes)"
        " select %(number)s, id, 'N', %(score)s,"
        " jsonb_strip_nulls(jsonb_build_object('segment', %(segment)s::text))"
        " from brand where name = %(brand)s returning id",
        {"number": number, "score": score, "segment": segment, "brand": brand},
    ).fetchone()
    assert row is not None
    connection.execute(
        "insert into bill_unit (account_id, bill_unit_no, currency, pay_type)"
        " values (%s, %s, %s, %s)",
        [row[0], number, currency, pay_type],
    )
    return int(row[0])


def add_case(
    connection: psycopg.Connection[TupleRow], account_id: int, scenario: str, status: str = "open"
) -> None:
    """A case of the account's bill unit in the current scenario of that name."""
    connection.execute(
        "insert into collection_case (account_id, bill_unit_id, debt_class_id, scenario_id,"
        " policy_version_id, overdue_date, entry_date, entered_on, entry_overdue_amount,"
        " overdue_amount, status, brand_id, pay_type, bill_unit_status, account_status)"
        " select bill_unit.account_id, bill_unit.id, scenario.debt_class_id, scenario.id, 1,"
        " date '2026-01-01', date '2026-01-31', date '2026-01-31', 100, 100, %(status)s,"
        " scenario.brand_id, bill_unit.pay_type, bill_unit.status, 'active'"
        " from bill_unit, scenario where bill_unit.account_id = %(account)s"
        " and scenario.name = %(scenario)s and scenario.retired_version is null",
        {"account": account_id, "scenario": scenario, "status": status},
    )


@pytest.fixture
def connection(database: Database) -> Iterator[psycopg.Connection[TupleRow]]:
    with database.connect() as connection:
        yield connection


def apply(connection: psycopg.Connection[TupleRow], text: str) -> int:
    """Put a policy file in force; the version's id."""
    return service.apply(connection, file.parse(text), actor="anna")


def changes(connection: psycopg.Connection[TupleRow], text: str) -> list[tuple[str, str, str]]:
    """What applying a policy file would change: how, which kind, which name."""
    return [
        (change.kind.value, change.noun, change.name)
        for change in service.diff(connection, file.parse(text))
    ]


def scenarios(connection: psycopg.Connection[TupleRow]) -> list[TupleRow]:
    """Name, retired or not, and the steps with the retirement of their actions."""
    return connection.execute(
        "select scenario.name, scenario.retired_version is not null,"
        " (select array_agg(offset_days || ' ' || action_definition.name"
        " || case when action_definition.retired_version is null then '' else ' (retired)' end"
        " order by step) from scenario_step join action_definition"
        " on action_definition.id = action_definition_id where scenario_id = scenario.id)"
        " from scenario order by scenario.name, scenario.id"
    ).fetchall()
