"""Letters, templates and invoice reminders, as other systems see them."""

import pytest
from tests.api.conftest import TODAY, Desk
from tests.features.letters.conftest import letters_policy, text_of
from tests.policies import BRANDS

from dunwell.features.access.actor import Permission

V = "/api/v1"
OF = f"{V}/bill-units/B1"
PLAIN = {"engine": "jinja2", "format": "text", "source": "Owed: {{ overdue }}"}


@pytest.fixture
def owing(desk: Desk) -> Desk:
    """B1 has a letter and a reminder of 12 March, both delivered."""
    desk.world.policy(letters_policy("1 first reminder, 1 on invoice"))
    desk.world.customer()
    desk.world.bill("80.00", "2026-03-01")
    desk.world.nights("2026-03-11", "2026-03-12")
    desk.world.deliver("2026-03-12")
    return desk


def test_a_letter_is_listed_and_its_document_is_what_was_sent(owing: Desk):
    headers = owing.key(Permission.VIEW)
    (letter,) = owing.client.get(f"{OF}/letters", headers=headers).json()["items"]
    assert (letter["status"], letter["channel"], letter["template"]) == (
        "sent",
        "print",
        "first-reminder",
    )
    answer = owing.client.get(f"{OF}/letters/{letter['id']}/document", headers=headers)
    assert answer.headers["Content-Type"] == "application/pdf"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert "80.00" in text_of(answer.content)
    none = owing.client.get(f"{OF}/letters", params={"status": "error"}, headers=headers)
    assert none.json()["items"] == []


def test_a_letter_of_another_brand_is_not_there(owing: Desk):
    owing.world.policy(letters_policy() + BRANDS)
    headers = owing.key(Permission.VIEW, brands=["south"])
    for address in (f"{OF}/letters", f"{OF}/letters/1/document"):
        assert owing.client.get(address, headers=headers).status_code == 404


def test_an_uncertain_letter_is_settled_once(owing: Desk):
    owing.world.rows("update letter set status = 'uncertain' returning 1")
    headers = owing.key()
    ((number,),) = owing.world.rows("select id from letter")
    address = f"{OF}/letters/{number}/settle"
    answer = owing.client.post(address, headers=headers, json={"sent": True})
    assert (answer.status_code, answer.json()["status"]) == (200, "sent")
    again = owing.client.post(address, headers=headers, json={"sent": True})
    assert again.status_code == 404


def test_the_billing_system_claims_and_confirms_reminders(owing: Desk):
    headers = owing.key()
    waiting = owing.client.get(f"{V}/invoice-reminders", headers=headers).json()
    assert [(item["bill_unit_no"], item["status"]) for item in waiting["items"]] == [
        ("B1", "waiting")
    ]
    keyed = {**headers, "Idempotency-Key": "print-run-7"}
    claimed = owing.client.post(f"{V}/invoice-reminders/claim", headers=keyed, json={}).json()
    (reminder,) = claimed["items"]
    assert "80.00" in reminder["content"]
    # asked again with the same key, it gets the same; without, nothing is left
    repeated = owing.client.post(f"{V}/invoice-reminders/claim", headers=keyed, json={})
    assert repeated.json() == claimed
    other = owing.client.post(f"{V}/invoice-reminders/claim", headers=headers, json={})
    assert other.json() == {"items": []}
    address = f"{OF}/invoice-reminders/{reminder['id']}"
    released = owing.client.post(f"{address}/release", headers=headers)
    assert released.json()["status"] == "waiting"
    done = owing.client.post(f"{address}/confirm", headers=headers, json={"invoice_no": "I-9"})
    assert (done.json()["status"], done.json()["invoice_no"]) == ("confirmed", "I-9")
    wrong = owing.client.post(f"{address}/confirm", headers=headers, json={"invoice_no": "I-8"})
    assert (wrong.status_code, wrong.json()["rule"]) == (422, "already_confirmed")


def test_reminders_come_in_pages(owing: Desk):
    for number in ("B2", "B3"):
        owing.world.customer(number)
        owing.world.bill("80.00", "2026-03-02", number)
    owing.world.nights("2026-03-13", "2026-03-14")
    owing.world.deliver("2026-03-14")
    headers, seen = owing.key(), list[str]()
    after: dict[str, str] = {}
    while True:
        page = owing.client.get(
            f"{V}/invoice-reminders", params={"limit": 1, **after}, headers=headers
        ).json()
        seen += [item["bill_unit_no"] for item in page["items"]]
        if page["next"] is None:
            break
        after = {"after": page["next"]}
    assert sorted(seen) == ["B1", "B2", "B3"]


def test_a_template_is_loaded_previewed_used_and_deleted(desk: Desk):
    headers = desk.key()
    address = f"{V}/templates/dunning/gentle"
    put = desk.client.put(address, headers=headers, json={**PLAIN, "source": "Dear {{ nobody }}"})
    assert put.status_code == 200, put.text
    assert "nobody" in put.json()["lacking"]
    put = desk.client.put(address, headers=headers, json={**PLAIN, "source": "Hello, pay."})
    assert (put.json()["lacking"], put.json()["shipped"]) == (None, False)
    shown = desk.client.get(f"{address}/preview", params={"format": "text"}, headers=headers)
    assert shown.text.strip() == "Hello, pay."
    listed = desk.client.get(f"{V}/templates", params={"kind": "dunning"}, headers=headers)
    names = {item["name"] for item in listed.json()["items"]}
    assert {"gentle", "first-reminder"} <= names
    assert "source" not in listed.json()["items"][0]
    wrong = desk.client.put(address, headers=headers, json={**PLAIN, "source": "{% if %}"})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "bad_input")
    assert desk.client.delete(address, headers=headers).status_code == 204
    assert desk.client.get(address, headers=headers).status_code == 404


def test_who_saw_an_older_template_changes_and_deletes_nothing(desk: Desk):
    headers = desk.key()
    address = f"{V}/templates/dunning/gentle"
    desk.client.put(address, headers=headers, json={**PLAIN, "source": "Hello, pay."})
    old = {"If-Match": desk.client.get(address, headers=headers).headers["ETag"]}
    newer = {**PLAIN, "source": "Hello, please pay."}
    assert desk.client.put(address, headers=headers | old, json=newer).status_code == 200
    mine = {**PLAIN, "source": "Pay!"}
    assert desk.client.put(address, headers=headers | old, json=mine).status_code == 412
    assert desk.client.delete(address, headers=headers | old).status_code == 412
    shown = desk.client.get(address, headers=headers)
    assert shown.json()["source"] == "Hello, please pay."
    now = {"If-Match": shown.headers["ETag"]}
    assert desk.client.delete(address, headers=headers | now).status_code == 204


def test_shipped_templates_stay_and_can_be_looked_at(desk: Desk):
    headers = desk.key()
    address = f"{V}/templates/dunning/first-reminder"
    assert desk.client.get(address, headers=headers).json()["engine"] == "typst"
    answer = desk.client.delete(address, headers=headers)
    assert (answer.status_code, answer.json()["rule"]) == (422, "shipped")
    picture = desk.client.get(f"{address}/preview", params={"format": "png"}, headers=headers)
    assert picture.content.startswith(b"\x89PNG")


def test_who_owns_one_brand_cannot_change_every_brands_templates(desk: Desk):
    desk.world.policy(BRANDS)
    headers = desk.key(Permission.CHANGE_POLICY, Permission.VIEW, brands=["north"])
    address = f"{V}/templates/dunning/gentle"
    plain = {**PLAIN, "source": "Hello."}
    assert desk.client.put(address, headers=headers, json=plain).status_code == 422
    south = desk.client.put(address, params={"brand": "south"}, headers=headers, json=plain)
    assert south.status_code == 404
    own = desk.client.put(address, params={"brand": "north"}, headers=headers, json=plain)
    assert (own.status_code, own.json()["brand"]) == (200, "north")
    assert TODAY.isoformat() in str(
        desk.world.rows("select business_date::text from event where kind = 'template_loaded'")
    )
