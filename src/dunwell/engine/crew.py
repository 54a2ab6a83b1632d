"""The crew of a run: the connections of its workers, and how they share the slices."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import ExitStack
from queue import SimpleQueue
from typing import Self

import psycopg
from psycopg.rows import TupleRow

from dunwell.db.database import Database
from dunwell.domain.errors import BadInput
from dunwell.engine.slices import Slice
from dunwell.features.receivables.work import create_temporary_tables

FEW = 3_000
"""In a slice of so few accounts planning a statement takes longer than running it, so that each is
planned once for a span of nights; from 6,000 on a plan that doesn't know its values costs more."""

PREPARED = 400
"""More than the statements of a night, with their fragments."""


class Crew:
    """The connections of a run, one for each worker and one that keeps the run's lock.

    A span of nights shares one crew, so that connections and temporary tables are made once.
    """

    def __init__(self, database: Database, workers: int) -> None:
        if workers < 1:
            raise BadInput(f"A run needs at least one worker, not {workers}.")
        self.workers = workers
        self.idle: SimpleQueue[psycopg.Connection[TupleRow]] = SimpleQueue()
        self._database = database
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            self.keeper = stack.enter_context(self._database.connect(autocommit=True))
            self.keeper.prepare_threshold = 2
            for _ in range(self.workers):
                connection = stack.enter_context(self._database.connect(autocommit=True))
                connection.prepared_max = PREPARED
                create_temporary_tables(connection)
                self.idle.put(connection)
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def work_off(
        self, perform: Callable[[psycopg.Connection[TupleRow], Slice], None], todo: list[Slice]
    ) -> Iterator[None]:
        """Process the slices on the connections; yields once for each that is done."""

        def process(slice_: Slice) -> None:
            connection = self.idle.get()
            try:
                perform(connection, slice_)
            finally:
                self.idle.put(connection)

        with ThreadPoolExecutor(self.workers) as pool:
            try:
                for future in as_completed([pool.submit(process, slice_) for slice_ in todo]):
                    future.result()
                    yield
            except BaseException:
                # slices under way end by themselves; the others stay for the next run
                pool.shutdown(cancel_futures=True)
                raise


def plan_for(connection: psycopg.Connection[TupleRow], slice_: Slice) -> None:
    """Let the connection keep the plans of its statements, or not, as suits the slice."""
    connection.prepare_threshold = 2 if slice_.at_most <= FEW else None
