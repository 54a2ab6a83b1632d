"""Invoice reminders: from the night to the invoice."""

import csv

import pytest
from tests.features.letters.conftest import letters_policy
from tests.world import World, day

from dunwell.domain.errors import NotFound, RuleViolation
from dunwell.features.access.actor import Operation, operator
from dunwell.features.letters import reminders

ON = "2026-03-12"


def _waiting(world: World, *numbers: str) -> None:
    world.policy(letters_policy("1 on invoice, 40 call"))
    for number in numbers or ("B1",):
        world.customer(number)
        world.bill("80.00", "2026-03-01", number)
    world.nights("2026-03-11", ON)
    world.deliver(ON)


def _do(world: World, verb, *given, **options):
    with world.database.connect() as connection:
        return verb(Operation(connection, operator("billing"), day(ON)), *given, **options)


def _statuses(world: World) -> list[str]:
    return [each["status"] for each in _do(world, reminders.listed, everything=True)]


def test_a_reminder_waits_with_its_words_for_the_billing_system(world: World):
    _waiting(world)
    with (world.out / "reminders-2026-03-12.csv").open(encoding="utf-8") as stream:
        (row,) = csv.DictReader(stream)
    assert row["bill_unit_no"] == "B1"
    assert row["content"].startswith("Please note: $80.00 from earlier invoices is still unpaid")
    (found,) = _do(world, reminders.listed, "B1")
    assert (found["status"], found["content"]) == ("waiting", row["content"])


def test_a_reminder_is_claimed_once_and_confirmed_on_its_invoice(world: World):
    _waiting(world, "B1", "B2")
    (mine,) = _do(world, reminders.claim, "B1")
    assert _do(world, reminders.claim, "B1") == []
    _do(world, reminders.confirm, "B1", mine["id"], "INV-9")
    # the network failed, and it is said again
    _do(world, reminders.confirm, "B1", mine["id"], "INV-9")
    with pytest.raises(RuleViolation, match="printed on invoice 'INV-9', not 'INV-10'"):
        _do(world, reminders.confirm, "B1", mine["id"], "INV-10")
    assert _statuses(world) == ["confirmed", "waiting"]
    assert [event["data"]["invoice_no"] for event in world.events("reminder_confirmed")] == [
        "INV-9"
    ]


def test_a_reminder_for_an_invoice_that_did_not_come_about_waits_again(world: World):
    _waiting(world)
    (mine,) = _do(world, reminders.claim)
    _do(world, reminders.release, "B1", mine["id"])
    assert _statuses(world) == ["waiting"]


def test_a_reminder_of_somebody_who_has_paid_is_withdrawn_when_it_is_claimed(world: World):
    _waiting(world, "B1", "B2")
    world.pay("80.00", ON, "B1")
    assert [each["bill_unit_no"] for each in _do(world, reminders.claim)] == ["B2"]
    assert _statuses(world) == ["withdrawn", "claimed"]
    withdrawn = world.rows("select id from reminder_message where status = 'withdrawn'")[0][0]
    with pytest.raises(RuleViolation, match="withdrawn"):
        _do(world, reminders.confirm, "B1", withdrawn, "INV-1")


def test_another_bill_units_reminder_is_not_confirmed(world: World):
    _waiting(world, "B1", "B2")
    (mine,) = _do(world, reminders.claim, "B1")
    with pytest.raises(NotFound):
        _do(world, reminders.confirm, "B2", mine["id"], "INV-1")


def test_only_messages_leave_letters_where_they_are(world: World):
    world.policy(letters_policy("1 on invoice, 1 first reminder"))
    world.customer()
    world.bill("80.00", "2026-03-01")
    world.nights("2026-03-11", ON)
    report = world.deliver(ON, what=frozenset({"messages"}))
    assert (report.counts["reminders"], report.counts["rendered"]) == (1, 0)
    assert report.standing == {"ready": 1}
