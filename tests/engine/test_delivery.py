"""The order of a delivery, and what it reports."""

from decimal import Decimal
from pathlib import Path

from tests.features.letters.conftest import LETTERS, SENDER, letters_policy
from tests.features.payments.till import Till, gateways
from tests.policies import AGENCIES, policy, scenario
from tests.world import World

from dunwell.engine import delivery


def test_payments_come_first_and_agencies_last():
    names = [step.name for step in delivery.STEPS]
    assert names == ["payments", "letters", "messages", "agencies"]


def test_who_pays_by_the_same_nights_action_leaves_and_gets_no_letter(world: World):
    till = Till(world, gateways(), world.out)
    world.policy(
        policy(scenario(steps="2 collect, 2 first reminder, 30 call"), more=LETTERS + SENDER)
    )
    for number in ("B1", "B2"):
        till.debtor(number)
    till.card(number="B1")
    till.card("decline:stolen_card", number="B2")
    till.until_due()
    assert world.rows("select status from letter") == [("ready",), ("ready",)]
    report = world.deliver("2026-03-13", gateways=till.gateways)
    assert till.attempts("B1") == [("succeeded", 1, None)]
    assert not world.in_collections("B1")
    assert world.newest_case("B1")["close_reason"] == "cured"
    letters = dict(
        world.rows(
            "select bill_unit_no, letter.status from letter join bill_unit"
            " on bill_unit.account_id = letter.account_id and bill_unit.id = letter.bill_unit_id"
        )
    )
    assert letters == {"B1": "withdrawn", "B2": "sent"}
    assert world.in_collections("B2")
    counted = {name: report.counts[name] for name in delivery.COUNTED if report.counts[name]}
    assert counted == {
        "payments": 1,
        "declined": 1,
        "left_collections": 1,
        "rendered": 1,
        "printed": 1,
        "withdrawn": 1,
    }
    assert report.collected == {"USD": Decimal("100.0000")}
    # nothing is done twice
    again = world.deliver("2026-03-13", gateways=till.gateways)
    assert not +again.counts
    assert till.payments("B1") == [100]
    world.check()


def test_debits_and_referrals_leave_as_files_in_the_same_folder(world: World):
    till = Till(world, gateways(), world.out)
    steps = "2 collect, 2 Refer to collections agency"
    world.policy(
        policy(scenario(steps=steps, profile="default EUR"), currencies=("EUR",), more=AGENCIES)
    )
    till.debtor(currency="EUR")
    till.mandate()
    till.until_due()
    report = world.deliver("2026-03-13", gateways=till.gateways)
    assert (report.counts["in_files"], report.counts["referrals"]) == (1, 1)
    assert [path.suffix for path in report.files] == [".xml", ".csv"]
    assert all(path.parent == Path(world.out) for path in report.files)


def test_a_step_alone_leaves_the_others_for_later(world: World):
    world.policy(letters_policy("1 first reminder, 1 on invoice"))
    world.customer()
    world.bill("80.00", "2026-03-01")
    world.nights("2026-03-11", "2026-03-12")
    first = world.deliver("2026-03-12", what=frozenset({"letters"}))
    assert (first.counts["printed"], first.counts["reminders"]) == (1, 0)
    rest = world.deliver("2026-03-12")
    assert (rest.counts["printed"], rest.counts["reminders"]) == (0, 1)


def test_nothing_to_deliver_is_a_report_of_nothing(world: World):
    report = world.deliver("2026-03-12").as_json()
    assert {report[name] for name in delivery.COUNTED} == {0}
    assert (report["files"], report["standing"]) == ([], {})
