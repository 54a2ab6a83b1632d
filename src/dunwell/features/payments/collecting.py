"""Collecting: what the night asked for is charged, after its commit, through the gateways.

Each attempt is claimed in a transaction of its own: what is still wanted and still owed is checked
again, and the charge's key and amount are fixed. Then the gateway is asked, then the answer is
recorded. Killed between any two of these, the next run asks the gateway again with the same key.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import Any

import psycopg
import structlog
from psycopg.rows import TupleRow

from dunwell.db import locks, outgoing_files
from dunwell.db.database import Database
from dunwell.domain.errors import Conflict
from dunwell.features.access.actor import Actor, Operation, Permission
from dunwell.features.payments import claims, recording, rules
from dunwell.features.payments.claims import Claim
from dunwell.features.payments.gateways.base import (
    Charge,
    Declined,
    FileGateway,
    GatewayDown,
    OnlineGateway,
    Outcome,
)
from dunwell.features.payments.gateways.registry import Gateways
from dunwell.features.payments.recording import COLLECTING, Recorded, Unit

AT_ONCE = 8
"""How many charges are asked for at the same time."""

PATIENCE = 3
"""After so many calls without an answer a gateway is left alone until the next run."""

FILE_SIZE = 5_000
"""Debits in one file."""

FILE_KIND = "direct_debits"

logger = structlog.get_logger()


@dataclass(slots=True)
class Collection:
    """What a run of collecting came to."""

    outcomes: Counter[str] = field(default_factory=Counter)
    """How many attempts got which status."""
    collected: defaultdict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    """What was collected for certain, by currency."""
    in_files: int = 0
    """Direct debits that stand in a new file."""
    unanswered: int = 0
    """Charges whose gateway didn't answer; the next run asks again."""
    left: Counter[str] = field(default_factory=Counter)
    """Why attempts were left as they are."""
    paid: set[Unit] = field(default_factory=set)
    """The bill units whose balances changed."""

    def add(self, recorded: Recorded | None) -> None:
        """Count one attempt."""
        if recorded is None:
            return
        self.outcomes[recorded.status] += 1
        if recorded.status == "succeeded":
            self.collected[recorded.currency] += recorded.amount
        if recorded.paid is not None:
            self.paid.add(recorded.paid)

    def as_json(self) -> dict[str, Any]:
        """The numbers for machines."""
        return {
            "outcomes": dict(self.outcomes),
            "collected": {code: str(amount) for code, amount in self.collected.items()},
            "in_files": self.in_files,
            "unanswered": self.unanswered,
            "left": dict(self.left),
        }


def ready_units(connection: psycopg.Connection[TupleRow], day: date) -> list[Unit]:
    """The bill units for which something is to be charged by this day."""
    return COLLECTING["ready_units"].run(connection, {"date": day}).fetchall()


def collect(
    database: Database,
    gateways: Gateways,
    actor: Actor,
    day: date,
    *,
    slice_width: int = 50_000,
    before_commit: Callable[[Operation], object] | None = None,
) -> Collection:
    """Charge what is to be charged by this business date; commits as it goes.

    `before_commit` is what else belongs to the transaction in which an answer is recorded.
    Settle the `paid` bill units afterwards, before letters go out. Direct debits end in a file
    that `write_files` puts into a folder. Raises Conflict while another collector is at work.
    """
    actor.require(Permission.DELIVER)
    result = Collection()
    with database.connect(autocommit=True) as connection, _only_collector(connection):
        # one row at a time, so planning would take longer than the work: plan once
        connection.prepare_threshold = 3
        operation = Operation(connection, actor, day, slice_width)
        run = _Run(operation, gateways, result, before_commit)
        run.ask(run.unanswered_claims())
        run.ask(run.due_claims())
        run.fill_files()
    logger.info("payments collected", **result.as_json())
    return result


def charge(
    database: Database,
    gateways: Gateways,
    actor: Actor,
    day: date,
    attempt: Unit,
    *,
    slice_width: int = 50_000,
    before_commit: Callable[[Operation], object] | None = None,
) -> Collection:
    """Charge one attempt now, as `collect` would: what a person has asked for (`capturing`). What
    goes by file, or gets no answer, is left to the next collector.
    """
    actor.require(Permission.TAKE_PAYMENT)
    result = Collection()
    with database.connect(autocommit=True) as connection:
        operation = Operation(connection, actor, day, slice_width)
        run = _Run(operation, gateways, result, before_commit)
        run.ask(run.claims([attempt]))
    logger.info("payment captured", **result.as_json())
    return result


@contextmanager
def _only_collector(connection: psycopg.Connection[TupleRow]) -> Iterator[None]:
    taken = connection.execute("select pg_try_advisory_lock(%s)", [locks.COLLECTOR]).fetchone()
    if taken != (True,):
        raise Conflict("Payments are being collected already; wait until that has ended.")
    try:
        yield
    finally:
        if not connection.closed:
            connection.execute("select pg_advisory_unlock(%s)", [locks.COLLECTOR])


class _Run:
    """One run of collecting, on one connection."""

    def __init__(
        self,
        operation: Operation,
        gateways: Gateways,
        result: Collection,
        before_commit: Callable[[Operation], object] | None,
    ) -> None:
        self.operation = operation
        self.gateways = gateways
        self.result = result
        self.before_commit = before_commit
        self.silent: Counter[str] = Counter()
        self.for_files: defaultdict[str, list[Unit]] = defaultdict(list)

    def unanswered_claims(self) -> Iterator[Claim]:
        """Charges that are under way elsewhere, to ask what has become of them."""
        rows = COLLECTING["pending"].run(self.operation.connection).fetchall()
        for account_id, attempt_id in rows:
            with self.operation.connection.transaction():
                row = recording.read(self.operation, account_id, attempt_id)
            if row["status"] == "pending" and not self._is_silent(row["gateway"]):
                yield claims.again(row, only_find=True)

    def due_claims(self) -> Iterator[Claim]:
        """Claim what is to be charged, and what a run that was killed left without an answer."""
        given = {"date": self.operation.date}
        rows = COLLECTING["due"].run(self.operation.connection, given).fetchall()
        yield from self.claims((account_id, attempt_id) for account_id, attempt_id, _ in rows)

    def claims(self, attempts: Iterable[Unit]) -> Iterator[Claim]:
        """Claim those of the attempts that may be charged now."""
        for account_id, attempt_id in attempts:
            with self.operation.connection.transaction():
                row = recording.read(self.operation, account_id, attempt_id)
                claim = self._claim(row)
            if claim is not None:
                yield claim

    def _claim(self, row: dict[str, Any]) -> Claim | None:
        if row["status"] == "charging":
            if self._is_silent(row["gateway"]):
                return None
            return claims.again(row, only_find=bool(row["key_is_old"]))
        if row["status"] != "ready":
            return None
        name = self.gateways.name_for(row["brand"], row["kind"]) if row["kind"] else None
        match rules.decide(claims.facts(row, has_gateway=name is not None), self.operation.date):
            case rules.Drop() as decision:
                self.result.add(recording.drop(self.operation, row, decision))
            case rules.Leave(why):
                self.result.left[why] += 1
            case rules.ChargeIt(amount):
                assert name is not None
                if _is_file(self.gateways, name):
                    self.for_files[name].append((row["account_id"], row["id"]))
                elif self._is_silent(name):
                    self.result.left[f"the gateway {name} doesn't answer"] += 1
                else:
                    return claims.start(self.operation, row, name, amount)
        return None

    def ask(self, wanted: Iterator[Claim]) -> None:
        """Ask the gateways, several at once, and record each answer in its own transaction."""
        with ThreadPoolExecutor(AT_ONCE) as pool:
            while some := list(islice(wanted, AT_ONCE)):
                for claim, outcome in zip(some, pool.map(self._ask_one, some), strict=True):
                    self._take(claim, outcome)

    def _ask_one(self, claim: Claim) -> Outcome | GatewayDown | None:
        gateway: Any = self.gateways.named(claim.gateway)
        online: OnlineGateway = gateway
        try:
            if claim.only_find:
                return online.find(claim.charge, claim.reference)
            return online.charge(claim.charge)
        except GatewayDown as failure:
            return failure

    def _take(self, claim: Claim, outcome: Outcome | GatewayDown | None) -> None:
        if isinstance(outcome, GatewayDown):
            self.silent[claim.gateway] += 1
            self.result.unanswered += 1
            logger.warning("no answer", gateway=claim.gateway, why=outcome.message)
            return
        self.silent[claim.gateway] = 0
        with self.operation.connection.transaction():
            if outcome is not None:
                self.result.add(
                    recording.record(
                        self.operation,
                        claim.account_id,
                        claim.attempt_id,
                        claim.charge.key,
                        outcome,
                    )
                )
                if self.before_commit:
                    self.before_commit(self.operation)
            elif claim.was_charging:
                # the gateway never heard of it: the next run begins anew
                given = {"account_id": claim.account_id, "id": claim.attempt_id}
                COLLECTING["start_anew"].run(self.operation.connection, given)
                self.result.left["begun anew on the next run"] += 1

    def _is_silent(self, gateway: str) -> bool:
        return self.silent[gateway] >= PATIENCE

    def fill_files(self) -> None:
        """Put direct debits into files: the file and its attempts in one transaction."""
        for name, attempts in self.for_files.items():
            for first in range(0, len(attempts), FILE_SIZE):
                with self.operation.connection.transaction():
                    self._fill(name, attempts[first : first + FILE_SIZE])

    def _fill(self, name: str, attempts: Sequence[Unit]) -> None:
        known: Any = self.gateways.named(name)
        gateway: FileGateway = known
        charges: list[tuple[Unit, Charge]] = []
        for account_id, attempt_id in attempts:
            row = recording.read(self.operation, account_id, attempt_id)
            decision = rules.decide(claims.facts(row, has_gateway=True), self.operation.date)
            if row["status"] != "ready" or not isinstance(decision, rules.ChargeIt):
                # something has changed since it was looked at; the next run sees to it
                continue
            claim = claims.start(self.operation, row, name, decision.amount, status="pending")
            refusal = gateway.refuse(claim.charge)
            if isinstance(refusal, Declined):
                self.result.add(
                    recording.record(
                        self.operation, account_id, attempt_id, claim.charge.key, refusal
                    )
                )
            else:
                charges.append(((account_id, attempt_id), claim.charge))
        if not charges:
            return
        batch = gateway.submit([charge for _, charge in charges], self.operation.date)
        file_id = outgoing_files.put(
            self.operation.connection,
            outgoing_files.OutgoingFile(
                FILE_KIND,
                f"{name}-{self.operation.date}-{outgoing_files.plain_name(batch.message_no)}.xml",
                self.gateways.vault.seal(batch.content),
                sealed=True,
                message_no=batch.message_no,
            ),
            self.operation.date,
        )
        for (account_id, attempt_id), _ in charges:
            COLLECTING["in_file"].run(
                self.operation.connection,
                {"account_id": account_id, "id": attempt_id, "file_id": file_id},
            )
        self.result.in_files += len(charges)


def _is_file(gateways: Gateways, name: str) -> bool:
    return hasattr(gateways.named(name), "submit")
