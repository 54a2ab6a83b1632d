"""Cards and direct debits on the pages: registered, removed, made where something is collected."""

import html
import re
from typing import Any

import pytest
from playwright.sync_api import expect
from pydantic import SecretStr
from tests.features.payments.till import IBAN, KEY
from tests.web import town
from tests.web.conftest import BrowserAs, Site
from tests.world import World

from dunwell.features.payments import methods
from dunwell.settings import Settings

WHY: dict[str, Any] = {"reason": "as agreed"}
CARD: dict[str, Any] = {
    "payment_method": "card",
    "token": "tok_7",
    "last_four": "4242",
    "card_brand": "visa",
}
MANDATE: dict[str, Any] = {
    "payment_method": "direct_debit",
    "iban": IBAN,
    "mandate_reference": "M-1",
    "signed_on": "2026-03-16",
    "usual": "true",
}


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"vault_key": SecretStr(KEY), "gateways": {"card": "null"}})


@pytest.fixture
def desk(site: Site) -> Site:
    """With a manager before it, who may register."""
    site.come_in("manager")
    return site


def registered(world: World, number: str) -> list[tuple[Any, ...]]:
    return world.rows(
        "select kind, last_four, is_default from payment_method join bill_unit"
        " on bill_unit.account_id = payment_method.account_id"
        " and bill_unit.id = payment_method.bill_unit_id"
        " where bill_unit_no = %s and removed_on is null order by payment_method.id",
        number,
    )


def test_a_card_and_a_direct_debit_are_registered_and_removed(desk: Site):
    for given in (CARD, MANDATE):
        answer = desk.post("/bill-units/B1/do/register", **given)
        assert answer.status_code == 303, answer.text
    page = desk.get(answer.headers["location"]).text
    assert "direct debit …3000 is registered." in page
    assert IBAN not in page
    assert "tok_7" not in page
    assert registered(desk.world, "B1") == [("card", "4242", False), ("direct_debit", "3000", True)]
    ((card, _),) = desk.world.rows("select id, account_id from payment_method where kind = 'card'")
    asked = desk.get(f"/bill-units/B1/do/remove_method?of={card}")
    assert "card visa …4242" in asked.text
    answer = desk.post(f"/bill-units/B1/do/remove_method?of={card}")
    assert "is removed" in desk.get(answer.headers["location"]).text
    assert registered(desk.world, "B1") == [("direct_debit", "3000", True)]
    assert desk.post("/bill-units/B1/do/remove_method?of=x").status_code == 404


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"payment_method": "card", "last_four": "4242"}, "f-do-token-error"),
        ({"payment_method": "direct_debit", "iban": IBAN}, "f-do-signed_on-error"),
        ({**CARD, "token": "4242 4242 4242 4242"}, "That is a card's full number"),
        ({**CARD, "last_four": "42"}, "give the card's last four digits"),
        ({**MANDATE, "iban": IBAN[:-1] + "1"}, "has a wrong length or wrong check digits"),
        ({**MANDATE, "signed_on": "2026-03-18"}, "is signed on 2026-03-18, after"),
        ({"payment_method": "cash"}, "f-do-payment_method-error"),
    ],
)
def test_what_is_wrong_is_said_and_no_number_is_shown_again(
    desk: Site, given: dict[str, Any], said: str
):
    answer = desk.post("/bill-units/B1/do/register", **given)
    assert answer.status_code == 422
    assert said in html.unescape(answer.text)
    for secret in ("token", "iban"):
        if secret in given:
            assert f'"{given[secret]}"' not in answer.text
    assert registered(desk.world, "B1") == []


def test_who_may_not_register_is_offered_none(shared: Site):
    shared.come_in("agent")
    assert "/do/register" not in shared.get("/bill-units/B1/payments").text
    assert shared.get("/bill-units/B1/do/register").status_code == 403
    assert 'value="direct_debit"' not in shared.get("/bill-units/B1/do/promise").text
    answer = shared.post("/bill-units/B1/do/promise", number="2", interval_days="30", **CARD, **WHY)
    assert answer.status_code == 403


def test_instalments_are_collected_from_a_card_that_is_registered_with_them(desk: Site):
    answer = desk.post("/bill-units/B1/do/promise", number="2", interval_days="30", **CARD, **WHY)
    assert answer.status_code == 303, answer.text
    assert desk.get(answer.headers["location"]).text.count("…4242") == 2
    answer = desk.post(
        "/bill-units/B1/do/add_instalment", due_on="2026-05-20", amount="7", **MANDATE, **WHY
    )
    assert answer.status_code == 303, answer.text
    page = desk.get(answer.headers["location"]).text
    assert page.count("…3000") == 1
    (step,) = set(re.findall(r"change_instalment\?of=([0-9-]+)", page.partition("…3000")[2]))
    given: dict[str, Any] = {"payment_method": "customer", **WHY}
    desk.post(f"/bill-units/B1/do/change_instalment?of={step}", **given)
    assert desk.get("/bill-units/B1/promises").text.count("the customer pays") == 1


def test_a_preview_registers_nothing(desk: Site):
    answer = desk.post(
        "/bill-units/B1/do/promise", number="2", interval_days="30", preview="1", **CARD, **WHY
    )
    assert answer.status_code == 200
    assert registered(desk.world, "B1") == []


def test_what_a_collection_is_to_collect_is_said_when_it_is_added_and_changed(desk: Site):
    desk.world.by_hand(town.TODAY).do(methods.add_card, "B1", methods.Card("old", "1881"))
    ((card,),) = desk.world.rows("select id from payment_method")
    answer = desk.post(
        "/bill-units/B1/do/add",
        definition="collect",
        due_on="2026-03-25",
        followers="0",
        **{"amount": "12.50", "payment_method": str(card), **WHY},
    )
    assert answer.status_code == 303, answer.text
    page = desk.get("/bill-units/B1").text
    action = desk.world.actions("B1")["collect"]["handle"]
    of_action = f"/bill-units/B1/do/change_payment?of={action}"
    assert of_action in page
    form = desk.get(of_action, headers={"Accept-Language": "de"}).text
    assert 'value="12,50"' in form
    assert f'<option value="{card}" selected>' in form
    answer = desk.post(of_action, **CARD, **WHY)
    assert answer.status_code == 303, answer.text
    (own,) = desk.world.rows("select parameters from action where parameters is not null")
    assert own[0].keys() == {"payment_method"}
    assert [last for _, last, _ in registered(desk.world, "B1")] == ["1881", "4242"]


def test_what_is_hidden_isnt_sent_with_another_action(desk: Site):
    given: dict[str, Any] = {
        "definition": "call",
        "due_on": "2026-03-25",
        "followers": "0",
        "amount": "12.50",
    }
    answer = desk.post("/bill-units/B1/do/add", **given, **CARD, **WHY)
    assert answer.status_code == 303, answer.text
    assert registered(desk.world, "B1") == []


HALF_FILLED: dict[str, Any] = {"last_four": "4", "expires_on": "2026-", "holder": "\x01"}


@pytest.mark.parametrize(
    "given",
    [
        {"definition": "call", "payment_method": "card", "amount": "12,,"},
        {"definition": "collect", "payment_method": ""},
    ],
)
def test_what_is_hidden_and_half_filled_stands_in_nobodys_way(desk: Site, given: dict[str, Any]):
    of_action: dict[str, Any] = {"due_on": "2026-03-25", "followers": "0", **given, **HALF_FILLED}
    answer = desk.post("/bill-units/B1/do/add", **of_action, **WHY)
    assert answer.status_code == 303, answer.text
    assert registered(desk.world, "B1") == []


def test_of_what_is_hidden_nothing_is_said_beside_a_message(desk: Site):
    of_action: dict[str, Any] = {
        "due_on": "",
        "followers": "0",
        "definition": "call",
        "payment_method": "card",
    }
    answer = desk.post("/bill-units/B1/do/add", **of_action, **HALF_FILLED, **WHY)
    assert answer.status_code == 422
    assert re.findall(r'id="f-do-(\w+)-error"', answer.text) == ["due_on"]
    assert 'value="card" selected' in answer.text, "it is there again with its choice"


def test_a_card_is_registered_while_it_is_charged(desk: Site):
    path = "/customers/A4/do/charge?unit=B4"
    form = desk.get(path).text
    key = form.partition('name="key" value="')[2].partition('"')[0]
    for _ in range(2):
        answer = desk.post(path, key=key, amount="100", **CARD)
        assert answer.status_code == 303, answer.text
    assert "It is paid." in desk.get(answer.headers["location"]).text
    assert len(registered(desk.world, "B4")) == 1


def test_only_the_fields_of_the_choice_are_shown(browser_as: BrowserAs, world: World):
    with browser_as("manager") as visit:
        page = visit.go("/bill-units/B1")
        page.locator(".verbs a", has_text="Add an action").click()
        amount, ways = page.get_by_label("Amount", exact=True), page.get_by_label("Collected from")
        expect(page.get_by_label("Action", exact=True)).to_be_visible()
        expect(amount).to_be_hidden()
        page.get_by_label("Action", exact=True).select_option("collect")
        expect(amount).to_be_visible()
        expect(page.get_by_label("IBAN")).to_be_hidden()
        ways.select_option("direct_debit")
        expect(page.get_by_label("IBAN")).to_be_visible()
        expect(page.get_by_label("Gateway's token")).to_be_hidden()
        expect(page.get_by_label("Holder")).to_be_visible()
        visit.assert_accessible()
        page.get_by_label("Signed on").press_sequentially("03")
        page.get_by_label("Action", exact=True).select_option("call")
        expect(page.get_by_label("IBAN")).to_be_hidden()
        page.get_by_label("Reason").fill("as agreed")
        page.locator("form.work button", has_text="Add an action").click()
        expect(page.get_by_text("call is part of the case now.")).to_be_visible()


def test_no_number_is_kept_while_a_session_has_ended(browser_as: BrowserAs, world: World):
    with browser_as("manager") as visit:
        page = visit.go("/bill-units/B1/do/register")
        page.get_by_label("Kind").select_option("direct_debit")
        page.get_by_label("IBAN").fill(IBAN)
        page.get_by_label("Mandate reference").fill("M-77")
        page.get_by_label("Signed on").fill("2026-03-16")
        world.rows("update token set revoked_at = now() returning id")
        page.locator("button", has_text="Register a payment method").click()
        page.get_by_label("Password").wait_for()
        kept = page.evaluate("JSON.stringify(sessionStorage)")
        assert "M-77" in kept
        assert IBAN not in kept
