"""Tasks and workload, searching, notes, and what belongs to a bill unit."""

import dataclasses
from decimal import Decimal
from typing import Any

import pytest
from tests.policies import policy, scenario
from tests.prepared import CopyOf
from tests.world import World, day

from dunwell.domain.errors import BadInput, Forbidden, NotFound
from dunwell.features.access.actor import Actor, Permission
from dunwell.features.cases import outcomes, search_ways, searching
from dunwell.features.cases.search_ways import Order
from dunwell.features.cases.searching import Criteria
from dunwell.features.receivables import notes, payments
from dunwell.features.tasks import queries

AGENTS = """
[[agents]]
name = "Jennifer"
supervisor = "Larry"
[[agents]]
name = "Omar"
[[agents]]
name = "Larry"
role = "manager"
"""


def person(name: str, *, manager: bool = False) -> Actor:
    return Actor(name, frozenset({Permission.VIEW}), brands=None, agent=name, is_manager=manager)


def _office(world: World) -> None:
    """Four cases of 11 March 2026: B1 and B2 are Jennifer's, B3 is Omar's, B4 nobody's."""
    world.policy(
        policy(
            scenario("low", steps="1 late fee, 5 call, 20 letter"),
            scenario("high", entry="100.00", steps="2 letter, 3 call"),
            more=AGENTS,
        )
    )
    for number, (name, amount, due) in enumerate(
        (
            ("Ángel Ñandú", "30.00", "2026-03-01"),
            ("Berta Ångström", "150.00", "2026-02-20"),
            ("李小龍", "70.00", "2026-03-01"),
            ("Zoë Šimić", "250.00", "2026-02-25"),
        ),
        start=1,
    ):
        world.customer(
            f"B{number}", name=name, company="" if number % 2 else "Åre Skidor AB", pay_type="card"
        )
        world.bill(amount, due, f"B{number}")
    world.night("2026-03-11")
    hand = world.by_hand("2026-03-11")
    hand.assign("Jennifer", "B1", "B2")
    hand.assign("Omar", "B3")
    world.nights("2026-03-12", "2026-03-16")


@pytest.fixture
def office(copy_of: CopyOf) -> World:
    return copy_of(_office)


def _tasks(world: World, actor: Actor | None = None, **options: Any) -> list[tuple[str, ...]]:
    page = world.by_hand("2026-03-17", actor).do(queries.tasks, **options)
    return [
        (task.agent, task.bill_unit_no, task.task, task.due_on.isoformat()) for task in page.items
    ]


def test_tasks_are_sorted_by_due_date_and_cut_by_date_and_number(office: World):
    everything = _tasks(office)
    assert everything == [
        ("Jennifer", "B2", "call", "2026-03-05"),
        ("Jennifer", "B1", "call", "2026-03-16"),
        ("Omar", "B3", "call", "2026-03-16"),
        ("Jennifer", "B1", "letter", "2026-03-31"),
        ("Omar", "B3", "letter", "2026-03-31"),
    ]
    assert _tasks(office, due_until=day("2026-03-15")) == everything[:1]
    assert _tasks(office, due_from=day("2026-03-16"), agent="Omar") == [
        everything[2],
        everything[4],
    ]
    hand = office.by_hand("2026-03-17")
    found, cursor = [], None
    while True:
        page = hand.do(queries.tasks, limit=2, cursor=cursor)
        found += [(task.bill_unit_no, task.task) for task in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert found == [(number, task) for _, number, task, _ in everything]


def test_agents_see_their_own_tasks_and_managers_those_they_supervise(office: World):
    assert {row[0] for row in _tasks(office, person("Omar"))} == {"Omar"}
    assert {row[0] for row in _tasks(office, person("Larry", manager=True))} == {"Jennifer"}
    with pytest.raises(Forbidden, match="can't see the tasks of 'Jennifer'"):
        _tasks(office, person("Omar"), agent="Jennifer")
    with pytest.raises(NotFound, match="There is no agent 'Nobody'"):
        _tasks(office, agent="Nobody")


def test_the_workload_counts_cases_and_what_is_late(office: World):
    found = office.by_hand("2026-03-16").do(queries.workload)
    jennifer = next(each for each in found if each.agent == "Jennifer")
    assert (jennifer.cases, jennifer.late, jennifer.due_today, jennifer.to_come) == (2, 1, 1, 0)
    assert jennifer.overdue == (("USD", Decimal("185.00")),)
    assert [each.agent for each in found] == ["Jennifer", "Larry", "Omar"]
    (later,) = office.by_hand("2026-03-24").do(queries.workload, agent="Jennifer")
    assert (later.late, later.due_today, later.to_come) == (2, 0, 1)


@pytest.mark.parametrize(
    ("criteria", "found"),
    [
        (Criteria(), "B4 B2 B3 B1"),
        (Criteria(bill_unit_no="B2"), "B2"),
        (Criteria(bill_unit_status="active"), "B4 B2 B3 B1"),
        (Criteria(bill_unit_status="closed"), ""),
        (Criteria(pay_type="card"), "B4 B2 B3 B1"),
        (Criteria(billed_from=day("2026-02-10"), billed_until=day("2026-02-12")), "B4"),
        (Criteria(billed_until=day("2026-02-11")), "B4 B2"),
        (Criteria(account_status="active"), "B4 B2 B3 B1"),
        (Criteria(account_no="A-B3"), "B3"),
        (Criteria(company="åre"), "B4 B2"),
        (Criteria(company="are"), ""),
        (Criteria(name="ÁNGEL"), "B1"),
        (Criteria(name="李"), "B3"),
        (Criteria(name="zoë š"), "B4"),
        (Criteria(agent="Jennifer"), "B2 B1"),
        (Criteria(scenario="low"), "B3 B1"),
        (Criteria(profile="default USD"), "B4 B2 B3 B1"),
        (Criteria(debt_class="standard", currency="USD"), "B4 B2 B3 B1"),
        (Criteria(currency="EUR"), ""),
        (Criteria(overdue_amount_from=Decimal(75), overdue_amount_until=Decimal(150)), "B2 B3"),
        (Criteria(days_overdue_from=20), "B4 B2"),
        (Criteria(days_overdue_from=16, days_overdue_until=20), "B4 B3 B1"),
        (Criteria(assigned=True), "B2 B3 B1"),
        (Criteria(assigned=False), "B4"),
    ],
)
def test_bill_units_are_found_by_every_criterion(
    office: World, monkeypatch: pytest.MonkeyPatch, criteria: Criteria, found: str
):
    # whatever the search begins with: customers, bills and cases are gathered, or walked
    for few in (search_ways.FEW, 0):
        monkeypatch.setattr(search_ways, "FEW", few)
        for order in (Order.AMOUNT, Order.NAME):
            page = office.by_hand("2026-03-17").do(searching.search, criteria, order=order)
            numbers = [row.bill_unit_no for row in page.items]
            if order is Order.AMOUNT:
                assert " ".join(numbers) == found
            assert sorted(numbers) == sorted(found.split())


def test_every_criterion_has_a_test():
    tried = {
        name
        for criteria, _ in test_bill_units_are_found_by_every_criterion.pytestmark[0].args[1]
        for name, value in dataclasses.asdict(criteria).items()
        if value is not None
    }
    assert tried == set(Criteria.__dataclass_fields__)


@pytest.mark.parametrize("few", [0, 5_000])
@pytest.mark.parametrize(
    ("order", "found"),
    [
        (Order.AMOUNT, "B4 B2 B3 B1"),
        (Order.DAYS_OVERDUE, "B2 B4 B1 B3"),
        (Order.ENTERED, "B1 B2 B3 B4"),
        (Order.NAME, "B2 B4 B1 B3"),
        (Order.ACCOUNT_NO, "B1 B2 B3 B4"),
        (Order.BILL_UNIT_NO, "B1 B2 B3 B4"),
    ],
)
def test_pages_go_through_every_order_without_gap_or_repetition(
    office: World, monkeypatch: pytest.MonkeyPatch, order: Order, found: str, few: int
):
    monkeypatch.setattr(search_ways, "FEW", few)
    hand = office.by_hand("2026-03-17")
    seen, cursor = [], None
    while True:
        page = hand.do(searching.search, order=order, limit=1, cursor=cursor)
        seen += [row.bill_unit_no for row in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert " ".join(seen) == found


def test_a_cursor_of_another_list_or_nonsense_is_refused(office: World):
    hand = office.by_hand("2026-03-17")
    cursor = hand.do(searching.search, limit=1).next_cursor
    for given in (cursor, "nonsense", "W10", ""):
        with pytest.raises(BadInput, match="doesn't belong to this list"):
            hand.do(searching.search, order=Order.NAME, cursor=given)
    with pytest.raises(BadInput, match="1 to 500 rows"):
        hand.do(searching.search, limit=0)


def test_what_changes_at_the_customer_is_found_at_the_open_case(office: World):
    hand = office.by_hand("2026-03-17")

    def found(**criteria: Any) -> list[str]:
        return [row.bill_unit_no for row in hand.do(searching.search, Criteria(**criteria)).items]

    office.load(
        "bill_units",
        {
            "bill_unit_no": "B1",
            "account_no": "A-B1",
            "currency": "USD",
            "pay_type": "direct_debit",
            "status": "closed",
        },
    )
    office.load("accounts", {"account_no": "A-B2", "name": "Berta", "status": "inactive"})
    assert found(pay_type="direct_debit", bill_unit_status="closed") == ["B1"]
    assert found(account_status="inactive") == ["B2"]
    assert found(bill_unit_status="active") == ["B4", "B2", "B3"]
    office.check()


def test_other_brands_are_not_found(office: World):
    blind = Actor("Eve", frozenset({Permission.VIEW}), brands=frozenset({99}))
    assert office.by_hand("2026-03-17", blind).do(searching.search).items == ()
    assert _tasks(office, blind) == []


def test_notes_are_dated_filed_by_category_and_listed_newest_first(office: World):
    hand = office.by_hand("2026-03-17")
    hand.do(notes.write_note, "B1", "Reached her; «promised» by 3/20", category="call")
    hand.do(
        notes.write_note, "B1", "Moved to Malmö", about_account=True, noted_on=day("2026-03-01")
    )
    page = hand.do(notes.notes, "B1")
    assert [(note.category, note.bill_unit_no, note.author) for note in page.items] == [
        ("call", "B1", "Grace"),
        ("general", None, "Grace"),
    ]
    # the log knows that there is a note, not what it says
    assert "promised" not in str(office.rows("select data from event where kind = 'note_written'"))
    for nothing in ("", " \n "):
        with pytest.raises(BadInput, match=r"1 to 10,000 characters, not 0"):
            hand.do(notes.write_note, "B1", nothing)


def test_fees_and_payments_of_a_bill_unit(office: World):
    office.pay("5.00", "2026-03-16", payment_no="PAY-1")
    office.night("2026-03-17")
    hand = office.by_hand("2026-03-17")
    (charge,) = hand.do(outcomes.charges, "B1")
    assert (charge.kind, charge.amount) == ("late_fee", Decimal("5.00"))
    (payment,) = hand.do(payments.payments, "B1").items
    assert (payment.payment_no, payment.amount, payment.unapplied) == (
        "PAY-1",
        Decimal("5.00"),
        Decimal("0.00"),
    )
    assert hand.do(outcomes.payment_attempts, "B1") == ()
