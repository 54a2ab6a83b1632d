"""Coming in, going out, and what is refused."""

import pytest
from tests.api.conftest import PASSWORD, Desk, bearer

from dunwell.features.access import people
from dunwell.features.access.actor import Permission

SESSION = "/api/v1/session"


def test_a_person_comes_in_with_a_password_and_learns_what_they_may(desk: Desk):
    desk.person("Grace@Example.com", "agent", brands=["default"], agent="Grace H.")
    me = desk.client.get(SESSION, headers=desk.log_in("grace@example.COM")).json()
    assert (me["name"], me["kind"], me["roles"]) == ("grace@example.com", "web", ["agent"])
    assert me["permissions"] == [
        *("adjust", "dispute", "promise_to_pay", "take_payment", "view", "work_actions")
    ]
    assert (me["brands"], me["agent"]) == (["default"], "Grace H.")
    assert me["business_date"] == "2026-03-20"


def test_a_permission_can_be_given_beyond_a_role_and_taken_in_spite_of_it(desk: Desk):
    desk.person("grace", "agent", granted=["assign"], denied=["promise_to_pay"])
    may = desk.client.get(SESSION, headers=desk.log_in()).json()["permissions"]
    assert "assign" in may
    assert "promise_to_pay" not in may


def test_without_a_token_or_with_a_wrong_one_nobody_is_known(desk: Desk):
    for headers in ({}, bearer("dunwell_key_wrong"), {"Authorization": "Basic Zm9v"}):
        answer = desk.client.get(SESSION, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")
        assert answer.headers["WWW-Authenticate"] == "Bearer"
        assert answer.headers["Content-Type"] == "application/problem+json"


def test_each_login_makes_a_new_token_and_logging_out_ends_only_that_one(desk: Desk):
    desk.person()
    first, second = desk.log_in(), desk.log_in()
    assert first != second
    assert desk.client.delete(SESSION, headers=first).status_code == 204
    assert desk.client.get(SESSION, headers=first).status_code == 401
    assert desk.client.get(SESSION, headers=second).status_code == 200


def test_tokens_and_passwords_are_not_in_the_database(desk: Desk):
    desk.person()
    token = desk.log_in()["Authorization"].removeprefix("Bearer ")
    key = desk.key()["Authorization"].removeprefix("Bearer ")
    dump = str(desk.world.rows("select token::text from token")) + str(
        desk.world.rows("select person::text from person")
        + desk.world.rows("select event::text from event")
    )
    for secret in (token, key, PASSWORD):
        assert secret not in dump


def test_an_ended_session_and_a_disabled_person_are_nobody(desk: Desk):
    person = desk.person("grace", "agent")
    headers = desk.log_in()
    desk.do(people.disable, person.id)
    assert desk.client.get(SESSION, headers=headers).status_code == 401
    wrong = desk.client.post(SESSION, json={"login": "grace", "password": PASSWORD})
    assert wrong.status_code == 401
    desk.do(people.enable, person.id)
    headers = desk.log_in()
    desk.world.rows("update token set expires_at = now() returning 1")
    assert desk.client.get(SESSION, headers=headers).status_code == 401


@pytest.mark.parametrize("login", ["grace", "nobody"])
def test_failed_logins_slow_down_then_lock_whoever_is_meant(desk: Desk, login: str):
    desk.person()
    wrong = {"login": login, "password": "wrong"}
    answers = [desk.client.post(SESSION, json=wrong) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [401, 401, 401, 429]
    assert 1 <= int(answers[3].headers["Retry-After"]) <= 2
    # told apart by nothing
    assert answers[0].json()["detail"] == "The login or the password is wrong."
    assert [denial["actor"] for denial in desk.denials()] == [login] * 4
    assert desk.denials()[3]["code"] == "too_many_attempts"
    desk.world.rows("update failed_login set failures = 10 returning 1")
    locked = desk.client.post(SESSION, json=wrong)
    assert 800 <= int(locked.headers["Retry-After"]) <= 900
    # not even the right password opens a locked door; an administrator does
    if login == "grace":
        right = {"login": "grace", "password": PASSWORD}
        assert desk.client.post(SESSION, json=right).status_code == 429
        person = desk.do(people.find, "grace")
        desk.do(people.set_password, person.id, PASSWORD)
        assert desk.client.post(SESSION, json=right).status_code == 201


def test_a_login_that_succeeds_forgets_the_failures(desk: Desk):
    desk.person()
    for _ in range(2):
        desk.client.post(SESSION, json={"login": "grace", "password": "wrong"})
    desk.log_in()
    assert desk.world.rows("select * from failed_login") == []


def test_who_changes_their_password_must_know_the_old_one_and_comes_in_again(desk: Desk):
    desk.person("grace", "agent")
    headers, new = desk.log_in(), "another good password"
    wrong = desk.client.put(
        f"{SESSION}/password", headers=headers, json={"old": "wrong", "new": new}
    )
    assert wrong.status_code == 401
    done = desk.client.put(
        f"{SESSION}/password", headers=headers, json={"old": PASSWORD, "new": new}
    )
    assert done.status_code == 204, done.text
    assert desk.client.get(SESSION, headers=headers).status_code == 401
    desk.log_in("grace", new)


def test_a_denial_is_an_event_that_names_who_and_what(desk: Desk):
    headers = desk.key(Permission.VIEW, name="crm")
    answer = desk.client.get("/api/v1/people", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    (denial,) = desk.denials()
    assert denial["actor"] == "key crm"
    assert (denial["method"], denial["route"]) == ("GET", "/api/v1/people")
    assert denial["request_id"] == answer.headers["X-Request-ID"]


def test_a_browser_on_another_site_can_change_nothing(desk: Desk):
    headers = {**desk.key(), "Sec-Fetch-Site": "cross-site"}
    assert desk.client.post("/api/v1/runs", headers=headers, json={}).status_code == 403
