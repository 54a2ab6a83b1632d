"""The search box finds a customer by whatever a representative has at hand."""

import datetime as dt

import pytest
from tests.prepared import CopyOf
from tests.world import World

from dunwell.db import walls
from dunwell.domain.errors import BadInput
from dunwell.features.access.actor import Actor, Operation, Permission, operator
from dunwell.features.receivables import searching
from dunwell.features.receivables.searching import Match


def _five(world: World) -> None:
    """Customers of several scripts."""
    world.customer(
        "U-100",
        account_no="100158",
        name="Jürgen Meyer-Schmidt",
        company="Großhandel Öztürk GmbH",
        email="J.Meyer@Example.com",
        phone="+49 (170) 123-4567",
    )
    world.customer("U-200", account_no="200", name="Siobhán O'Brien")
    world.customer("U-300", account_no="300", name="Мария Иванова")
    world.customer("U-400", account_no="400", name="王小明")
    world.customer("U-500", account_no="500", name="مُحَمَّد علي")


@pytest.fixture
def world(copy_of: CopyOf) -> World:
    return copy_of(_five)


def _found(world: World, query: str) -> list[tuple[str, str]]:
    with world.database.connect() as connection:
        operation = Operation(connection, operator(), dt.date(2026, 3, 1))
        return [(each.account_no, each.match) for each in searching.search(operation, query)]


@pytest.mark.parametrize(
    "query",
    [
        *("jürgen", "JURGEN", "Juergen", "jür", "meyer", "schmidt", "schmidt jürgen"),
        *("jür mey sch", "Meyer-Schmidt, Jürgen", "grosshandel", "GROẞHANDEL", "ozturk"),
        *("oeztuerk", "öz gmbh"),
    ],
)
def test_a_customer_is_found_by_the_beginning_of_any_words(world: World, query: str):
    assert _found(world, query) == [("100158", Match.NAME)]


@pytest.mark.parametrize(
    ("query", "account_no"),
    [
        *(("siobhan", "200"), ("o'brien", "200"), ("O’Brien", "200"), ("obrien sio", "200")),
        *(("мария", "300"), ("ИВАН", "300"), ("王", "400"), ("王小", "400")),
        *(("محمد", "500"), ("مُحَمَّد", "500"), ("علي", "500")),
    ],
)
def test_names_of_any_script_are_found_without_their_points(
    world: World, query: str, account_no: str
):
    assert _found(world, query) == [(account_no, Match.NAME)]


@pytest.mark.parametrize("query", ["ürgen", "jürgen smith", "meyer jurgens", "zzz", "  ", "%", "_"])
def test_what_begins_no_word_finds_nobody(world: World, query: str):
    assert _found(world, query) == []


@pytest.mark.parametrize(
    "query",
    ["+49 170 1234567", "0170/1234567", "0049 170 1234567", "1701234567", "49170", "4567"],
)
def test_a_telephone_number_is_found_however_it_is_written(world: World, query: str):
    assert _found(world, query) == [("100158", Match.PHONE)]


def test_an_address_is_found_by_its_beginning(world: World):
    assert _found(world, "j.meyer@EX") == [("100158", Match.EMAIL)]
    assert _found(world, "meyer@example.com") == []


def test_numbers_are_found_whole_and_by_their_beginning(world: World):
    world.bill("80.00", "2026-02-20", "U-200", bill_no="N-77")
    assert _found(world, "100158") == [("100158", Match.ACCOUNT_NO)]
    assert _found(world, "1001") == [("100158", Match.ACCOUNT_NO)]
    assert _found(world, "u-200") == [("200", Match.BILL_UNIT_NO)]
    assert _found(world, "U-2") == [("200", Match.BILL_UNIT_NO)]
    assert _found(world, "n-77") == [("200", Match.BILL_NO)]


def test_a_changed_name_is_found_and_the_old_one_no_longer(world: World):
    world.load("accounts", {"account_no": "100158", "name": "Ada Okafor"})
    assert _found(world, "okafor") == [("100158", Match.NAME)]
    assert _found(world, "jürgen") == []
    assert _found(world, "öztürk") == [("100158", Match.NAME)]


def test_a_result_says_what_is_overdue_and_who_is_in_collections(world: World):
    world.bill("80.00", "2026-02-20", "U-200")
    world.load("bill_units", {"bill_unit_no": "U-201", "account_no": "200", "currency": "EUR"})
    world.night("2026-03-01")
    with world.database.connect() as connection:
        operation = Operation(connection, operator(), dt.date(2026, 3, 1))
        (found,) = searching.search(operation, "brien o") or searching.search(operation, "obrien")
    assert [
        (unit.bill_unit_no, unit.overdue, unit.currency, unit.in_collections)
        for unit in found.bill_units
    ] == [("U-200", "80.00", "USD", False), ("U-201", "0.00", "EUR", False)]


def test_the_best_come_first_and_at_most_as_many_as_asked(world: World):
    for number in range(12):
        world.customer(f"X{number:02}", name=f"Anna {'Z' * number}")
    with world.database.connect() as connection:
        operation = Operation(connection, operator(), dt.date(2026, 3, 1))
        found = searching.search(operation, "anna", limit=5)
    assert [each.name for each in found][:3] == ["Anna ", "Anna Z", "Anna ZZ"]
    assert len(found) == 5


def test_a_name_that_everybody_has_hides_nobody(world: World):
    """However many entries begin with which of the words."""
    count = 260
    world.load(
        "accounts",
        *({"account_no": f"E{no}", "name": f"Customer {no} Common"} for no in range(count)),
        {"account_no": "EE", "name": "Common Smith", "company": "Customer Care"},
    )
    for query, numbers in (
        ("customer 77", ["E77"]),
        ("77 customer", ["E77"]),
        ("common cust 259", ["E259"]),
        ("customer smith", ["EE"]),
        ("smith customer common", ["EE"]),
        ("cust com 25", ["E25", *(f"E{no}" for no in range(250, 260))][:10]),
        ("customer 999", []),
        ("customer common nobody", []),
    ):
        assert sorted(no for no, _ in _found(world, query)) == sorted(numbers), query


def test_an_endless_query_is_refused(world: World):
    with pytest.raises(BadInput, match="Shorten it"):
        _found(world, "x" * 101)


def test_another_brands_customers_are_not_found(world: World):
    with world.database.connect() as connection:
        walls.enter(connection, [4711])
        actor = Actor("eve", frozenset({Permission.VIEW}), brands=frozenset({4711}))
        operation = Operation(connection, actor, dt.date(2026, 3, 1))
        for query in ("jürgen", "100158", "U-100", "4567", "j.meyer@"):
            assert searching.search(operation, query) == ()
        connection.rollback()
