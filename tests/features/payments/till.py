"""A till: a world whose bill units pay, gateways to collect through, statements to import."""

import datetime as dt
from collections import Counter
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from tests.policies import policy, scenario
from tests.world import World, day

from dunwell.engine import collecting, settling
from dunwell.features.access.actor import Actor, Operation, operator
from dunwell.features.payments import importing, methods, suspense
from dunwell.features.payments.collecting import Collection
from dunwell.features.payments.gateways import registry
from dunwell.features.payments.gateways.registry import Gateways
from dunwell.settings import Settings

KEY = "qGOLS8NDSKQvbRNz5BvHfVvMKi_0HtzCwtXYl9Yf0Fw="
IBAN = "DE89370400440532013000"
SEPA = {
    "sepa_creditor": "Nordlicht Mobilfunk GmbH",
    "sepa_creditor_id": "DE98ZZZ09999999999",
    "sepa_iban": "DE02120300000000202051",
}


def gateways(**routes: str) -> Gateways:
    return with_settings(gateways=routes or {"card": "null", "direct_debit": "sepa"})


def with_settings(**given: Any) -> Gateways:
    return registry.of(Settings(**{"vault_key": SecretStr(KEY), **SEPA, **given}))


class Till:
    """Bill units with one overdue bill each; `collect` is due on 13 March 2026."""

    def __init__(self, world: World, gateways: Gateways, folder: Path) -> None:
        self.world = world
        self.gateways = gateways
        self.folder = folder

    def policy(self, steps: str = "2 collect", currency: str = "USD", **settings: str) -> None:
        self.world.policy(
            policy(
                scenario(steps=steps, profile=f"default {currency}"),
                settings=settings,
                currencies=(currency,),
            )
        )

    def debtor(self, number: str = "B1", amount: str = "100.00", currency: str = "USD") -> None:
        self.world.customer(number, currency, pay_type="card")
        self.world.bill(amount, "2026-03-01", number, bill_no=f"INV-{number}")

    def until_due(self) -> None:
        self.world.nights("2026-03-11", "2026-03-13")

    def operation(self, connection: Any, on: str | dt.date) -> Operation:
        return Operation(connection, operator("Grace"), day(on))

    def card(self, token: str = "tok", number: str = "B1", **more: Any) -> int:
        with self.world.database.connect() as connection:
            card = methods.Card(token, "4242", "visa", **more)
            return methods.add_card(self.operation(connection, "2026-03-01"), number, card)

    def mandate(self, number: str = "B1", iban: str = IBAN, **more: Any) -> int:
        with self.world.database.connect() as connection:
            reference = more.pop("reference", f"M-{number}")
            mandate = methods.Mandate(iban, reference, dt.date(2025, 1, 31), **more)
            operation = self.operation(connection, "2026-03-01")
            return methods.add_mandate(operation, self.gateways.vault, number, mandate)

    def collect(self, on: str = "2026-03-13", actor: Actor | None = None) -> Collection:
        collection, _ = collecting.collect_payments(
            self.world.database,
            self.world.plugins,
            self.gateways,
            actor or operator("Grace"),
            day(on),
        )
        return collection

    def files(self) -> list[Path]:
        return collecting.write_files(self.world.database, self.gateways, self.folder)

    def import_statement(self, text: str, on: str = "2026-03-20") -> importing.Import:
        path = self.folder / "statement.xml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        with self.world.database.connect() as connection:
            return importing.import_file(self.operation(connection, on), path)

    def settle(self, imported: importing.Import, on: str = "2026-03-20") -> Counter[str]:
        return settling.settle(self.world.database, self.world.plugins, day(on), imported.paid)

    def suspense(self) -> list[dict[str, Any]]:
        with self.world.database.connect() as connection:
            return suspense.listed(self.operation(connection, "2026-03-20"))

    def attempts(self, number: str = "B1") -> list[tuple[Any, ...]]:
        """Status, tries and code of the bill unit's attempts."""
        return self.world.rows(
            """
            select payment_attempt.status, tries, code
            from payment_attempt
            join bill_unit on bill_unit.account_id = payment_attempt.account_id
                and bill_unit.id = payment_attempt.bill_unit_id
            where bill_unit_no = %s order by payment_attempt.id
            """,
            number,
        )

    def payments(self, number: str = "B1") -> list[Any]:
        rows = self.world.rows(
            """
            select amount from credit
            join bill_unit on bill_unit.account_id = credit.account_id
                and bill_unit.id = credit.bill_unit_id
            where bill_unit_no = %s and kind = 'payment' order by credit.id
            """,
            number,
        )
        return [amount.normalize() + 0 for (amount,) in rows]

    def charge_keys(self) -> list[str]:
        rows = self.world.rows(
            "select idempotency_key from payment_attempt where idempotency_key is not null"
        )
        return [key for (key,) in rows]
