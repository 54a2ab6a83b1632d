"""The shape of the schema: what is keyed by account, and that the migrations make just that."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, ForeignKeyConstraint, Table

from dunwell.db.database import Database
from dunwell.tables import metadata

CONFIGURATION = {
    *("action_definition", "agency", "agent", "aging_bucket", "brand", "calendar", "criterion"),
    *("collection_substatus", "contact_type", "experiment", "pay_plan_type", "todo_type"),
    *("currency", "debt_class", "exchange_rate", "policy_draft", "policy_version", "profile"),
    *("reason_code", "scenario", "scenario_step", "schedule", "setting", "template"),
    *("template_text", "working_day"),
    *("severance_template", "moratorium"),
    # a group's members live in any account
    "sharing_group",
}
RUNNING = {"connector", "run", "run_request", "run_slice", "outgoing_file"}
PUBLISHING = {"delivery", "log_reading", "scheduled_night", "subscription"}
# a bank's words: which account they are about is found out, and may stay unknown
BANKING = {"bank_statement", "statement_entry"}
# sums of brands, and who gets them
REPORTS = {
    *("report_case", "report_forecast", "report_letter", "report_movement", "report_preparation"),
    *("report_promise", "report_recovery", "report_schedule", "report_standing"),
}
ACCESS = {"failed_login", "idempotency_key", "person", "token"}
ROOT = {"account"}  # its own id is the account_id of everybody else
LOG = {"event"}  # partitioned by month: its key carries the date
NATURAL = {"balance"}  # known by what it is the balance of (decision 0199)
PARTS = {"action"}  # keyed by its case too (decision 0200)

OF_NO_ACCOUNT = CONFIGURATION | RUNNING | PUBLISHING | BANKING | ACCESS | ROOT | REPORTS
OPERATIONAL = sorted(set(metadata.tables) - OF_NO_ACCOUNT - LOG)


@pytest.mark.parametrize("name", sorted(set(OPERATIONAL) - NATURAL - PARTS))
def test_an_operational_table_is_keyed_by_account_and_id(name: str):
    assert [column.name for column in metadata.tables[name].primary_key] == ["account_id", "id"]


@pytest.mark.parametrize("name", sorted(OF_NO_ACCOUNT))
def test_a_table_that_belongs_to_no_account_is_one_of_those_named_here(name: str):
    assert "account_id" not in metadata.tables[name].columns


@pytest.mark.parametrize("name", OPERATIONAL)
def test_a_reference_to_an_operational_row_names_its_account(name: str):
    for key in metadata.tables[name].foreign_key_constraints:
        if key.referred_table.name in OPERATIONAL:
            assert _columns(key)[0] == ("account_id", "account_id")


@pytest.mark.parametrize("name", OPERATIONAL)
def test_a_unique_index_on_references_begins_with_the_account(name: str):
    table = metadata.tables[name]
    for index in table.indexes:
        columns = [column.name for column in index.columns]
        if index.unique and any(_is_reference(table, column) for column in columns):
            assert columns[0] == "account_id", index.name


def test_the_migrations_leave_nothing_to_generate(database: Database):
    with database.engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={"compare_server_default": True, "include_name": _is_no_partition},
        )
        assert compare_metadata(context, metadata) == []


def test_the_migrations_make_exactly_the_columns_indexes_and_checks_of_the_tables(
    database: Database,
):
    """What Alembic does not compare: partial and covering indexes, checks, order of columns."""
    with database.engine.connect() as connection:
        connection.exec_driver_sql("create schema described")
        connection.exec_driver_sql("set local search_path = described")
        metadata.create_all(connection)
        migrated = _catalog(connection, "public")
        described = _catalog(connection, "described")
        connection.rollback()
    assert migrated == described


def _is_no_partition(name: str | None, kind: str, _parents: object) -> bool:
    return kind != "table" or name is None or not name.startswith("event_")


def _catalog(connection: Connection, schema: str) -> list[str]:
    """Every column, index and constraint of a schema as one line of text."""
    lines = connection.exec_driver_sql(
        """
        with relation as (
            select oid, relname
            from pg_class
            where relnamespace = cast(%(schema)s as regnamespace)
                and relkind in ('r', 'p')
                and not relispartition
                and relname <> 'alembic_version'
        )
        select relname || ': ' || attname || ' ' || format_type(atttypid, atttypmod)
            || case when attnotnull then ' not null' else '' end
            || coalesce(' default ' || pg_get_expr(adbin, adrelid), '') || ' ' || attidentity::text
        from relation
        join pg_attribute on attrelid = relation.oid and attnum > 0 and not attisdropped
        left join pg_attrdef on adrelid = attrelid and adnum = attnum
        union all
        select pg_get_indexdef(indexrelid) from relation join pg_index on indrelid = relation.oid
        union all
        select relname || ': ' || conname || ' ' || pg_get_constraintdef(pg_constraint.oid)
        from relation join pg_constraint on conrelid = relation.oid
        order by 1
        """,
        {"schema": schema},
    ).scalars()
    return sorted(line.replace(f"{schema}.", "") for line in lines)


def _columns(key: ForeignKeyConstraint) -> list[tuple[str, str]]:
    return [(element.parent.name, element.column.name) for element in key.elements]


def _is_reference(table: Table, column: str) -> bool:
    return (
        column.endswith("_id")
        and column.removesuffix("_id") in OPERATIONAL
        and column in table.columns
    )
