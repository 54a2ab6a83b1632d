"""Bills: items, corrections in chains, disputes, and everything that can be wrong with a row."""

from datetime import date
from decimal import Decimal

import pytest
from tests.features.receivables.desk import Desk

D = Decimal
BILL = "B1,U1,2026-01-01,2026-01-31,100"


def test_a_bill_is_one_open_item(desk: Desk):
    file = desk.load("bills", BILL, "B0,U1,2024-02-29,2024-02-29,0.00")
    assert (file.created, file.changed, file.unchanged) == (2, 0, 0)
    assert desk.items() == [("bill", D(0), D(0)), ("bill", D(100), D(100))]
    assert desk.rows("select count(*) from bill where root_id = id and corrects_id is null") == [
        (2,)
    ]
    assert desk.touched() == ["U1"]


def test_loading_the_same_bills_twice_writes_nothing(desk: Desk):
    rows = (
        f"{BILL},S1,,40,2026-01-05,",
        "B2,U1,2026-02-01,2026-02-28,90,S1,B1,,,",
        "B3,U1,2026-03-01,2026-03-31,120,,B2,,,",
        "B4,U2,2026-03-01,2026-03-31,500,,,,,",
    )
    header = ",service_agreement_no,corrects,disputed_amount,disputed_on,dispute_resolved_on"
    desk.load("bills", *rows, header=header)
    before = desk.versions()
    assert desk.load("bills", *rows, header=header).unchanged == 4
    assert desk.versions() == before


def test_a_changed_amount_moves_what_is_open_by_the_same(desk: Desk):
    desk.load("bills", BILL)
    desk.run("update item set open_amount = 30")
    desk.forget_touched()
    assert desk.load("bills", "B1,U1,2026-01-02,2026-02-01,60").changed == 1
    assert desk.rows("select amount, open_amount, issued_on, due_on from item") == [
        (D(60), D(-10), date(2026, 1, 2), date(2026, 2, 1))
    ]
    assert desk.touched() == ["U1"]


def test_a_corrective_bill_is_the_difference_on_the_first_bill(desk: Desk):
    # in any order of the file, several deep
    desk.load(
        "bills",
        "B3,U1,2026-03-01,2026-03-31,120,B2",
        "B2,U1,2026-02-01,2026-02-28,70,B1",
        f"{BILL},",
        header=",corrects",
    )
    assert desk.items() == [("bill", D(100), D(100)), ("correction", D(50), D(50))]
    assert desk.credits() == [("correction", D(30), D(30))]
    assert desk.rows(
        "select item.issued_on, item.due_on, bill_no from item"
        " join bill on bill.id = bill_id where kind = 'correction'"
    ) == [(date(2026, 3, 1), date(2026, 1, 31), "B1")]
    assert desk.rows("select effective_on, bill_no from credit join bill on bill.id = bill_id") == [
        (date(2026, 2, 1), "B1")
    ]


def test_a_changed_bill_changes_the_corrections_that_follow(desk: Desk):
    desk.load("bills", BILL)
    desk.load("bills", "B2,U1,2026-02-01,2026-02-28,70,B1", header=",corrects")
    desk.load("bills", "B1,U1,2026-01-01,2026-01-20,60")
    assert desk.items() == [("bill", D(60), D(60)), ("correction", D(10), D(10))]
    assert desk.credits() == [("correction", D(0), D(0))]
    assert desk.rows("select distinct due_on from item") == [(date(2026, 1, 20),)]
    desk.load("bills", BILL)
    assert desk.items() == [("bill", D(100), D(100)), ("correction", D(0), D(0))]
    assert desk.credits() == [("correction", D(30), D(30))]


def test_a_bill_can_become_a_correction_and_stop_being_one(desk: Desk):
    desk.load("bills", BILL, "B2,U1,2026-02-01,2026-02-28,70")
    desk.load("payments", "P1,U1,2026-02-10,5,B2", header=",bill_no")
    desk.load("bills", "B2,U1,2026-02-01,2026-02-28,70,B1", header=",corrects")
    assert desk.items() == [("bill", D(100), D(100)), ("correction", D(0), D(0))]
    assert desk.credits() == [("correction", D(30), D(30)), ("payment", D(5), D(5))]
    assert desk.rows(
        "select bill_no, reapply from credit join bill on bill.id = bill_id where kind = 'payment'"
    ) == [("B1", True)]
    desk.load("bills", "B2,U1,2026-02-01,2026-02-28,70,", header=",corrects")
    assert desk.items() == [("bill", D(70), D(70)), ("bill", D(100), D(100))]
    assert desk.credits()[0] == ("correction", D(0), D(0))


def test_everything_wrong_is_reported_in_one_pass(desk: Desk):
    desk.load("bills", "B9,U2,2026-01-01,2026-01-31,100")
    assert desk.reasons(
        "bills",
        "B1,NO,2026-01-01,2026-01-31,1.00,,,,,,",
        "B2,U1,2026-02-30,26-1-31,1.00,,,,,,",
        "B3,U2,2026-01-01,2026-01-31,1.5,,,,,,",
        "B4,U3,2026-01-01,2025-12-31,1.0005,,,,,,",
        "B5,U1,2026-01-01,2026-01-31,-1,,,,,,",
        "B5,U1,2026-01-01,2026-01-31,1,,,,,,",
        "B6,U1,2026-01-01,2026-01-31",
        "B7,U1,2026-01-01,2026-01-31,1.00,odd,,,,,",
        ",U1,2026-01-01,2026-01-31,1e3,,,,,,",
        "B8,U1,2026-01-01,2026-01-31,10,,,,11,,",
        "B9,U1,2026-01-01,2026-01-31,100,,,,,,",
        "B10,U1,2026-01-01,2026-01-31,12345678901234,,,,,,",
        header=",debt_class,service_agreement_no,corrects,disputed_amount,disputed_on,"
        "dispute_resolved_on",
    ) == [
        (2, "bill_unit_no", "NO", "is not a known bill unit"),
        (3, "issued_on", "2026-02-30", "is not a date such as 2026-02-28"),
        (3, "due_on", "26-1-31", "is not a date such as 2026-02-28"),
        (4, "amount", "1.5", "has more decimals than JPY"),
        (5, "amount", "1.0005", "has more decimals than KWD"),
        (5, "due_on", "2025-12-31", "is before the day of the bill"),
        (6, "amount", "-1", "is negative; send a corrective bill"),
        (7, "bill_no", "B5", "stands already in line 6"),
        (8, "", "", "has 4 cells instead of 11"),
        (9, "debt_class", "odd", "is not a debt class of the policy"),
        (10, "bill_no", "", "is missing"),
        (
            10,
            "amount",
            "1e3",
            "is not an amount such as 12.50, with at most 13 digits before the point",
        ),
        (11, "disputed_amount", "11", "is more than the bill's amount"),
        (11, "disputed_on", "", "is missing for the disputed amount"),
        (12, "bill_unit_no", "U1", "differs; the bill belongs to another bill unit"),
        (
            13,
            "amount",
            "12345678901234",
            "is not an amount such as 12.50, with at most 13 digits before the point",
        ),
    ]
    assert len(desk.items()) == 1


@pytest.mark.parametrize(
    ("rows", "problems"),
    [
        (["B1,U1,2026-01-01,2026-01-31,1,B1"], [(2, "is the bill itself")]),
        (["B1,U1,2026-01-01,2026-01-31,1,no"], [(2, "is not a known bill")]),
        (
            ["B1,U1,2026-01-01,2026-01-31,1,", "B2,U2,2026-01-01,2026-01-31,1,B1"],
            [(3, "is a bill of another bill unit")],
        ),
        (
            [
                "B1,U1,2026-01-01,2026-01-31,1,",
                "B2,U1,2026-01-01,2026-01-31,2,B1",
                "B3,U1,2026-01-01,2026-01-31,3,B1",
            ],
            [(4, "is already corrected by another bill")],
        ),
        (
            ["B1,U1,2026-01-01,2026-01-31,1,B2", "B2,U1,2026-01-01,2026-01-31,1,B1"],
            [(2, "goes round in a circle"), (3, "goes round in a circle")],
        ),
        (
            ["B1,U1,2026-01-01,2026-01-31,1,OLD2"],
            [(2, "is already corrected by another bill")],
        ),
        (
            ["OLD,U1,2026-01-01,2026-01-31,1,OLD3"],
            [(2, "goes round in a circle")],
        ),
    ],
)
def test_a_chain_of_corrections_must_hold(
    desk: Desk, rows: list[str], problems: list[tuple[int, str]]
):
    desk.load(
        "bills",
        "OLD,U1,2026-01-01,2026-01-31,1,",
        "OLD2,U1,2026-01-01,2026-01-31,1,OLD",
        "OLD3,U1,2026-01-01,2026-01-31,1,OLD2",
        header=",corrects",
    )
    found = desk.reasons("bills", *rows, header=",corrects")
    assert [(line, reason) for line, _, _, reason in found] == problems


def test_the_correction_of_a_rejected_bill_is_rejected_with_it(desk: Desk):
    report = desk.report(
        "bills",
        "B1,U1,2026-01-01,2026-01-31,bad,",
        "B2,U1,2026-01-01,2026-01-31,1,B1",
        "B3,U1,2026-01-01,2026-01-31,2,B2",
        "B4,U1,2026-01-01,2026-01-31,3,",
        header=",corrects",
        keep_good=True,
    )
    assert (report.files[0].created, report.files[0].rejected) == (1, 3)
    assert desk.items() == [("bill", D(3), D(3))]


def test_a_rejected_change_leaves_the_known_chain_consistent(desk: Desk):
    desk.load("bills", f"{BILL},", "B2,U1,2026-02-01,2026-02-28,150,B1", header=",corrects")
    report = desk.report(
        "bills",
        "B1,U1,2026-01-01,2026-01-31,120,",
        "B2,U1,2026-02-01,2026-01-28,500,B1",
        header=",corrects",
        keep_good=True,
    )
    assert (report.files[0].changed, report.files[0].rejected) == (1, 1)
    assert desk.items() == [("bill", D(120), D(120)), ("correction", D(30), D(30))]


def test_a_dispute_comes_changes_and_goes_with_its_cells(desk: Desk):
    header = ",disputed_amount,disputed_on,dispute_resolved_on"
    look = "select amount, disputed_on, resolved_on from dispute"
    desk.load("bills", f"{BILL},40,2026-01-05,", header=header)
    assert desk.rows(look) == [(D(40), date(2026, 1, 5), None)]
    desk.load("bills", BILL)
    assert len(desk.rows(look)) == 1
    assert desk.load("bills", f"{BILL},40,2026-01-05,2026-02-01", header=header).changed == 1
    assert desk.rows(look) == [(D(40), date(2026, 1, 5), date(2026, 2, 1))]
    desk.forget_touched()
    assert desk.load("bills", f"{BILL},,,", header=header).changed == 1
    assert desk.rows(look) == []
    assert desk.touched() == ["U1"]


def test_a_service_agreement_belongs_to_one_bill_unit(desk: Desk):
    desk.load("bills", f"{BILL},S1", header=",service_agreement_no")
    assert desk.rows("select count(*) from item where service_agreement_id is not null") == [(1,)]
    assert desk.reasons(
        "bills",
        "B2,U2,2026-01-01,2026-01-31,1,S1",
        "B3,U1,2026-01-01,2026-01-31,1,S2",
        "B4,U3,2026-01-01,2026-01-31,1,S2",
        header=",service_agreement_no",
    ) == [
        (2, "service_agreement_no", "S1", "belongs to another bill unit"),
        (4, "service_agreement_no", "S2", "belongs to another bill unit"),
    ]
