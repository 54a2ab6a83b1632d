"""Which rows each role sees, table by table: nothing without a brand, its own with one."""

import psycopg
import pytest
from tests.features.access.town import brand_id
from tests.world import World

from dunwell.db import walls
from dunwell.tables import metadata

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
        north, south = brand_id(connection, "north"), brand_id(connection, "south")
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
        north, south = brand_id(connection, "north"), brand_id(connection, "south")
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
        north, south = brand_id(connection, "north"), brand_id(connection, "south")
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
