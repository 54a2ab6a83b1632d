"""Bank statements: whose payment it is, what waits in suspense, and that nothing counts twice."""

from decimal import Decimal
from pathlib import Path

import pytest
from tests.features.payments.camt_files import document, entry, paid, transaction
from tests.features.payments.till import Till, gateways
from tests.prepared import CopyOf
from tests.world import World

from dunwell.domain.errors import BadInput, NotFound, RuleViolation
from dunwell.features.payments import suspense


def _owing(world: World) -> None:
    """B1 owes INV-B1, B2 owes INV-B2, 100.00 EUR each; B9 is in US dollars."""
    till = Till(world, gateways(), world.out)
    till.policy(steps="20 call", currency="EUR")
    till.debtor("B1", currency="EUR")
    till.debtor("B2", currency="EUR")
    till.debtor("B9", currency="USD")
    till.world.night("2026-03-11")


@pytest.fixture
def bank(copy_of: CopyOf, tmp_path: Path) -> Till:
    return Till(copy_of(_owing), gateways(), tmp_path / "out")


def test_a_number_is_found_however_it_is_written(bank: Till):
    texts = [
        "INV-B1",
        "inv-b1",
        "Rechnung INV-B1, vielen Dank!",
        "RE:INV-B1",
        "Invoice (INV-B1)",
        "INV B1",
        "payment of bill unit B1",
        "B1 INV-B1",
        "KdNr. B1/INV-B1",
        "Überweisung für 李雷 B1",
    ]
    imported = bank.import_statement(document(*(paid("10.00", text) for text in texts)))
    assert dict(imported.entries) == {"not_booked": 0, "posted": 10}
    assert bank.payments("B1") == [10] * 10
    assert bank.settle(imported) == {"cured": 1}
    assert bank.world.newest_case("B1")["events"][-1]["actor"] == "settlement"
    bank.world.check()


def test_a_structured_reference_counts_as_itself_and_as_iso_11649(bank: Till):
    bank.world.bill("10.00", "2026-03-01", "B2", bill_no="539007547034")
    bank.import_statement(
        document(
            paid("100.00", structured="INV-B1"),
            paid("10.00", structured="RF18 5390 0754 7034"),
        )
    )
    assert bank.payments("B1") == [100]
    assert bank.payments("B2") == [10]


def test_a_named_bill_is_paid_first_and_several_of_one_bill_unit_the_oldest(bank: Till):
    bank.world.bill("40.00", "2026-04-01", "B1", bill_no="INV-NEW")
    bank.settle(bank.import_statement(document(paid("40.00", "INV-NEW"))))
    assert bank.world.owed("B1") == {"INV-B1": "100.00"}
    both = document(paid("60.00", "INV-B1 and INV-NEW"), number="2")
    bank.settle(bank.import_statement(both))
    assert bank.world.owed("B1") == {"INV-B1": "40.00"}


UNCLEAR = [
    (paid("50.00", "thank you"), "names no known bill or bill unit"),
    (paid("50.00", "INV-B1 INV-B2"), "names several bill units: B1, B2"),
    (paid("50.00", "INV-B9"), "is in EUR, and the bill unit B9 in USD"),
    (paid("50.00", "INV-B1", currency="USD"), "is in USD, and the bill unit B1 in EUR"),
    (entry("50.00", batch="FILE-1"), "is a sum of transactions that the bank didn't list"),
    (
        entry("50.00", transaction("INV-B1"), reversal=True),
        "takes back money that was paid out",
    ),
    (
        entry(
            "50.00",
            [transaction("INV-B1", amount="20.00"), transaction("INV-B2", amount="20.00")],
        ),
        "its transactions don't make up its amount",
    ),
    (
        entry("50.00", transaction("INV-B1", returned="AC04"), out=True),
        "takes back a payment that can't be told for certain",
    ),
]


def test_what_is_not_clear_waits_in_suspense_with_its_reason(bank: Till):
    bank.import_statement(document(*(booking for booking, _ in UNCLEAR)))
    waiting = bank.suspense()
    assert [entry["reason"] for entry in waiting] == [reason for _, reason in UNCLEAR]
    assert {abs(entry["amount"]) for entry in waiting} == {50}
    assert bank.payments("B1") == bank.payments("B2") == []


def test_numbers_too_short_to_be_meant_are_no_match(bank: Till):
    bank.world.bill("10.00", "2026-03-01", "B2", bill_no="12")
    bank.import_statement(document(paid("10.00", "flat 12, paid on the 12")))
    assert len(bank.suspense()) == 1


def test_one_booking_of_many_transactions_is_many_payments(bank: Till):
    parts = [transaction("INV-B1", amount="70.00"), transaction("INV-B2", amount="30.00")]
    bank.import_statement(document(entry("100.00", parts)))
    assert (bank.payments("B1"), bank.payments("B2")) == ([70], [30])


def test_money_that_goes_out_is_none_of_our_business(bank: Till):
    imported = bank.import_statement(document(entry("9.90", transaction("fee"), out=True)))
    assert imported.entries["outgoing"] == 1
    assert bank.suspense() == []


def test_what_is_not_booked_yet_does_not_count(bank: Till):
    pending = paid("100.00", "INV-B1", status="PDNG", reference="R1")
    imported = bank.import_statement(document(pending))
    assert imported.entries["not_booked"] == 1
    booked = paid("100.00", "INV-B1", reference="R1")
    bank.import_statement(document(booked, number="next"))
    assert bank.payments("B1") == [100]


def test_the_same_statement_changes_nothing_the_second_time(bank: Till):
    text = document(paid("100.00", "INV-B1"), paid("5.00", "?"), paid("5.00", "?"))
    bank.import_statement(text)
    again = bank.import_statement(text)
    assert dict(again.entries) == {"not_booked": 0, "duplicate": 3}
    assert bank.payments("B1") == [100]
    assert len(bank.suspense()) == 2


def test_a_booking_that_a_notification_told_before_is_recognized_in_the_statement(bank: Till):
    booking = paid("100.00", "INV-B1", reference="BANKREF-1")
    bank.import_statement(document(booking, kind="054"))
    imported = bank.import_statement(document(booking, paid("1.00", "INV-B2")))
    assert imported.entries["duplicate"] == 1
    assert (bank.payments("B1"), bank.payments("B2")) == ([100], [1])


def test_equal_bookings_under_one_reference_in_one_statement_are_two(bank: Till):
    twice = [paid("20.00", "INV-B1", reference="SAME")] * 2
    bank.import_statement(document(*twice))
    assert bank.payments("B1") == [20, 20]
    bank.import_statement(document(*twice, number="again"))
    assert bank.payments("B1") == [20, 20]


def test_a_sum_in_suspense_gives_way_to_its_transactions(bank: Till):
    bank.import_statement(document(entry("100.00", batch="X", reference="R7")))
    assert len(bank.suspense()) == 1
    parts = [transaction("INV-B1", amount="70.00"), transaction("INV-B2", amount="30.00")]
    bank.import_statement(document(entry("100.00", parts, reference="R7"), kind="054"))
    assert bank.suspense() == []
    assert (bank.payments("B1"), bank.payments("B2")) == ([70], [30])


def test_a_transfer_that_is_taken_back_reverses_its_payment(bank: Till):
    bank.import_statement(document(paid("100.00", "INV-B1", end_to_end="E-77")))
    back = entry(
        "100.00",
        transaction("INV-B1", end_to_end="E-77"),
        out=True,
        reversal=True,
        booked="2026-03-19",
    )
    imported = bank.import_statement(document(back, number="2"))
    assert imported.entries["posted"] == 1
    assert bank.payments("B1") == [100, -100]
    bank.world.night("2026-03-20")
    assert bank.world.owed("B1") == {"INV-B1": "100.00"}
    bank.world.check()


def test_a_person_finds_the_place_of_what_waits(bank: Till):
    bank.import_statement(document(paid("25.00", "hello"), paid("5.00", "lottery")))
    first, second = (waiting["id"] for waiting in bank.suspense())
    with bank.world.database.connect() as connection:
        operation = bank.operation(connection, "2026-03-20")
        assert suspense.assign(operation, first, "B2") in bank.world.rows(
            "select account_id, id from bill_unit"
        )
        suspense.dismiss(operation, second, "returned to the sender")
    assert bank.payments("B2") == [25]
    assert bank.suspense() == []
    with bank.world.database.connect() as connection:
        operation = bank.operation(connection, "2026-03-20")
        with pytest.raises(RuleViolation, match="it is posted"):
            suspense.assign(operation, first, "B1")
        with pytest.raises(NotFound):
            suspense.assign(operation, 999, "B1")
        with pytest.raises(BadInput, match="Say why"):
            suspense.dismiss(operation, second, " ")
    assert bank.payments("B1") == []


def test_an_entry_in_another_currency_cannot_be_assigned(bank: Till):
    bank.import_statement(document(paid("25.00", "hello")))
    (waiting,) = bank.suspense()
    with (
        bank.world.database.connect() as connection,
        pytest.raises(RuleViolation, match="in EUR, and the bill unit 'B9' in USD"),
    ):
        suspense.assign(bank.operation(connection, "2026-03-20"), waiting["id"], "B9")


def test_money_out_in_suspense_takes_back_a_payment_of_that_amount(bank: Till):
    bank.world.pay("50.00", "2026-03-12", "B1")
    bank.import_statement(document(entry("50.00", transaction("?", returned="MS03"), out=True)))
    (waiting,) = bank.suspense()
    with bank.world.database.connect() as connection:
        operation = bank.operation(connection, "2026-03-20")
        with pytest.raises(RuleViolation, match=r"no payment of 50 EUR"):
            suspense.assign(operation, waiting["id"], "B2")
        suspense.assign(operation, waiting["id"], "B1")
    assert bank.payments("B1") == [50, -50]


def test_what_is_kept_of_a_payer_are_four_digits(bank: Till):
    bank.import_statement(document(paid("1.00", "INV-B1")))
    ((name, last_four),) = bank.world.rows("select name, last_four from statement_entry")
    assert (name, last_four) == ("Ada Okafor", "3000")


def test_three_decimals_and_none_are_taken_as_they_are(till: Till):
    till.world.customer("K1", "KWD")
    till.world.customer("J1", "JPY")
    till.import_statement(
        document(paid("1.235", "K1", currency="KWD"), paid("1200", "J1", currency="JPY"))
    )
    assert (till.payments("K1"), till.payments("J1")) == ([Decimal("1.235")], [1200])
