"""Who is left alone, and what is chased apart: exemptions, pay types, bill units, debt classes."""

from tests.policies import policy, scenario
from tests.world import World


def test_an_exempt_customer_enters_on_the_day_after_the_last_exempt_one(world: World):
    world.customer()
    world.policy(policy(scenario()))
    world.bill("80.00", "2026-03-01")
    world.by_hand("2026-03-05").exempt("hardship", until="2026-03-20")
    world.night("2026-03-11")
    assert (world.in_collections(), world.overdue()) == (False, "80.00")
    world.night("2026-03-20")
    assert not world.in_collections()
    report = world.night("2026-03-21")
    assert report.entered == 1


def test_an_exemption_without_end_never_ends(world: World):
    world.customer()
    world.policy(policy(scenario()))
    world.bill("80.00", "2026-03-01")
    world.by_hand("2026-03-05").exempt("minister's brother")
    world.night("2026-03-11")
    world.night("2028-03-11", full=True)
    assert not world.in_collections()


def test_exempting_a_customer_in_collections_ends_the_case_and_cancels_its_actions(world: World):
    world.customer()
    world.policy(
        policy(
            scenario(steps="1 call, 2 Refer to collections agency, 30 letter"),
        )
    )
    world.bill("80.00", "2026-03-01")
    world.nights("2026-03-11", "2026-03-13")
    # a task, an action in error (there is no agency), one to come
    assert world.statuses() == ["pending", "error", "pending"]
    world.by_hand("2026-03-14").exempt("hardship", until="2026-03-31")
    report = world.night("2026-03-14")
    assert report.left == {"exempted": 1}
    assert world.newest_case()["close_reason"] == "exempted"
    assert world.statuses() == ["cancelled", "cancelled", "cancelled"]
    (closed,) = world.events("case_closed")
    assert (closed["date"], closed["data"]["reason"]) == ("2026-03-14", "exempted")
    world.night("2026-03-31")
    assert not world.in_collections()
    assert world.night("2026-04-01").entered == 1
    world.check()


def test_a_pay_type_that_is_not_considered_never_enters(world: World):
    world.customer("B1", pay_type="prepaid")
    world.customer("B2", pay_type="invoice")
    world.policy(policy(scenario()))
    world.bill("80.00", "2026-03-01", "B1")
    world.bill("80.00", "2026-03-01", "B2")
    world.night("2026-03-11")
    assert (world.in_collections("B1"), world.in_collections("B2")) == (False, True)
    # the balance is known all the same
    assert world.overdue("B1") == "80.00"
    world.load("bill_units", {"bill_unit_no": "B1", "account_no": "A-B1", "currency": "USD",
                              "pay_type": "invoice"})  # fmt: skip
    assert world.night("2026-03-12").entered == 1


def test_two_bill_units_of_one_account_are_chased_apart(world: World):
    world.customer("HOME", account_no="A1")
    world.customer("OFFICE", account_no="A1")
    world.policy(policy(scenario(steps="5 letter")))
    world.bill("80.00", "2026-03-01", "HOME")
    world.bill("80.00", "2026-03-03", "OFFICE")
    # money of the one doesn't pay for the other
    world.pay("200.00", "2026-03-02", "HOME")
    world.nights("2026-03-11", "2026-03-18")
    assert (world.cases("HOME"), world.overdue("OFFICE")) == ([], "80.00")
    assert world.newest_case("OFFICE")["entry_date"] == "2026-03-13"
    assert world.credit("HOME") == "120.00"
    assert world.rows("select data #>> '{bill_unit,bill_unit_no}' from letter") == [("OFFICE",)]
    world.check()


def test_two_debt_classes_of_one_bill_unit_are_chased_apart(world: World):
    world.customer()
    world.policy(
        policy(
            scenario("service", steps="5 late fee"),
            scenario("equipment", days=3, steps="2 letter", more='debt_class = "equipment"'),
            more='[[debt_classes]]\nname = "equipment"\n',
        )
    )
    world.bill("80.00", "2026-03-01", bill_no="SERVICE")
    world.bill("300.00", "2026-03-01", bill_no="ROUTER", debt_class="equipment")
    world.night("2026-03-04")
    assert [case["scenario"] for case in world.cases()] == ["equipment"]
    world.nights("2026-03-05", "2026-03-16")
    assert {case["scenario"]: case["overdue_amount"] for case in world.cases()} == {
        "service": "80.00",
        "equipment": "300.00",
    }
    # the fee belongs to the debt class of its case
    assert world.rows(
        "select debt_class.name from item join debt_class on debt_class.id = debt_class_id"
        " where kind = 'late_fee'"
    ) == [("standard",)]
    world.pay("300.00", "2026-03-17", bill_no="ROUTER")
    report = world.night("2026-03-17")
    assert report.left == {"cured": 1}
    assert {case["scenario"]: case["status"] for case in world.cases()} == {
        "service": "open",
        "equipment": "closed",
    }
    world.check()


def test_the_minimum_due_of_its_currency_holds_for_each_customer(world: World):
    world.customer("US", currency="USD")
    world.customer("JP", currency="JPY")
    world.policy(
        policy(
            scenario("dollars"),
            scenario("yen", profile="default JPY", entry="20"),
            currencies=("USD", "JPY"),
            settings={"minimum_due": "{ USD = 50.00 }"},
        )
    )
    world.bill("49.99", "2026-03-01", "US")
    world.bill("20", "2026-03-01", "JP")
    world.night("2026-03-11")
    assert (world.in_collections("US"), world.in_collections("JP")) == (False, True)
    assert world.overdue("JP") == "20"


def test_a_customer_without_any_scenario_is_measured_and_left_alone(world: World):
    world.customer()
    world.bill("80.00", "2026-03-01")
    report = world.night("2026-03-11")
    assert (report.entered, report.as_json()["overdue"]) == (0, {"USD": "80.00"})


def test_names_of_any_script_reach_the_letter_as_they_are(world: World):
    names = {"B1": "شركة الاتصالات — ليلى", "B2": "王小明", "B3": "Zoë 🎈 O'Brien <b>"}
    for bill_unit_no, name in names.items():
        world.customer(bill_unit_no, name=name, city="Łódź")
        world.bill("80.00", "2026-03-01", bill_unit_no)
    world.policy(policy(scenario("Rappels – 催促 ✉", steps="1 letter")))
    world.nights("2026-03-11", "2026-03-12")
    found = world.rows(
        "select data #>> '{bill_unit,bill_unit_no}', data #>> '{account,name}' from letter"
    )
    assert dict(found) == names
    assert world.newest_case("B2")["scenario"] == "Rappels – 催促 ✉"
    assert world.explain("2026-03-12", "B1")["outcome"].startswith("In collections")


def test_a_scenario_without_steps_says_why_it_entered_all_the_same(world: World):
    world.customer()
    bare = scenario().replace('steps = [{ day = 400, action = "call" }]\n', "")
    assert "steps" not in bare
    world.policy(policy(bare))
    world.bill("80.00", "2026-03-01")
    world.night("2026-03-11")
    (opened,) = world.events("case_opened")
    assert (opened["data"]["scenario"], opened["data"]["ripe_amount"]) == ("reminders", "80.0000")
