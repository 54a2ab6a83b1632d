"""An installation with connectors, over the real database."""

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from tests.fakes.stripe_billing import SECRET, FakeBilling
from tests.features.connectors.stripe_shop import put_invoice

from dunwell.bootstrap import register_connectors
from dunwell.db.database import Database
from dunwell.engine.connecting import Connecting, Ran
from dunwell.plugins.loader import plugin_manager
from dunwell.settings import Settings

TODAY = dt.date(2026, 3, 20)
NOW = dt.datetime(2026, 3, 20, 12, tzinfo=dt.UTC)


class Plant:
    """What connectors bring into."""

    def __init__(self, database: Database, home: Path) -> None:
        self.database = database
        self.home = home
        self.plugins = plugin_manager()
        register_connectors(self.plugins)
        self.now = NOW

    def with_(self, **given: Any) -> Connecting:
        """Connectors as settings ask for them."""
        settings = Settings(
            home=self.home, database_url=self.database.address, business_date=TODAY, **given
        )
        return Connecting(self.database, self.plugins, settings, lambda: self.now)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with self.database.connect() as connection:
            return connection.execute(query.encode()).fetchall()

    def run(self, statement: str) -> None:
        with self.database.connect() as connection:
            connection.execute(statement.encode())

    def events(self, kind: str) -> list[dict[str, Any]]:
        return [
            data
            for kind_, data in self.rows("select kind, data from event order by id")
            if kind_ == kind
        ]


@pytest.fixture
def plant(database: Database, tmp_path: Path) -> Plant:
    return Plant(database, tmp_path / "home")


@pytest.fixture
def billing() -> Iterator[FakeBilling]:
    with FakeBilling() as fake:
        yield fake


@pytest.fixture
def ada(billing: FakeBilling) -> None:
    """Ada is a customer there, and has an open invoice."""
    billing.put("customers", "cus_1", name="Ada", email="ada@example.org", metadata={"no": "A1"})
    put_invoice(billing, "in_1", 1050)


@pytest.fixture
def shop(plant: Plant, billing: FakeBilling) -> Callable[..., Connecting]:
    """The connector `shop` to the fake."""

    def connecting(**entry: Any) -> Connecting:
        return plant.with_(
            connectors={"shop": {"type": "stripe", **entry}},
            stripe_key=SecretStr("sk_test_secret"),
            stripe_webhook_secret=SecretStr(SECRET),
            stripe_address=billing.address,
        )

    return connecting


def run(connecting: Connecting, name: str) -> Ran:
    return connecting.run(connecting.named(name))
