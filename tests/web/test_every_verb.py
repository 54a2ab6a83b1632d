"""All that can be done on the pages is done twice: by keyboard alone, and without JavaScript.

A table has each verb once, with where it is found and what is typed; one that is missing fails.
The hands on the keyboard are those of `keyboard.py`.
"""

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import get_args

import pytest
from playwright.sync_api import Error, Locator, Page, expect
from tests.features.payments import camt_files
from tests.web import town, utility_town
from tests.web.conftest import BrowserAs, Visit
from tests.web.keyboard import ANOTHER, Keyboard
from tests.web.pages import places
from tests.world import World

from dunwell.features.payments import methods
from dunwell.settings import Settings
from dunwell.web.customers import verbs as of_customers
from dunwell.web.manager.search import Bulk
from dunwell.web.verbs import known

SCRIPTS = pytest.mark.parametrize(
    "scripts", [True, False], ids=["by keyboard", "without JavaScript"]
)


@dataclass(frozen=True)
class Done:
    """What somebody does: opens a form on a page, fills it, sends it."""

    name: str
    at: str
    """The page; below it the verb is offered."""
    typed: Mapping[str, str] = field(default_factory=dict)
    who: str = "manager"
    opens: str | None = ""
    """What opens the form, as a selector; empty: the link of the verb; none: the form is there."""
    sends: str = "form.work .buttons button:first-of-type"
    chooses: str = ""
    """A box that is ticked before."""
    then: str = ""
    """What is pressed on the page that follows."""

    @property
    def link(self) -> str | None:
        """What opens the form."""
        if self.opens == "":
            return f'main a[href*="/do/{self.name}"]'
        return self.opens


WHY = {"reason": "as agreed"}


def unit(which: int, name: str, part: str = "", /, **typed: str) -> Done:
    """Done on the page of a bill unit."""
    return Done(name, f"/bill-units/B{which}{part}", typed)


def customer(which: int, name: str, part: str = "", /, **typed: str) -> Done:
    """Done on the page of a customer."""
    return Done(name, f"/customers/A{which}{part}", typed)


TOWN = (
    unit(1, "payment", amount="5.00"),
    unit(3, "promise", number="2", **WHY),
    unit(3, "add_instalment", due_on="05202026", amount="7.00", **WHY),
    unit(3, "change_instalment", "/promises", amount="8.00", **WHY),
    unit(3, "revoke", **WHY),
    unit(1, "note", text="Calls back"),
    unit(1, "to_do", type="address", message="Moved?"),
    unit(1, "give", "/to-dos", agent="Omar"),
    unit(1, "forward", "/to-dos", role="agent", **WHY),
    unit(1, "finish", "/to-dos", comment="has moved"),
    unit(1, "assign", agent="Omar", **WHY),
    unit(1, "hold", until="03302026", **WHY),
    unit(1, "lift_hold", **WHY),
    unit(5, "exempt", **WHY),
    unit(5, "lift_exemption", **WHY),
    unit(1, "execute", **WHY),
    unit(1, "replace", scenario=ANOTHER, **WHY),
    unit(3, "add", definition="late", due_on="03232026", **WHY),
    unit(4, "add", definition="collect", due_on="03252026", amount="5.00", **WHY),
    unit(4, "change_payment", amount="6.00", **WHY),
    unit(4, "register", "/payments", token="tok_9", last_four="1881"),
    unit(4, "remove_method", "/payments"),
    unit(3, "reschedule", due_on="03272026", **WHY),
    unit(3, "complete", **WHY),
    unit(3, "cancel", **WHY),
    unit(6, "retry", **WHY),
    unit(4, "cancel_all", **WHY),
    unit(5, "stop", **WHY),
    unit(5, "place", steps="3 call", **WHY),
    unit(7, "make_group", name="lonely", **WHY),
    unit(7, "delete_group", **WHY),
    unit(6, "make_group", name="family", members="B7", **WHY),
    unit(6, "add_members", members="B5", **WHY),
    unit(6, "rename_group", name="friends", **WHY),
    unit(6, "leave_group", "/group", **WHY),
    unit(6, "change_parent", parent="B3", **WHY),
    Done("night", "/bill-units/B8", who="operator"),
    customer(1, "take", amount="1.00"),
    customer(4, "charge", amount="10.00"),
    Done("adjust", "/customers/A4", {"amount": "120", **WHY}, who="service_rep"),
    Done("withdraw", "/customers/A4/adjustments", who="service_rep"),
    customer(4, "dispute", "/bills", amount="20", **WHY),
    customer(4, "resolve", "/adjustments", granted="5", **WHY),
    Done(
        "approve", "/customers", {"note": "fine"}, opens='a[href^="/adjustments/"]',
        sends='button[value="approve"]',
    ),
    # beside the list of tasks
    *(
        Done(f"task: {name}", "/tasks/{action}", typed, opens=f'#panel a[href*="/{name}"]')
        for name, typed in (
            ("note", {"text": "Calls back"}),
            ("reschedule", {"due_on": "04022026", **WHY}),
            ("payment", {"amount": "3.00"}),
        )
    ),
    *(
        Done(f"to-do: {name}", "/tasks/to-dos/{to_do}", typed, opens=f'#panel a[href*="/{name}"]')
        for name, typed in (("give", {"agent": "Omar"}), ("finish", {"comment": "has moved"}))
    ),
    # with many at once
    Done(
        "bulk: hold", "/manager", {"verb": "hold", "until": "03302026", **WHY},
        opens=None, chooses='input[value="B8"]', sends='button[value="preview"]',
        then='button[value="do"]',
    ),
    Done(
        "bulk: assign", "/manager", {"verb": "assign", "agent_to": "Omar", **WHY},
        opens=None, chooses='input[value="B3"]', sends='button[value="preview"]',
        then='button[value="do"]',
    ),
    Done(
        "bulk: exempt", "/manager", {"verb": "exempt", "until": "03302026", **WHY},
        opens=None, chooses='input[value="B3"]', sends='button[value="preview"]',
        then='button[value="do"]',
    ),
    Done("workload", "/manager/workload", {"agent_to": "x", **WHY}, opens=None,
         chooses="[data-chooses]", sends='button[form="assign"]'),
    Done("failures", "/manager/failures", WHY, opens=None, chooses="[data-chooses]",
         sends="#retry button"),
    Done("undelivered", "/manager/undelivered", WHY, opens=None, chooses='[aria-label*="B2 "]',
         sends="#messages button"),
    Done("settle", "/manager/undelivered", opens=None,
         chooses='[aria-label*="B4 "]', sends='#messages button[value="true"]'),
    Done("suspense: hand", "/to-dos", {"agent": "Omar"}, opens='a[href*="suspense="]',
         sends='form[action$="/hand"] button'),
    Done("suspense: forward", "/to-dos", {"role": "manager", **WHY},
         opens='a[href*="suspense="]', sends='form[action$="/forward"] button'),
    Done("suspense: assign", "/to-dos", {"bill_unit_no": "B3"}, opens='a[href*="suspense="]',
         sends='form[action$="/assign"] button'),
    Done("suspense: dismiss", "/to-dos", {"reason": "sent back"}, opens='a[href*="suspense="]',
         sends='form[action$="/dismiss"] button'),
    # credit alerts
    Done("alert: record", "/credit-alerts/{alert}", {"note": "calls back"}, opens=None,
         sends='form[action*="/record"] button'),
    Done("alert: assign", "/credit-alerts/{alert}", {"agent": "Omar"}, opens=None,
         sends='form[action*="/assign"] button'),
    Done("alert: close", "/credit-alerts/{alert}", WHY, opens=None,
         sends='form[action*="/close"] button'),
    # scheduled reports
    Done("schedule", "/report-schedules/new",
         {"name": "Mondays", "report": "A", "recipients": "a@example.org"},
         opens=None, sends=".save button"),
    Done("schedule: pause", "/report-schedules/1", opens=None,
         sends='form[action$="pause"] button'),
    Done("schedule: change", "/report-schedules/1", {"name": "Daily"}, opens=None,
         sends=".save button"),
    Done("schedule: end", "/report-schedules/1", opens=None, sends='form[action$="delete"] button'),
)  # fmt: skip


def utility(name: str, part: str = "", which: int = 1, /, **typed: str) -> Done:
    """Done on the page of a utility's customer."""
    return Done(name, f"/bill-units/U{which}{part}", typed)


UTILITY = (
    utility("contact", kind="collections", text="will pay"),
    utility("treat", treatment="wait longer · patient", **WHY),
    utility("demerit", "/rating", points="-150", reason="again late"),
    utility("end_demerit", "/rating", **WHY),
    utility("household", "/services", life_support="y", **WHY),
    utility("cancel_budget", "/services", **WHY),
    utility("change_agreement", "/services", life_support="n", **WHY),
    utility("answer_field", "/severances"),
    utility("complete_event", "/severances", **WHY),
    utility("cancel_severance", "/severances", **WHY),
    utility("pay_plan", total="90", number="2", **WHY),
    utility("change_pay_plan", "/pay-plans", total="60", number="3", **WHY),
    utility("cancel_pay_plan", "/pay-plans", **WHY),
    utility("deny_pay_plan", "/pay-plans", reason="no income"),
)
HOUSEHOLD = (
    utility("place", "", 3, agreements="GAS WATER", **WHY),
    utility("add_agreement", "/services", 3, service_agreement_no="P", **WHY),
    utility("remove_agreement", "/services", 3, **WHY),
)


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"gateways": {"card": "null"}})


@pytest.fixture
def busy(world: World) -> World:
    """The town with something for each verb: a card, a failed action, stuck letters, payments that
    nobody could be given.
    """
    world.by_hand(town.TODAY).do(methods.add_card, "B4", methods.Card("tok", "4242", "visa"))
    of = "bill_unit_id = (select id from bill_unit where bill_unit_no = %s) returning id"
    failed = "update action set status = 'error', message = 'no rate' where step = 2 and "
    assert world.rows(failed + of, "B6")
    assert world.rows(failed.replace("2", "1") + of, "B8")
    world.by_hand(town.TODAY).reschedule(3, str(town.TODAY), "B1")
    for status, number in (("error", "B2"), ("uncertain", "B4")):
        stuck = f"update letter set status = '{status}', channel = 'email' where "
        assert world.rows(stuck + of, number)
    world.rows(
        "insert into letter_document"
        " (account_id, letter_id, content, media_type, sha256, message_id, facts)"
        " select account_id, id, '', 'text/plain', '', '<1@example.org>', '{}'"
        " from letter where status = 'uncertain' returning id"
    )
    camt_files.import_unclear(world, town.TODAY, "80.00", "7.00")
    return world


def _by_keyboard(page: Page, done: Done) -> None:
    """Past the top bar and from element to element; the focus is never lost."""
    hands, began_at = Keyboard(page), page.url
    hands.skip()
    if done.link:
        hands.press(done.link)
        page.locator(done.sends).first.wait_for()
        if page.url == began_at:
            assert hands.has_focus(), "the focus is lost when the form opens"
    if done.chooses:
        hands.go_to(done.chooses)
        page.keyboard.press("Space")
    hands.press(done.sends, done.typed)
    if done.then:
        page.locator(done.then).wait_for()
        hands.press(done.then)
    _succeeded(page)
    if "#panel" in (done.link or ""):
        assert hands.has_focus(), "the focus is lost when the panel is swapped"


def _without_scripts(page: Page, done: Done) -> None:
    """Links lead to pages with forms, which are filled and sent."""
    if done.link:
        page.locator(done.link).first.click()
    if done.chooses:
        page.locator(done.chooses).first.check()
    # another form of the page may have a field of the same name
    sent = page.locator(done.sends).first.locator("xpath=ancestor::form")
    for name, value in done.typed.items():
        field = f'[name="{name}"]:visible'
        within = sent.locator(field)
        _fill((within if within.count() else page.locator(field)).first, value)
    page.locator(done.sends).first.click()
    if done.then:
        page.locator(done.then).click()
    _succeeded(page)


def _fill(there: Locator, value: str) -> None:
    kind = there.evaluate("each => each.tagName === 'SELECT' ? 'select' : each.type")
    if kind == "radio":
        there.check()
    elif value == ANOTHER:
        there.press("ArrowDown")
    elif kind == "select":
        there.focus()
        there.page.keyboard.type(value)
    elif kind == "date":
        there.fill(f"{value[4:]}-{value[:2]}-{value[2:4]}")
    else:
        there.fill(value)


def _succeeded(page: Page) -> None:
    """It says so, and nothing is wrong with a form."""
    expect(page.locator("#flash .flash, [role=alert]").first).to_be_visible()
    told = " ".join(page.locator("[role=alert], .flash, small.error").all_inner_texts())
    assert page.locator("#flash .flash.good, #flash .flash.warn").count() == 1, told


def _work(
    browser_as: BrowserAs,
    table: tuple[Done, ...],
    *,
    scripts: bool,
    there: Mapping[str, str] | None = None,
) -> None:
    failed = []
    with contextlib.ExitStack() as visits:
        known_as: dict[str, Visit] = {}
        for done in table:
            if done.who not in known_as:
                known_as[done.who] = visits.enter_context(
                    browser_as(done.who, java_script_enabled=scripts)
                )
            page = known_as[done.who].go(done.at.format(**there or {}))
            try:
                (_by_keyboard if scripts else _without_scripts)(page, done)
            except (AssertionError, Error) as failure:
                failed.append(f"{done.name} at {done.at}: {str(failure)[:600]}")
    assert not failed, "\n".join(failed)


@SCRIPTS
def test_in_a_town(browser_as: BrowserAs, busy: World, *, scripts: bool):
    _work(browser_as, TOWN, scripts=scripts, there=places(busy))


@SCRIPTS
def test_at_a_utility(browser_as: BrowserAs, world: World, *, scripts: bool):
    utility_town.supply(world)
    budget = {"budget_no": "G1", "bill_unit_no": "U1", "amount": 80, "started_on": "2026-01-01"}
    world.load("budgets", budget)
    _work(browser_as, UTILITY, scripts=scripts)


@SCRIPTS
def test_at_a_utility_that_chases_by_agreement(
    browser_as: BrowserAs, world: World, *, scripts: bool
):
    utility_town.supply(world)
    utility_town.household(world)
    _work(browser_as, HOUSEHOLD, scripts=scripts)


def test_no_verb_is_forgotten():
    done = {each.name for each in (*TOWN, *UTILITY, *HOUSEHOLD)}
    at_once = get_args(Bulk.model_fields["verb"].annotation)
    assert {*known.VERBS, *of_customers.VERBS, *(f"bulk: {verb}" for verb in at_once)} <= done
