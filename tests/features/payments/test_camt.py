"""Reading camt files: untrusted, of every version, and every entry of them counted."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.features.payments.camt_files import document, entry, paid, transaction
from tests.features.payments.till import Till

from dunwell.domain.errors import BadFile
from dunwell.features.payments import camt

BOMB = (
    '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(12))
    + "]>"
)


def test_a_file_with_an_external_entity_is_refused_and_nothing_is_read(tmp_path: Path):
    secret = tmp_path / "secret"
    secret.write_text("top secret")
    head = f'<!DOCTYPE x [<!ENTITY leak SYSTEM "file://{secret}">]>'
    text = document(entry("1.00", transaction("X"))).replace("X<", "&leak;<")
    text = text.replace('"UTF-8"?>', f'"UTF-8"?>{head}')
    with pytest.raises(BadFile) as refused:
        camt.parse(text.encode())
    assert "top secret" not in refused.value.message


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (document(paid("1.00"), head=BOMB), "document type"),
        (document(paid("1.00", "&l;"), head=BOMB).replace("&amp;l;", "&l;"), "."),
        (document(paid("1.00"), head="<!DOCTYPE Document>"), "document type"),
        ("", "not well-formed"),
        ("<Document/>", "neither a camt.053 nor a camt.054"),
        ("<a><b></a>", "not well-formed"),
        ("<html><BkToCstmrStmt/></html>", "neither"),
        (document(paid("1,00")), "entry 1 has no amount"),
        (document(paid("-1.00")), "entry 1 has no amount"),
        (document(paid("1e9")), "entry 1 has no amount"),
        (document(paid("NaN")), "entry 1 has no amount"),
        (document(paid("10.005")), "entry 1 has 10.005 EUR, which are more decimals than EUR has"),
        (document(paid("1", booked="9999-12-31")), "entry 1 has no date in BookgDt"),
        (document(paid("1.00001")), "entry 1 has no amount"),
        (document(paid("1.00", currency="E")), "entry 1 has no amount"),
        (document(paid("1.00", booked="2026-02-30")), "entry 1 has no date"),
        (document(paid("1.00"), paid("1.00").replace("CRDT", "BOTH")), "entry 2 is neither"),
        (document(paid("1.00"), number=""), "has no number"),
        ("<" * 5000, "not well-formed"),
        (document("<a>" * 5000 + "</a>" * 5000), "not well-formed"),
    ],
)
def test_what_is_no_statement_is_refused_with_its_place(text: str, reason: str):
    with pytest.raises(BadFile, match=reason):
        camt.parse(text.encode())


def test_a_huge_file_is_refused_before_it_is_read(tmp_path: Path):
    path = tmp_path / "huge.xml"
    with path.open("wb") as stream:
        stream.truncate(camt.LARGEST + 1)
    with pytest.raises(BadFile, match="bytes"):
        camt.read(path)
    with pytest.raises(BadFile, match="can't be read"):
        camt.read(tmp_path / "absent.xml")


@pytest.mark.parametrize("version", ["02", "04", "06", "13"])
def test_the_version_does_not_matter(version: str):
    text = document(paid("12.50", "X1")).replace("053.001.08", f"053.001.{version}")
    text = text.replace("<Pty><Nm>", "<Nm>").replace("</Nm></Pty>", "</Nm>")
    text = text.replace("<Sts><Cd>BOOK</Cd></Sts>", "<Sts>BOOK</Sts>")
    (statement,) = camt.parse(text.encode())
    (booking,) = statement.bookings
    (found,) = booking.transactions
    assert (str(found.amount), found.text, found.name) == ("12.50", "X1", "Ada Okafor")


def test_other_encodings_are_read():
    text = document(paid("1.00", name="Žofie")).replace('"UTF-8"', '"UTF-16"')
    (statement,) = camt.parse(text.encode("utf-16"))
    assert statement.bookings[0].transactions[0].name == "Žofie"


TEXTS = st.sampled_from(
    ["INV-B1", "INV-B2", "INV-B1 INV-B2", "INV-B9", "thanks", "", "b2", "12", "B1, B1", "\u200b"]
)
AMOUNTS = st.integers(1, 99_999).map(lambda cents: f"{cents / 100:.2f}")


@st.composite
def bookings(draw: st.DrawFn) -> str:
    amount, text = draw(AMOUNTS), draw(TEXTS)
    currency = draw(st.sampled_from(["EUR", "EUR", "EUR", "USD"]))
    reference = draw(st.sampled_from(["", "R1", "R2", "NONREF"]))
    one = transaction(text)
    part = transaction(text, amount=amount, currency=currency)
    twice = f"{Decimal(amount) * 2}"
    kinds: list[tuple[str, list[str], dict[str, Any]]] = [
        (amount, [one], {}),
        (amount, [transaction(text, returned="MD06")], {"out": True}),
        (amount, [one], {"out": True, "reversal": True}),
        (amount, [one], {"out": True}),
        (amount, [one], {"reversal": True}),
        (amount, [], {"batch": "X1"}),
        (twice, [part, part], {}),
        (amount, [part, part], {}),
    ]
    total, details, how = draw(st.sampled_from(kinds))
    return entry(total, details, reference=reference, currency=currency, **how)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(files=st.lists(st.lists(bookings(), min_size=1, max_size=5), min_size=1, max_size=3))
def test_every_entry_is_one_payment_or_waits_and_no_money_is_lost(
    property_till: Till, files: list[list[str]]
):
    till = property_till
    with till.world.database.connect() as connection:
        connection.execute("truncate statement_entry, bank_statement, credit, touched")
    for number, found in enumerate([*files, *files]):
        till.import_statement(document(*found, number=f"S{number % len(files)}"))
    # each booking once, however often it came; all of its money
    expected: dict[str, dict[str, object]] = {}
    for number, found in enumerate(files):
        (statement,) = camt.parse(document(*found, number=f"S{number}").encode())
        for booking in statement.bookings:
            expected.setdefault(booking.key, {})["total"] = sum(
                each.amount for each in booking.transactions
            )
    told = till.world.rows(
        "select booking_key, sum(amount) from statement_entry where status <> 'detailed' group by 1"
    )
    assert {key: {"total": total} for key, total in told} == expected
    # what is posted is exactly one credit of that amount
    unpaid = till.world.rows(
        """
        select * from statement_entry
        full join credit on credit.number = statement_entry.payment_no
        where (statement_entry.status = 'posted' or credit.id is not null)
            and statement_entry.amount is distinct from credit.amount
        """
    )
    assert unpaid == []
    ((waiting_for_a_reason,),) = till.world.rows(
        "select count(*) from statement_entry where status = 'suspense' and reason is null"
    )
    assert waiting_for_a_reason == 0
    till.world.check()
