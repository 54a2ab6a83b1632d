"""SEPA direct debits: a valid file out, and what the bank's statements make of it."""

import datetime as dt
import io
import stat
from pathlib import Path

import pytest
import sepaxml
import xmlschema
from lxml import etree
from pydantic import SecretStr
from tests.features.payments.camt_files import document, entry, transaction
from tests.features.payments.till import IBAN, Till, gateways, with_settings
from tests.prepared import CopyOf
from tests.world import World

from dunwell.db import outgoing_files
from dunwell.domain.errors import BadInput, RuleViolation
from dunwell.features.payments.gateways.sepa import collection_date, is_iban, latin

SCHEMA = Path(sepaxml.__file__).parent / "schemas" / "pain.008.001.08.xsd"
PAIN = "{urn:iso:std:iso:20022:tech:xsd:pain.008.001.08}"


def _asked_for(world: World) -> None:
    """B1 and B2 owe 100.00 EUR each, by direct debit, asked for on 13 March."""
    till = Till(world, gateways(), world.out)
    till.policy(currency="EUR")
    for number in ("B1", "B2"):
        till.debtor(number, currency="EUR")
        till.mandate(number)
    till.until_due()


@pytest.fixture
def bank(copy_of: CopyOf, tmp_path: Path) -> Till:
    return Till(copy_of(_asked_for), gateways(), tmp_path / "out")


def debits(file: Path) -> list[dict[str, str | None]]:
    tree = etree.parse(io.BytesIO(file.read_bytes()))
    return [
        {
            "key": found.findtext(f".//{PAIN}EndToEndId"),
            "amount": found.findtext(f"{PAIN}InstdAmt"),
            "mandate": found.findtext(f".//{PAIN}MndtId"),
            "iban": found.findtext(f".//{PAIN}DbtrAcct//{PAIN}IBAN"),
            "name": found.findtext(f".//{PAIN}Dbtr/{PAIN}Nm"),
            "text": found.findtext(f".//{PAIN}Ustrd"),
        }
        for found in tree.iterfind(f".//{PAIN}DrctDbtTxInf")
    ]


def test_the_file_is_valid_and_asks_each_mandate_for_what_is_owed(bank: Till):
    bank.world.pay("30.00", "2026-03-13", "B2")
    collection = bank.collect()
    assert collection.in_files == 2
    (file,) = bank.files()
    xmlschema.XMLSchema(str(SCHEMA)).validate(file.read_text())
    first, second = debits(file)
    assert (first["amount"], first["mandate"], first["iban"]) == ("100.00", "M-B1", IBAN)
    assert (second["amount"], second["text"], second["name"]) == ("70.00", "B2", "Ada Okafor")
    assert {first["key"], second["key"]} == set(bank.charge_keys())
    # Friday; Monday and Tuesday are bank days
    assert "<ReqdColltnDt>2026-03-17<" in file.read_text()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert bank.attempts("B1") == [("pending", 1, None)]
    # nothing is asked for twice
    assert bank.collect().in_files == 0
    assert bank.files() == []


def test_a_file_that_was_not_written_yet_is_written_by_the_next_delivery_with_the_same_content(
    bank: Till, tmp_path: Path
):
    bank.collect()
    # killed here: the attempts are recorded, the folder is empty
    (file,) = bank.files()
    with bank.world.database.connect(autocommit=True) as connection:
        again = outgoing_files.write_again(
            connection, tmp_path / "again", ["direct_debits"], file.name, bank.gateways.vault.open
        )
    assert again.read_bytes() == file.read_bytes()


def test_account_numbers_are_nowhere_in_the_database(bank: Till):
    bank.collect()
    bank.files()
    bank.import_statement(document(entry("1.00", transaction("B1"))))
    for table in ("payment_method", "outgoing_file", "statement_entry", "event"):
        ((found,),) = bank.world.rows(
            f"select count(*) from {table} as row where row::text like '%370400440532013000%'"
            " or row::text like '%' || encode('370400440532013000', 'hex') || '%'"
        )
        assert found == 0, table


def test_without_the_key_nothing_sealed_can_be_read_or_stored(bank: Till):
    bank.gateways = with_settings(gateways={"direct_debit": "sepa"}, vault_key=None)
    with pytest.raises(BadInput, match="DUNWELL_VAULT_KEY"):
        bank.collect()
    assert bank.attempts("B1") == [("ready", 0, None)]
    with pytest.raises(BadInput, match="DUNWELL_VAULT_KEY"):
        bank.mandate("B1", reference="other")
    other = SecretStr("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")
    bank.gateways = with_settings(gateways={"direct_debit": "sepa"}, vault_key=other)
    with pytest.raises(BadInput, match="isn't the key"):
        bank.collect()


def test_each_debit_that_the_bank_books_becomes_its_payment(bank: Till):
    bank.collect()
    keys = {row["mandate"]: str(row["key"]) for row in debits(bank.files()[0])}
    imported = bank.import_statement(
        document(entry("100.00", transaction(end_to_end=keys["M-B1"]), booked="2026-03-17"))
    )
    assert bank.attempts("B1") == [("succeeded", 1, None)]
    assert bank.attempts("B2") == [("pending", 1, None)]
    assert bank.settle(imported) == {"cured": 1}
    assert bank.payments("B1") == [100]
    bank.world.check()


def test_a_file_that_the_bank_books_in_one_sum_becomes_the_payment_of_each(bank: Till):
    bank.collect()
    ((number,),) = bank.world.rows("select message_no from outgoing_file")
    bank.files()
    imported = bank.import_statement(document(entry("200.00", batch=number)))
    assert (bank.payments("B1"), bank.payments("B2")) == ([100], [100])
    assert imported.entries["posted"] == 1
    assert bank.attempts("B2") == [("succeeded", 1, None)]


def test_a_sum_that_differs_from_the_file_waits_in_suspense(bank: Till):
    bank.collect()
    ((number,),) = bank.world.rows("select message_no from outgoing_file")
    bank.import_statement(document(entry("199.00", batch=number)))
    (waiting,) = bank.suspense()
    assert waiting["reason"] == ("books a file of direct debits in one sum, but 200 EUR is awaited")
    assert bank.attempts("B1") == [("pending", 1, None)]


def test_a_debit_that_bounces_takes_its_payment_back_and_is_tried_again(bank: Till):
    bank.collect()
    keys = {row["mandate"]: str(row["key"]) for row in debits(bank.files()[0])}
    key = keys["M-B1"]
    paid_in = entry("100.00", transaction(end_to_end=key), booked="2026-03-17")
    # the bank's fee is in the booking
    bounced = entry(
        "103.50",
        transaction(end_to_end=key, returned="AM04", instructed="100.00"),
        out=True,
        booked="2026-03-18",
    )
    bank.import_statement(document(paid_in), on="2026-03-17")
    imported = bank.import_statement(document(bounced, number="2"), on="2026-03-18")
    assert dict(imported.entries) == {"not_booked": 0, "posted": 1, "outgoing": 1}
    assert bank.payments("B1") == [100, -100]
    # insufficient funds: again after a day, with another key
    assert bank.attempts("B1") == [("ready", 1, "AM04")]
    bank.world.night("2026-03-18")
    assert bank.world.owed("B1") == {"INV-B1": "100.00"}
    bank.collect("2026-03-19")
    assert bank.attempts("B1") == [("pending", 2, None)]
    assert key not in bank.charge_keys()
    bank.world.check()


def test_a_debit_of_a_closed_account_is_returned_for_good(bank: Till):
    bank.collect()
    keys = [str(row["key"]) for row in debits(bank.files()[0])]
    bank.import_statement(
        document(
            entry("100.00", transaction(end_to_end=keys[0])),
            entry("100.00", transaction(end_to_end=keys[0], returned="AC04"), out=True),
        )
    )
    assert bank.attempts("B1") == [("returned", 1, "AC04")]
    assert bank.payments("B1") == [100, -100]


def test_a_return_that_is_told_before_the_payment_leads_to_the_same(bank: Till):
    bank.collect()
    key = str(debits(bank.files()[0])[0]["key"])
    back = entry("100.00", transaction(end_to_end=key, returned="AC04"), out=True)
    bank.import_statement(document(back, kind="054"))
    imported = bank.import_statement(document(entry("100.00", transaction(end_to_end=key))))
    assert imported.entries["posted"] == 1
    assert bank.payments("B1") == [100, -100]
    assert bank.suspense() == []


@pytest.mark.parametrize(
    ("booking", "reason"),
    [
        (("90.00", False), "pays a direct debit of 100 EUR, a different amount"),
        (("90.00", True), "takes back a direct debit in a different amount"),
    ],
)
def test_a_debit_in_another_amount_waits_in_suspense(
    bank: Till, booking: tuple[str, bool], reason: str
):
    bank.collect()
    key = str(debits(bank.files()[0])[0]["key"])
    amount, out = booking
    details = transaction(end_to_end=key, returned="MD06" if out else "")
    bank.import_statement(document(entry(amount, details, out=out)))
    (waiting,) = bank.suspense()
    assert waiting["reason"] == reason
    assert bank.payments("B1") == []


def test_a_debit_that_is_paid_or_returned_twice_waits_in_suspense(bank: Till):
    bank.collect()
    key = str(debits(bank.files()[0])[0]["key"])
    paid_in = entry("100.00", transaction(end_to_end=key))
    back = entry("100.00", transaction(end_to_end=key, returned="AC04"), out=True)
    bank.import_statement(document(paid_in, paid_in, back, back))
    assert bank.payments("B1") == [100, -100]
    assert [waiting["amount"] for waiting in bank.suspense()] == [100, -100]


def test_other_currencies_are_declined_and_the_file_goes_without_them(till: Till):
    till.policy()
    till.debtor()
    till.mandate()
    till.until_due()
    assert till.collect().in_files == 0
    assert till.attempts() == [("declined", 1, "currency")]
    assert till.files() == []


@pytest.mark.parametrize(
    ("iban", "reason"),
    [("DE89370400440532013001", "check digits"), ("hello", "check digits")],
)
def test_a_wrong_iban_is_refused_without_repeating_it(till: Till, iban: str, reason: str):
    till.debtor(currency="EUR")
    with pytest.raises(BadInput, match=reason) as refused:
        till.mandate(iban=iban)
    assert len(iban) < 6 or iban not in refused.value.message


def test_a_mandate_reference_belongs_to_one_bill_unit(till: Till):
    till.debtor("B1", currency="EUR")
    till.debtor("B2", currency="EUR")
    first = till.mandate("B1", reference="M-1")
    assert till.mandate("B1", reference="M-1") == first
    with pytest.raises(RuleViolation, match="belongs to the bill unit 'B1'"):
        till.mandate("B2", reference="M-1")
    with pytest.raises(BadInput, match="35"):
        till.mandate("B1", reference="ü" * 36)


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("Zoë Müller-Ångström", "Zoe Muller-Angstrom"),
        ("Дмитрий", "Dmitrii"),
        ("李雷", "Li Lei"),
        ("A & B <Ltd>", "A B Ltd"),
        ("//x", "x"),
    ],
)
def test_names_in_any_script_reach_the_bank_in_its_letters(name: str, written: str):
    assert latin(name) == written


def test_a_collection_date_is_a_bank_day():
    # Maundy Thursday 2026: Good Friday and Easter Monday are closed
    assert collection_date(dt.date(2026, 4, 2), 1) == dt.date(2026, 4, 7)
    assert collection_date(dt.date(2025, 12, 24), 2) == dt.date(2025, 12, 30)


def test_ibans_are_checked_by_their_digits():
    assert is_iban("GB82WEST12345698765432")
    assert not is_iban("GB82WEST12345698765433")
    assert not is_iban("gb82west12345698765432")
