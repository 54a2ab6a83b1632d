"""Payments in suspense are to-dos: in the one list of what people have to do, assigned, passed on
and completed like the others, though they belong to no account yet.
"""

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.features.payments.camt_files import document, paid
from tests.features.payments.till import Till, gateways
from tests.policies import policy, scenario
from tests.prepared import CopyOf
from tests.world import World

from dunwell.domain.errors import BadInput, NotFound, RuleViolation, Stale
from dunwell.engine import to_dos
from dunwell.features.access.actor import Operation, Permission, operator
from dunwell.features.payments import suspense
from dunwell.features.tasks import agenda, open_todos, service, todos, together

AGENTS = """
[[agents]]
name = "Jennifer"

[[to_do_types]]
name = "suspense"
role = "payment clerk"
priority = 20
"""


def _in_suspense(world: World) -> None:
    """With two payments that nobody could be given; B1 owes 100.00 US dollars."""
    till = Till(world, gateways(), world.out)
    till.world.policy(policy(scenario(), more=AGENTS))
    till.debtor("B1")
    statement = (paid(amount, "for the cat", currency="USD") for amount in ("80.00", "7.00"))
    till.import_statement(document(*statement))


@pytest.fixture
def bank(copy_of: CopyOf, tmp_path: Path) -> Till:
    return Till(copy_of(_in_suspense), gateways(), tmp_path / "out")


def do(bank: Till, verb: Any, *given: Any, **more: Any) -> Any:
    return bank.world.by_hand("2026-03-21").do(verb, *given, **more)


def listed(bank: Till, **more: Any) -> list[together.Task]:
    return list(do(bank, together.tasks, **more).items)


def test_they_stand_in_the_list_of_what_people_have_to_do(bank: Till):
    first, second = listed(bank)
    assert (first.task, first.type, first.status) == ("suspense", "to_do", "open")
    assert (first.bill_unit_no, first.account_no, first.action, first.case) == (None,) * 4
    assert (first.role, first.priority, first.leads_to) == ("payment clerk", 20, "suspense")
    assert [(str(each.amount), each.currency) for each in (first, second)] == [
        ("80.00", "USD"),
        ("7.00", "USD"),
    ]
    assert "80" not in str(first.message)
    page = do(bank, together.tasks, limit=1)
    (behind,) = do(bank, together.tasks, limit=1, cursor=page.next_cursor).items
    assert behind.to_do == second.to_do
    told = do(bank, todos.find, str(first.to_do))
    assert (told.status, told.message, told.bill_unit_no) == ("open", first.message, None)
    assert (told.amount, told.currency) == (first.amount, "USD")


def test_every_order_of_the_list_has_them(bank: Till):
    bank.world.night("2026-03-13")
    for name in agenda.SORTINGS:
        for order in (name, f"-{name}"):
            wanted = agenda.Wanted(order=order, status="open")
            found = do(bank, agenda.agenda, wanted, limit=1)
            (following,) = do(bank, agenda.agenda, wanted, limit=1, cursor=found.next_cursor).items
            handles = {str(found.items[0].task.to_do), str(following.task.to_do)}
            assert handles == {str(each.to_do) for each in listed(bank)}, order
    assert "suspense" in do(bank, agenda.choices).tasks


def test_they_stand_among_the_open_to_dos_of_every_role(bank: Till):
    page = do(bank, open_todos.open_todos, limit=1)
    (behind,) = do(bank, open_todos.open_todos, limit=1, cursor=page.next_cursor).items
    found = do(bank, open_todos.open_todos, role="payment clerk", type="suspense").items
    assert found == (page.items[0], behind)
    assert (behind.bill_unit_no, behind.leads_to, behind.priority) == (None, "suspense", 20)
    assert (str(behind.amount), behind.currency) == ("7.00", "USD")
    assert do(bank, open_todos.heaps) == (open_todos.Heap("suspense", "payment clerk", 2),)
    for nothing in ({"role": "agent"}, {"type": "review"}, {"agent": "Jennifer"}):
        assert do(bank, open_todos.open_todos, **nothing).items == ()


def test_they_are_assigned_and_passed_on(bank: Till):
    first, _second = (str(each.to_do) for each in listed(bank))
    do(bank, service.assign, first, "Jennifer", version=1)
    (hers,) = listed(bank, agent="Jennifer")
    assert (str(hers.to_do), hers.agent, hers.version) == (first, "Jennifer", 2)
    with pytest.raises(Stale):
        do(bank, service.forward, first, "manager", reason="too much", version=1)
    do(bank, service.forward, first, "manager", reason="too much", version=2)
    found = do(bank, todos.find, first)
    assert (found.role, found.agent) == ("manager", None)
    with pytest.raises(NotFound, match="no agent 'Nobody'"):
        do(bank, service.assign, first, "Nobody")
    rows = bank.world.rows("select kind, data from event where kind like 'to_do_%' order by id")
    assert [(kind, data["to_do"]) for kind, data in rows] == [
        ("to_do_assigned", first),
        ("to_do_forwarded", first),
    ]


def test_completing_one_dismisses_the_payment_with_the_reason(bank: Till):
    first, second = (str(each.to_do) for each in listed(bank))
    with pytest.raises(BadInput, match="without a reason"):
        do(bank, to_dos.complete, first)
    do(bank, to_dos.complete, first, comment="sent back")
    assert [str(each.to_do) for each in listed(bank)] == [second]
    assert [f"0-{entry['id']}" for entry in bank.suspense()] == [second]
    done = do(bank, todos.find, first)
    assert (done.status, done.comment) == ("completed", "sent back (Grace)")
    with pytest.raises(RuleViolation, match="dismissed"):
        do(bank, to_dos.complete, first, comment="again")


def test_giving_the_payment_to_a_bill_unit_completes_it(bank: Till):
    first, second = listed(bank)
    assert first.to_do is not None
    do(bank, suspense.assign, first.to_do.id, "B1")
    assert [each.to_do for each in listed(bank)] == [second.to_do]
    assert do(bank, todos.find, str(first.to_do)).status == "completed"
    with pytest.raises(RuleViolation, match="posted"):
        do(bank, service.assign, str(first.to_do), "Jennifer")


@pytest.mark.parametrize("walled", ["brands", "permission"])
def test_only_who_takes_payments_in_every_brand_sees_them(bank: Till, walled: str):
    first = str(listed(bank)[0].to_do)
    grace = operator("Grace")
    if walled == "brands":
        other = replace(grace, brands=frozenset({1}))
    else:
        other = replace(grace, permissions=grace.permissions - {Permission.TAKE_PAYMENT})
    with bank.world.database.connect() as connection:
        operation = Operation(connection, other, dt.date(2026, 3, 21))
        assert together.tasks(operation).items == ()
        assert open_todos.open_todos(operation).items == ()
        assert open_todos.heaps(operation) == ()
        assert agenda.agenda(operation, agenda.Wanted(order="name")).items == ()
        assert "suspense" not in agenda.choices(operation).tasks
        for verb in (todos.find, to_dos.complete):
            with pytest.raises(NotFound):
                verb(operation, first)
        with pytest.raises(NotFound):
            service.assign(operation, first, None)
