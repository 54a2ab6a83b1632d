"""What a utility adds to the town: U1 is being severed for electricity while its water is paid, and
U3 is chased by agreement, for power, gas and water.
"""

from tests.policies import policy, scenario
from tests.scenarios.utility.conftest import POLICY
from tests.scenarios.utility.test_agreements import BY_AGREEMENT
from tests.web import town
from tests.world import World

MORE = (
    town.AGENTS
    + """
[[pay_plan_types]]
name = "usual"
broken_points = -50

[[to_do_types]]
name = "review"
role = "agent"

[[scenarios]]
name = "patient"
profile = "households"
entry_amount = 50
entry_days = 5
exit_amount = 10
steps = [{ day = 40, action = "Sever" }]

[[experiments]]
name = "wait longer"
champion = "services"
challengers = [{ scenario = "patient", share = 1 }]
ends_on = 2026-12-31

[[contact_types]]
contact_class = "collections"
name = "call"

[[contact_types]]
contact_class = "moving in / out"
name = "meter"
"""
)


def supply(world: World) -> None:
    """U1, whose electricity is being severed."""
    world.policy(POLICY.format(sever="", cut="", more=MORE))
    world.customer("U1", account_no="UA", name="Ngozi Ẹ̀là")
    for number, kind in (("E1", "electricity"), ("W1", "water")):
        world.load(
            "service_agreements",
            {
                "service_agreement_no": number,
                "bill_unit_no": "U1",
                "type": kind,
                "premise_no": "P1",
                "premise_address": "1 Harbour St",
            },
        )
    world.bill("100", "2026-03-01", "U1", service_agreement_no="E1")
    world.night(town.TODAY)


def household(world: World) -> None:
    """U3, who owes for power, gas and water, in a debt class that is chased by agreement."""
    dunned = scenario(steps="5 letter?, 20 call?", more='debt_class = "utility"')
    world.policy(policy(dunned, more=BY_AGREEMENT + town.AGENTS))
    world.customer("U3", account_no="UC")
    for number in ("POWER", "GAS", "WATER"):
        world.bill("60.00", "2026-03-16", "U3", debt_class="utility", service_agreement_no=number)
