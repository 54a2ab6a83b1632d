"""What agencies are told: each referral in one file, each recall in another."""

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from tests.policies import AGENCIES, policy, scenario
from tests.world import World, day

from dunwell.db.database import Database
from dunwell.domain.errors import Forbidden
from dunwell.features.access.actor import Actor, Operation, operator
from dunwell.features.agencies import exporting


@pytest.fixture
def world(database: Database, tmp_path: Path) -> World:
    world = World(database, tmp_path)
    world.policy(policy(scenario(steps="1 late fee, 2 Refer to collections agency"), more=AGENCIES))
    return world


def export(world: World, folder: Path, on: str = "2026-03-13") -> list[exporting.Told]:
    with world.database.connect() as connection:
        told = exporting.prepare(Operation(connection, operator("Grace"), day(on)))
    exporting.write(world.database, folder)
    return told


def rows(path: Path) -> list[dict[str, Any]]:
    return list(csv.DictReader(io.StringIO(path.read_bytes().decode())))


def test_each_agency_gets_a_line_for_each_bill_with_the_debtors_data(world: World, tmp_path: Path):
    for number, name in (("B1", "Ada Okafor"), ("B2", "李雷")):
        world.customer(number, name=name, address="1 Main St", city="Ely", email="a@example.org")
        world.bill("100.00", "2026-03-01", number, bill_no=f"OLD-{number}")
        world.bill("70.00", "2026-03-05", number, bill_no=f"NEW-{number}")
        world.bill("55.00", "2026-04-05", number, bill_no=f"LATER-{number}")
    world.nights("2026-03-11", "2026-03-13")
    world.pay("30.00", "2026-03-13", "B1", bill_no="OLD-B1")
    world.night("2026-03-13", full=True)
    (told,) = export(world, tmp_path / "out")
    assert (told.agency, told.referrals, told.recalls) == ("Fair Recovery", 2, 0)
    assert told.file == "referrals-default-Fair-Recovery-2026-03-13-1.csv"
    found = rows(tmp_path / "out" / told.file)
    assert [(row["bill_unit_no"], row["bill_no"], row["open_amount"]) for row in found] == [
        ("B1", "OLD-B1", "70.00"),
        ("B1", "NEW-B1", "70.00"),
        ("B1", "", "5.00"),
        ("B2", "OLD-B2", "100.00"),
        ("B2", "NEW-B2", "70.00"),
        ("B2", "", "5.00"),
    ]
    assert [row["kind"] for row in found[:3]] == ["bill", "bill", "late_fee"]
    assert found[3]["name"] == "李雷"
    assert (found[0]["address"], found[0]["currency"]) == ("1 Main St", "USD")
    assert len({row["referral_no"] for row in found}) == 2
    (event,) = world.events("referral_exported", "B1")
    assert event["data"]["agency"] == "Fair Recovery"
    # each referral is told once
    assert export(world, tmp_path / "out") == []
    world.check()


def test_what_is_under_dispute_is_told_as_such(world: World, tmp_path: Path):
    world.customer()
    world.bill(
        "100.00", "2026-03-01", bill_no="X", disputed_amount="30.00", disputed_on="2026-03-02"
    )
    world.nights("2026-03-11", "2026-03-13")
    (told,) = export(world, tmp_path)
    line = rows(tmp_path / told.file)[0]
    assert (line["open_amount"], line["disputed_amount"]) == ("100.00", "30.00")


def test_leaving_collections_recalls_the_referral_in_a_file_of_its_own(
    world: World, tmp_path: Path
):
    world.customer()
    world.bill("100.00", "2026-03-01")
    world.nights("2026-03-11", "2026-03-13")
    export(world, tmp_path)
    world.pay("105.00", "2026-03-14")
    world.night("2026-03-14")
    (recalled,) = world.events("referral_recalled")
    assert recalled["data"] == {
        "agency": "Fair Recovery",
        "reason": "cured",
        "agency_knows": True,
    }
    (told,) = export(world, tmp_path, "2026-03-14")
    assert (told.referrals, told.recalls) == (0, 1)
    (line,) = rows(tmp_path / told.file)
    assert (line["bill_unit_no"], line["reason"]) == ("B1", "cured")
    assert (line["recalled_on"], line["referred_amount"]) == ("2026-03-14", "105.00")
    assert export(world, tmp_path, "2026-03-15") == []
    assert world.rows("select status from agency_referral") == [("ended",)]
    world.check()


@pytest.mark.parametrize("reason", ["exempted", "cured"])
def test_a_case_that_leaves_before_the_export_is_never_told(
    world: World, tmp_path: Path, reason: str
):
    world.customer()
    world.bill("100.00", "2026-03-01")
    world.nights("2026-03-11", "2026-03-13")
    if reason == "exempted":
        world.by_hand("2026-03-14").exempt("hardship")
    else:
        world.pay("105.00", "2026-03-14")
    world.night("2026-03-14")
    assert export(world, tmp_path, "2026-03-14") == []
    assert world.rows("select status, recall_reason from agency_referral") == [
        ("withdrawn", reason)
    ]
    assert world.events("referral_recalled")[0]["data"]["agency_knows"] is False


def test_a_second_stay_is_a_referral_of_its_own(world: World, tmp_path: Path):
    world.customer()
    world.bill("100.00", "2026-03-01")
    world.nights("2026-03-11", "2026-03-13")
    export(world, tmp_path)
    world.pay("105.00", "2026-03-14")
    world.bill("80.00", "2026-03-14")
    world.nights("2026-03-14", "2026-03-26")
    told = export(world, tmp_path, "2026-03-26")
    assert sorted((each.referrals, each.recalls) for each in told) == [(0, 1), (1, 0)]


def test_no_cell_is_a_formula_and_no_name_leads_out_of_the_folder(world: World, tmp_path: Path):
    agency = '[[agencies]]\nname = "../../etc/passwd"\n'
    world.policy(policy(scenario(steps="1 Refer to collections agency"), more=agency))
    names = ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(1)", 'a "quoted", name\nwith lines']
    for number, name in enumerate(names):
        world.customer(f"B{number}", name=name)
        world.bill("100.00", "2026-03-01", f"B{number}")
    world.nights("2026-03-11", "2026-03-13")
    (told,) = export(world, tmp_path / "deep" / "out")
    assert told.file == "referrals-default-etc-passwd-2026-03-13-1.csv"
    (file,) = (tmp_path / "deep" / "out").iterdir()
    assert [row["name"] for row in rows(file)] == [f"'{name}" for name in names[:4]] + names[4:]


def test_killed_before_the_folder_has_it_the_file_is_written_the_next_time(
    world: World, tmp_path: Path
):
    world.customer()
    world.bill("100.00", "2026-03-01")
    world.nights("2026-03-11", "2026-03-13")
    with world.database.connect() as connection:
        operation = Operation(connection, operator("Grace"), day("2026-03-13"))
        (told,) = exporting.prepare(operation)
    assert export(world, tmp_path / "out") == []
    assert [path.name for path in (tmp_path / "out").iterdir()] == [told.file]


def test_an_export_that_is_rolled_back_told_nobody(world: World, tmp_path: Path):
    world.customer()
    world.bill("100.00", "2026-03-01")
    world.nights("2026-03-11", "2026-03-13")
    with world.database.connect() as connection:
        exporting.prepare(Operation(connection, operator("Grace"), day("2026-03-13")))
        connection.rollback()
    assert len(export(world, tmp_path)) == 1


def test_exporting_needs_the_permission_and_stops_at_the_brands_wall(world: World, tmp_path: Path):
    world.customer()
    world.bill("100.00", "2026-03-01")
    world.nights("2026-03-11", "2026-03-13")
    with world.database.connect() as connection:
        date = day("2026-03-13")
        with pytest.raises(Forbidden):
            exporting.prepare(Operation(connection, Actor("Ann"), date))
        other = Actor("Ann", operator().permissions, brands=frozenset({999}))
        assert exporting.prepare(Operation(connection, other, date)) == []
