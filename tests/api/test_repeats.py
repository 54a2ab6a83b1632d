"""Idempotency keys: sent twice, done once."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from starlette.requests import Request
from tests.api.conftest import Desk

from dunwell.api.promises import NewPromise
from dunwell.api.repeats import Claim

PEOPLE = "/api/v1/people"


def _person(login: str = "ada") -> dict[str, Any]:
    return {"login": login, "name": "Ada", "roles": ["agent"], "brands": None}


def test_a_repeated_request_does_nothing_more_and_gets_the_same_answer(desk: Desk):
    headers = {**desk.key(), "Idempotency-Key": "one"}
    first = desk.client.post(PEOPLE, headers=headers, json=_person())
    again = desk.client.post(PEOPLE, headers=headers, json=_person())
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert again.headers["Location"] == first.headers["Location"]
    assert again.headers["ETag"] == first.headers["ETag"] == '"1"'
    assert again.headers["Idempotent-Replayed"] == "true"
    assert desk.world.rows("select count(*) from person") == [(1,)]


def test_without_a_key_the_second_request_is_judged_on_its_own(desk: Desk):
    headers = desk.key()
    assert desk.client.post(PEOPLE, headers=headers, json=_person()).status_code == 201
    second = desk.client.post(PEOPLE, headers=headers, json=_person())
    assert (second.status_code, second.json()["rule"]) == (422, "login_in_use")


def test_a_key_that_was_used_for_something_else_is_refused(desk: Desk):
    headers = {**desk.key(), "Idempotency-Key": "one"}
    desk.client.post(PEOPLE, headers=headers, json=_person())
    other = desk.client.post(PEOPLE, headers=headers, json=_person("bob"))
    assert (other.status_code, other.json()["rule"]) == (422, "idempotency_key_reused")


def test_two_callers_may_use_the_same_key(desk: Desk):
    for name in ("a", "b"):
        headers = {**desk.key(name=name), "Idempotency-Key": "one"}
        assert desk.client.post(PEOPLE, headers=headers, json=_person(name)).status_code == 201


def test_what_failed_is_tried_again(desk: Desk):
    headers = {**desk.key(), "Idempotency-Key": "one"}
    desk.client.post(PEOPLE, headers=desk.key(name="other"), json=_person())
    assert desk.client.post(PEOPLE, headers=headers, json=_person()).status_code == 422
    desk.world.rows("delete from person returning 1")
    assert desk.client.post(PEOPLE, headers=headers, json=_person()).status_code == 201


def test_many_at_once_make_one(desk: Desk):
    headers = {**desk.key(), "Idempotency-Key": "one"}
    with ThreadPoolExecutor(6) as crowd:
        answers = list(
            crowd.map(lambda _: desk.client.post(PEOPLE, headers=headers, json=_person()), range(6))
        )
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.text for answer in answers}) == 1
    assert sum("Idempotent-Replayed" in answer.headers for answer in answers) == 5


def test_a_secret_is_shown_once_and_not_kept_for_the_repetition(desk: Desk):
    headers = {**desk.key(), "Idempotency-Key": "one"}
    asked = {"name": "crm", "scopes": ["view"], "brands": None}
    first = desk.client.post("/api/v1/keys", headers=headers, json=asked).json()
    again = desk.client.post("/api/v1/keys", headers=headers, json=asked).json()
    assert first["secret"].startswith("dunwell_key_")
    assert again == {**first, "secret": None}
    kept = desk.world.rows("select encode(body, 'escape') from idempotency_key")
    assert first["secret"] not in str(kept)


def test_no_account_number_stands_in_what_tells_requests_apart_however_deep_it_is():
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/promises",
        "query_string": b"",
        "headers": [(b"host", b"test"), (b"idempotency-key", b"one")],
    }

    def told(**more: str) -> bytes:
        mandate = {
            "kind": "direct_debit",
            "iban": "DE89370400440532013000",
            "mandate_reference": "M-1",
            "signed_on": "2026-01-31",
            **more,
        }
        given = NewPromise.model_validate({"reason": "asked", "new_payment_method": mandate})
        claim = Claim.of(Request(scope), "crm", given)
        assert claim is not None
        return claim.fingerprint

    assert told() == told(iban="GB33BUKB20201555555555")
    assert told() != told(mandate_reference="M-2")
