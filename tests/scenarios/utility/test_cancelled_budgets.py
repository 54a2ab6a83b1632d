"""The utility's collection process: steps 1.8.4.1 and 1.8.4.2, an event cancels a budget, whose
difference is settled by an adjustment.
"""

import pytest
from tests.policies import policy, scenario
from tests.world import World

CANCEL = """
[[actions]]
name = "end budget"
type = "cancel_budget"
"""


@pytest.mark.parametrize(
    ("difference", "owed", "overdue"), [("40.00", "40.0000", "140.00"), ("-40.00", None, "60.00")]
)
def test_1_8_4_2_an_event_cancels_the_budget_and_settles_it(
    world: World, difference: str, owed: str | None, overdue: str
):
    world.policy(policy(scenario(steps="3 end budget"), more=CANCEL))
    world.customer()
    budget = {
        "budget_no": "BU1",
        "bill_unit_no": "B1",
        "amount": "50.00",
        "adjustment_type": "levelling",
    }
    world.load("budgets", {**budget, "difference": difference, "started_on": "2026-01-01"})
    world.bill("100.00", "2026-05-20")
    world.nights("2026-06-01", "2026-06-01")
    assert world.rows("select status from budget") == [("active",)]
    world.night("2026-06-02")
    assert world.status("end budget") == "completed"
    assert world.rows("select status from budget") == [("cancelled",)]
    assert world.rows("select on_budget from bill_unit") == [(False,)]
    (told,) = world.events_of("budget_cancelled")
    assert (told["budget_no"], told["reason"]) == ("BU1", "end budget")
    assert (told["adjustment_type"], told["adjustment_no"]) == ("levelling", "budget-BU1")
    items = world.rows("select amount::text from item where number = 'budget-BU1'")
    assert items == ([(owed,)] if owed else [])
    given_back = world.rows("select reason from credit where number = 'budget-BU1'")
    assert given_back == ([] if owed else [("levelling",)])
    world.nights("2026-06-03", "2026-06-04")
    assert world.overdue() == overdue


def test_what_a_budget_left_unpaid_is_chased_with_the_services_that_it_was_for(world: World):
    services = '[[debt_classes]]\nname = "services"\n' + CANCEL
    steps = scenario(steps="3 end budget", more='debt_class = "services"')
    world.policy(policy(steps, more=services))
    world.customer()
    supplied = {"service_agreement_no": "E1", "bill_unit_no": "B1", "debt_class": "services"}
    world.load("service_agreements", supplied)
    budget = {"budget_no": "BU1", "bill_unit_no": "B1", "amount": 50, "difference": 40}
    world.load("budgets", {**budget, "started_on": "2026-01-01"})
    world.bill("100.00", "2026-05-20", debt_class="services")
    world.nights("2026-06-01", "2026-06-04")
    told = """
        select debt_class.name, sum(item.open_amount)::text
        from item join debt_class on debt_class.id = item.debt_class_id
        group by debt_class.name
        """
    assert world.rows(told) == [("services", "140.0000")]
