"""Ageing as of a past day equals what was written down on that day: for every random history."""

import datetime as dt
from decimal import Decimal

from hypothesis import HealthCheck, Phase, given, settings
from tests.histories import History, histories
from tests.play import Manner, Play
from tests.properties.conftest import Worlds, worlds  # noqa: F401 - a fixture

from dunwell.db.database import Database
from dunwell.features.access.actor import Operation, operator
from dunwell.features.receivables import ageing as live
from dunwell.features.reports import preparing, running
from dunwell.features.reports.report import Asked

Sums = dict[str, Decimal]


def _reported(database: Database, day: dt.date) -> Sums:
    with database.connect() as connection:
        operation = Operation(connection, operator("root"), day)
        found: Sums = {}
        for row in running.run(operation, "ageing", Asked(until=day)).rows:
            key = f"{row['currency']} {row['to_days']}"
            found[key] = found.get(key, Decimal(0)) + row["owed"]
    return {key: amount for key, amount in found.items() if amount}


def _open(database: Database, day: dt.date) -> Sums:
    with database.connect() as connection:
        rows = live.ageing(connection, date=day)
    days = {live.NOT_DUE: "0"}
    found = [
        (row.currency, days.get(row.bucket, row.bucket if row.bucket.isdigit() else None), row)
        for row in rows
    ]
    return {f"{currency} {bucket}": row.amount for currency, bucket, row in found if row.amount}


@settings(
    max_examples=3,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    derandomize=True,
)
@given(history=histories(changes=False))
def test_ageing_as_of_a_past_day_equals_a_replay(worlds: Worlds, history: History):  # noqa: F811
    """The whole history is played; each night writes down what is open then. Afterwards the report
    tells the same of each of those days.
    """
    written: dict[dt.date, Sums] = {}

    def write_down(play: Play, day: dt.date) -> None:
        if play.done % 4:
            return
        preparing.prepare(play.database)
        written[day] = _reported(play.database, day)
        assert written[day] == _open(play.database, day), day

    with worlds() as database:
        Play(database, history, Manner()).all(write_down)
        preparing.prepare(database)
        for day, sums in written.items():
            assert _reported(database, day) == sums, day
