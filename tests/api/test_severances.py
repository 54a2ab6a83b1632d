"""Severance over the API: a payment ends it in its own transaction, and a field system at work."""

from tests.api.conftest import Desk

from dunwell.features.access.actor import Permission

V = "/api/v1"

POLICY = """
[[profiles]]
name = "households"
currency = "USD"
default = true

[[actions]]
name = "Sever"
type = "start_severance"

[[scenarios]]
name = "services"
profile = "households"
entry_amount = 50
entry_days = 5
steps = [{ day = 2, action = "Sever" }]

[[severance_templates]]
name = "Cut"
reconnect = "Give back"
events = [
    { name = "rate", type = "credit_rating", points = -50 },
    { name = "ask", type = "to_do" },
    { name = "cut", type = "field_activity", activity = "cut", after = ["ask"] },
]

[[severance_templates]]
name = "Give back"
purpose = "reconnect"
events = [{ name = "reconnect", type = "field_activity", activity = "reconnect" }]
"""


def _severed(desk: Desk) -> None:
    desk.world.policy(POLICY)
    desk.world.customer()
    desk.world.load(
        "service_agreements",
        {"service_agreement_no": "E1", "bill_unit_no": "B1", "premise_no": "P1"},
    )
    desk.world.bill("100", "2026-03-01", service_agreement_no="E1")
    desk.world.nights("2026-03-10", "2026-03-19")


def test_a_field_system_reads_asks_and_answers(desk: Desk):
    _severed(desk)
    key = desk.key(Permission.VIEW, Permission.WORK_ACTIONS)
    (process,) = desk.client.get(f"{V}/bill-units/B1/severances", headers=key).json()["items"]
    assert process["arrears"] == {"amount": "100.00", "currency": "USD"}
    assert [each["status"] for each in process["events"]] == ["completed", "sent", "waiting"]
    ask = process["events"][1]["event"]
    answer = desk.client.post(
        f"{V}/severance-events/{ask}/complete", json={"reason": "talked"}, headers=key
    )
    assert answer.json()["events"][2]["due_on"] == "2026-03-20"
    desk.world.night("2026-03-20")
    (cut,) = desk.client.get(f"{V}/field-activities", headers=key).json()["items"]
    assert (cut["activity"], cut["premise_no"]) == ("cut", "P1")
    address = f"{V}/field-activities/{cut['event']}"
    assert desk.client.post(f"{address}/release", headers=key).json() == {
        "go": True,
        "reason": None,
    }
    done = desk.client.post(f"{address}/answer", json={"outcome": "done"}, headers=key).json()
    assert done["cut_on"] == "2026-03-20"
    manager = desk.key(name="manager")
    listed = desk.client.get(f"{V}/severances?status=active", headers=manager).json()["items"]
    assert [each["severance"] for each in listed] == [process["severance"]]
    cancelled = desk.client.post(
        f"{V}/severances/{process['severance']}/cancel", json={"reason": "moved"}, headers=manager
    )
    assert (cancelled.json()["status"], cancelled.json()["end_reason"]) == ("cancelled", "moved")
    waiting = desk.client.get(f"{V}/field-activities", headers=key).json()["items"]
    assert waiting == [], "the reconnection is sent by the next night"


def test_a_load_over_the_api_ends_severance_at_once(desk: Desk):
    _severed(desk)
    key = desk.key()
    answer = desk.client.post(
        f"{V}/receivables/payments",
        content='{"payment_no": "P1", "bill_unit_no": "B1", "paid_on": "2026-03-20",'
        ' "amount": "100"}\n',
        headers=key,
    )
    assert answer.status_code == 200, answer.text
    (process,) = desk.client.get(f"{V}/bill-units/B1/severances", headers=key).json()["items"]
    assert (process["status"], process["end_reason"]) == ("cancelled", "debt_fell")
    assert desk.world.rows("select points from demerit") == [(-50,)]
