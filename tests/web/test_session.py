"""Coming in, going out, getting lost and finding the way back; what guards every page."""

import base64
import uuid
from collections.abc import Iterator

import pytest
from tests.web.conftest import BrowserAs, Site
from tests.web.town import TODAY

from dunwell.domain.errors import Conflict
from dunwell.features.access import people
from dunwell.features.access.actor import Operation, operator
from dunwell.features.access.people import Rights
from dunwell.serving.caller import COOKIE
from dunwell.web import errors

PASSWORD = "correct horse battery"


@pytest.fixture
def site(shared: Site) -> Site:
    """Nobody is in, and the browser remembers nothing."""
    shared.client.cookies.clear()
    return shared


@pytest.fixture
def grace(site: Site) -> str:
    """The login of somebody with a password."""
    login = f"grace-{uuid.uuid4().hex[:8]}"
    with site.world.database.connect() as connection:
        root = Operation(connection, operator("root"), TODAY)
        people.add(root, login, "Grace", Rights(("administrator",), None), password=PASSWORD)
    return login


def test_with_login_and_password_one_comes_to_where_one_wanted_to_go(site: Site, grace: str):
    page = site.get("/login?after=/reports?age=30")
    assert 'value="/reports?age=30"' in page.text
    answer = site.post("/login", login=grace.title(), password=PASSWORD, after="/reports?age=30")
    assert (answer.status_code, answer.headers["location"]) == (303, "/reports?age=30")
    cookie = answer.headers["set-cookie"]
    assert COOKIE in cookie
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Secure" not in cookie
    assert site.get("/").status_code != 303 or "/login" not in site.get("/").headers["location"]


def test_over_https_the_cookie_stays_there(site: Site, grace: str):
    site.client.base_url = site.client.base_url.copy_with(scheme="https")
    answer = site.post("/login", login=grace, password=PASSWORD)
    assert "Secure" in answer.headers["set-cookie"]


def test_a_wrong_password_says_so_and_is_an_event(site: Site, grace: str):
    answer = site.post("/login", login=grace, password="wrong")
    assert answer.status_code == 401
    assert "The login or the password is wrong." in answer.text
    assert "wrong" not in answer.text.partition("<form")[2].partition("</form>")[0]
    ((actor,),) = site.world.rows(
        "select actor from event where kind = 'access_denied' order by id desc limit 1"
    )
    assert actor == grace


def test_a_refused_single_sign_on_is_told_on_the_login_page(site: Site):
    assert "nobody has that login" in site.get("/login?refused=forbidden").text
    assert "begin it again" in site.get("/login?refused=whatever").text


def test_an_empty_field_is_told_beside_it(site: Site, grace: str):
    answer = site.post("/login", login=grace)
    assert answer.status_code == 422
    assert 'aria-describedby="f-password-error"' in answer.text
    assert f'value="{grace}"' in answer.text


@pytest.mark.parametrize("after", ["https://evil.example/", "//evil.example", "/\\evil.example"])
def test_nobody_is_led_to_another_site(site: Site, grace: str, after: str):
    answer = site.post("/login", login=grace, password=PASSWORD, after=after)
    assert answer.status_code == 422
    assert site.get("/login", part=False).status_code == 200


def test_logging_out_ends_the_session(site: Site):
    site.come_in("agent")
    token = site.client.cookies[COOKIE]
    assert site.post("/logout").headers["location"] == "/login"
    site.client.cookies.set(COOKIE, token)
    assert site.get("/").headers["location"] == "/login"


def test_logging_out_everywhere_ends_all_of_ones_sessions_and_nobody_elses(site: Site):
    site.come_in("agent")
    elsewhere = site.client.cookies[COOKIE]
    site.come_in("manager")
    of_another = site.client.cookies[COOKIE]
    site.come_in("agent")
    site.post("/logout/everywhere")
    for token, is_in in ((elsewhere, False), (of_another, True)):
        site.client.cookies.clear()
        site.client.cookies.set(COOKIE, token)
        assert (site.get("/").headers.get("location") != "/login") is is_in


def test_a_session_expires(site: Site):
    site.come_in("agent")
    assert site.get("/tasks").status_code == 200
    site.world.rows("update token set expires_at = now() - interval '1 second' returning id")
    answer = site.get("/tasks?order=name")
    assert (answer.status_code, answer.headers["location"]) == (
        303,
        "/login?after=%2Ftasks%3Forder%3Dname",
    )


def test_a_session_that_ended_leads_a_part_of_a_page_to_the_login_and_back(site: Site):
    answer = site.get(
        "/", part=True, headers={"HX-Current-URL": "http://testserver/tasks?until=2026"}
    )
    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"] == "/login?after=%2Ftasks%3Funtil%3D2026"


def test_a_form_of_a_session_that_ended_leads_to_the_login_and_back_to_its_page(site: Site):
    for referer, back in (
        ("http://testserver/configuration/settings", "?after=%2Fconfiguration%2Fsettings"),
        ("http://testserver/tasks?until=2026", "?after=%2Ftasks%3Funtil%3D2026"),
        ("http://testserver//elsewhere.example/", ""),
        ("http://testserver/" + 800 * "x", ""),
        ("http://[", ""),
        ("", ""),
    ):
        answer = site.client.post("/configuration/settings", headers={"Referer": referer})
        assert answer.headers["location"] == f"/login{back}"
    way = site.get("/configuration/templates/dunning/My%20letter").headers["location"]
    assert site.get(way).status_code == 200


def test_what_was_sought_is_kept_for_its_page_alone_and_until_one_leaves(site: Site):
    site.come_in("manager")
    answer = site.post("/customers", q="Maximiliane")
    assert answer.headers["location"] == "/customers?sought=again"
    cookie = answer.headers["set-cookie"]
    assert "Path=/customers;" in cookie
    assert "HttpOnly" in cookie
    assert "Maximiliane" not in cookie
    assert "Hohenlohe" in site.get("/customers?sought=again").text
    assert "Hohenlohe" not in site.get("/customers").text
    assert site.get("/search?sought=again").status_code == 200
    site.post("/logout")
    site.come_in("agent")
    site.client.cookies.set("dunwell_sought", "nonsense", path="/manager")
    assert "Hohenlohe" not in site.get("/customers?sought=again").text
    site.come_in("manager")
    for forged in ("W10=", base64.urlsafe_b64encode(b"[" * 2600).decode()):
        site.client.cookies.set("dunwell_sought", forged, path="/manager")
        assert site.get("/manager?sought=again").status_code == 200


def test_a_key_has_no_pages(site: Site):
    site.client.cookies.set(COOKIE, "dunwell_key_nonsense")
    assert site.get("/").headers["location"] == "/login"


def test_every_answer_is_guarded(site: Site):
    for path in ("/login", "/nowhere", "/static/x/dunwell.css"):
        headers = site.get(path).headers
        assert "default-src 'self'" in headers["content-security-policy"]
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
    assert site.get("/login").headers["cache-control"] == "no-store"


def test_a_form_of_another_site_is_refused(site: Site):
    site.come_in("agent")
    answer = site.client.post("/logout", headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    assert site.get("/").headers.get("location") != "/login"


def test_static_files_are_kept_for_a_year_and_compressed(site: Site):
    page = site.get("/login").text
    address = page.partition('href="/static/')[2].partition('"')[0]
    answer = site.get(f"/static/{address}")
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["content-encoding"] == "gzip"
    assert site.get("/static/older/dunwell.css").headers["cache-control"] == "no-cache"
    assert site.get("/static/x/..%2Fapp.py").status_code == 404


MISTAKEN = (
    *(("/nowhere", 404), ("/bill-units/nobody", 404), ("/manager/nights/x", 404)),
    *(("/logout", 405), ("/to-dos?suspense=x", 422), ("/manager", 403)),
)


@pytest.mark.parametrize(("path", "status"), MISTAKEN)
def test_a_mistake_is_a_page_with_ones_own_bar_in_ones_language_and_a_way_back(
    site: Site, path: str, status: int
):
    site.come_in("agent")
    came_from = "http://testserver/tasks?until=2026-04-01"
    answer = site.get(path, headers={"Accept-Language": "de", "Referer": came_from})
    assert answer.status_code == status
    assert '<a href="/tasks"' in answer.text
    assert "The agent" in answer.text or "agent</summary>" in answer.text
    assert "Abmelden" in answer.text
    assert f'href="{came_from}"' in answer.text
    for stranger in ("http://evil.example/tasks", "http://[evil.example"):
        elsewhere = site.get(path, headers={"Referer": stranger})
        assert elsewhere.status_code == status
        assert "evil.example" not in elsewhere.text


def test_a_stranger_who_is_lost_is_told_no_more_than_that(site: Site):
    answer = site.get("/nowhere")
    assert (answer.status_code, "There is no such page" in answer.text) == (404, True)
    assert 'aria-label="Sections"' not in answer.text
    assert ">Log in</a>" in answer.text
    # nor does a session that has ended
    site.client.cookies.set(COOKIE, "dunwell_web_long_gone")
    assert 'aria-label="Sections"' not in site.get("/nowhere").text


def test_what_is_too_large_is_refused_on_ones_own_page(site: Site):
    site.come_in("agent")
    answer = site.post("/search", q="x" * site.server.web.state.application.settings.max_body_size)
    assert (answer.status_code, "This is too large" in answer.text) == (413, True)
    assert 'aria-label="Sections"' in answer.text


def test_a_part_that_fails_is_a_message_beside_the_page(site: Site):
    site.come_in("agent")
    answer = site.get("/nowhere", part=True)
    assert answer.status_code == 404
    assert answer.headers["HX-Reswap"] == "none"
    assert 'id="flash"' in answer.text
    assert "<html" not in answer.text


@pytest.fixture
def routes(site: Site) -> Iterator[None]:
    """What a test adds to the server, which is everybody's, goes with it."""
    known = list(site.server.web.router.routes)
    yield
    site.server.web.router.routes[:] = known


@pytest.mark.usefixtures("routes")
def test_a_failure_tells_its_number_and_nothing_else(site: Site):
    @site.server.web.get("/broken")
    def broken() -> None:
        raise RuntimeError("customer Ada Okafor")

    @site.server.web.get("/busy")
    def busy() -> None:
        raise Conflict("Somebody else is at it; try again.")

    answer = site.get("/broken")
    assert answer.status_code == 500
    assert "Ada" not in answer.text
    assert "Traceback" not in answer.text
    assert "frame-ancestors" in answer.headers["content-security-policy"]
    answer = site.get("/busy")
    assert (answer.status_code, "Somebody else is at it" in answer.text) == (409, True)


def test_the_language_is_the_persons_else_the_browsers(site: Site):
    german = {"Accept-Language": "fr;q=0.9,de-AT;q=0.8,en;q=0.2"}
    assert "Anmelden" in site.get("/login", headers=german).text
    assert "Log in" in site.get("/login", headers={"Accept-Language": "fr"}).text
    site.post("/preferences", language="de", after="/login")
    assert 'lang="de"' in site.get("/login").text
    site.post("/preferences", theme="dark", after="/login")
    assert 'data-theme="dark"' in site.get("/login").text
    assert errors.TITLES[404] == "There is no such page"


def test_the_login_in_a_browser(browser_as: BrowserAs):
    with browser_as(None) as visit:
        page = visit.go("/")
        assert page.url.endswith("/login")
        visit.assert_accessible()
        page.get_by_label("Login").fill("nobody")
        page.get_by_label("Password").fill("nothing")
        page.keyboard.press("Enter")
        page.get_by_text("The login or the password is wrong.").wait_for()
        visit.assert_accessible()


def test_the_menu_and_the_keys_in_a_browser(browser_as: BrowserAs):
    with browser_as("administrator") as visit:
        page = visit.go("/")
        page.keyboard.press("?")
        page.get_by_role("heading", name="Keys").wait_for()
        visit.assert_accessible()
        page.keyboard.press("Escape")
        page.get_by_text("administrator").first.click()
        page.get_by_role("button", name="Deutsch").click()
        page.get_by_text("administrator").first.click()
        visit.assert_accessible()
        page.get_by_role("button", name="Abmelden", exact=True).click()
        page.get_by_text("Sie sind abgemeldet.").wait_for()


def test_a_real_browser_cannot_be_made_to_post_or_to_frame_from_another_site(
    browser_as: BrowserAs,
):
    with browser_as("agent") as visit:
        page = visit.page
        trap = f"""
            <form method="post" action="{visit.address}/logout"><button>Win a prize</button></form>
            <iframe src="{visit.address}/tasks"></iframe>
        """
        page.route(
            "http://evil.test/**", lambda route: route.fulfill(body=trap, content_type="text/html")
        )
        page.goto("http://evil.test/prize")
        framed = page.frames[1]
        framed.wait_for_load_state()
        # not even the login page, which a stranger would see there
        assert framed.url.startswith("chrome-error:")
        with page.expect_navigation() as posted:
            page.get_by_role("button").click()
        assert posted.value.status == 403
        page.goto(f"{visit.address}/tasks")
        assert page.get_by_role("heading", level=1).count() or "Tasks" in page.title()
        assert "/login" not in page.url
        visit.complaints.clear()
