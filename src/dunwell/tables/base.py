"""What all tables share: the metadata with its naming rules, and the column kinds.

An operational table is keyed by `(account_id, id)` so that slices, partitions or nodes can own
accounts (DESIGN rule 3); a configuration table is small and keyed by `id`.
"""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    Identity,
    Integer,
    MetaData,
    Numeric,
    PrimaryKeyConstraint,
    Table,
    Text,
)
from sqlalchemy import (
    text as sql,
)
from sqlalchemy.dialects.postgresql.base import ischema_names
from sqlalchemy.schema import SchemaItem
from sqlalchemy.types import UserDefinedType

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Money = Numeric(19, 4)


class Xid8(UserDefinedType[str]):
    """PostgreSQL's 64-bit transaction number, as text."""

    cache_ok = True

    def get_col_spec(self, **_options: Any) -> str:
        """Its name in SQL."""
        return "xid8"


class Snapshot(UserDefinedType[str]):
    """PostgreSQL's snapshot: which transactions had ended at a moment, as text."""

    cache_ok = True

    def get_col_spec(self, **_options: Any) -> str:
        """Its name in SQL."""
        return "pg_snapshot"


# so that a database's tables can be compared with these
ischema_names.update(xid8=Xid8, pg_snapshot=Snapshot)


def configuration(name: str, *items: SchemaItem) -> Table:
    """A small configuration table keyed by `id`."""
    return Table(name, metadata, Column("id", Integer, Identity(), primary_key=True), *items)


def operational(
    name: str, *items: SchemaItem, part_of: str | None = None, included: str | None = None
) -> Table:
    """A table that grows with the customers, keyed by `(account_id, id)`; the parts of another row
    are keyed by it too, so that one index finds all of them and each of them. An `included` column
    is read from that index alone.
    """
    return Table(
        name,
        metadata,
        Column("account_id", BigInteger, nullable=False),
        # a cached sequence: the night makes millions of rows and asks for each number once
        Column("id", BigInteger, Identity(cache=50), nullable=False),
        *items,
        PrimaryKeyConstraint(
            "account_id",
            *([part_of] if part_of else []),
            "id",
            postgresql_include=[included] if included else [],
        ),
    )


def text(name: str, **options: Any) -> Column[str]:
    """A text column, required unless said otherwise."""
    return Column(name, Text, **{"nullable": False, **options})


def date(name: str, **options: Any) -> Column[Any]:
    """A date column, required unless said otherwise."""
    return Column(name, Date, **{"nullable": False, **options})


def flag(name: str) -> Column[bool]:
    """False unless said otherwise."""
    return Column(name, Boolean, nullable=False, server_default=sql("false"))


def money(name: str, **options: Any) -> Column[Any]:
    """An exact amount, required unless said otherwise; its currency stands beside it or above."""
    return Column(name, Money, **{"nullable": False, **options})


def reference(name: str, **options: Any) -> Column[int]:
    """The id of an operational row; always joined together with `account_id`."""
    return Column(name, BigInteger, **{"nullable": False, **options})
