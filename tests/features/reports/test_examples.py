"""Worked examples: small businesses whose figures can be reckoned by hand."""

import datetime as dt
from decimal import Decimal
from typing import Any

from tests.policies import policy, scenario
from tests.world import World

from dunwell.features.access.actor import Operation, operator
from dunwell.features.reports import preparing, running
from dunwell.features.reports.report import Asked

D = Decimal


def _ask(world: World, name: str, since: str = "", until: str = "") -> list[dict[str, Any]]:
    preparing.prepare(world.database)
    with world.database.connect() as connection:
        operation = Operation(connection, operator("root"), dt.date(2026, 6, 30))
        asked = Asked(
            dt.date.fromisoformat(since) if since else None,
            dt.date.fromisoformat(until) if until else None,
        )
        return list(running.run(operation, name, asked).rows)


def test_days_sales_outstanding_and_effectiveness(world: World):
    """January: 300 billed, nothing paid. February: 100 billed, 250 paid. At its end 150 is open, of
    which 100 isn't due: 150 / 100 x 28 = 42 days. Of the 400 that was there 250 went, and 300 could
    have gone: 83.3 %.
    """
    world.policy(policy(scenario(entry="9999.00")))
    world.customer()
    world.bill("300.00", "2026-02-10", issued="2026-01-20")
    world.bill("100.00", "2026-03-15", issued="2026-02-15")
    world.pay("250.00", "2026-02-20")
    world.night("2026-02-28")
    february = _ask(world, "days-sales-outstanding", "2026-02-01", "2026-02-28")[0]
    assert (february["ending"], february["billed"]) == (D("150.00"), D("100.00"))
    assert february["days_outstanding"] == D("42.0")
    index = _ask(world, "effectiveness", "2026-02-01", "2026-02-28")[0]
    assert (index["beginning"], index["ending_current"]) == (D("300.00"), D("100.00"))
    assert index["effectiveness"] == D("83.3")


def test_ageing_shares(world: World):
    """On 31 March 60 isn't due, 30 is 10 days late and 110 is 40 days late, of 200 in all."""
    world.policy(policy(scenario(entry="9999.00")))
    world.customer()
    world.bill("60.00", "2026-04-10", issued="2026-03-25")
    world.bill("30.00", "2026-03-21")
    world.bill("150.00", "2026-02-19")
    world.pay("40.00", "2026-03-01")
    world.night("2026-03-31")
    rows = _ask(world, "ageing", until="2026-03-31")
    shares = {row["days_overdue"]: (row["owed"], row["share"]) for row in rows if row["owed"]}
    assert shares == {
        "not due": (D("60.00"), D("30.0")),
        "1–30": (D("30.00"), D("15.0")),
        "31–60": (D("110.00"), D("55.0")),
    }


def test_roll_rates(world: World):
    """200 is 10 days late on 10 March. A month later 80 is paid, and the rest 41 days late."""
    world.policy(policy(scenario(entry="9999.00")))
    world.customer()
    world.bill("200.00", "2026-02-28")
    world.pay("80.00", "2026-03-20")
    world.bill("55.00", "2026-03-25", issued="2026-03-11")
    world.night("2026-04-10")
    rows = _ask(world, "roll-rates", "2026-03-10", "2026-04-10")
    assert [
        (row["days_then"], row["owed_then"], row["days_now"], row["owed_now"], row["rate"])
        for row in rows
    ] == [
        ("1–30", D("200.00"), "31–60", D("120.00"), D("60.0")),
        ("1–30", D("200.00"), "settled", D("80.00"), D("40.0")),
    ]


def test_recovery_counts_what_was_paid_of_the_debt_that_entered(world: World):
    """100 enters on 11 March. 25 is paid within 30 days, 30 more within 60; 40 goes to a later bill
    and doesn't count.
    """
    world.policy(policy(scenario(steps="400 call")))
    world.customer()
    first = world.bill("100.00", "2026-03-01")
    later = world.bill("40.00", "2026-04-20")
    world.nights("2026-03-11", "2026-03-12")
    world.pay("25.00", "2026-04-05", bill_no=first)
    world.night("2026-04-09")
    world.pay("30.00", "2026-05-01", bill_no=first)
    world.pay("40.00", "2026-05-01", bill_no=later)
    world.night("2026-05-05")
    world.night("2026-06-30")
    (row,) = _ask(world, "recovery")
    assert (row["entered_amount"], row["recovered"]) == (D("100.00"), D("55.00"))
    assert (row["days_30"], row["days_60"], row["days_90"]) == (D("25.0"), D("55.0"), D("55.0"))
    assert row["so_far"] == D("55.0")
    assert row["days_180"] is None, "no case is that old"


def test_fees_charged_paid_and_waived(world: World):
    """Two late fees of 5: one is paid, of the other 3 are waived."""
    world.policy(policy(scenario(steps="1 late fee, 400 call")))
    for no in ("B1", "B2"):
        world.customer(no)
        world.bill("50.00", "2026-03-01", no)
    world.nights("2026-03-11", "2026-03-14")
    world.pay("55.00", "2026-03-20", "B1")
    world.adjust("-53.00", "2026-03-25", "B2")
    world.night("2026-03-31")
    (row,) = _ask(world, "fees", "2026-03-01", "2026-03-31")
    assert [row[name] for name in ("charged", "paid", "waived", "written_off")] == [
        *(D("10.00"), D("5.00"), D("3.00"), D("0.00"))
    ]


def test_promises_kept_and_broken(world: World):
    """Three promises: one is kept, one broken, one revoked; one of two was kept: 50 %."""
    world.policy(policy(scenario(steps="400 call")))
    for no in ("B1", "B2", "B3"):
        world.customer(no)
        world.bill("100.00", "2026-03-01", no)
    world.night("2026-03-12")
    for no in ("B1", "B2", "B3"):
        world.by_hand("2026-03-12").promise(no, number=1, first_on="2026-03-20")
    world.by_hand("2026-03-13").revoke_promise(bill_unit_no="B3", reason="a test")
    world.pay("100.00", "2026-03-18", "B1")
    world.nights("2026-03-13", "2026-03-25")
    (row,) = _ask(world, "promises")
    counts = [row[name] for name in ("made", "kept", "broken", "revoked", "active")]
    assert counts == [3, 1, 1, 1, 0]
    assert (row["promised"], row["paid"], row["kept_rate"]) == (D("300.00"), D("100.00"), D("50.0"))


def test_the_effect_of_letters(world: World):
    """Three letters of 12 March went out: after one something is paid within 14 days, after one on
    the 15th day, after one never. One of three had an effect: 33.3 %.
    """
    world.policy(policy(scenario(steps="1 letter, 400 call")))
    for no in ("B1", "B2", "B3"):
        world.customer(no)
        world.bill("50.00", "2026-03-01", no)
    world.nights("2026-03-11", "2026-03-12")
    world.rows("update letter set status = 'sent' returning id")
    world.pay("20.00", "2026-03-26", "B1")
    world.pay("30.00", "2026-03-27", "B2")
    world.night("2026-03-31")
    (row,) = _ask(world, "letters", "2026-03-01", "2026-03-31")
    assert (row["sent"], row["answered"], row["paid"]) == (3, 1, D("20.00"))
    assert row["effect"] == D("33.3")
