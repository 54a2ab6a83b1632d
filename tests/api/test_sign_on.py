"""Single sign-on against a real provider in this process."""

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import httpx2
import oidc_provider_mock
import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr
from tests.api.conftest import TODAY, Desk
from tests.world import World

from dunwell.api.app import create
from dunwell.bootstrap import Application
from dunwell.features.access import oidc
from dunwell.plugins.loader import plugin_manager
from dunwell.settings import OidcSettings, Settings

CALLBACK = "http://testserver/api/v1/session/oidc/callback"
USERS = [
    oidc_provider_mock.User(
        sub="sub-ada", claims={"email": "ada@example.com", "email_verified": True}
    ),
    oidc_provider_mock.User(
        sub="sub-eve", claims={"email": "ada@example.com", "email_verified": False}
    ),
    oidc_provider_mock.User(
        sub="sub-bob", claims={"email": "bob@example.com", "email_verified": True}
    ),
]


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    with oidc_provider_mock.run_server_in_thread(user_claims=USERS, require_nonce=True) as server:
        yield f"http://localhost:{server.server_port}"


@pytest.fixture
def desk(settings: Settings, world: World, provider: str) -> Iterator[Desk]:
    configured = OidcSettings(
        issuer=provider,
        client_id="dunwell",
        client_secret=SecretStr("secret"),
        redirect_url=CALLBACK,
    )
    settings = settings.model_copy(update={"oidc": configured})
    api = create(Application(settings, world.database, plugin_manager()), today=lambda: TODAY)
    with TestClient(api, follow_redirects=False) as client:
        yield Desk(api, client, world)


def _at_provider(desk: Desk, subject: str, after: str = "/") -> str:
    """Begin, say who one is at the provider, and the address that it sends one back to."""
    begun = desk.client.get("/api/v1/session/oidc", params={"after": after})
    assert begun.status_code == 303, begun.text
    address = begun.headers["Location"]
    asked = parse_qs(urlsplit(address).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert "nonce" in asked
    answer = httpx2.post(address, data={"sub": subject})
    assert answer.status_code == 302, answer.text
    return str(answer.headers["Location"]).removeprefix("http://testserver")


def test_somebody_the_administrator_made_comes_in_and_is_known_ever_after(desk: Desk):
    desk.person("ada@example.com", "agent")
    back = desk.client.get(_at_provider(desk, "sub-ada", "/tasks?day=1"))
    assert (back.status_code, back.headers["Location"]) == (303, "/tasks?day=1")
    cookie = next(each for each in back.headers.get_list("set-cookie") if "dunwell_session" in each)
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    # the cookie alone is enough to look
    assert desk.client.get("/api/v1/session").json()["name"] == "ada@example.com"
    # bound by subject: another login doesn't matter any more
    desk.world.rows("update person set login = 'married@example.com' returning 1")
    desk.client.cookies.clear()
    desk.client.get(_at_provider(desk, "sub-ada"))
    assert desk.client.get("/api/v1/session").json()["name"] == "married@example.com"


@pytest.mark.parametrize("subject", ["sub-eve", "sub-bob"], ids=["unverified", "unknown"])
def test_somebody_unknown_or_unproved_is_refused_and_it_is_an_event(desk: Desk, subject: str):
    desk.person("ada@example.com", "agent")
    answer = desk.client.get(_at_provider(desk, subject))
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    assert [denial["code"] for denial in desk.denials()] == ["forbidden"]


def test_whoever_sits_before_a_browser_is_told_by_the_login_page(desk: Desk):
    desk.person("ada@example.com", "agent")
    address = _at_provider(desk, "sub-bob")
    answer = desk.client.get(address, headers={"Accept": "text/html"}, follow_redirects=False)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/login?refused=forbidden")
    assert [denial["code"] for denial in desk.denials()] == ["forbidden"]


def test_an_answer_to_another_question_is_refused(desk: Desk):
    desk.person("ada@example.com", "agent")
    address = _at_provider(desk, "sub-ada")
    forged = desk.client.get(address.replace("state=", "state=x"))
    assert (forged.status_code, forged.json()["code"]) == (422, "bad_input")
    # nor does a code work in a browser that didn't begin
    desk.client.cookies.clear()
    assert desk.client.get(address).status_code == 422


def test_a_code_works_once(desk: Desk):
    desk.person("ada@example.com", "agent")
    address = _at_provider(desk, "sub-ada")
    cookie = desk.client.cookies["dunwell_sign_on"]
    assert desk.client.get(address).status_code == 303
    desk.client.cookies.set("dunwell_sign_on", cookie)
    assert desk.client.get(address).status_code == 422


def test_a_nonce_that_is_not_ours_is_refused(desk: Desk):
    address = _at_provider(desk, "sub-ada")
    pending = oidc.Pending.of_text(desk.client.cookies["dunwell_sign_on"].strip('"'))
    forged = oidc.Pending(pending.state, "another", pending.verifier, "/")
    desk.client.cookies.clear()
    desk.client.cookies.set("dunwell_sign_on", forged.as_text())
    answer = desk.client.get(address)
    assert "doesn't hold" in answer.json()["detail"]


@pytest.mark.parametrize("after", ["//evil.example", "https://evil.example", "/\\evil.example"])
def test_nobody_is_sent_to_another_site(desk: Desk, after: str):
    begun = desk.client.get("/api/v1/session/oidc", params={"after": after})
    assert begun.status_code == 422


def test_without_settings_there_is_no_single_sign_on(settings: Settings, world: World):
    api = create(Application(settings, world.database, plugin_manager()))
    with TestClient(api) as client:
        assert client.get("/api/v1/session/oidc").status_code == 404
