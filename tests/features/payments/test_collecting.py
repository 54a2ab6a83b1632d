"""Collecting: charged once, no more than what is owed, again by the schedule."""

from decimal import Decimal

import pytest
from tests.features.payments.till import Till, with_settings

from dunwell.db import locks
from dunwell.domain.errors import Conflict, Forbidden
from dunwell.features.access.actor import Actor
from dunwell.features.cases.scheduling import PaymentDetails


def test_a_charge_becomes_a_payment_and_the_case_leaves_before_any_letter(till: Till):
    till.policy()
    till.debtor()
    till.card()
    till.until_due()
    assert till.world.in_collections()
    collection = till.collect()
    assert dict(collection.collected) == {"USD": Decimal("100.0000")}
    assert till.attempts() == [("succeeded", 1, None)]
    assert till.payments() == [100]
    assert not till.world.in_collections()
    assert till.world.newest_case()["close_reason"] == "cured"
    assert till.world.owed() == {}
    (event,) = till.world.events("payment_collected")
    assert (event["data"]["amount"], event["data"]["gateway"]) == ("100.0000", "null")
    # a second delivery has nothing to do
    assert till.collect().as_json()["outcomes"] == {}
    assert till.payments() == [100]
    assert till.world.night("2026-03-14").left == {}
    till.world.check()


def test_an_action_charges_the_method_that_it_names_while_that_is_there(till: Till):
    till.policy("20 collect")
    till.debtor()
    other, _default = till.card("tok_1"), till.card("tok_2")
    till.world.nights("2026-03-11", "2026-03-12")
    hand = till.world.by_hand("2026-03-12")
    ((account,),) = till.world.rows("select id from account")
    named = PaymentDetails(Decimal("30.00"), f"{account}-{other}")
    hand.add("collect", "2026-03-13", payment=named)
    till.world.night("2026-03-13")
    assert dict(till.collect().collected) == {"USD": Decimal("30.0000")}
    assert till.world.rows("select payment_method_id from payment_attempt") == [(other,)]
    till.world.check()


def test_what_was_paid_since_the_night_is_not_charged(till: Till):
    till.policy()
    till.debtor()
    till.card()
    till.until_due()
    till.world.pay("70.00", "2026-03-13")
    assert dict(till.collect().collected) == {"USD": Decimal("30.0000")}
    assert sorted(till.payments()) == [30, 70]


def test_who_has_paid_all_is_not_charged_and_the_attempt_says_why(till: Till):
    till.policy()
    till.debtor()
    till.card()
    till.until_due()
    till.world.pay("100.00", "2026-03-13")
    till.collect()
    assert till.attempts() == [("withdrawn", 0, "case_closed")]
    assert till.world.message("collect") == "withdrawn: The case has been closed."


def test_what_is_disputed_since_the_night_is_not_charged(till: Till):
    till.policy()
    till.debtor()
    till.card()
    till.until_due()
    till.world.bill(
        "100.00",
        "2026-03-01",
        bill_no="INV-B1",
        disputed_amount="40.00",
        disputed_on="2026-03-13",
    )
    assert dict(till.collect().collected) == {"USD": Decimal("60.0000")}


def test_no_more_is_charged_than_the_action_asked_for(till: Till):
    till.policy()
    till.debtor()
    till.card()
    till.until_due()
    till.world.bill("55.00", "2026-03-02")
    assert dict(till.collect().collected) == {"USD": Decimal("100.0000")}


def test_money_on_its_way_is_not_asked_for_again(till: Till):
    till.policy(steps="2 collect, 4 collect")
    till.debtor()
    till.card("pending")
    till.until_due()
    till.collect()
    assert till.attempts() == [("pending", 1, None)]
    till.world.nights("2026-03-14", "2026-03-15")
    till.collect("2026-03-15")
    assert till.attempts() == [("pending", 1, None), ("withdrawn", 0, "nothing_owed")]


def test_a_refusal_for_now_is_tried_again_after_1_3_and_7_days(till: Till):
    till.policy()
    till.debtor()
    till.card("retry:insufficient_funds")
    till.until_due()
    tried = []
    for number in range(13, 32):
        date = f"2026-03-{number}"
        if till.collect(date).outcomes:
            tried.append(number)
    assert tried == [13, 14, 17, 24]
    assert till.attempts() == [("declined", 4, "insufficient_funds")]
    assert till.payments() == []
    again = [event["data"].get("again_on") for event in till.world.events("payment_declined")]
    assert again == ["2026-03-14", "2026-03-17", "2026-03-24", None]


def test_each_try_has_a_key_of_its_own(till: Till):
    till.policy(payment_retries="[2]")
    till.debtor()
    till.card("retry:later")
    till.until_due()
    till.collect()
    first = till.charge_keys()
    till.collect("2026-03-15")
    assert len(first) == 1
    assert first != till.charge_keys()
    assert till.attempts() == [("declined", 2, "later")]


def test_a_hard_refusal_is_not_tried_again(till: Till):
    till.policy()
    till.debtor()
    till.card("decline:stolen_card")
    till.until_due()
    till.collect()
    assert till.attempts() == [("declined", 1, "stolen_card")]
    assert till.collect("2026-03-14").outcomes == {}
    assert till.world.in_collections()


def test_a_retry_is_dropped_once_the_case_has_closed(till: Till):
    till.policy()
    till.debtor()
    till.card("retry:later")
    till.until_due()
    till.collect()
    till.world.pay("100.00", "2026-03-14")
    till.world.night("2026-03-14")
    till.collect("2026-03-14")
    assert till.attempts() == [("withdrawn", 1, "case_closed")]


def test_without_a_method_or_with_an_expired_card_nothing_is_charged(till: Till):
    till.policy()
    till.debtor("B1")
    till.debtor("B2")
    till.card(number="B2", expires_on="2026-03-12")
    till.until_due()
    till.collect()
    assert till.attempts("B1") == [("failed", 0, "no_payment_method")]
    assert till.attempts("B2") == [("declined", 0, "expired_card")]


def test_without_a_gateway_the_attempt_waits_and_the_report_says_so(till: Till):
    till.policy()
    till.debtor()
    till.card()
    till.until_due()
    till.gateways = with_settings(gateways={"Other/card": "null"})
    collection = till.collect()
    assert dict(collection.left) == {"no gateway collects card; DUNWELL_GATEWAYS names one": 1}
    assert till.attempts() == [("ready", 0, None)]
    # a gateway of the brand's own comes before the general one
    till.gateways = with_settings(gateways={"card": "nowhere", "default/card": "null"})
    till.collect()
    assert till.attempts() == [("succeeded", 1, None)]


def test_collecting_needs_the_permission_to_deliver(till: Till):
    with pytest.raises(Forbidden, match="'deliver'"):
        till.collect(actor=Actor("Ann"))


def test_two_collectors_do_not_meet(till: Till):
    till.policy()
    till.debtor()
    till.card()
    till.until_due()
    with till.world.database.connect() as other:
        other.execute("select pg_advisory_lock(%s)", [locks.COLLECTOR])
        with pytest.raises(Conflict, match="already"):
            till.collect()
    assert till.attempts() == [("ready", 0, None)]
