"""The demo's telecom."""

import csv
import hashlib
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from dunwell.cli.demo import files


@pytest.fixture(scope="module")
def telecom(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[dict[str, Any]]]:
    folder = tmp_path_factory.mktemp("telecom")
    counts = files.write(folder, 400)
    rows = {}
    for kind, count in counts.items():
        with (folder / f"{kind}.csv").open(encoding="utf-8", newline="") as opened:
            rows[kind] = list(csv.DictReader(opened))
        assert len(rows[kind]) == count
    return rows


def _fingerprint(folder: Path) -> str:
    content = b"".join(path.read_bytes() for path in sorted(folder.iterdir()))
    return hashlib.sha256(content).hexdigest()


def test_the_same_telecom_comes_out_every_time(tmp_path: Path):
    for name in ("first", "second"):
        files.write(tmp_path / name, 50)
    assert _fingerprint(tmp_path / "first") == _fingerprint(tmp_path / "second")


def test_more_customers_do_not_change_those_that_are_there(tmp_path: Path):
    for name, accounts in (("few", 20), ("many", 40)):
        files.write(tmp_path / name, accounts)
    few, many = ((tmp_path / name / "bills.csv").read_text("utf-8") for name in ("few", "many"))
    assert many.startswith(few)


def test_every_reference_between_the_files_holds(telecom: dict[str, list[dict[str, Any]]]):
    accounts = {row["account_no"] for row in telecom["accounts"]}
    units = {row["bill_unit_no"] for row in telecom["bill_units"]}
    bills = {row["bill_no"] for row in telecom["bills"]}
    payments = {row["payment_no"]: row for row in telecom["payments"]}
    assert {row["account_no"] for row in telecom["bill_units"]} == accounts
    assert {row["bill_unit_no"] for row in telecom["bills"]} == units
    assert {row["corrects"] for row in telecom["bills"]} - {""} <= bills
    assert {row["bill_no"] for row in telecom["payments"]} - {""} <= bills
    assert {row["bill_no"] for row in telecom["adjustments"]} - {""} <= bills
    for row in payments.values():
        if row["reverses"]:
            bounced = payments[row["reverses"]]
            assert Decimal(row["amount"]) == -Decimal(bounced["amount"])
            assert row["paid_on"] > bounced["paid_on"]


def test_every_number_is_given_once(telecom: dict[str, list[dict[str, Any]]]):
    for rows in telecom.values():
        (most,) = Counter(next(iter(row.values())) for row in rows).most_common(1)
        assert most[1] == 1, most


def test_all_that_real_life_brings_is_in_there(telecom: dict[str, list[dict[str, Any]]]):
    bills, payments = telecom["bills"], telecom["payments"]
    assert len(telecom["bill_units"]) > len(telecom["accounts"])
    assert {row["currency"] for row in telecom["bill_units"]} == {"USD", "EUR"}
    assert any(row["corrects"] for row in bills)
    assert any(row["disputed_amount"] for row in bills)
    assert any(row["dispute_resolved_on"] for row in bills)
    assert any(row["reverses"] for row in payments)
    assert any(not row["bill_no"] for row in payments)
    assert {row["amount"].startswith("-") for row in telecom["adjustments"]} == {True, False}
    due = {row["bill_no"]: row["due_on"] for row in bills}
    paid = [(row["paid_on"], due[row["bill_no"]]) for row in payments if row["bill_no"]]
    assert any(on < due_on for on, due_on in paid)
    assert any(on > due_on for on, due_on in paid)


def test_the_data_are_of_one_year_and_name_nobody_real(
    telecom: dict[str, list[dict[str, Any]]],
):
    days = [row["issued_on"] for row in telecom["bills"]]
    days += [row["paid_on"] for row in telecom["payments"]]
    days += [row["made_on"] for row in telecom["adjustments"]]
    assert min(days) >= "2025-01-01"
    assert max(days) <= "2025-12-31"
    for row in telecom["accounts"]:
        assert row["email"].endswith(("@example.com", "@example.org"))
        assert row["email"].isascii()
    assert not all(row["name"].isascii() for row in telecom["accounts"])
