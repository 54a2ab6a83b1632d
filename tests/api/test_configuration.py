"""What a screen offers to choose from: the configuration of one's brands."""

from tests.api.conftest import Desk
from tests.policies import BRANDS

from dunwell.features.access.actor import Permission

V = "/api/v1"

REASONS = """
[[reason_codes]]
category = "hold"
code = "illness"
labels = { en_US = "Illness" }

[[reason_codes]]
brand = "south"
category = "hold"
code = "flood"
labels = { en_US = "Flood" }
"""


def test_reasons_are_offered_by_verb_and_then_wanted(desk: Desk):
    desk.world.policy(BRANDS + REASONS)
    desk.world.customer("B1", brand="north")
    headers = desk.key(brands=["north"])
    items = desk.client.get(
        f"{V}/reason-codes", headers=headers, params={"category": "hold"}
    ).json()["items"]
    assert [(each["code"], each["labels"]) for each in items] == [("illness", {"en_US": "Illness"})]
    holds = f"{V}/bill-units/B1/holds"
    given = {"until": "2026-04-01", "reason": "flood"}
    other = desk.client.post(holds, headers=headers, json=given)
    assert (other.status_code, other.json()["rule"]) == (422, "unknown_reason")
    right = desk.client.post(holds, headers=headers, json={**given, "reason": "illness"})
    assert right.status_code == 201


def test_each_sees_the_configuration_of_their_brands(desk: Desk):
    profile = '\n[[profiles]]\nname = "{0}"\nbrand = "{0}"\ncurrency = "USD"\ndefault = true\n'
    desk.world.policy(BRANDS + "".join(profile.format(brand) for brand in ("north", "south")))
    headers = desk.key(Permission.VIEW, brands=["north"])
    for noun in ("brands", "profiles"):
        items = desk.client.get(f"{V}/configuration/{noun}", headers=headers).json()["items"]
        assert "north" in {each["name"] for each in items}
        assert "south" not in str(items)
    settings = desk.client.get(f"{V}/configuration/settings", headers=headers).json()["items"]
    assert "action_dependencies" in {each["name"] for each in settings}
    assert desk.client.get(f"{V}/configuration/nonsense", headers=headers).status_code == 422
