"""Impact: how many bill units a draft of the policy would move, on today's data.

The night's own statements measure and choose, first with the policy in force, then with the draft
put in force, in a transaction that is rolled back; what they choose differently is the impact. Two
questions are asked: what the next night would do otherwise, and where everybody would be if all
entered afresh, for open cases keep the scenario that they entered under. They only read customers'
rows, so nobody waits for them. On a large installation they look at ranges of accounts, spread
evenly, until the time is up, and the answer is an estimate that says so.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from typing import Any

import psycopg
from psycopg.rows import TupleRow, dict_row

from dunwell.db import statements
from dunwell.engine import policy_in_force
from dunwell.engine.policy_in_force import PolicyInForce
from dunwell.features.access.actor import Operation, Permission
from dunwell.features.cases import entering, leaving
from dunwell.features.policy import service
from dunwell.features.policy.model import Policy
from dunwell.features.receivables import measuring
from dunwell.features.receivables.work import Work, create_temporary_tables
from dunwell.features.sharing import grouping

_IMPACT = statements.load(__package__, "impact.sql")

Range = tuple[int, int]

WIDTH = 5_000
"""Accounts of one range."""
SECONDS = 4.0
"""For looking, with both policies together."""
EXAMPLES = 5
MOST_MOVES = 100


@dataclass(frozen=True, slots=True)
class Basis:
    """What the numbers rest on."""

    accounts: int
    """Accounts that were looked at."""
    of_accounts: int
    bill_units: int
    """Bill units that were looked at, those of sharing groups among them."""
    seconds: float

    @property
    def estimated(self) -> bool:
        """Whether only a part was looked at."""
        return self.accounts < self.of_accounts

    @property
    def factor(self) -> Decimal:
        """By how much the counts were multiplied."""
        return Decimal(self.of_accounts) / Decimal(self.accounts) if self.accounts else Decimal(1)


@dataclass(frozen=True, slots=True)
class Move:
    """Bill units whose place differs in the same way."""

    kind: str
    """`enters`, `not_chased`, `other_scenario`, `leaves`, `stays`, `replaced`; `profile`."""
    before: str | None
    after: str | None
    bill_units: int
    """Estimated, if the basis is."""
    amounts: dict[str, str] = field(default_factory=dict)
    """What they owe, by currency."""
    examples: list[dict[str, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Impact:
    """What a draft would change for the customers."""

    next_night: list[Move]
    afresh: list[Move]
    profiles: list[Move]
    kept: list[dict[str, Any]]
    """Open cases that go on under the old version of a scenario that the draft changes."""
    basis: Basis

    def as_json(self) -> dict[str, Any]:
        """One JSON object."""
        told = asdict(self)
        told["basis"] |= {
            "estimated": self.basis.estimated,
            "seconds": round(self.basis.seconds, 3),
        }
        return told


def measure(operation: Operation, policy: Policy, *, seconds: float = SECONDS) -> Impact:
    """The impact of a policy against the one in force; nothing of it stays.

    Raises BadPolicy for one with errors, RuleViolation for one that removes what is in use.
    """
    operation.actor.require(Permission.CHANGE_POLICY, everywhere=True)
    connection = operation.connection
    create_temporary_tables(connection)
    create_temporary_table(connection)
    with connection.transaction(force_rollback=True):
        connection.execute("set local work_mem = '64MB'")
        return _Comparison(operation, seconds).of(policy)


def create_temporary_table(connection: psycopg.Connection[TupleRow]) -> None:
    """Where each bill unit stands under the one policy and the other."""
    _IMPACT["create_temporary_table"].run(connection)


@dataclass(slots=True)
class _Comparison:
    """One comparison, inside the transaction that is rolled back."""

    operation: Operation
    seconds: float
    ranges: list[Range] = field(default_factory=list)

    def of(self, policy: Policy) -> Impact:
        started = time.monotonic()
        connection = self.operation.connection
        current = policy_in_force.read(connection, self.operation.date)
        every = list(self._every_range())
        bill_units = 0
        for accounts in spread(every):
            bill_units += self._place(current, accounts, with_draft=False)
            self.ranges.append(accounts)
            if time.monotonic() - started > self.seconds / 2:
                break
        service.rehearse(connection, policy)
        draft = policy_in_force.read(connection, self.operation.date)
        for accounts in self.ranges:
            self._place(draft, accounts, with_draft=True)
        looked_at, there_are = (self._accounts(ranges) for ranges in (self.ranges, every))
        basis = Basis(looked_at, there_are, bill_units, time.monotonic() - started)
        return Impact(
            next_night=self._moves("next_night", basis),
            afresh=self._moves("afresh", basis),
            profiles=self._moves("profiles", basis),
            kept=self._fetch("kept", version=draft.version),
            basis=basis,
        )

    def _every_range(self) -> Iterator[Range]:
        ((last,),) = _IMPACT["last_account"].run(self.operation.connection).fetchall()
        return ((first, first + WIDTH - 1) for first in range(0, (last or -1) + 1, WIDTH))

    def _accounts(self, ranges: Sequence[Range]) -> int:
        given = {"firsts": [first for first, _ in ranges], "lasts": [last for _, last in ranges]}
        ((found,),) = _IMPACT["accounts"].run(self.operation.connection, given).fetchall()
        return int(found)

    def _place(self, policy: PolicyInForce, accounts: Range, *, with_draft: bool) -> int:
        """Let the night's statements decide for a range; how many bill units it has."""
        work = self._work(policy, accounts, with_draft=with_draft)
        grouping.leave_out(work)
        work.connection.execute("set local enable_nestloop = off")
        # with all open cases, for they are looked at afresh too
        work.parameters = {**work.parameters, "cases_replaced": True}
        measuring.measure(work, everything=True)
        self._choose(work, policy)
        self._forget(work)
        if self._has_groups(work):
            self._place_groups(policy, accounts, with_draft=with_draft)
        work = self._work(policy, accounts, with_draft=with_draft)
        found = work.fill("candidate", _IMPACT["every_bill_unit"])
        entering.select_profiles(work)
        work.run(_IMPACT["place_profiles"])
        self._forget(work)
        return found

    def _place_groups(self, policy: PolicyInForce, accounts: Range, *, with_draft: bool) -> None:
        """The same for the sharing groups whose parents are in the range."""
        work = self._work(policy, accounts, with_draft=with_draft)
        groups = [number for (number,) in work.run(_IMPACT["groups"])]
        for group in groups:
            work = self._work(policy, accounts, with_draft=with_draft)
            work.parameters = {**work.parameters, "cases_replaced": True}
            if grouping.take(work, group, group):
                grouping.gather(work, everything=True)
                grouping.measure(work)
                self._choose(work, policy)
            self._forget(work)

    def _choose(self, work: Work, policy: PolicyInForce) -> None:
        """What is measured decides twice: with the open cases, and as if there were none."""
        leaving.choose(work)
        leaving.detach(work)
        work.parameters = {
            **work.parameters,
            "cases_replaced": policy.parameters["cases_replaced"],
        }
        entering.choose(work, few=False)
        work.run(_IMPACT["place_next_night"])
        work.connection.execute("delete from candidate")
        work.connection.execute("delete from offer")
        work.connection.execute("delete from entry")
        work.run(_IMPACT["forget_cases"])
        entering.choose(work, few=False)
        work.run(_IMPACT["place_afresh"])

    def _work(self, policy: PolicyInForce, accounts: Range, *, with_draft: bool) -> Work:
        return Work(
            connection=self.operation.connection,
            hooks=self.operation.hooks,
            parameters={
                **policy.parameters,
                "run_id": None,
                "first_account": accounts[0],
                "last_account": accounts[1],
                "with_draft": with_draft,
            },
            fragments=dict(policy.fragments),
        )

    def _has_groups(self, work: Work) -> bool:
        return work.run(_IMPACT["any_group"]).fetchone() == (True,)

    def _forget(self, work: Work) -> None:
        for table in TABLES:
            work.connection.execute(f"delete from {table}".encode())

    def _moves(self, question: str, basis: Basis) -> list[Move]:
        rows = self._fetch("moves", question=question, examples=EXAMPLES, most=MOST_MOVES)
        return [
            Move(
                row["kind"],
                row["before"],
                row["after"],
                int((row["bill_units"] * basis.factor).to_integral_value()),
                {
                    code: f"{Decimal(str(amount)) * basis.factor:.0f}"
                    if basis.estimated
                    else str(amount)
                    for code, amount in (row["amounts"] or {}).items()
                },
                row["examples"],
            )
            for row in rows
        ]

    def _fetch(self, name: str, **given: Any) -> list[dict[str, Any]]:
        with self.operation.connection.cursor(row_factory=dict_row) as cursor:
            return cursor.execute(_IMPACT[name].render(), given).fetchall()


TABLES = (
    *("examined", "unit", "disputed_item", "work", "closed_case", "candidate", "offer", "entry"),
    *("examined_group", "group_share"),
)


def spread(ranges: Sequence[Range]) -> Iterator[Range]:
    """The ranges in an order in which every beginning is spread evenly over all of them."""
    size = 1
    while size < len(ranges):
        size *= 2
    bits = size.bit_length() - 1
    for number in range(size):
        index = int(format(number, f"0{bits}b")[::-1], 2) if bits else 0
        if index < len(ranges):
            yield ranges[index]
