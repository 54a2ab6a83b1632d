"""Every declared page in a real browser: readable for everybody, and what is forbidden too."""

import contextlib
import re

import pytest
from playwright.sync_api import expect
from tests.web import town
from tests.web.conftest import BrowserAs, Site, Visit
from tests.web.pages import PAGES, Needs, places
from tests.web.test_pages import MOST_BYTES
from tests.world import World

from dunwell.features.access.roles import PERMISSIONS, Role
from dunwell.features.receivables import notes

SAMPLED = 4
"""Of so many pages, one is looked at in the dark theme too."""


def _role(needs: Needs) -> Role:
    """Somebody who may see it; agents last, who have fewer links on their pages."""
    roles: tuple[Role, ...] = (Role.MANAGER, Role.POLICY_OWNER, Role.ADMINISTRATOR, *Role)
    return next(role for role in roles if needs is None or needs in PERMISSIONS[role])


def test_axe_finds_nothing_wrong_with_any_page(browser_as: BrowserAs, world: World):
    there = places(world)
    visits: dict[Role, Visit] = {}
    found: list[str] = []
    with contextlib.ExitStack() as open_visits:
        for number, (path, needs) in enumerate(PAGES.values()):
            role = _role(needs)
            if role not in visits:
                visits[role] = open_visits.enter_context(browser_as(role))
            answer = visits[role].page.goto(visits[role].address + path.format(**there))
            assert answer is not None
            assert answer.ok, path
            schemes = ("light", "dark") if number % SAMPLED == 0 else ("light",)
            found += [f"{path}: {each}" for each in visits[role].violations(*schemes)]
    assert not found, "\n".join(found)


def test_an_agent_is_told_that_the_managers_page_isnt_theirs(browser_as: BrowserAs):
    with browser_as("agent") as visit:
        answer = visit.page.goto(f"{visit.address}/manager")
        assert answer is not None
        assert answer.status == 403
        expect(visit.page.locator("h1")).to_have_text("This isn't allowed")
        expect(visit.page.locator("main")).to_contain_text(
            "needs the permission 'assign', which an administrator can give"
        )
        visit.assert_accessible()
        visit.page.get_by_role("link", name="To the first page").click()
        expect(visit.page).to_have_url(re.compile("/tasks"))


def test_amounts_align_on_the_decimal_point_whatever_their_currency(
    browser_as: BrowserAs, world: World
):
    for number, currency, amount in (("K", "KWD", "12345.678"), ("J", "JPY", "98765")):
        unit = {"bill_unit_no": number, "account_no": "A1", "currency": currency}
        world.load("bill_units", unit)
        world.bill(amount, "2026-03-01", number)
    with browser_as("service_rep") as visit:
        for width in (1440, 820):
            visit.page.set_viewport_size({"width": width, "height": 900})
            points = visit.go("/customers/A1").evaluate(
                """() => [...document.querySelectorAll(".balances strong .whole")]
                    .map((each) => Math.round(each.getBoundingClientRect().right))"""
            )
            assert len(points) == 3
            assert len(set(points)) == 1, points


FULL = 60
ROWS = 50


@pytest.fixture
def crowd(site: Site) -> Site:
    """So many in collections that lists don't end on their first page, all of them Jennifer's; B2
    has seen a lot.
    """
    world = site.world
    numbers = range(100, 100 + FULL)
    longest = max(town.NAMES, key=len)
    world.load(
        "accounts",
        *({"account_no": f"A{number}", "name": f"{longest} {number}"} for number in numbers),
    )
    world.load(
        "bill_units",
        *(
            {"bill_unit_no": f"B{number}", "account_no": f"A{number}", "currency": "USD"}
            for number in numbers
        ),
    )
    world.load(
        "bills",
        *(
            {
                "bill_no": f"N{number}",
                "bill_unit_no": f"B{number}",
                "issued_on": "2026-02-01",
                "due_on": "2026-02-15",
                "amount": f"{number}90123.45",
            }
            for number in numbers
        ),
    )
    world.night(town.TODAY)
    hand = world.by_hand(town.TODAY)
    hand.assign("Jennifer", *(f"B{number}" for number in numbers))
    told = "will pay in the morning; " * 8
    hand.do(notes.write_note, "B2", told)
    hand.reschedule(3, "2026-04-15", "B2", reason=told)
    # in one statement each: what matters is how it looks, and a connection each takes its time
    for table, of in (("note", "text"), ("event", "data ->> 'reason'")):
        with world.database.connect() as connection:
            names = connection.execute(
                """
                select string_agg(quote_ident(column_name), ', ')
                from information_schema.columns
                where table_schema = 'public' and table_name = %s and column_name <> 'id'
                    and is_generated = 'NEVER'
                """,
                [table],
            ).fetchone()
            assert names
            connection.execute(
                f"insert into {table} ({names[0]}) select {names[0]} from {table},"
                f" generate_series(2, %s) where {of} = %s".encode(),
                [ROWS, told],
            )
    return site


def test_a_full_page_is_no_heavier_than_others(crowd: Site):
    crowd.come_in(Role.MANAGER)
    for path, row in (
        ("/tasks?until=2026-12-31&agent=Jennifer", "data-row-link="),
        ("/manager?agent=Jennifer", 'name="chosen" value="'),
        ("/bill-units/B2/history", "will pay in the morning; will pay in the morning; will pay in"),
        ("/bill-units/B2/notes", "will pay in the morning; will pay in the morning; will pay in"),
    ):
        answer = crowd.get(path)
        assert answer.status_code == 200, path
        assert answer.text.count(row) >= ROWS, path
        assert len(answer.content) < MOST_BYTES, path
