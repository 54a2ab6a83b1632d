"""Service agreements and budgets from their files."""

from decimal import Decimal

import pytest
from tests.features.receivables.desk import Desk

HEADER = (
    ",type,status,started_on,stopped_on,premise_no,premise_address,life_support,sensitive_load"
    ",master_meter,third_party_supplier"
)
LOOK = """
    select service_agreement_no, type, status, premise_no, life_support, sensitive_load,
        master_meter, third_party_supplier
    from service_agreement order by service_agreement_no
"""


def test_an_agreement_says_what_is_supplied_where_and_for_whom(desk: Desk):
    rows = (
        "S1,U1,electricity,active,2025-01-01,,P1,1 Mill Lane,true,false,false,",
        "S2,U1,gas,pending_start,2026-02-01,,P1,1 Mill Lane,,,true,Northern Gas",
    )
    assert desk.load("service_agreements", *rows, header=HEADER).created == 2
    assert desk.rows(LOOK) == [
        ("S1", "electricity", "active", "P1", True, False, False, None),
        ("S2", "gas", "pending_start", "P1", False, False, True, "Northern Gas"),
    ]
    assert desk.touched() == ["U1"]
    before = desk.versions()
    assert desk.load("service_agreements", *rows, header=HEADER).unchanged == 2
    assert desk.versions() == before


def test_an_absent_column_keeps_what_is_known(desk: Desk):
    desk.load("service_agreements", "S1,U1,gas,true", header=",type,life_support")
    assert desk.load("service_agreements", "S1,U1,stopped", header=",status").changed == 1
    assert desk.rows(LOOK) == [("S1", "gas", "stopped", None, True, False, False, None)]


def test_an_agreement_that_a_bill_named_first_is_completed(desk: Desk):
    desk.load("bills", "B1,U1,2026-01-01,2026-01-31,100,S1", header=",service_agreement_no")
    assert desk.rows(LOOK) == [("S1", "standard", "active", None, False, False, False, None)]
    assert desk.load("service_agreements", "S1,U1,water", header=",type").changed == 1
    assert desk.rows(
        "select type from service_agreement join item on"
        " item.account_id = service_agreement.account_id"
        " and item.service_agreement_id = service_agreement.id"
    ) == [("water",)]


def test_a_bill_without_a_debt_class_takes_that_of_its_agreement(desk: Desk):
    desk.run("insert into debt_class (name) values ('utility')")
    desk.load("service_agreements", "S1,U1,utility", header=",debt_class")
    desk.load(
        "bills",
        "B1,U1,2026-01-01,2026-01-31,100,S1,",
        "B2,U1,2026-01-01,2026-01-31,100,S1,standard",
        "B3,U1,2026-01-01,2026-01-31,100,,",
        header=",service_agreement_no,debt_class",
    )
    assert desk.rows(
        "select bill_no, name from bill join debt_class on debt_class.id = debt_class_id order by 1"
    ) == [("B1", "utility"), ("B2", "standard"), ("B3", "standard")]


def test_what_is_wrong_with_an_agreement_is_said_with_its_value(desk: Desk):
    desk.load("service_agreements", "S0,U2")
    assert desk.reasons(
        "service_agreements",
        "S1,U9,,active,,,,,,,,",
        "S2,U1,,open,,,,,,,,",
        "S3,U1,,,2026-02-01,2026-01-01,,,,,,",
        "S4,U1,,,,,,,yes,,,",
        "S0,U1,,,,,,,,,,",
        "S5,U1,,,,,,,,,,",
        "S5,U1,,,,,,,,,,",
        header=HEADER,
    ) == [
        (2, "bill_unit_no", "U9", "is not a known bill unit"),
        (3, "status", "open", "is none of pending_start, active, stopped, closed"),
        (4, "stopped_on", "2026-01-01", "is before the first day"),
        (5, "life_support", "yes", "is neither true nor false"),
        (6, "bill_unit_no", "U1", "differs; the agreement belongs to another bill unit"),
        (8, "service_agreement_no", "S5", "stands already in line 7"),
    ]


def test_a_bill_unit_bills_for_others_while_it_has_a_third_partys_agreement(desk: Desk):
    look = "select bill_unit_no from bill_unit where bills_for_others"
    desk.load("service_agreements", "S1,U1,Northern", "S2,U3,", header=",third_party_supplier")
    assert desk.rows(look) == [("U1",)]
    desk.load("service_agreements", "S1,U1,closed", header=",status")
    assert desk.rows(look) == []


def test_a_household_that_depends_on_its_supply_is_known_by_its_account(desk: Desk):
    desk.load("accounts", "A1,Ada,true,", "A2,Bo,,true", header=",life_support,sensitive_load")
    desk.load("accounts", "A1,Ada Okafor")
    look = "select account_no, name, life_support, sensitive_load from account order by 1"
    assert desk.rows(look) == [("A1", "Ada Okafor", True, False), ("A2", "Bo", False, True)]


def test_a_budget_marks_its_bill_unit_as_long_as_it_is_active(desk: Desk):
    look = "select bill_unit_no from bill_unit where on_budget"
    header = ",difference,status,ended_on,adjustment_type"
    desk.load("budgets", "G1,U1,80.00,2026-01-01,-12.50,,,", header=header)
    assert desk.rows("select amount, difference, status, adjustment_type from budget") == [
        (Decimal(80).normalize(), Decimal("-12.5"), "active", "budget_settlement")
    ]
    assert desk.rows(look) == [("U1",)]
    desk.load("budgets", "G1,U1,80.00,2026-01-01,,ended,2026-06-30,", header=header)
    assert desk.rows(look) == []


@pytest.mark.parametrize("old", ["cancelled", "ended"])
def test_a_budget_gives_way_to_its_successor_in_one_file(desk: Desk, old: str):
    desk.load("budgets", "G1,U1,80.00,2026-01-01")
    rows = ("G2,U1,90.00,2026-07-01,active", f"G1,U1,80.00,2026-01-01,{old}")
    desk.load("budgets", *rows, header=",status")
    assert desk.rows("select budget_no from budget where status = 'active'") == [("G2",)]
    assert desk.rows("select bill_unit_no from bill_unit where on_budget") == [("U1",)]


def test_what_is_wrong_with_a_budget_is_said_with_its_value(desk: Desk):
    desk.load("budgets", "G0,U1,10,2026-01-01")
    desk.load("budgets", "GC,U3,10,2026-01-01,cancelled", header=",status")
    assert desk.reasons(
        "budgets",
        "G1,U1,10,2026-01-01,",
        "G2,U2,10.5,2026-01-01,",
        "G3,U3,0,2026-01-01,",
        "G4,U3,5,2026-01-01,late",
        "GC,U3,10,2026-01-01,active",
        header=",status",
    ) == [
        (2, "bill_unit_no", "U1", "has another active budget"),
        (3, "amount", "10.5", "has more decimals than JPY"),
        (4, "amount", "0", "is not positive"),
        (5, "status", "late", "is none of active, cancelled, ended"),
        (6, "status", "active", "was cancelled; give the new budget a number of its own"),
    ]
