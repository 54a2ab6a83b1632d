"""A benchmark world of any size, made by the database itself in a few statements.

`customers` writes the world that `generate.sql` describes, on which the nights of the benchmark
are natural nights: everybody in arrears enters on the first, the next `QUIET_NIGHTS` are quiet,
and on the one after them 2 of 100 bill units enter, 2 leave by paying and 5 have an action due.
`subscribers` writes the small world that is replayed day after day.
"""

from collections.abc import Sequence
from datetime import date

from dunwell.db import statements
from dunwell.db.database import Database

BUSINESS_DATE = date(2026, 6, 15)
"""The first night of every benchmark world."""

QUIET_NIGHTS = 14
"""How many nights after the first one nothing enters, leaves or is due."""

_CUSTOMERS = (
    "segments",
    "bill_units",
    "bills",
    "insert_accounts",
    "insert_bill_units",
    "insert_bills",
    "insert_items",
    "insert_payments",
    "sequences",
)
_SUBSCRIBERS = (
    "subscriber_bills",
    "insert_subscribers",
    "insert_subscriber_bill_units",
    "insert_subscriber_bills",
    "insert_subscriber_items",
    "insert_subscriber_payments",
    "subscriber_sequences",
)


def customers(database: Database, bill_units: int) -> None:
    """Fill an installed, empty database with bill units that owe three open items each."""
    _write(
        database,
        "generate.sql",
        _CUSTOMERS,
        {
            "bill_units": bill_units,
            "business_date": BUSINESS_DATE,
            "quiet_nights": QUIET_NIGHTS,
        },
        drafts=("benchmark_segment", "benchmark_bill_unit", "benchmark_bill"),
    )


_PEOPLE = (
    *("agents", "assignments", "agencies", "referrals"),
    *("promises", "instalments_to_do", "instalments", "letters", "deeds"),
)


def part_payments(database: Database, paid_on: date) -> None:
    """Let one of seven cases pay a part on a day; a night has still to post it."""
    _write(database, "people.sql", ("part_payments",), {"paid_on": paid_on}, drafts=())


def people(database: Database, today: date) -> None:
    """What agents and agencies have done by a day in a world that has cases."""
    _write(database, "people.sql", _PEOPLE, {"today": today}, drafts=())


def subscribers(database: Database, accounts: int, first: date, months: int) -> None:
    """Fill an installed, empty database with monthly bills and their payments, all yet to post."""
    _write(
        database,
        "subscribers.sql",
        _SUBSCRIBERS,
        {"accounts": accounts, "first": first, "months": months},
        drafts=("benchmark_bill",),
    )


def _write(
    database: Database,
    file: str,
    names: Sequence[str],
    parameters: dict[str, object],
    drafts: Sequence[str],
) -> None:
    steps = statements.load("benchmarks", file)
    with database.connect() as connection:
        # the rows are right by construction, and looking up 10 million foreign keys takes minutes
        connection.execute("set local session_replication_role = replica")
        connection.execute("set local synchronous_commit = off")
        connection.execute("set local work_mem = '256MB'")
        for name in names:
            steps[name].run(connection, parameters)
        for draft in drafts:
            connection.execute(f"drop table {draft}")
    settle(database)


def settle(database: Database) -> None:
    """Vacuum and analyze, as the product does after a load and a night."""
    with database.connect(autocommit=True) as connection:
        connection.execute("vacuum (analyze)")
        connection.execute("checkpoint")
