"""Every SQL statement fits the schema, and joins of operational tables carry `account_id`."""

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
import pytest
from psycopg.pq import ExecStatus

from dunwell.db.database import Database
from dunwell.db.statements import Statement
from dunwell.engine import impact
from dunwell.features.receivables import load, work
from dunwell.features.receivables.files import open_source
from dunwell.features.receivables.kinds import KINDS
from dunwell.features.reports import preparing
from dunwell.features.subscriptions import messages
from tests.conftest import new_database
from tests.contracts import joins, statements

LOADER = statements.SOURCE / "features" / "receivables"


def _of_loader(path: Path) -> bool:
    return path.parent == LOADER and path.name.startswith("load")


def _creates(statement: Statement) -> bool:
    return re.search("^create temp table", statement.text, re.MULTILINE) is not None


@pytest.fixture(scope="module")
def migrated(server: str, template: str) -> Iterator[psycopg.Connection]:
    """On a database for all tests, which change nothing in it."""
    with new_database(server, template) as database, _connected(database) as connection:
        yield connection


@pytest.fixture
def connection(database: Database) -> Iterator[psycopg.Connection]:
    with _connected(database) as connection:
        yield connection


@contextmanager
def _connected(database: Database) -> Iterator[psycopg.Connection]:
    with database.connect() as connection:
        work.create_temporary_tables(connection)
        messages.create_temporary_table(connection)
        impact.create_temporary_table(connection)
        preparing.create_temporary_tables(connection)
        yield connection


@pytest.mark.parametrize(
    "path",
    [path for path in statements.files() if not _of_loader(path)],
    ids=lambda path: path.name,
)
def test_every_statement_can_be_prepared_on_the_migrated_database(
    migrated: psycopg.Connection, path: Path
):
    problems = [
        f"{rendered}: {problem}"
        for statement, rendered in statements.of(path)
        if not _creates(statement) and (problem := _problem(migrated, rendered.text))
    ]
    assert problems == []


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_every_statement_of_the_loader_can_be_prepared(
    connection: psycopg.Connection, tmp_path: Path, kind
):
    file = tmp_path / f"{kind.name}.csv"
    header = [*kind.required, *(("system", "outside_id") if kind.outside else ())]
    file.write_text(",".join(header) + "\n")
    load._Work(connection, open_source(file), 50_000).read(None)  # noqa: SLF001 - makes the stage
    own = [
        *statements.of(LOADER / f"load_{kind.merged_as}.sql"),
        *(statements.of(LOADER / "load_outside.sql") if kind.outside else ()),
    ]
    # what the kinds share is written for rows that belong to accounts, as bills do
    shared = [
        (statement, rendered)
        for statement, rendered in statements.of(LOADER / "load.sql")
        if statement.name == f"lock_by_{kind.owner}"
        or (kind.name == "bills" and not statement.name.startswith("lock_by_"))
    ]
    problems = []
    for statement, rendered in (*own, *shared):
        if _creates(statement):
            with suppress(psycopg.errors.DuplicateTable), connection.transaction():
                statement.run(connection, dict.fromkeys(statement.parameters, 1))
        elif problem := _problem(connection, rendered.text):
            problems.append(f"{rendered}: {problem}")
    assert problems == []


def test_a_statement_that_does_not_fit_the_schema_is_noticed(migrated: psycopg.Connection):
    assert "no_such_column" in _problem(migrated, "select no_such_column from item")
    assert _problem(migrated, "select * from item where id = %(no)s::bigint and 1 %% 2 = 1") == ""


@pytest.mark.parametrize("path", statements.files(), ids=lambda path: path.name)
def test_joins_between_operational_tables_carry_the_account(path: Path):
    found = [
        f"{rendered}: {problem}"
        for _, rendered in statements.of(path)
        for problem in joins.problems(rendered.text, by_number=_of_loader(path))
    ]
    assert found == []


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("select 1 from item join bill on bill.id = item.bill_id", "bill, item"),
        (
            """
            select 1 from item
            join bill on bill.account_id = item.account_id and bill.id = item.bill_id
            """,
            "",
        ),
        ("select 1 from item join bill using (account_id, bill_unit_id)", ""),
        ("select 1 from item where exists (select from bill where bill.id = item.bill_id)", "bill"),
        ("update item set amount = 0 from bill where bill.id = item.bill_id", "bill, item"),
        ("delete from item using bill where bill.id = item.bill_id", "bill, item"),
        (
            """
            with due as (select account_id, case_id from action)
            select 1 from due join collection_case on collection_case.id = due.case_id
            """,
            "collection_case, due",
        ),
        ("select 1 from item join account on account.id = item.account_id", ""),
        ("select 1 from item join debt_class on debt_class.id = item.debt_class_id", ""),
    ],
)
def test_a_join_without_the_account_is_noticed(text: str, fault: str):
    assert "; ".join(joins.problems(text)) == (fault and f"joined without account_id: {fault}")


def _problem(connection: psycopg.Connection, text: str) -> str:
    """What the server says against the statement; nothing if it can be prepared."""
    numbers: dict[str, int] = {}

    def numbered(match: re.Match[str]) -> str:
        return f"${numbers.setdefault(match[1], len(numbers) + 1)}"

    query = re.sub(r"%\((\w+)\)s", numbered, text)
    if numbers:
        query = query.replace("%%", "%")
    with connection.transaction(force_rollback=True):
        result = connection.pgconn.prepare(b"", query.encode())
    return "" if result.status == ExecStatus.COMMAND_OK else result.error_message.decode()
