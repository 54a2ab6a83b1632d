"""Every page for every role: there for whom it is meant, forbidden for the others, none missing."""

import html
import re
from urllib.parse import unquote_plus

import pytest
from fastapi.routing import APIRoute, iter_route_contexts
from tests.web.conftest import Site
from tests.web.pages import DOCUMENTS, FILES, FORMS, LEADS_ON, OPEN, PAGES, Needs, places
from tests.web.town import NAMES

from dunwell.bootstrap import set_up_logging
from dunwell.features.access.roles import PERMISSIONS, Role

MOST_BYTES = 150_000

_ADDRESS = re.compile(r'(?:href|action|hx-get|hx-post)="([^"]*)"')

_FORBIDDEN_BY_CSP = re.compile(r'\sstyle="|\son[a-z]+="|<script(?![^>]*\ssrc=)|<style|javascript:')

_SEARCH_IN_ADDRESS = re.compile(
    r'<form(?![^>]*method="post")[^>]*>(?:(?!</form>).)*type="search"', re.DOTALL
)
"""A form whose search would stand in the address of what it finds."""

_CURRENT_SECTION = re.compile(r'data-go="." aria-current')


@pytest.fixture
def pages(shared: Site) -> list[tuple[str, Needs]]:
    """Every page's address in the town, and what it needs."""
    there = places(shared.world)
    return [(path.format(**there), needs) for path, needs in PAGES.values()]


@pytest.fixture
def posts(shared: Site) -> list[tuple[str, Needs]]:
    """The same for forms."""
    there = places(shared.world)
    return [(path.format(**there), needs) for path, needs in FORMS.values()]


def test_every_page_is_declared(shared: Site):
    routes = {
        f"{method} {context.path}"
        for context in iter_route_contexts(shared.server.web.routes)
        if isinstance(context.original_route, APIRoute)
        for method in context.original_route.methods or ()
    }
    declared = {
        *(f"GET {path}" for path in (*PAGES, *FILES, *DOCUMENTS, *LEADS_ON)),
        *(f"POST {path}" for path in FORMS),
        *OPEN,
    }
    assert routes == declared


@pytest.mark.parametrize("role", Role)
def test_every_page_for_every_role(shared: Site, role: Role, pages: list[tuple[str, Needs]]):
    shared.come_in(role)
    for path, needs in pages:
        answer = shared.get(path)
        allowed = needs is None or needs in PERMISSIONS[role]
        assert answer.status_code == (200 if allowed else 403), f"{path}: {answer.text}"
        assert "text/html" in answer.headers["content-type"]
        assert len(answer.content) < MOST_BYTES, path
        assert not _FORBIDDEN_BY_CSP.search(answer.text), path
        assert len(_CURRENT_SECTION.findall(answer.text)) <= 1, path


def test_no_address_and_no_log_line_tells_who_a_customer_is(
    shared: Site, pages: list[tuple[str, Needs]], capsys: pytest.CaptureFixture[str]
):
    """What a browser keeps, a proxy logs or a neighbour reads over one's shoulder: addresses of
    pages hold numbers, never names, telephones or e-mail addresses; nor does our own log.
    """
    personal = [*NAMES, "customer1", "+1 555", "+1+555", "%2B1"]
    addresses = [path for path, _needs in pages]
    shared.come_in("manager")
    set_up_logging(server=True)
    for path, needs in pages:
        if needs is None or needs in PERMISSIONS[Role.MANAGER]:
            text = html.unescape(shared.get(path).text)
            assert not _SEARCH_IN_ADDRESS.search(text), path
            addresses += _ADDRESS.findall(text)
    for search in ("/search", "/customers"):
        found = shared.seek(search, q="Maximiliane")
        assert NAMES[4] in html.unescape(found.text)
    logged = "".join(capsys.readouterr())
    assert "request" in logged
    for each in personal:
        assert each not in logged
        for address in addresses:
            told = unquote_plus(address)
            assert each not in told or told.startswith(("tel:", "mailto:")), address


@pytest.mark.parametrize("role", Role)
def test_every_file_for_every_role(shared: Site, role: Role):
    shared.come_in(role)
    for path, needs, media in FILES.values():
        answer = shared.get(path)
        allowed = needs in PERMISSIONS[role]
        assert answer.status_code == (200 if allowed else 403), f"{path}: {answer.text}"
        assert not allowed or media in answer.headers["content-type"]


@pytest.mark.parametrize("role", Role)
def test_no_role_can_send_what_isnt_meant_for_it(
    shared: Site, role: Role, posts: list[tuple[str, Needs]]
):
    shared.come_in(role)
    for path, needs in posts:
        if needs is not None and needs not in PERMISSIONS[role]:
            assert shared.post(path).status_code == 403, path


def test_strangers_are_led_to_the_login(
    shared: Site, pages: list[tuple[str, Needs]], posts: list[tuple[str, Needs]]
):
    shared.come_in(None)
    for path in (*(path for path, _ in pages), *LEADS_ON):
        answer = shared.get(path)
        assert answer.status_code == 303, path
        assert answer.headers["location"].startswith("/login"), path
    for path, _ in posts:
        assert shared.post(path).status_code == 303, path
