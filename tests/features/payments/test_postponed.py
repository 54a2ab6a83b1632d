"""An instalment that was asked for already, and is put off: collected on its new date, once."""

from decimal import Decimal

import pytest
from tests.features.payments.till import Till
from tests.world import day

from dunwell.features.payments import recording
from dunwell.features.payments.gateways.base import Declined, Outcome, Succeeded


def _promised(till: Till, token: str) -> None:
    """100.00 promised for 14 March, to be collected from a card; the night has asked for it."""
    till.policy("20 call", payment_retries="[3]")
    till.debtor()
    card = till.card(token)
    till.world.night("2026-03-11")
    till.world.by_hand("2026-03-12").promise(
        number=1, interval_days=1, first_on="2026-03-14", payment_method_id=card
    )
    till.world.nights("2026-03-12", "2026-03-14")


def _put_off(till: Till, to: str = "2026-03-20") -> None:
    till.world.by_hand("2026-03-14").change_promise("reschedule", {2: day(to)})


def _pays_from_now_on(till: Till) -> None:
    till.world.rows("update payment_method set token = 'tok' returning 1")


def _tell(till: Till, on: str, outcome: Outcome) -> None:
    (key,) = till.charge_keys()
    with till.world.database.connect() as connection:
        operation = till.operation(connection, on)
        ((account_id, attempt_id),) = till.world.rows("select account_id, id from payment_attempt")
        recording.record(operation, account_id, attempt_id, key, outcome)


def test_what_was_asked_for_waits_for_the_new_date(till: Till):
    _promised(till, "tok")
    _put_off(till)
    till.collect("2026-03-14")
    till.world.nights("2026-03-15", "2026-03-19")
    till.collect("2026-03-19")
    assert till.attempts() == [("ready", 0, None)]
    till.world.night("2026-03-20")
    till.collect("2026-03-20")
    till.collect("2026-03-21")
    assert till.attempts() == [("succeeded", 1, None)]
    assert till.payments() == [100]


@pytest.mark.parametrize("token", ["decline:stolen_card", "retry:later"])
def test_what_was_refused_is_tried_on_the_new_date_and_not_before(till: Till, token: str):
    _promised(till, token)
    till.collect("2026-03-14")
    first = till.charge_keys()
    _put_off(till)
    _pays_from_now_on(till)
    till.world.nights("2026-03-15", "2026-03-19")
    till.collect("2026-03-19")
    assert till.payments() == []
    till.world.night("2026-03-20")
    till.collect("2026-03-20")
    assert till.attempts() == [("succeeded", 1, None)]
    assert till.payments() == [100]
    assert till.charge_keys() != first


def test_what_was_paid_is_not_collected_again(till: Till):
    _promised(till, "pending")
    till.collect("2026-03-14")
    _put_off(till)
    _tell(till, "2026-03-15", Succeeded(Decimal(100)))
    till.world.nights("2026-03-15", "2026-03-20")
    till.collect("2026-03-20")
    assert till.attempts() == [("succeeded", 1, None)]
    assert till.payments() == [100]
    assert not till.world.in_collections()


def test_while_nobody_knows_nothing_is_tried_until_the_first_is_known_to_be_refused(till: Till):
    _promised(till, "pending")
    till.collect("2026-03-14")
    _put_off(till)
    _pays_from_now_on(till)
    till.world.nights("2026-03-15", "2026-03-20")
    till.collect("2026-03-20")
    assert till.attempts() == [("pending", 1, None)]
    _tell(till, "2026-03-20", Declined("stolen_card", retryable=False))
    till.collect("2026-03-20")
    assert till.attempts() == [("succeeded", 2, None)]
    assert till.payments() == [100]


def test_no_more_is_charged_than_the_instalment_has_become(till: Till):
    _promised(till, "tok")
    _put_off(till)
    till.world.by_hand("2026-03-15").change_promise("change", 2, amount=Decimal(60))
    till.world.nights("2026-03-15", "2026-03-20")
    till.collect("2026-03-20")
    assert till.payments() == [60]


@pytest.mark.parametrize("verb", ["cancel", "complete"])
def test_what_is_no_longer_promised_is_not_charged(till: Till, verb: str):
    _promised(till, "tok")
    till.world.by_hand("2026-03-14").change_promise(verb, 2)
    till.collect("2026-03-14")
    assert till.attempts() == [("withdrawn", 0, "instalment_closed")]
    assert till.payments() == []
