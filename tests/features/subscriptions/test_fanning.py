"""The log is read completely: nothing that commits late is lost, nothing that rolled back is told,
nothing is told twice, and the events of a bill unit keep their order.
"""

import random
import threading
import time
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor

from tests.features.subscriptions.conftest import Publisher, write

from dunwell.features.subscriptions import fanning

WANTED = "https://example.com/events"


def told(publisher: Publisher) -> list[int]:
    """The bill units that deliveries are about, in order."""
    rows = publisher.world.rows("select stream from delivery order by subscription_id, id")
    return [stream for (stream,) in rows]


def test_an_event_that_commits_after_later_ones_is_still_told(publisher: Publisher):
    publisher.subscribe(WANTED, kinds=["exempted"])
    with publisher.database.connect() as slow:
        write(slow, 1)
        publisher.write(2)
        publisher.fan_out()
        assert told(publisher) == [2]
        publisher.write(3)
        publisher.fan_out()
        assert told(publisher) == [2, 3]
        slow.commit()
    publisher.fan_out()
    assert told(publisher) == [2, 3, 1]
    assert publisher.fan_out().events == 0


def test_what_rolled_back_is_never_told(publisher: Publisher):
    publisher.subscribe(WANTED, kinds=["exempted"])
    with publisher.database.connect() as connection:
        write(connection, 1)
        publisher.fan_out()
        with connection.transaction(force_rollback=True):
            write(connection, 2)
        connection.rollback()
    publisher.write(3)
    publisher.fan_out()
    assert told(publisher) == [3]


def test_the_later_of_two_events_comes_later_whoever_s_transaction_began_first(
    publisher: Publisher,
):
    publisher.subscribe(WANTED, kinds=["exempted", "case_closed"])
    with publisher.database.connect() as long:
        write(long, 1)
        publisher.write(7)
        write(long, 7, "case_closed")
    publisher.fan_out()
    kinds = publisher.world.rows(
        "select event.kind from delivery join event on event.id = event_id"
        " where stream = 7 order by delivery.id"
    )
    assert kinds == [("exempted",), ("case_closed",)]


class Bustle:
    """Eight people at once, at twelve bill units: transactions of different length, a fifth of them
    rolled back. What was committed is kept in the order in which it happened at its bill unit.
    """

    def __init__(self, publisher: Publisher) -> None:
        self.committed: dict[int, list[int]] = defaultdict(list)
        self._publisher = publisher
        self._locks = {unit: threading.Lock() for unit in range(1, 13)}
        self._done = threading.Event()

    def work(self, seed: int) -> None:
        chance = random.Random(seed)  # noqa: S311 - the same bustle each time
        with self._publisher.database.connect() as connection:
            for _ in range(150):
                unit = chance.randrange(1, 13)
                # as the locks of cases do for people
                with self._locks[unit]:
                    event_id = write(connection, unit)
                    if chance.random() < 0.1:
                        time.sleep(chance.random() * 0.02)
                    if chance.random() < 0.2:
                        connection.rollback()
                    else:
                        connection.commit()
                        self.committed[unit].append(event_id)

    def read(self) -> None:
        while not self._done.is_set():
            self._publisher.fan_out()

    def run(self) -> None:
        with ThreadPoolExecutor(10) as pool:
            readers = [pool.submit(self.read) for _ in range(2)]
            for writer in [pool.submit(self.work, seed) for seed in range(8)]:
                writer.result()
            self._done.set()
            for reader in readers:
                reader.result()
        self._publisher.fan_out()


def test_many_writers_at_once_while_the_log_is_read_all_the_time(publisher: Publisher):
    """Every event that was committed is told once, and in order for its bill unit."""
    publisher.subscribe(WANTED, kinds=["exempted"])
    bustle = Bustle(publisher)
    bustle.run()
    found: dict[int, list[int]] = defaultdict(list)
    for stream, event_id in publisher.world.rows(
        "select stream, event_id from delivery order by id"
    ):
        found[stream].append(event_id)
    assert sum(map(len, bustle.committed.values())) > 800
    assert found == bustle.committed


def test_filters_by_kind_brand_and_bill_unit_let_through_what_they_name(publisher: Publisher):
    world = publisher.world
    with world.database.connect() as connection:
        connection.execute(
            "insert into brand (name, locale, time_zone, calendar_id)"
            " select 'North', locale, time_zone, calendar_id from brand"
        )
    world.customer("B1")
    world.customer("B2", brand="North")
    (one, two) = [account for (account,) in world.rows("select id from account order by id")]
    units = dict(world.rows("select bill_unit_no, id from bill_unit"))
    publisher.subscribe(WANTED, "north", brands=["North"])
    publisher.subscribe(WANTED, "unit", bill_units=["B1"])
    publisher.subscribe(WANTED, "kind", kinds=["case_*"])
    publisher.subscribe(WANTED, "all")
    publisher.fan_out()
    with world.database.connect() as connection:
        connection.execute("delete from delivery")
        for account, number in ((one, "B1"), (two, "B2")):
            for kind in ("case_opened", "exempted"):
                connection.execute(
                    "insert into event (business_date, account_id, bill_unit_id, kind)"
                    " values ('2026-03-02', %s, %s, %s)",
                    [account, units[number], kind],
                )
    publisher.fan_out()
    rows = world.rows(
        """
        select subscription.name, bill_unit.bill_unit_no, event.kind
        from delivery
        join subscription on subscription.id = subscription_id
        join event on event.id = event_id
        join bill_unit on bill_unit.id = event.bill_unit_id
        order by 1, 2, 3
        """
    )
    both = [("B1", "case_opened"), ("B1", "exempted"), ("B2", "case_opened"), ("B2", "exempted")]
    assert rows == [
        *(("all", *each) for each in both),
        ("kind", "B1", "case_opened"),
        ("kind", "B2", "case_opened"),
        ("north", "B2", "case_opened"),
        ("north", "B2", "exempted"),
        ("unit", "B1", "case_opened"),
        ("unit", "B1", "exempted"),
    ]


def test_on_another_server_where_transactions_count_anew_nothing_is_lost_or_told_twice(
    publisher: Publisher,
):
    """A dump is restored into a new server: its events bear numbers that mean nothing there."""
    publisher.subscribe(WANTED, kinds=["exempted"])
    publisher.write(1)
    publisher.fan_out()
    publisher.write(2)
    with publisher.database.connect() as connection:
        # as the dump has it: numbers of a server that was far ahead, and its snapshot
        connection.execute("update event set txid = '900000000001' where bill_unit_id = 1")
        connection.execute("update event set txid = '900000000005' where bill_unit_id = 2")
        connection.execute(
            "update log_reading set server = 42, seen = '900000000002:900000000004:900000000002'"
        )
    publisher.write(3)
    publisher.fan_out()
    assert told(publisher) == [1, 2, 3]
    publisher.write(4)
    publisher.fan_out()
    publisher.fan_out()
    assert told(publisher) == [1, 2, 3, 4]


def test_on_another_server_the_reader_waits_for_writers_under_way(publisher: Publisher):
    publisher.subscribe(WANTED, kinds=["exempted"])
    publisher.fan_out()
    with publisher.database.connect() as connection:
        connection.execute("update log_reading set server = 42")
    with publisher.database.connect() as slow:
        write(slow, 1)
        publisher.write(2)
        reader = threading.Thread(target=publisher.fan_out)
        reader.start()
        reader.join(0.5)
        assert reader.is_alive()
        slow.commit()
    reader.join()
    assert sorted(told(publisher)) == [1, 2]
    assert publisher.fan_out().events == 0


def test_no_writer_waits_for_the_reader(publisher: Publisher):
    with publisher.database.connect() as reading:
        fanning.fan_out(reading, publisher.now)  # its transaction is still open
        with publisher.database.connect() as writer:
            writer.execute("set lock_timeout = '1s'")
            write(writer, 1)
