"""A person at one open case: found behind its brand's wall, locked, its version compared.

Every verb on an action or a case sits down here first, runs the night's own statements restricted
to the case, and tells the log what was done, by whom and why. The surface commits.
"""

from dataclasses import dataclass
from typing import Any, Self

from psycopg.types.json import Jsonb

from dunwell.db import statements
from dunwell.db.statements import Statement
from dunwell.domain import handles
from dunwell.domain.errors import NotFound, RuleViolation, Stale
from dunwell.domain.handles import Handle
from dunwell.domain.statuses import CaseStatus
from dunwell.features.access.actor import Operation
from dunwell.features.cases import states
from dunwell.features.cases.states import ActionChange, ActionState, CaseState
from dunwell.features.policy import reasons, settings
from dunwell.features.receivables.bill_units import own_accounts
from dunwell.features.receivables.work import Work, create_temporary_tables

_DESK = statements.load(__package__, "desk.sql")


def work_of(operation: Operation, account_id: int, **given: Any) -> Work:
    """The night's form of work for one account, done by the operation's actor on its date."""
    return Work(
        connection=operation.connection,
        hooks=operation.hooks,
        parameters={
            **given,
            "account_id": account_id,
            "actor": operation.actor.name,
            "run_id": None,
            "business_date": operation.date,
            "first_account": account_id,
            "last_account": account_id,
        },
    )


@dataclass(slots=True)
class Desk:
    """One open case under a person's hands."""

    operation: Operation
    before: CaseState
    dependencies: bool
    work: Work
    reason: str
    note: str | None

    @classmethod
    def at_action(
        cls,
        operation: Operation,
        action: str,
        *,
        category: str,
        reason: str,
        note: str | None,
        expected_version: int | None,
    ) -> tuple[Self, ActionState]:
        """The open case of an action, and the action. Raises NotFound, RuleViolation, Conflict."""
        handle = handles.parse(action, "action")
        given = {"account_id": handle.account_id, "action_id": handle.id}
        row = _DESK["case_of_action"].run(operation.connection, given).fetchone()
        if row is None or not operation.actor.sees(row[1]):
            raise NotFound(f"There is no action {action!r}.")
        desk = cls._of(operation, Handle(handle.account_id, row[0]), reason=reason, note=note)
        found = desk.before.action(handle)
        desk.compare(f"The action {found.name!r}", found.version, expected_version, found.step)
        desk.must_be_open()
        if found.is_instalment:
            raise RuleViolation(
                "instalment",
                f"The action {action!r} is an instalment of a promise to pay; it is completed,"
                " cancelled and changed with the verbs of promises.",
            )
        reasons.check(operation, desk.before.brand_id, category, reason)
        return desk, found

    @classmethod
    def at_case(
        cls,
        operation: Operation,
        case: str,
        *,
        category: str,
        reason: str,
        note: str | None,
        expected_version: int | None,
    ) -> Self:
        """An open case. Raises NotFound, RuleViolation, Conflict."""
        handle = handles.parse(case, "case")
        desk = cls._of(operation, handle, reason=reason, note=note)
        desk.compare("The case", desk.before.version, expected_version, None)
        desk.must_be_open()
        reasons.check(operation, desk.before.brand_id, category, reason)
        return desk

    @classmethod
    def _of(cls, operation: Operation, handle: Handle, *, reason: str, note: str | None) -> Self:
        own_accounts(operation, [handle.account_id])
        given = {"account_id": handle.account_id, "case_id": handle.id}
        _DESK["lock"].run(operation.connection, given)
        before = states.read(operation.connection, handle)
        if before is None or not operation.actor.sees(before.brand_id):
            raise NotFound(f"There is no case {str(handle)!r}.")
        dependencies = settings.read(operation.connection).action_dependencies
        work = work_of(
            operation,
            handle.account_id,
            case_id=handle.id,
            bill_unit_id=before.bill_unit_id,
            calendar_id=before.calendar_id,
            day_unit=before.day_unit,
            action_dependencies=dependencies,
        )
        return cls(operation, before, dependencies, work, reason, note)

    def must_be_open(self) -> None:
        """Refuse a closed case. Raises RuleViolation."""
        if self.before.status != CaseStatus.OPEN:
            raise RuleViolation(
                "case_closed",
                f"The case {str(self.before.handle)!r} was closed on {self.before.closed_on}"
                f" ({self.before.close_reason}); nothing of it can be changed any more.",
            )

    def compare(self, what: str, version: int, expected: int | None, step: int | None) -> None:
        """Refuse what was changed since it was read, telling by whom. Raises Stale."""
        if expected is None or expected == version:
            return
        row = self.work.run(_DESK["last_change"], step=step).fetchone()
        kind, actor, date = row or ("changed", "somebody", self.operation.date)
        raise Stale(
            f"{what} was changed meanwhile: {kind.replace('_', ' ')}, by {actor} on {date}. It is"
            f" at version {version} now, not {expected}; look at it again, then decide."
        )

    def run(self, statement: Statement, **more: Any) -> int:
        """Run a statement on the case; how many rows it changed."""
        return self.work.count(statement, **more)

    def now(self) -> CaseState:
        """The case as it is by now, in this transaction."""
        found = states.read(self.operation.connection, self.before.handle)
        assert found is not None
        return found

    def changed(self, handle: Handle) -> ActionChange:
        """What the verb has done so far to the action, and to the others."""
        after = self.now()
        versions = {action.handle: action.version for action in self.before.actions}
        return ActionChange(
            after.action(handle),
            tuple(
                action
                for action in after.actions
                if action.handle != handle and action.version != versions.get(action.handle)
            ),
        )

    def log_action(self, kind: str, handle: Handle, **more: Any) -> None:
        """One event for the action, with the reason and what changed with it."""
        change = self.changed(handle)
        others = [
            {
                "step": other.step,
                "action": other.name,
                "status": other.status,
                "due_on": other.due_on.isoformat(),
            }
            for other in change.others
        ]
        self.log(
            kind,
            step=change.action.step,
            action=change.action.name,
            type=change.action.type,
            due_on=change.action.due_on.isoformat(),
            status=change.action.status,
            **more,
            **({"others": others} if others else {}),
        )

    def log(self, kind: str, **data: Any) -> None:
        """One event for the case; the next night looks at its bill unit."""
        facts = {**data, "reason": self.reason, **({"note": self.note} if self.note else {})}
        self.work.run(_DESK["log"], kind=kind, data=Jsonb(facts))
        self.work.run(_DESK["touch"])

    def prepare_tables(self) -> None:
        """The temporary tables that the night's statements work on."""
        create_temporary_tables(self.operation.connection)


def log(work: Work, kind: str, **data: Any) -> None:
    """One event about a bill unit (or a case of it); the next night looks at it.

    The parameters of `work` name the bill unit, and the case if there is one.
    """
    work.run(_DESK["log"], kind=kind, data=Jsonb(data), case_id=work.parameters.get("case_id"))
    work.run(_DESK["touch"])
