"""Payments taken by hand, and the receipts that are given out for them."""

import datetime as dt
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader
from tests.features.care.staff import POLICY, REP
from tests.world import World

from dunwell.domain.errors import BadInput, Conflict, NotFound
from dunwell.features.care import receipts
from dunwell.features.receivables.payments import Received

DAY = dt.date(2026, 6, 13)


@pytest.fixture
def town(world: World) -> World:
    world.policy(POLICY)
    world.customer(name="Müller & Söhne", locale="de_DE")
    world.bill("30.00", "2026-05-25", bill_no="N0")
    world.bill("100.00", "2026-06-01", bill_no="N1")
    return world


def take(world: World, amount: str = "40.00", key: str = "key-0001", **more: Any):
    payer = more.pop("payer", None)
    received = Received(Decimal(amount), DAY, "cash", **more)
    return world.by_hand(DAY, REP).do(receipts.take, "B1", received, key=key, payer=payer)


def test_a_payment_pays_the_bill_that_it_names_and_the_receipt_says_so(town: World):
    receipt = take(town, bill_no="N1", payer="Frau Ö.")
    assert receipt.receipt_no == f"R-{receipt.handle}"
    assert (receipt.amount, receipt.bill_no, receipt.cashier, receipt.payer) == (
        Decimal("40.00"),
        "N1",
        "Rita",
        "Frau Ö.",
    )
    town.night("2026-06-14")
    assert town.owed() == {"N0": "30.00", "N1": "60.00"}
    (told,) = town.events_of("receipt_issued")
    assert told["receipt"] == receipt.receipt_no


def test_sent_twice_it_is_one_payment_and_one_receipt(town: World):
    assert take(town) == take(town)
    with pytest.raises(Conflict):
        take(town, "41.00")
    with pytest.raises(Conflict):
        take(town, bill_no="N1")
    assert len(town.by_hand(DAY, REP).do(receipts.receipts, "B1")) == 1
    assert len(town.events_of("receipt_issued")) == 1


def test_it_is_printed_in_the_customers_language(town: World):
    receipt = take(town, "1234.50", payer="محمد")
    document = town.by_hand(DAY, REP).do(receipts.document, "B1", str(receipt.handle))
    text = PdfReader(BytesIO(document.content)).pages[0].extract_text()
    for said in ("Quittung", receipt.receipt_no, "1.234,50", "13. Juni 2026", "Bar", "Müller"):
        assert said in text


def test_what_cannot_be_taken_is_refused(town: World):
    with pytest.raises(NotFound, match="'N9'"):
        take(town, bill_no="N9")
    with pytest.raises(BadInput, match="payer"):
        take(town, payer=" ")
    with pytest.raises(BadInput, match="at most 2 decimals"):
        take(town, "1.001")
    with pytest.raises(NotFound):
        town.by_hand(DAY, REP).do(receipts.document, "B1", "1-99")
    assert town.rows("select count(*) from credit") == [(0,)]
