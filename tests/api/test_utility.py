"""A utility's back office over the API: a case about chosen agreements, what must be paid for it to
end, a pay plan and a to-do.
"""

from typing import Any

from tests.api.conftest import Desk
from tests.policies import policy, scenario
from tests.scenarios.utility.test_agreements import BY_AGREEMENT

from dunwell.features.access.actor import Permission

V = "/api/v1"
OF = f"{V}/bill-units/B1"

MORE = (
    BY_AGREEMENT
    + """
[[pay_plan_types]]
name = "usual"

[[to_do_types]]
name = "review"
role = "agent"
"""
)


def _of_utility(desk: Desk) -> None:
    """B1 owes 60.00 each for power, gas and water, and isn't in collections yet."""
    dunned = scenario(steps="5 letter?, 20 call?", more='debt_class = "utility"')
    desk.world.policy(policy(dunned, more=MORE))
    desk.world.customer()
    for number in ("POWER", "GAS", "WATER"):
        desk.world.bill("60.00", "2026-03-18", debt_class="utility", service_agreement_no=number)


def test_a_household_is_placed_measured_and_given_a_pay_plan(desk: Desk):
    _of_utility(desk)
    key = desk.key(
        *(Permission.VIEW, Permission.MANAGE_CASES, Permission.WORK_ACTIONS),
        Permission.PROMISE_TO_PAY,
    )

    def post(path: str, status: int = 200, **given: Any) -> dict[str, Any]:
        answer = desk.client.post(path, headers=key, json=given)
        assert answer.status_code == status, answer.text
        return dict(answer.json())

    def items(path: str) -> list[dict[str, Any]]:
        answer = desk.client.get(path, headers=key)
        assert answer.status_code == 200, answer.text
        return list(answer.json()["items"])

    def listed() -> list[str]:
        found = items(f"{V}/cases/{case}/agreements")
        return [each["service_agreement_no"] for each in found if each["left_on"] is None]

    wish = {"scenario": "reminders", "debt_class": "utility", "agreements": ["GAS", "WATER"]}
    case = post(f"{OF}/cases", 201, **wish, reason="asked for")["handle"]
    assert listed() == ["GAS", "WATER"]
    chosen = f"{V}/cases/{case}/agreements"
    post(chosen, 201, service_agreement_no="POWER", reason="asked for")
    post(f"{chosen}/GAS/remove", reason="in dispute")
    assert listed() == ["POWER", "WATER"]
    again = post(f"{chosen}/GAS/remove", 422, reason="in dispute")
    assert again["rule"] == "not_in_case"

    (needed,) = items(f"{OF}/requirements")
    assert (needed["case"], needed["overdue_amount"]) == (case, "180.00")
    assert [(each["service_agreement_no"], each["to_pay"]) for each in needed["agreements"]] == [
        ("POWER", "55.00"),
        ("WATER", "55.00"),
    ]

    terms = {"total": "180.00", "number": 3, "first_on": "2026-04-01", "interval_months": 1}
    plan = post(f"{OF}/pay-plans", 201, type="usual", reason="hardship", terms=terms)
    assert [each["due_on"] for each in plan["payments"]] == [
        *("2026-04-01", "2026-05-01", "2026-06-01")
    ]
    assert plan["remaining"] == {"amount": "180.00", "currency": "USD"}
    desk.world.night("2026-03-20")
    assert desk.world.newest_case()["status"] == "closed"
    assert items(f"{OF}/requirements") == []

    to_do = post(f"{OF}/to-dos", 201, type="review", message="Is the plan kept?")
    done = post(f"{OF}/to-dos/{to_do['handle']}/complete", comment="it is")
    assert (done["status"], done["comment"]) == ("completed", "it is")
    assert desk.world.rows("select count(*) from todo where status = 'open'") == [(0,)]
