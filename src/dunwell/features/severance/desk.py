"""A person or the field system at one severance process: found behind its brand's wall, locked,
and with the night's form of work at hand.
"""

from dataclasses import dataclass
from typing import Any, Self

from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from dunwell.db import statements
from dunwell.db.statements import Statement
from dunwell.domain import handles
from dunwell.domain.errors import NotFound, Stale
from dunwell.features.access.actor import Operation
from dunwell.features.cases.desk import work_of
from dunwell.features.receivables.bill_units import own_accounts
from dunwell.features.receivables.work import Work, create_temporary_tables

SERVICE = statements.load(__package__, "service.sql")
_ADVANCE = statements.load(__package__, "advance.sql")


@dataclass(slots=True)
class Desk:
    """One process under somebody's hands, and perhaps one of its events."""

    operation: Operation
    work: Work
    process: dict[str, Any]
    event: dict[str, Any]
    """Empty if the process as a whole is meant."""

    @classmethod
    def at_process(cls, operation: Operation, severance: str) -> Self:
        """A process by its handle. Raises NotFound."""
        handle = handles.parse(severance, "severance")
        return cls._of(operation, handle.account_id, handle.id, None, severance)

    @classmethod
    def at_event(cls, operation: Operation, event: str) -> Self:
        """An event by its handle, with its process. Raises NotFound."""
        handle = handles.parse(event, "severance event")
        given = {"account_id": handle.account_id, "event_id": handle.id}
        row = SERVICE["process_of_event"].run(operation.connection, given).fetchone()
        if row is None:
            raise NotFound(f"There is no severance event {event!r}.")
        return cls._of(operation, handle.account_id, row[0], handle.id, event)

    @classmethod
    def _of(
        cls,
        operation: Operation,
        account_id: int,
        severance_id: int,
        event_id: int | None,
        named: str,
    ) -> Self:
        own_accounts(operation, [account_id])
        work = work_of(
            operation,
            account_id,
            severance_id=severance_id,
            event_id=event_id,
            severance_bill_unit=None,
        )
        # in the order of everybody who ends processes: the account, then the process
        work.run(SERVICE["lock_account"])
        work.run(SERVICE["lock"])
        process = _row(work, "process")
        if process is None or not operation.actor.sees(process["brand_id"]):
            raise NotFound(f"There is no severance {named!r}.")
        work.parameters = {
            **work.parameters,
            "bill_unit_id": process["bill_unit_id"],
            "case_id": process["case_id"],
        }
        create_temporary_tables(operation.connection)
        return cls(operation, work, process, _row(work, "event") or {})

    @property
    def handle(self) -> str:
        """The process, as people name it."""
        return f"{self.process['account_id']}-{self.process['id']}"

    def run(self, statement: Statement, **more: Any) -> int:
        """Run a statement on the process; how many rows it changed."""
        return self.work.count(statement, **more)

    def compare(self, expected: int | None) -> None:
        """Refuse what was changed since it was read. Raises Stale."""
        version = (self.event or self.process)["version"]
        if expected is not None and expected != version:
            raise Stale(
                f"It was changed meanwhile: it is at version {version} now, not {expected}; look"
                " at it again, then decide."
            )

    def log(self, kind: str, **data: Any) -> None:
        """One entry in the log."""
        process, event = self.process, self.event
        facts = {
            "severance": self.handle,
            "service_agreement_no": process["service_agreement_no"],
            **(
                {
                    "event": event["name"],
                    "type": event["type"],
                    "field_activity": f"{process['account_id']}-{event['id']}",
                    "activity": event["activity"],
                }
                if event
                else {}
            ),
            **data,
        }
        given = {name: value for name, value in facts.items() if value is not None}
        self.run(SERVICE["log"], kind=kind, data=Jsonb(given))

    def go_on(self) -> None:
        """What follows when an event is closed: others get their dates, or the process is done."""
        self.run(_ADVANCE["date_events"])
        self.run(_ADVANCE["finish"])


def _row(work: Work, name: str) -> dict[str, Any] | None:
    with work.connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(SERVICE[name].render(), dict(work.parameters)).fetchone()
