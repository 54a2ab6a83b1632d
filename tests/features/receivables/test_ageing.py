"""Ageing: the manual's examples, past dates, several currencies."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.features.receivables.desk import Desk

from dunwell.domain.errors import BadInput, NotFound
from dunwell.features.receivables.ageing import AgeingRow, ageing

D = Decimal
TODAY = date(2026, 6, 30)

GOLDEN: dict[str, Any] = {
    "boundaries": [30, 60, 90],
    "items": [
        {"days": 1, "amount": "1.00"},
        {"days": 30, "amount": "2.00"},
        {"days": 31, "amount": "4.00"},
        {"days": 60, "amount": "8.00"},
        {"days": 90, "amount": "16.00"},
        {"days": 91, "amount": "32.00"},
    ],
    "buckets": ["3.00", "12.00", "16.00", "32.00"],
    "screen": {
        "30": "169.95",
        "60": "131.90",
        "90": "0.00",
        ">90": "0.00",
        "total": "301.85",
    },
}
"""The reference cases `aging_buckets`: worked examples of the manual."""


def _bills(desk: Desk, *bills: tuple[int, str], unit: str = "U1") -> None:
    """Bills of `unit`, each so many days overdue today."""
    desk.load(
        "bills",
        *(
            f"{unit}-{number},{unit},2025-01-01,{TODAY - timedelta(days=days)},{amount}"
            for number, (days, amount) in enumerate(bills)
        ),
    )


def _ageing(desk: Desk, **options: Any) -> list[AgeingRow]:
    with desk.database.connect() as connection:
        return ageing(connection, **{"date": TODAY, **options})


def _amounts(rows: list[AgeingRow]) -> dict[str, str]:
    return {row.bucket: str(row.amount) for row in rows}


def test_a_bucket_holds_what_is_up_to_its_boundary_overdue(desk: Desk):
    _bills(desk, *((item["days"], item["amount"]) for item in GOLDEN["items"]))
    amounts = list(_amounts(_ageing(desk, boundaries=GOLDEN["boundaries"])).values())
    assert amounts == ["0.00", *GOLDEN["buckets"]]
    assert _ageing(desk) == _ageing(desk, boundaries=GOLDEN["boundaries"])


def test_the_screen_of_the_manual(desk: Desk):
    screen = dict(GOLDEN["screen"])
    _bills(desk, (12, "100.00"), (30, "69.95"), (45, "131.90"))
    _bills(desk, (5, "1000"), unit="U2")
    amounts = _amounts(_ageing(desk, bill_unit_no="U1"))
    assert str(sum(map(D, amounts.values()))) == screen.pop("total")
    assert amounts == {"not due": "0.00", **screen}


def test_each_currency_has_every_bucket_with_its_own_decimals(desk: Desk):
    _bills(desk, (-3, "5.10"), (0, "1"), (1, "2"))
    _bills(desk, (400, "7"), unit="U2")
    assert [row.as_json() for row in _ageing(desk, boundaries=[10])] == [
        {"currency": currency, "bucket": bucket, "items": items, "amount": amount, "accounts": n}
        for currency, bucket, items, amount, n in [
            ("JPY", "not due", 0, "0", 0),
            ("JPY", "10", 0, "0", 0),
            ("JPY", ">10", 1, "7", 1),
            ("USD", "not due", 2, "6.10", 1),
            ("USD", "10", 1, "2.00", 1),
            ("USD", ">10", 0, "0.00", 0),
        ]
    ]


def test_a_bill_not_yet_issued_is_not_owed(desk: Desk):
    desk.load("bills", f"B1,U1,{TODAY},2026-07-30,3", "B2,U1,2026-07-01,2026-07-30,4")
    assert _amounts(_ageing(desk))["not due"] == "3.00"


def test_an_unknown_bill_unit_and_impossible_boundaries_are_refused(desk: Desk):
    with pytest.raises(NotFound, match="'U77'"):
        _ageing(desk, bill_unit_no="U77")
    for boundaries in ([], [0], [30, 30], [60, 30], list(range(1, 12)), [10**9]):
        with pytest.raises(BadInput, match="don't do"):
            _ageing(desk, boundaries=boundaries)


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    parts=st.lists(st.tuples(st.integers(-40, 40), st.integers(1, 100)), max_size=4),
    asked=st.integers(-45, 45),
)
def test_a_past_date_does_not_see_what_was_applied_later(
    desk: Desk, parts: list[tuple[int, int]], asked: int
):
    desk.run("truncate item, allocation, bill cascade")
    _bills(desk, (45, "1000"))
    for days, amount in parts:
        desk.run(
            "insert into allocation"
            " (account_id, credit_id, item_id, effective_on, posted_on, amount)"
            f" select account_id, 1, id, date '{TODAY}' + {days}, date '{TODAY}', {amount}"
            " from item"
        )
        desk.run(f"update item set open_amount = open_amount - {amount}")
    owed = 1000 - sum(amount for days, amount in parts if days <= asked)
    rows = _ageing(desk, date=TODAY + timedelta(days=asked))
    assert sum(row.amount for row in rows) == owed
