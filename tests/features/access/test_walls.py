"""The brand wall holds even when a query forgets it: every read is run by somebody who sees all
brands in the application's eyes, on a connection that sees one.
"""

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from tests.api.conftest import BRANDS
from tests.conftest import new_database
from tests.world import World

from dunwell.db import walls
from dunwell.features.access.actor import Operation, operator
from dunwell.features.cases import queries as cases
from dunwell.features.receivables import ageing, bill_units, queries
from dunwell.features.receivables.work import create_temporary_tables
from dunwell.tables import metadata

TODAY = dt.date(2026, 3, 20)

POLICY = BRANDS + "".join(
    f"""
[[profiles]]
name = "everybody {brand}"
brand = "{brand}"
currency = "USD"
default = true

[[scenarios]]
name = "short {brand}"
brand = "{brand}"
profile = "everybody {brand}"
entry_amount = 50
entry_days = 10
exit_amount = 5
steps = [{{ day = 1, action = "Close bill unit" }}, {{ day = 30, action = "Write off balance" }}]
"""
    for brand in ("north", "south")
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
        world.bill("80.00", "2026-02-20", number)
        world.pay("5.00", "2026-02-25", number)
        world.bill("70.00", "2026-02-20", number, disputed_amount="10", disputed_on="2026-02-21")
        world.by_hand("2026-03-01").exempt("once", number, until="2026-03-01")
    world.nights("2026-03-10", "2026-03-12")
    assert world.in_collections("NORTH")
    assert world.in_collections("SOUTH")
    return world


@pytest.fixture
def forgetful(world: World) -> Iterator[Operation]:
    """Sees every brand, says the application; north only, says the connection."""
    with world.database.connect() as connection:
        create_temporary_tables(connection)
        walls.share_temporary_tables(connection)
        walls.enter(connection, [_brand(connection, "north")])
        yield Operation(connection, operator("root"), TODAY)
        connection.rollback()


def _brand(connection: psycopg.Connection[Any], name: str) -> int:
    return int(connection.execute("select id from brand where name = %s", [name]).fetchall()[0][0])


READS: dict[str, Callable[[Operation], Any]] = {
    "accounts": queries.accounts,
    "bill units": queries.bill_units,
    "an account": lambda op: queries.account(op, "A-NORTH"),
    "a bill unit": lambda op: queries.bill_unit(op, "NORTH"),
    "finding a bill unit": lambda op: bill_units.find(op, "NORTH"),
    "cases": lambda op: [file.as_json() for file in cases.case_files(op.connection, "NORTH")],
    "ageing": lambda op: [row.as_json() for row in ageing.ageing(op.connection, date=TODAY)],
}
"""Every service that reads customers; a new one belongs here (and is asked for below)."""


@pytest.mark.parametrize("name", READS)
def test_a_read_that_forgets_the_brand_sees_only_its_own(forgetful: Operation, name: str):
    found = repr(READS[name](forgetful))
    assert "SOUTH" not in found
    assert "south" not in found


def test_the_sums_of_another_brand_are_not_in_the_total(forgetful: Operation):
    rows = ageing.ageing(forgetful.connection, date=TODAY)
    assert sum(row.amount for row in rows) == 145


@pytest.mark.parametrize(
    "read",
    [
        lambda op: queries.account(op, "A-SOUTH"),
        lambda op: queries.bill_unit(op, "SOUTH"),
        lambda op: bill_units.find(op, "SOUTH"),
        lambda op: cases.case_files(op.connection, "SOUTH"),
    ],
)
def test_what_belongs_to_another_brand_does_not_exist(forgetful: Operation, read: Any):
    with pytest.raises(Exception, match="There is no"):
        read(forgetful)


OPEN = {
    *("aging_bucket", "agent", "calendar", "criterion", "currency", "debt_class"),
    *("exchange_rate", "policy_version", "run", "run_slice", "scenario_step", "setting"),
    *("log_reading", "scheduled_night", "working_day"),
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
        for brands, expected, statements in (
            ([], [], 0),
            ([north], ["north"], 0),
            ([north, south], ["both", "north", "south"], 0),
            (None, ["both", "every", "north", "south"], 1),
        ):
            walls.enter(connection, brands)
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
