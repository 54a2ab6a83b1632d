"""Other systems tell of customers by their own identifiers: late, twice and out of order."""

from itertools import permutations
from typing import Any

import pytest

from dunwell.db.database import Database
from dunwell.engine.loading import load_rows
from dunwell.features.receivables.load import FileReport
from dunwell.plugins.loader import plugin_manager


class Systems:
    """Other systems that send rows."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.plugins = plugin_manager()

    def tell(self, kind: str, *rows: dict[str, Any], **options: Any) -> FileReport:
        return load_rows(self.database, self.plugins, kind, rows, **options)

    def one(self, query: str) -> tuple[Any, ...] | None:
        with self.database.connect() as connection:
            return connection.execute(query.encode()).fetchone()


@pytest.fixture
def systems(database: Database) -> Systems:
    return Systems(database)


ADA = {"system": "crm", "outside_id": "1-ABC", "version": 1, "name": "Ada"}


def _outcome(report: FileReport) -> str:
    for name in ("rejected", "outdated", "created", "changed"):
        if getattr(report, name):
            return name
    return "unchanged"


def test_a_new_customer_is_called_by_the_systems_identifier(systems: Systems):
    assert systems.tell("accounts", ADA).created == 1
    assert systems.tell("accounts", ADA).unchanged == 1
    assert systems.one("select account_no, name from account") == ("crm:1-ABC", "Ada")


def test_a_known_number_keeps_its_own_and_is_found_by_the_identifier(systems: Systems):
    systems.tell("accounts", {"account_no": "A1", "name": "Ada"})
    systems.tell("accounts", {**ADA, "account_no": "A1"})
    report = systems.tell("accounts", {**ADA, "version": 2, "name": "Ada Okafor"})
    assert report.changed == 1
    assert systems.one("select account_no, name from account") == ("A1", "Ada Okafor")


@pytest.mark.parametrize("order", list(permutations((1, 2, 3))))
def test_in_whatever_order_versions_come_the_newest_stays(systems: Systems, order: tuple[int, ...]):
    newest = 0
    for version in order:
        report = systems.tell("accounts", {**ADA, "version": version, "name": f"Ada {version}"})
        assert (_outcome(report) == "outdated") == (version < newest)
        newest = max(newest, version)
    assert systems.one("select name from account") == ("Ada 3",)


def test_what_is_ignored_is_named_with_what_is_known(systems: Systems):
    systems.tell("accounts", {**ADA, "version": "2026-03-01T10:00:00+02:00"})
    report = systems.tell("accounts", {**ADA, "version": "2026-03-01T07:59:59.5Z", "name": "Old"})
    (ignored,) = report.outdated_rows
    assert report.applied
    assert (ignored.line, ignored.outside_id, ignored.known_version) == (
        1,
        "1-ABC",
        "2026-03-01T10:00:00+02:00",
    )
    same = systems.tell("accounts", {**ADA, "version": "2026-03-01T08:00:00Z", "name": "Same"})
    assert _outcome(same) == "changed"


def test_of_several_versions_in_one_load_the_newest_counts(systems: Systems):
    rows = [{**ADA, "version": version, "name": f"Ada {version}"} for version in (2, 3, 1)]
    report = systems.tell("accounts", *rows)
    assert (report.created, report.outdated, report.unchanged) == (1, 2, 0)
    assert systems.one("select name, email from account") == ("Ada 3", None)


def test_systems_count_their_versions_apart(systems: Systems):
    systems.tell("accounts", {**ADA, "version": 9, "account_no": "A1"})
    billing = {"system": "billing", "outside_id": "1-ABC", "account_no": "A1"}
    report = systems.tell("accounts", {**billing, "version": 1, "phone": "555"})
    assert report.changed == 1
    assert systems.one("select name, phone from account") == ("Ada", "555")


def test_a_bill_unit_finds_its_customer_by_the_identifier(systems: Systems):
    unit = {"system": "crm", "outside_id": "2-X", "version": 1, "account_outside_id": "1-ABC"}
    early = systems.tell("bill_units", {**unit, "currency": "USD"})
    assert [(r.column, r.value, r.reason) for r in early.rejects] == [
        ("account_outside_id", "1-ABC", "is not a known account")
    ]
    systems.tell("accounts", ADA)
    assert systems.tell("bill_units", {**unit, "currency": "USD"}).created == 1
    later = {"system": "crm", "outside_id": "2-X", "version": 2, "status": "suspended"}
    assert systems.tell("bill_units", later).changed == 1
    assert systems.one("select bill_unit_no, currency, status from bill_unit") == (
        "crm:2-X",
        "USD",
        "suspended",
    )


def test_contacts_and_addresses_have_versions_of_their_own(systems: Systems):
    systems.tell("accounts", {**ADA, "version": 5, "email": "old@example.org"})
    contact = {"system": "crm", "outside_id": "C1", "account_outside_id": "1-ABC", "version": 1}
    assert systems.tell("contact_details", {**contact, "email": "ada@example.org"}).changed == 1
    address = {"system": "crm", "outside_id": "D1", "account_outside_id": "1-ABC", "version": 1}
    assert systems.tell("addresses", {**address, "city": "Lagos"}).changed == 1
    # a known contact needs no customer
    known = {"system": "crm", "outside_id": "C1", "version": 2, "phone": "555 0100"}
    assert systems.tell("contact_details", known).changed == 1
    assert systems.one("select name, email, city, phone from account") == (
        "Ada",
        "ada@example.org",
        "Lagos",
        "555 0100",
    )
    words = systems.one("select count(*) from search_word where word like '5550100%'")
    assert words is not None
    assert words[0] > 0


def test_a_contact_of_another_customer_by_now_is_refused(systems: Systems):
    systems.tell("accounts", ADA, {**ADA, "outside_id": "1-B", "name": "Bo"})
    contact = {"system": "crm", "outside_id": "C1", "account_outside_id": "1-ABC", "version": 1}
    systems.tell("contact_details", {**contact, "email": "ada@example.org"})
    moved = {**contact, "account_outside_id": "1-B", "version": 2, "email": "bo@example.org"}
    (refused,) = systems.tell("contact_details", moved).rejects
    assert (refused.column, refused.reason) == (
        "outside_id",
        "is known as that of the account crm:1-ABC, not of crm:1-B",
    )
    assert systems.one("select email from account where name = 'Ada'") == ("ada@example.org",)


def test_what_is_wrong_with_identifiers(systems: Systems):
    systems.tell("accounts", ADA)
    systems.tell("accounts", {"account_no": "A2", "name": "Bo"})

    def reasons(kind: str, row: dict[str, Any]) -> list[tuple[str, str]]:
        return [(each.column, each.reason) for each in systems.tell(kind, row).rejects]

    assert reasons("accounts", {"outside_id": "X", "name": "Bo"}) == [
        ("system", "is missing; it tells whose identifier X is"),
    ]
    assert reasons("accounts", {**ADA, "version": "yesterday"}) == [
        (
            "version",
            "is neither a whole number nor a time with its zone, such as 2026-02-28T12:00:00Z",
        ),
    ]
    assert reasons("accounts", {**ADA, "account_no": "A2"}) == [
        ("outside_id", "is known as that of the account crm:1-ABC, not of A2")
    ]
    assert reasons("accounts", {"system": "crm", "outside_id": "new", "email": "x@y.org"}) == [
        ("name", "is missing")
    ]
    assert reasons("contact_details", {"account_no": "A9", "email": "x@y.org"}) == [
        ("account_no", "is not a known account")
    ]
    unowned = {"system": "crm", "outside_id": "u", "currency": "USD"}
    assert reasons("bill_units", unowned) == [("account_outside_id", "is not a known account")]
    assert systems.one("select count(*) from account") == (2,)


def test_a_refused_row_leaves_its_version_free(systems: Systems):
    systems.tell("accounts", ADA)
    bad = systems.tell("accounts", {**ADA, "version": 7, "brand": "none"})
    assert not bad.applied
    assert systems.tell("accounts", {**ADA, "version": 6, "name": "Ada Six"}).changed == 1
