"""The utility's collection process, steps 1.0 to 1.5 and 2.2: who is reviewed, which condition of
eligibility holds first, and how much of which debt class must be left.
"""

import pytest
from tests.policies import policy, scenario
from tests.world import World

UTILITY = """
[[debt_classes]]
name = "utility"
"""

FOUR_WAYS = (
    scenario("others' services", steps="5 letter"),
    scenario("budget talk", steps="5 call"),
    scenario("weak", steps="1 call"),
    scenario("ordinary", steps="10 letter"),
)

ELIGIBILITY = """
[[eligibility]]
name = "we bill for them"
priority = 10
when = "billed_for_others"
scenarios = ["others' services"]

[[eligibility]]
name = "on a budget"
priority = 20
when = "on_budget"
scenarios = ["budget talk"]

[[eligibility]]
name = "weak rating"
priority = 30
when = "low_credit_rating"
scenarios = ["weak"]

[[eligibility]]
name = "everybody else"
priority = 90
when = "always"
scenarios = ["ordinary"]
"""


def eligible(*entries: str) -> str:
    return policy(
        *FOUR_WAYS,
        more="".join(entries) or ELIGIBILITY,
    )


def weaken(world: World, points: int = -300) -> None:
    world.by_hand("2026-06-10").demerit(points)


def enters(world: World, on: str = "2026-06-30") -> str:
    world.night(on)
    case = world.case()
    return case["scenario"] if case else "nothing"


def test_1_1_whoever_has_a_third_partys_service_is_asked_about_first(world: World):
    world.policy(eligible())
    world.customer()
    weaken(world)
    world.load(
        "service_agreements",
        {"service_agreement_no": "S1", "bill_unit_no": "B1", "third_party_supplier": "Northern"},
    )
    world.load(
        "budgets",
        {"budget_no": "G1", "bill_unit_no": "B1", "amount": 80, "started_on": "2026-01-01"},
    )
    world.bill("100.00", "2026-06-01")
    assert enters(world) == "others' services"


def test_1_1_whoever_is_on_a_budget_comes_before_a_weak_credit_score(world: World):
    world.policy(eligible())
    world.customer()
    weaken(world)
    world.load(
        "budgets",
        {"budget_no": "G1", "bill_unit_no": "B1", "amount": 80, "started_on": "2026-01-01"},
    )
    world.bill("100.00", "2026-06-01")
    assert enters(world) == "budget talk"


@pytest.mark.parametrize(("points", "expected"), [(-101, "weak"), (-100, "ordinary")])
def test_1_1_a_credit_rating_below_the_installations_threshold_counts(
    world: World, points: int, expected: str
):
    world.policy(eligible())
    world.customer()
    weaken(world, points)
    world.bill("100.00", "2026-06-01")
    assert enters(world) == expected


def test_1_1_a_broken_pay_plan_can_decide(world: World):
    world.policy(
        eligible(
            ELIGIBILITY,
            """
[[eligibility]]
name = "broken plan"
priority = 10
when = "broken_pay_plan"
scenarios = ["weak"]
""",
        )
    )
    world.customer()
    world.rows("update bill_unit set broken_pay_plan = true returning 1")
    world.bill("100.00", "2026-06-01")
    assert enters(world) == "weak"


def test_1_1_the_first_condition_that_holds_can_spare(world: World):
    spared = ELIGIBILITY.replace('["budget talk"]', "[]")
    world.policy(eligible(spared.replace('["ordinary"]', '["ordinary", "budget talk"]')))
    world.customer()
    world.load(
        "budgets",
        {"budget_no": "G1", "bill_unit_no": "B1", "amount": 80, "started_on": "2026-01-01"},
    )
    world.bill("100.00", "2026-06-01")
    assert enters(world) == "nothing"


def test_1_4_criteria_differ_by_jurisdiction_customer_class_and_debt_class(world: World):
    north = """
[[eligibility]]
name = "homes in the north"
priority = 10
when = "always"
jurisdiction = "north"
customer_class = "residential"
scenarios = ["budget talk"]
"""
    world.policy(eligible(north, ELIGIBILITY))
    for number, (jurisdiction, kind) in enumerate(
        [("north", "residential"), ("north", "business"), ("south", "residential")]
    ):
        world.customer(f"U{number}", jurisdiction=jurisdiction, customer_class=kind)
        world.bill("100.00", "2026-06-01", f"U{number}")
    world.night("2026-06-30")
    found = [world.newest_case(f"U{number}")["scenario"] for number in range(3)]
    assert found == ["budget talk", "ordinary", "ordinary"]


def test_1_4_a_scenario_that_no_condition_names_is_for_everybody(world: World):
    world.policy(
        policy(
            *FOUR_WAYS,
            scenario("grave", entry="500.00"),
            more=ELIGIBILITY,
        )
    )
    world.customer()
    world.bill("600.00", "2026-06-01")
    assert enters(world) == "grave"


def test_1_4_explain_shows_each_condition_with_its_value(world: World):
    world.policy(eligible())
    world.customer()
    weaken(world)
    world.bill("100.00", "2026-06-01")
    told = {each["scenario"]: each for each in world.explain("2026-06-30")["scenarios"]}
    lines = [(line["criterion"], line["value"], line["holds"]) for line in told["weak"]["criteria"]]
    assert lines[2:] == [
        ("account.credit_rating < 600", "400", True),
        ("not: bill_unit.bills_for_others = true", "false", True),
        ("not: bill_unit.on_budget = true", "false", True),
    ]
    assert [name for name, each in told.items() if each["valid"]] == ["weak"]


def test_1_0_1_7_a_condition_that_changes_is_looked_at_in_the_night_after(world: World):
    world.policy(eligible())
    world.customer()
    world.bill("100.00", "2026-06-01")
    assert enters(world) == "ordinary"
    world.by_hand("2026-06-30").demerit(-300)
    assert enters(world, "2026-07-01") == "weak"
    assert world.newest_case()["entry_date"] == "2026-07-01"


@pytest.mark.parametrize(
    ("threshold", "leave", "paid", "expected"),
    [
        # 10.00 is left: at the higher one of the two or below it
        ("10.00", "0.00", "90.00", "cured"),
        ("5.00", "10.00", "90.00", "cured"),
        ("9.99", "5.00", "90.00", None),
    ],
)
def test_2_2_debt_at_or_under_the_debt_classs_threshold_cancels(
    world: World, threshold: str, leave: str, paid: str, expected: str | None
):
    thresholds = UTILITY + f"cancel_threshold = {{ USD = {threshold} }}\n"
    world.policy(policy(scenario(leave=leave, more='debt_class = "utility"'), more=thresholds))
    world.customer()
    world.bill("100.00", "2026-06-01", debt_class="utility")
    world.night("2026-06-20")
    world.pay(paid, "2026-06-25")
    world.night("2026-06-25")
    assert world.newest_case()["close_reason"] == expected


def test_2_2_a_case_keeps_the_threshold_that_it_entered_under(world: World):
    def with_threshold(amount: str) -> str:
        return policy(
            scenario(more='debt_class = "utility"'),
            more=UTILITY + f"cancel_threshold = {{ USD = {amount} }}\n",
        )

    world.policy(with_threshold("10.00"))
    world.customer()
    world.bill("100.00", "2026-06-01", debt_class="utility")
    world.night("2026-06-20")
    world.policy(with_threshold("1.00"))
    world.pay("90.00", "2026-06-25")
    world.night("2026-06-25")
    assert world.newest_case()["close_reason"] == "cured"


def test_1_2_arrears_and_cases_are_kept_by_debt_class(world: World):
    world.policy(
        policy(scenario("power", more='debt_class = "utility"'), scenario("other"), more=UTILITY)
    )
    world.customer()
    world.bill("100.00", "2026-06-01", debt_class="utility")
    world.bill("50.00", "2026-06-01")
    world.night("2026-06-20")
    found = [(each["debt_class"], each["scenario"]) for each in world.cases()]
    assert sorted(found) == [("standard", "other"), ("utility", "power")]


def test_written_off_debt_moves_to_its_own_class_and_ordinary_scenarios_let_it_be(world: World):
    world.policy(
        policy(
            scenario(steps="5 Write off balance"),
            more='[[debt_classes]]\nname = "written off"\nwrite_off = true\n',
        )
    )
    world.customer()
    world.bill("100.00", "2026-06-01")
    world.nights("2026-06-20", "2026-07-20")
    assert [case["close_reason"] for case in world.cases()] == ["written_off"]
    assert world.owed() == {"written_off": "100.00"}
    assert world.rows(
        "select name, overdue_amount::text from balance"
        " join debt_class on debt_class.id = debt_class_id"
    ) == [("written off", "100.0000")]
    world.pay("40.00", "2026-07-21")
    world.night("2026-07-21")
    assert world.owed() == {"written_off": "60.00"}
    world.check()


def test_what_is_written_off_in_the_write_off_class_is_given_up(world: World):
    late = scenario("last try", steps="5 Write off balance", more='debt_class = "written off"')
    world.policy(
        policy(
            scenario(steps="5 Write off balance"),
            late,
            more='[[debt_classes]]\nname = "written off"\nwrite_off = true\n',
        )
    )
    world.customer()
    world.bill("100.00", "2026-06-01")
    world.nights("2026-06-20", "2026-08-20")
    assert [(case["debt_class"], case["close_reason"]) for case in world.cases()] == [
        ("written off", "written_off"),
        ("standard", "written_off"),
    ]
    assert world.owed() == {}
    world.check()
