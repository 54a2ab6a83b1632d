"""What becomes of a letter between the night and the door."""

import csv
import hashlib
from pathlib import Path

import pytest
from tests.features.letters.conftest import letters_policy, statuses, text_of
from tests.prepared import CopyOf
from tests.world import World


def _debtor(world: World, bill_unit_no: str = "B1", amount: str = "80.00", **columns: str) -> None:
    world.customer(bill_unit_no, address="5 Elm Road", city="Springfield", **columns)
    world.bill(amount, "2026-03-01", bill_unit_no, bill_no=f"R-{bill_unit_no}")


def _written_to(world: World) -> None:
    world.policy(letters_policy())
    _debtor(world)
    world.nights("2026-03-11", "2026-03-12")


@pytest.fixture
def debtor(copy_of: CopyOf) -> World:
    """One customer, to whom a letter has been written."""
    return copy_of(_written_to)


def _manifest(folder: Path) -> list[dict[str, str]]:
    with (folder / "manifest.csv").open(encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def test_a_printed_letter_is_a_pdf_with_what_the_night_knew(debtor: World):
    report = debtor.deliver("2026-03-12")
    (folder,) = report.files
    (entry,) = _manifest(folder)
    pdf = (folder / entry["file"]).read_bytes()
    assert pdf.startswith(b"%PDF")
    assert hashlib.sha256(pdf).hexdigest() == entry["sha256"]
    text = text_of(pdf)
    for words in (
        *("Payment reminder", "Ada Okafor", "5 Elm Road", "Springfield", "Invoice R-B1", "$80.00"),
        *("March 22, 2026", "Northwind", "11"),
    ):
        assert words in text
    assert statuses(debtor) == [("sent", None)]
    assert report.counts["printed"] == 1


def test_what_was_sent_is_kept(debtor: World):
    (folder,) = debtor.deliver("2026-03-12").files
    ((kept, digest, facts),) = debtor.rows("select content, sha256, facts from letter_document")
    assert bytes(kept) == next(folder.glob("*.pdf")).read_bytes()
    assert digest == hashlib.sha256(kept).hexdigest()
    assert facts["locale"] == "en_US"
    assert facts["sender"]["name"] == "Northwind"


def test_delivering_again_delivers_nothing(debtor: World):
    debtor.deliver("2026-03-12")
    report = debtor.deliver("2026-03-12")
    assert (report.files, report.counts["printed"]) == ([], 0)
    assert len(list(debtor.out.iterdir())) == 1


def test_nobody_who_has_paid_since_the_night_gets_a_letter(debtor: World):
    # five remain, and five or less leaves
    debtor.pay("75.00", "2026-03-12")
    report = debtor.deliver("2026-03-12")
    assert statuses(debtor) == [("withdrawn", "paid")]
    assert report.files == []
    (event,) = debtor.events("letter_withdrawn")
    assert (event["data"]["paid_since"], event["data"]["exit_amount"]) == ("75.0000", "5.0000")


def test_who_has_paid_too_little_gets_the_letter(debtor: World):
    debtor.pay("74.99", "2026-03-12")
    debtor.deliver("2026-03-12")
    assert statuses(debtor) == [("sent", None)]


def test_a_payment_of_tomorrow_or_for_a_bill_to_come_keeps_no_letter_back(world: World):
    world.policy(letters_policy())
    _debtor(world)
    world.bill("80.00", "2026-05-01", issued="2026-04-15", bill_no="R-later")
    world.nights("2026-03-11", "2026-03-12")
    world.pay("80.00", "2026-03-13")
    world.pay("80.00", "2026-03-12", bill_no="R-later")
    world.deliver("2026-03-12")
    assert statuses(world) == [("sent", None)]


def test_a_letter_of_a_case_that_has_closed_is_withdrawn(debtor: World):
    debtor.pay("80.00", "2026-03-12")
    debtor.night("2026-03-13")
    debtor.deliver("2026-03-13")
    assert statuses(debtor) == [("withdrawn", "case_closed")]


def test_who_was_exempted_since_the_night_gets_no_letter(debtor: World):
    debtor.by_hand("2026-03-12").exempt("hardship")
    debtor.deliver("2026-03-12")
    assert statuses(debtor) == [("withdrawn", "exempted")]


def test_a_letter_made_later_than_the_day_of_the_delivery_stays(debtor: World):
    assert debtor.deliver("2026-03-11").counts["rendered"] == 0
    assert statuses(debtor) == [("ready", None)]


def test_a_letter_without_a_template_is_in_error_and_stops_no_other(world: World):
    world.policy(letters_policy("1 own letter, 1 first reminder"))
    _debtor(world)
    world.nights("2026-03-11", "2026-03-12")
    report = world.deliver("2026-03-12")
    found = dict(statuses(world))
    assert sorted(found) == ["error", "sent"]
    assert "'own' of kind dunning for en_US" in found["error"]
    assert (report.counts["failed"], report.counts["printed"]) == (1, 1)
    assert "own" in world.events("letter_failed")[0]["data"]["message"]


@pytest.mark.parametrize(
    ("locale", "title"),
    [
        ("de_DE", "Zahlungserinnerung"),
        ("de_AT", "Zahlungserinnerung"),
        ("es_MX", "Recordatorio de pago"),
        ("", "Payment reminder"),
        ("fr_FR", "Payment reminder"),
    ],
)
def test_a_letter_is_in_the_customers_language_else_the_brands(
    world: World, locale: str, title: str
):
    world.policy(letters_policy())
    _debtor(world, locale=locale)
    world.nights("2026-03-11", "2026-03-12")
    (folder,) = world.deliver("2026-03-12").files
    assert title in text_of(next(folder.glob("*.pdf")).read_bytes())


@pytest.mark.parametrize(
    "name",
    ["山田 太郎", "김철수", "Дмитрий Соколов", "Αλέξης Ιωάννου", "Łódź Ñandú", "Nguyễn Văn Ắn"],
)
def test_a_name_in_any_script_is_printed(world: World, name: str):
    world.policy(letters_policy())
    _debtor(world, name=name)
    world.nights("2026-03-11", "2026-03-12")
    (folder,) = world.deliver("2026-03-12").files
    assert name in text_of(next(folder.glob("*.pdf")).read_bytes())


@pytest.mark.parametrize(
    "name", ["محمد علي", "דוד כהן", "สมชาย ใจดี", "अमित शर्मा", "გიორგი", "தமிழ்", "አበበ"]
)
def test_scripts_that_shape_their_letters_find_a_font(world: World, name: str):
    world.policy(letters_policy())
    _debtor(world, name=name)
    world.nights("2026-03-11", "2026-03-12")
    world.deliver("2026-03-12")
    # a sign without a glyph would be an error
    assert statuses(world) == [("sent", None)]


def test_a_sign_that_no_font_has_is_an_error_and_no_box(world: World):
    world.policy(letters_policy())
    _debtor(world, name="Darius 𐎠")
    world.nights("2026-03-11", "2026-03-12")
    world.deliver("2026-03-12")
    ((status, message),) = statuses(world)
    assert status == "error"
    assert "could not be displayed" in message


def test_markup_and_code_in_a_name_are_just_a_name(world: World):
    name = '#panic("x") *bold* <script>alert(1)</script> {{ 7*7 }} = & $x$'
    world.policy(letters_policy())
    _debtor(world, name=name)
    world.nights("2026-03-11", "2026-03-12")
    (folder,) = world.deliver("2026-03-12").files
    text = text_of(next(folder.glob("*.pdf")).read_bytes())
    assert "".join(name.split()) in "".join(text.split())


def test_one_pdf_for_the_whole_batch(world: World):
    world.policy(letters_policy())
    for number in ("B1", "B2", "B3"):
        _debtor(world, number)
    world.nights("2026-03-11", "2026-03-12")
    (folder,) = world.deliver("2026-03-12", one_file=True).files
    entries = _manifest(folder)
    assert [(entry["first_page"], entry["last_page"]) for entry in entries] == [
        ("1", "1"),
        ("2", "2"),
        ("3", "3"),
    ]
    text = text_of((folder / "letters.pdf").read_bytes())
    assert all(f"R-{number}" in text for number in ("B1", "B2", "B3"))
    assert sorted(path.name for path in folder.iterdir()) == ["letters.pdf", "manifest.csv"]


def test_a_manifest_holds_no_formula(world: World):
    world.policy(letters_policy())
    _debtor(world, name="=HYPERLINK(1)")
    world.nights("2026-03-11", "2026-03-12")
    (folder,) = world.deliver("2026-03-12").files
    assert _manifest(folder)[0]["name"] == "'=HYPERLINK(1)"


def test_a_bill_unit_number_is_no_path(world: World):
    world.policy(letters_policy())
    _debtor(world, "../../etc/x")
    world.nights("2026-03-11", "2026-03-12")
    (folder,) = world.deliver("2026-03-12").files
    assert _manifest(folder)[0]["file"] == "000001-.._.._etc_x.pdf"
    assert (folder / "000001-.._.._etc_x.pdf").exists()


def test_a_letter_that_is_late_asks_for_a_day_to_come(debtor: World):
    (folder,) = debtor.deliver("2026-03-20").files
    assert "March 30, 2026" in text_of(next(folder.glob("*.pdf")).read_bytes())


def test_a_fee_of_the_same_night_is_part_of_what_to_pay(world: World):
    world.policy(letters_policy("1 late fee, 1 first reminder"))
    _debtor(world)
    world.nights("2026-03-11", "2026-03-12")
    (folder,) = world.deliver("2026-03-12").files
    text = text_of(next(folder.glob("*.pdf")).read_bytes())
    assert "Late fee" in text
    assert "Amount due $85.00" in text


def test_a_disputed_part_is_not_claimed(world: World):
    world.policy(letters_policy())
    world.customer()
    world.bill("80.00", "2026-03-01", disputed_amount="30.00", disputed_on="2026-03-02")
    world.nights("2026-03-11", "2026-03-12")
    (folder,) = world.deliver("2026-03-12").files
    text = text_of(next(folder.glob("*.pdf")).read_bytes())
    assert "Not claimed at present -$30.00" in text
    assert "Amount due $50.00" in text


def test_a_template_that_was_mended_serves_the_letters_in_error(world: World):
    world.policy(letters_policy("1 own letter"))
    _debtor(world)
    world.nights("2026-03-11", "2026-03-12")
    world.deliver("2026-03-12")
    world.rows(
        "insert into template (kind, name, engine, format, source, changed_by)"
        " values ('dunning', 'own', 'jinja2', 'text', 'You owe {{ total_amount_text }}', 'me')"
        " returning id"
    )
    assert world.deliver("2026-03-12").counts["printed"] == 0
    (folder,) = world.deliver("2026-03-12", again=True).files
    assert next(folder.glob("*.txt")).read_text() == "You owe $80.00"
