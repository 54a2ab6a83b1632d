"""The API as a system calls it, in this process, over the real database."""

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from tests.policies import policy, scenario
from tests.world import World

from dunwell.api.app import create
from dunwell.bootstrap import Application, set_up_logging
from dunwell.db.database import Database
from dunwell.features.access import keys, people
from dunwell.features.access.actor import Operation, Permission, operator
from dunwell.features.access.people import Person, Rights
from dunwell.plugins.loader import plugin_manager
from dunwell.settings import Settings

TODAY = dt.date(2026, 3, 20)
PASSWORD = "correct horse battery"


class Desk:
    """An installation with a server: makes people and keys, and calls as them."""

    def __init__(self, api: FastAPI, client: TestClient, world: World) -> None:
        self.api = api
        self.client = client
        self.world = world

    def do(self, verb: Callable[..., Any], *given: Any, **options: Any) -> Any:
        """One verb by the installation's operator."""
        with self.world.database.connect() as connection:
            return verb(Operation(connection, operator("root"), TODAY), *given, **options)

    def key(
        self,
        *scopes: Permission,
        brands: Sequence[str] | None = None,
        name: str = "billing",
        **options: Any,
    ) -> dict[str, str]:
        """Headers of a new key."""
        _, secret = self.do(keys.add, name, scopes or tuple(Permission), brands, **options)
        return bearer(secret)

    def person(
        self, login: str = "grace", *roles: str, brands: Sequence[str] | None = None, **rights: Any
    ) -> Person:
        given = Rights(roles or ("administrator",), brands, **rights)
        found: Person = self.do(people.add, login, "Grace", given, password=PASSWORD)
        return found

    def log_in(self, login: str = "grace", password: str = PASSWORD) -> dict[str, str]:
        """Headers of a new session."""
        answer = self.client.post("/api/v1/session", json={"login": login, "password": password})
        assert answer.status_code == 201, answer.text
        return bearer(answer.json()["token"])

    def denials(self) -> list[dict[str, Any]]:
        rows = self.world.rows(
            "select actor, data from event where kind = 'access_denied' order by id"
        )
        return [{"actor": actor, **data} for actor, data in rows]


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def owing_ninety(world: World) -> None:
    """One who owes 90 dollars and is in collections since 11 March 2026."""
    world.policy(policy(scenario(steps="20 late fee, 30 call")))
    world.customer("B1")
    world.bill("90.00", "2026-03-01", "B1")
    world.nights("2026-03-11", "2026-03-20")


@pytest.fixture(autouse=True)
def _quiet() -> None:
    set_up_logging()


@pytest.fixture(scope="session")
def described() -> dict[str, Any]:
    """What the API says of itself in every installation, which takes a while to write down."""
    nowhere = "host=/nowhere dbname=none"
    settings = Settings(database_url=nowhere)
    return create(Application(settings, Database(nowhere), plugin_manager())).openapi()


@pytest.fixture
def settings(database: Database, tmp_path: Path) -> Settings:
    return Settings(home=tmp_path, database_url=database.address)


@pytest.fixture
def world(database: Database, tmp_path: Path) -> World:
    return World(database, tmp_path)


@pytest.fixture
def desk(settings: Settings, world: World) -> Iterator[Desk]:
    with at_desk(settings, world) as desk:
        yield desk


@contextmanager
def at_desk(settings: Settings, world: World) -> Iterator[Desk]:
    """The API over a world."""
    application = Application(settings, world.database, plugin_manager())
    api = create(application, today=lambda: TODAY)
    with TestClient(api, raise_server_exceptions=False) as client:
        yield Desk(api, client, world)
