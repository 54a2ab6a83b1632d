"""A draft of the policy over the API, from its beginning to a version in force."""

from tests.api.conftest import Desk

from dunwell.features.access.actor import Permission

DRAFT = "/api/v1/policy/draft"
PROFILE = {"name": "Standard", "currency": "USD", "default": True}
SCENARIO = {
    "name": "Usual",
    "profile": "Standard",
    "entry_amount": "50.00",
    "entry_days": 10,
    "steps": [{"day": 5, "action": "Close bill unit"}],
}


def put(desk: Desk, headers, noun: str, part, **query):
    return desk.client.post(
        f"{DRAFT}/parts/{noun}", headers=headers, json={"part": part}, params=query
    )


def test_a_draft_is_edited_checked_measured_and_applied(desk: Desk):
    headers = desk.key(Permission.CHANGE_POLICY, Permission.VIEW, name="editor")
    assert desk.client.get(DRAFT, headers=headers).status_code == 404
    assert desk.client.post(DRAFT, headers=headers, json={}).status_code == 201
    assert put(desk, headers, "profiles", PROFILE).status_code == 201

    refused = put(desk, headers, "scenarios", {**SCENARIO, "entry_days": -1}).json()
    assert (refused["code"], len(refused["problems"])) == ("bad_part", 1)
    assert refused["problems"][0].startswith("entry_days: ")

    wrong = put(desk, headers, "scenarios", {**SCENARIO, "debt_class": "water"}).json()
    (problem,) = desk.client.get(f"{DRAFT}/problems", headers=headers).json()["items"]
    assert (problem["noun"], problem["id"], problem["field"]) == (
        "scenarios",
        wrong["id"],
        "debt_class",
    )
    assert desk.client.get(f"{DRAFT}/changes", headers=headers).status_code == 422
    right = put(desk, headers, "scenarios", SCENARIO, replaces=wrong["id"]).json()
    changes = desk.client.get(f"{DRAFT}/changes", headers=headers).json()["changes"]
    assert [(each["noun"], each["name"]) for each in changes] == [
        ("profile", "Standard"),
        ("scenario", "Usual"),
    ]

    desk.world.customer("B1")
    desk.world.bill("80.00", "2026-02-20")
    impact = desk.client.get(f"{DRAFT}/impact", headers=headers).json()
    assert [(each["kind"], each["bill_units"]) for each in impact["next_night"]] == [("enters", 1)]
    assert impact["basis"]["estimated"] is False

    stale = desk.client.post(
        f"{DRAFT}/apply", headers={**headers, "If-Match": '"1"'}, json={"note": "a test"}
    )
    assert stale.status_code == 412
    applied = desk.client.post(
        f"{DRAFT}/apply",
        headers={**headers, "If-Match": f'"{right["version"]}"'},
        json={"note": "a test"},
    )
    assert applied.status_code == 201
    number = applied.json()["id"]
    compared = desk.client.get(
        f"/api/v1/policy/versions/{number}/changes", headers=headers, params={"since": 1}
    ).json()["changes"]
    assert compared == changes


def test_parts_are_listed_moved_and_removed(desk: Desk):
    headers = desk.key(Permission.CHANGE_POLICY, name="editor")
    desk.client.post(DRAFT, headers=headers, json={})
    rule = {"field": "account.credit_score", "operator": "<", "value": 500}
    for profile in (PROFILE, {"name": "Risky", "currency": "USD", "rule": rule}):
        put(desk, headers, "profiles", profile)
    items = desk.client.get(f"{DRAFT}/parts/profiles", headers=headers).json()["items"]
    assert [each["name"] for each in items] == ["Standard", "Risky"]
    address = f"{DRAFT}/parts/profiles/{items[1]['id']}"
    moved = desk.client.post(f"{address}/move", headers=headers, params={"to": 0})
    assert moved.status_code == 200
    assert desk.client.delete(address, headers=headers).status_code == 204
    items = desk.client.get(f"{DRAFT}/parts/profiles", headers=headers).json()["items"]
    assert [each["name"] for each in items] == ["Standard"]
    (settings,) = desk.client.get(f"{DRAFT}/parts/settings", headers=headers).json()["items"]
    assert settings["part"]["days_to_pay"] == 10
    assert desk.client.delete(DRAFT, headers=headers).status_code == 204
    assert desk.client.get(DRAFT, headers=headers).status_code == 404


def test_a_template_in_a_draft_is_tried_previewed_applied_and_kept_with_its_version(desk: Desk):
    headers = desk.key(Permission.CHANGE_POLICY, Permission.VIEW, name="editor")
    address = f"{DRAFT}/templates/dunning/gentle"
    plain = {"engine": "jinja2", "format": "text", "source": "Dear {{ account.name }}"}
    assert desk.client.put(address, headers=headers, json=plain).status_code == 404
    desk.client.post(DRAFT, headers=headers, json={})
    broken = desk.client.put(address, headers=headers, json={**plain, "source": "{% if %}"})
    assert broken.status_code == 422
    staged = desk.client.put(address, headers=headers, json=plain).json()
    assert (staged["shipped"], staged["lacking"]) == (False, None)
    listed = desk.client.get(f"{DRAFT}/templates", headers=headers).json()["items"]
    assert "gentle" in [each["name"] for each in listed]
    preview = desk.client.get(f"{address}/preview", headers=headers)
    assert preview.text.startswith("Dear ")
    assert desk.client.get("/api/v1/templates/dunning/gentle", headers=headers).status_code == 404
    version = staged["version"]
    stale = desk.client.delete(address, headers={**headers, "If-Match": f'"{version - 1}"'})
    assert stale.status_code == 412

    applied = desk.client.post(f"{DRAFT}/apply", headers=headers, json={"note": "gentler"}).json()
    kept = f"/api/v1/policy/versions/{applied['id']}/templates"
    found = desk.client.get(kept, headers=headers).json()["items"]
    assert [each["source"] for each in found if each["name"] == "gentle"] == [plain["source"]]
    desk.client.post(DRAFT, headers=headers, json={})
    assert desk.client.delete(address, headers=headers).status_code == 204
