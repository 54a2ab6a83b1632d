"""Pages as people see them: `site` calls them in this process, `browser_as` in a real Chromium.

Every test gets a copy of the same small town (`town.py`). A person of a role is in without a
password, which would take a fifth of a second each time.
"""

import contextlib
import datetime as dt
import json
import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from fastapi.testclient import TestClient
from httpx2 import Response
from playwright.sync_api import Browser, Page, sync_playwright
from tests.conftest import new_database
from tests.prepared import Prepared
from tests.web import town
from tests.world import World

from dunwell.bootstrap import Application, set_up_logging
from dunwell.db.database import Database
from dunwell.features.access import sessions
from dunwell.plugins.loader import plugin_manager
from dunwell.server import Server
from dunwell.serving.caller import COOKIE
from dunwell.settings import Settings

CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))
AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text("utf-8")
# still pictures: a colour on its way from light to dark has no contrast
VIEW: dict[str, Any] = {
    "locale": "en-US",
    "viewport": {"width": 1440, "height": 900},
    "reduced_motion": "reduce",
}
HTMX = {"HX-Request": "true", "HX-Request-Type": "partial"}


class Site:
    """An installation with its pages: calls them as somebody, without a browser."""

    def __init__(self, server: Server, client: TestClient, world: World) -> None:
        self.server = server
        self.client = client
        self.world = world

    def come_in(self, who: str | None) -> None:
        """From now on, pages are asked for by the person with this login; none: by a stranger."""
        self.client.cookies.clear()
        if who:
            self.client.cookies.set(COOKIE, token_of(self.world.database, who))

    def get(self, path: str, *, part: bool = False, headers: Any = None) -> Response:
        """A page, or as htmx the part that it asks for; redirections aren't followed."""
        return self.client.get(path, headers={**(HTMX if part else {}), **(headers or {})})

    def post(self, path: str, *, part: bool = False, **fields: Any) -> Response:
        """A form."""
        return self.client.post(path, data=fields, headers=HTMX if part else {})

    def seek(self, path: str, **fields: Any) -> Response:
        """Search for somebody whom no address may name, and see the results."""
        answer = self.post(path, **fields)
        assert answer.status_code == 303, answer.text
        return self.get(answer.headers["location"])


def token_of(database: Database, who: str) -> str:
    """A new session of the person with this login."""
    with database.connect() as connection:
        return sessions.come_in(connection, f"subject of {who}", who).token


@pytest.fixture(autouse=True)
def _quiet() -> None:
    set_up_logging()


@pytest.fixture(scope="session")
def town_template(prepared: Prepared) -> str:
    """The name of a database with the town in it, to be copied."""
    name, _ = prepared.database(town.build)
    return name


@pytest.fixture
def world(server: str, town_template: str, tmp_path: Path) -> Iterator[World]:
    with new_database(server, town_template) as database:
        yield World(database, tmp_path)


@pytest.fixture
def settings(world: World, tmp_path: Path) -> Settings:
    return Settings(home=tmp_path, database_url=world.database.address)


@pytest.fixture
def dunwell_server(settings: Settings, world: World) -> Server:
    application = Application(settings, world.database, plugin_manager())
    return Server(application, today=lambda: town.TODAY)


@pytest.fixture
def site(dunwell_server: Server, world: World) -> Iterator[Site]:
    with TestClient(
        dunwell_server, raise_server_exceptions=False, follow_redirects=False
    ) as client:
        yield Site(dunwell_server, client, world)


@pytest.fixture
def owner(site: Site) -> Site:
    """The same, with a policy owner before it."""
    site.come_in("policy_owner")
    return site


@pytest.fixture(scope="session")
def shared(
    server: str, town_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    """The same, one for all tests that change nothing of the town: a copy each takes a second."""
    folder = tmp_path_factory.mktemp("shared")
    with new_database(server, town_template) as database:
        settings = Settings(home=folder, database_url=database.address)
        application = Application(settings, database, plugin_manager())
        found = Server(application, today=lambda: town.TODAY)
        with TestClient(found, raise_server_exceptions=False, follow_redirects=False) as client:
            yield Site(found, client, World(database, folder))


@pytest.fixture
def served(dunwell_server: Server) -> Iterator[str]:
    """The address of a real server with the same pages."""
    config = uvicorn.Config(dunwell_server, port=0, log_config=None, access_log=False)
    running = uvicorn.Server(config)
    thread = threading.Thread(target=running.run)
    thread.start()
    try:
        until = time.monotonic() + 20
        while not running.started and time.monotonic() < until:
            time.sleep(0.01)
        assert running.started, "the server has not started"
        port = running.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}"
    finally:
        running.should_exit = True
        thread.join(20)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium. Without it, tests that need one are skipped; on CI they fail."""
    if not CHROMIUM.exists():
        said = f"there is no {CHROMIUM} (Debian: apt install chromium, or set CHROMIUM)"
        if os.environ.get("CI"):
            pytest.fail(said)
        pytest.skip(said)
    with sync_playwright() as playwright:
        options = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=options)
        yield browser
        browser.close()


class Visit:
    """Somebody before a browser. Whatever the browser complains about fails the test at its end."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address
        self.complaints: list[str] = []
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", self._hear)

    def _hear(self, message: Any) -> None:
        # an answer of 4xx is told as an error too, and may be what the test is about
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.complaints.append(message.text)

    def go(self, path: str) -> Page:
        self.page.goto(self.address + path)
        return self.page

    def violations(self, *schemes: str) -> list[str]:
        """What axe-core finds wrong, in the light theme or in the dark one."""
        told: list[str] = []
        # a page keeps it until it is left
        if not self.page.evaluate("() => 'axe' in window"):
            self.page.evaluate(AXE)
        for scheme in schemes:
            self.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
            found = self.page.evaluate("async () => (await axe.run()).violations")
            told += [
                f"{scheme}: {each['id']}: {each['help']}: {json.dumps(node['target'])}"
                f" {node['html'][:200]} {node.get('failureSummary', '')}"
                for each in found
                for node in each["nodes"][:3]
            ]
        return told

    def assert_accessible(self) -> None:
        """axe-core finds nothing wrong, in the light theme and in the dark one."""
        for scheme in ("light", "dark"):
            told = self.violations(scheme)
            assert not told, "\n".join(told)


BrowserAs = Callable[..., contextlib.AbstractContextManager[Visit]]


@pytest.fixture
def browser_as(chromium: Browser, served: str, world: World) -> BrowserAs:
    """`with browser_as("agent") as visit`: a browser in which that person is logged in."""

    @contextlib.contextmanager
    def visit(who: str | None, **options: Any) -> Iterator[Visit]:
        given = {**VIEW, **options}
        context = chromium.new_context(**given)
        context.set_default_timeout(8_000)
        if who:
            token = token_of(world.database, who)
            context.add_cookies([{"name": COOKIE, "value": token, "url": served}])
        found = Visit(context.new_page(), served)
        try:
            yield found
            assert found.complaints == []
        finally:
            context.close()

    return visit


@pytest.fixture
def today() -> dt.date:
    return town.TODAY
