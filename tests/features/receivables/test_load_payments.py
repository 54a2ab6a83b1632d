"""Payments, reversals, adjustments and exchange rates."""

from datetime import date
from decimal import Decimal

import pytest
from tests.features.receivables.desk import Desk

D = Decimal


def test_a_payment_is_a_credit_that_waits_for_the_night(desk: Desk):
    desk.load("bills", "B1,U1,2026-01-01,2026-01-31,100")
    rows = ("P1,U1,2026-01-10,60.5,B1,card", "P2,U2,2026-01-11,500,,")
    header = ",bill_no,method"
    assert desk.load("payments", *rows, header=header).created == 2
    assert desk.credits() == [("payment", D("60.5"), D("60.5")), ("payment", D(500), D(500))]
    before = desk.versions()
    assert desk.load("payments", *rows, header=header).unchanged == 2
    assert desk.versions() == before


def test_a_changed_payment_keeps_what_is_applied_and_a_moved_one_is_applied_anew(desk: Desk):
    desk.load("payments", "P1,U1,2026-01-10,60")
    desk.run("update credit set open_amount = 10")
    look = "select amount, open_amount, reapply from credit"
    assert desk.load("payments", "P1,U1,2026-01-10,45").changed == 1
    assert desk.rows(look) == [(D(45), D(-5), False)]
    desk.load("payments", "P1,U1,2026-01-12,45")
    assert desk.rows(look) == [(D(45), D(-5), True)]


@pytest.mark.parametrize("written", ["60", "-60"])
def test_a_bounced_payment_is_undone_by_its_opposite(desk: Desk, written: str):
    rows = (f"R1,U1,2026-01-12,{written},P1", "P1,U1,2026-01-10,60,")
    desk.load("payments", *rows, header=",reverses")
    assert desk.credits() == [("payment", D(-60), D(-60)), ("payment", D(60), D(60))]
    before = desk.versions()
    desk.load("payments", *rows, header=",reverses")
    assert desk.versions() == before


def test_a_reversal_must_fit_its_payment(desk: Desk):
    desk.load("payments", "P1,U1,2026-01-10,60,", "P2,U2,2026-01-10,60,", header=",reverses")
    desk.load("payments", "P3,U1,2026-01-10,7,", "R3,U1,2026-01-11,7,P3", header=",reverses")
    assert desk.reasons(
        "payments",
        "R1,U1,2026-01-12,59,P1",
        "R2,U1,2026-01-12,60,P2",
        "R4,U1,2026-01-12,60,no",
        "R5,U1,2026-01-12,7,R3",
        "R6,U1,2026-01-12,7,P3",
        "R7,U1,2026-01-12,1,R7",
        "P4,U1,2026-01-12,bad,",
        "R8,U1,2026-01-12,1,P4",
        "P5,U1,2026-01-12,5,",
        "R9,U1,2026-01-12,5,P5",
        "R10,U1,2026-01-13,5,P5",
        "R11,U1,2026-01-01,60,P1",
        header=",reverses",
    ) == [
        (2, "amount", "59", "differs from the reversed payment's, 60"),
        (3, "reverses", "P2", "is a payment of another bill unit"),
        (4, "reverses", "no", "is not a known payment"),
        (5, "reverses", "R3", "is a reversal itself"),
        (6, "reverses", "P3", "is already reversed"),
        (7, "reverses", "R7", "is the payment itself"),
        (
            8,
            "amount",
            "bad",
            "is not an amount such as 12.50, with at most 13 digits before the point",
        ),
        (9, "reverses", "P4", "names a row that is rejected"),
        (12, "reverses", "P5", "is already reversed"),
        (13, "paid_on", "2026-01-01", "is before the reversed payment"),
        (13, "reverses", "P1", "is already reversed"),
    ]


def test_a_bounced_payment_and_its_reversal_stay_as_they_are(desk: Desk):
    desk.load("payments", "P1,U1,2026-01-10,60,", "R1,U1,2026-01-12,60,P1", header=",reverses")
    assert desk.reasons(
        "payments", "P1,U1,2026-01-10,61,", "R1,U1,2026-01-13,61,P1", header=",reverses"
    ) == [
        (2, "amount", "61", "can't be changed once the payment is reversed"),
        (3, "amount", "61", "can't be changed once the payment is reversed"),
        (3, "paid_on", "2026-01-13", "can't be changed once the payment is reversed"),
    ]


def test_what_is_wrong_with_a_payment(desk: Desk):
    desk.load("bills", "B1,U1,2026-01-01,2026-01-31,100")
    desk.load("payments", "P1,U1,2026-01-10,60")
    assert desk.reasons(
        "payments",
        "P1,U2,2026-01-10,60,",
        "P2,U1,2026-01-10,0,",
        "P3,U1,2026-01-10,-5,",
        "P4,U1,2026-01-10,5,no",
        "P5,U2,2026-01-10,5,B1",
        "P6,U1,2026-01-10,5.001,B1",
        header=",bill_no",
    ) == [
        (
            2,
            "bill_unit_no",
            "U2",
            "differs; the payment belongs to another bill unit: reverse it",
        ),
        (3, "amount", "0", "is zero"),
        (4, "amount", "-5", "is negative; name the payment that it reverses"),
        (5, "bill_no", "no", "is not a known bill"),
        (6, "bill_no", "B1", "is a bill of another bill unit"),
        (7, "amount", "5.001", "has more decimals than USD"),
    ]


def test_an_adjustment_is_a_credit_or_a_further_item(desk: Desk):
    desk.load("bills", "B1,U1,2026-01-01,2026-01-31,100")
    rows = ("J1,U1,2026-01-10,-20,B1,goodwill", "J2,U1,2026-01-11,5,B1,", "J3,U1,2026-01-12,6,,")
    header = ",bill_no,reason"
    desk.load("adjustments", *rows, header=header)
    assert desk.credits() == [("adjustment", D(20), D(20))]
    assert desk.rows(
        "select number, amount, issued_on, due_on from item where kind = 'adjustment' order by 1"
    ) == [
        ("J2", D(5), date(2026, 1, 11), date(2026, 1, 31)),
        ("J3", D(6), date(2026, 1, 12), date(2026, 1, 12)),
    ]
    before = desk.versions()
    desk.load("adjustments", *rows, header=header)
    assert desk.versions() == before


def test_an_adjustment_that_changes_its_sign_leaves_a_zero_behind(desk: Desk):
    desk.load("adjustments", "J1,U1,2026-01-10,-20")
    assert desk.load("adjustments", "J1,U1,2026-01-10,7").changed == 1
    assert (desk.credits(), desk.items()) == (
        [("adjustment", D(0), D(0))],
        [("adjustment", D(7), D(7))],
    )
    before = desk.versions()
    desk.load("adjustments", "J1,U1,2026-01-10,7")
    assert desk.versions() == before
    desk.load("adjustments", "J1,U1,2026-01-10,-3")
    assert (desk.credits(), desk.items()) == (
        [("adjustment", D(3), D(3))],
        [("adjustment", D(0), D(0))],
    )


def test_what_is_wrong_with_an_adjustment(desk: Desk):
    desk.load("adjustments", "J1,U1,2026-01-10,-20")
    assert desk.reasons(
        "adjustments", "J1,U2,2026-01-10,-20", "J2,U1,2026-01-10,0", "J3,U2,2026-01-10,-0.5"
    ) == [
        (2, "bill_unit_no", "U2", "differs; the adjustment belongs to another bill unit"),
        (3, "amount", "0", "is zero"),
        (4, "amount", "-0.5", "has more decimals than JPY"),
    ]


def test_exchange_rates_are_kept_by_day(desk: Desk):
    desk.load("exchange_rates", "EUR,USD,2026-01-01,1.0842", "EUR,USD,2026-02-01,1.1")
    before = desk.versions()
    desk.load("exchange_rates", "EUR,USD,2026-01-01,1.08420")
    assert desk.versions() == before
    assert desk.load("exchange_rates", "EUR,USD,2026-02-01,1.2").changed == 1
    assert desk.rows("select rate, origin from exchange_rate order by rate") == [
        (D("1.0842"), "loaded"),
        (D("1.2"), "loaded"),
    ]
    assert [
        (line, column)
        for line, column, _, _ in desk.reasons(
            "exchange_rates",
            "EUR,XXQ,2026-01-01,1",
            "EUR,EUR,2026-01-01,1",
            "EUR,USD,2026-01-01,0",
            "EUR,CHF,2026-01-01,1",
            "EUR,CHF,2026-01-01,2",
        )
    ] == [(2, "target_currency"), (3, "target_currency"), (4, "rate"), (6, "valid_from")]
