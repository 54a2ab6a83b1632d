"""A card or an account is charged because a person asks for it: at once, and without a case."""

import datetime as dt
import threading
from decimal import Decimal

import pytest
from tests.features.payments.till import Till, with_settings

from dunwell.domain.errors import BadInput, Conflict, NotFound, RuleViolation
from dunwell.domain.handles import Handle
from dunwell.engine import collecting
from dunwell.features.access.actor import operator
from dunwell.features.payments import capturing
from dunwell.features.payments.collecting import Collection

ON = "2026-03-12"


def ask(till: Till, amount: str, method: int, on: str = ON, key: str | None = None) -> Handle:
    made: Handle = till.world.by_hand(on).do(
        capturing.ask, till.gateways, "B1", Decimal(amount), method, key=key
    )
    return made


def capture(till: Till, amount: str, method: int, on: str = ON) -> Collection:
    made = ask(till, amount, method, on)
    day = till.world.by_hand(on).operation(None).date
    return collecting.capture(
        till.world.database, till.world.plugins, till.gateways, operator("Grace"), day, made
    )


def test_it_is_charged_at_once_and_whoever_has_paid_all_leaves(till: Till):
    till.policy()
    till.debtor()
    card = till.card()
    till.world.nights("2026-03-11", ON)
    assert till.world.in_collections()
    result = capture(till, "100.00", card)
    assert dict(result.collected) == {"USD": Decimal("100.0000")}
    assert (till.payments(), till.world.in_collections()) == ([100], False)
    (asked,), (paid,) = (
        till.world.events_of(kind) for kind in ("payment_captured", "payment_collected")
    )
    assert asked["payment_method_id"] == card
    assert paid["payment_no"].startswith("collected-")
    till.world.check()


def test_without_a_case_and_before_the_due_date_too(till: Till):
    till.policy()
    till.world.customer()
    till.world.bill("80.00", "2026-04-01", issued="2026-03-01")
    capture(till, "50.00", till.card())
    assert till.payments() == [50]
    till.world.night("2026-03-13")
    assert sum(map(Decimal, till.world.owed().values())) == Decimal("30.00")
    till.world.check()


def test_no_more_is_charged_than_what_is_open_and_not_on_its_way(till: Till):
    till.policy()
    till.debtor()
    mandate = till.mandate()
    till.world.pay("20.00", ON)
    ask(till, "50.00", mandate)
    with pytest.raises(RuleViolation, match=r"30\.00 USD") as refused:
        ask(till, "30.01", mandate)
    assert refused.value.rule == "more_than_is_owed"
    ask(till, "30.00", mandate)
    assert till.world.rows("select count(*) from payment_attempt") == [(2,)]


def test_a_case_is_not_charged_for_what_a_person_had_charged(till: Till):
    till.policy()
    till.debtor()
    card = till.card()
    till.until_due()
    capture(till, "60.00", card, on="2026-03-13")
    till.collect()
    assert till.payments() == [60, 40]
    till.world.check()


def test_what_is_refused_is_told_and_not_tried_again_behind_the_customers_back(till: Till):
    till.policy()
    till.debtor()
    capture(till, "100.00", till.card("retry:insufficient_funds"))
    assert till.attempts() == [("declined", 1, "insufficient_funds")]
    assert till.collect().as_json()["outcomes"] == {}


def test_a_gateway_that_takes_files_gets_it_with_the_next_delivery(till: Till):
    till.policy(currency="EUR")
    till.debtor(currency="EUR")
    mandate = till.mandate()
    capture(till, "100.00", mandate)
    assert till.attempts() == [("ready", 0, None)]
    assert till.collect(ON).in_files == 1
    assert till.attempts() == [("pending", 1, None)]


def test_what_cannot_be_charged_is_refused_and_leaves_nothing(till: Till):
    till.policy()
    till.debtor()
    card = till.card()
    for amount in ("0", "-1", "1.001"):
        with pytest.raises(BadInput):
            ask(till, amount, card)
    with pytest.raises(NotFound):
        ask(till, "1.00", card + 999)
    expired = till.card("tok_old", expires_on=dt.date(2026, 3, 1))
    with pytest.raises(RuleViolation, match="expired"):
        ask(till, "1.00", expired)
    till.gateways = with_settings(gateways={})
    with pytest.raises(RuleViolation, match="DUNWELL_GATEWAYS"):
        ask(till, "1.00", card)
    assert till.world.rows("select count(*) from payment_attempt") == [(0,)]


def test_a_form_that_is_sent_twice_is_one_charge(till: Till):
    till.policy()
    till.debtor()
    card = till.card()
    first = ask(till, "40.00", card, key="one form")
    assert ask(till, "40.00", card, key="one form") == first
    with pytest.raises(Conflict, match="another charge"):
        ask(till, "30.00", card, key="one form")
    assert ask(till, "40.00", card, key="another form") != first
    assert till.world.rows("select count(*) from payment_attempt") == [(2,)]


def test_of_a_double_click_one_waits_for_the_other(till: Till):
    till.policy()
    till.debtor()
    card = till.card()
    made: list[Handle] = []
    both = [
        threading.Thread(target=lambda: made.append(ask(till, "40.00", card, key="clicked")))
        for _ in range(4)
    ]
    for each in both:
        each.start()
    for each in both:
        each.join()
    assert len(made) == 4
    assert len(set(made)) == 1
