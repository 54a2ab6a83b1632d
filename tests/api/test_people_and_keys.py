"""Administrators' work: people and keys."""

from base64 import urlsafe_b64encode
from concurrent.futures import ThreadPoolExecutor

import pytest
from tests.api.conftest import Desk
from tests.policies import BRANDS

from dunwell.features.access import keys
from dunwell.features.access.actor import Permission

PEOPLE, KEYS = "/api/v1/people", "/api/v1/keys"
AGENT = {"name": "Ada", "roles": ["agent"], "brands": ["default"]}


def test_a_change_that_was_decided_on_an_old_version_is_refused(desk: Desk):
    headers, person = desk.key(), desk.person()
    desk.person("root")
    address = f"{PEOPLE}/{person.id}"
    etag = desk.client.get(address, headers=headers).headers["ETag"]
    first = desk.client.put(address, headers={**headers, "If-Match": etag}, json=AGENT)
    assert (first.status_code, first.headers["ETag"]) == (200, '"2"')
    second = desk.client.put(
        address, headers={**headers, "If-Match": etag}, json={**AGENT, "roles": ["manager"]}
    )
    assert (second.status_code, second.json()["code"]) == (412, "changed_meanwhile")
    assert desk.client.get(address, headers=headers).json()["roles"] == ["agent"]


def test_of_two_administrators_at_the_same_moment_one_loses_by_name(desk: Desk):
    headers, person = desk.key(), desk.person()
    desk.person("root")
    with ThreadPoolExecutor(4) as crowd:
        codes = list(
            crowd.map(
                lambda role: (
                    desk.client.put(
                        f"{PEOPLE}/{person.id}",
                        headers={**headers, "If-Match": '"1"'},
                        json={**AGENT, "roles": [role]},
                    ).status_code
                ),
                ["agent", "manager", "operator", "service_rep"],
            )
        )
    assert sorted(codes) == [200, 412, 412, 412]


def test_changed_rights_count_from_the_next_request_on(desk: Desk):
    person = desk.person("grace", "agent")
    session, headers = desk.log_in(), desk.key()
    assert desk.client.get("/api/v1/accounts", headers=session).status_code == 200
    given = {**AGENT, "denied": ["view"]}
    desk.client.put(f"{PEOPLE}/{person.id}", headers=headers, json=given)
    assert desk.client.get("/api/v1/accounts", headers=session).status_code == 403


def test_the_last_administrator_stays(desk: Desk):
    person = desk.person("grace", "administrator")
    headers = desk.log_in()
    for answer in (
        desk.client.post(f"{PEOPLE}/{person.id}/disable", headers=headers),
        desk.client.put(f"{PEOPLE}/{person.id}", headers=headers, json=AGENT),
    ):
        assert (answer.status_code, answer.json()["rule"]) == (422, "last_administrator")
    desk.person("root", "administrator")
    assert desk.client.post(f"{PEOPLE}/{person.id}/disable", headers=headers).status_code == 200
    assert desk.client.get(PEOPLE, headers=headers).status_code == 401


def test_people_come_in_pages_by_login(desk: Desk):
    headers = desk.key()
    for login in ("b", "a", "d", "c"):
        desk.person(login)
    logins, address = [], f"{PEOPLE}?limit=3"
    page = desk.client.get(address, headers=headers).json()
    logins += [item["login"] for item in page["items"]]
    page = desk.client.get(f"{address}&after={page['next']}", headers=headers).json()
    logins += [item["login"] for item in page["items"]]
    assert (logins, page["next"]) == (["a", "b", "c", "d"], None)


@pytest.mark.parametrize(
    "cursor",
    [
        *("nonsense", "WzFd", "WyJhIiwgImIiXQ==", "e30=", "bnVsbA=="),
        # half a character, and a list in a list in a list …
        *(urlsafe_b64encode(text).decode() for text in (rb'["\ud800"]', b"[" * 1_400)),
    ],
)
def test_a_cursor_of_somebody_elses_is_refused(desk: Desk, cursor: str):
    answer = desk.client.get(f"{PEOPLE}?after={cursor}", headers=desk.key())
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_input")


def test_a_key_does_what_its_scopes_say_until_it_ends(desk: Desk):
    administrator = desk.key()
    made = desk.client.post(
        KEYS,
        headers=administrator,
        json={"name": "crm", "scopes": ["view"], "brands": ["default"], "days": 1},
    ).json()
    headers = {"Authorization": f"Bearer {made['secret']}"}
    me = desk.client.get("/api/v1/session", headers=headers).json()
    assert (me["name"], me["permissions"], me["brands"]) == ("key crm", ["view"], ["default"])
    address = f"{KEYS}/{made['id']}"
    assert desk.client.get(address, headers=administrator).json()["last_used_at"] is not None
    desk.world.rows("update token set expires_at = now() where name = 'crm' returning 1")
    assert desk.client.get("/api/v1/session", headers=headers).status_code == 401


def test_a_rotated_key_works_beside_its_successor_for_a_while(desk: Desk):
    administrator = desk.key()
    old, secret = desk.do(keys.add, "crm", ["view"], None)
    before = {"Authorization": f"Bearer {secret}"}
    new = desk.client.post(
        f"{KEYS}/{old.id}/rotate", headers=administrator, json={"overlap_hours": 1}
    ).json()
    after = {"Authorization": f"Bearer {new['secret']}"}
    for headers in (before, after):
        assert desk.client.get("/api/v1/session", headers=headers).status_code == 200
    gone = desk.client.post(
        f"{KEYS}/{old.id}/rotate", headers=administrator, json={"overlap_hours": 0}
    )
    assert gone.status_code == 201
    assert desk.client.get("/api/v1/session", headers=before).status_code == 401
    again = desk.client.post(f"{KEYS}/{old.id}/rotate", headers=administrator, json={})
    assert again.json()["rule"] == "key_ended"


def test_a_revoked_key_ends_at_once(desk: Desk):
    headers = desk.key(Permission.VIEW, name="crm")
    me = desk.client.get("/api/v1/session", headers=headers)
    assert me.status_code == 200
    ((number,),) = desk.world.rows("select id from token where name = 'crm'")
    desk.client.post(f"{KEYS}/{number}/revoke", headers=desk.key(name="admin"))
    assert desk.client.get("/api/v1/session", headers=headers).status_code == 401


def test_what_administrators_do_is_in_the_log(desk: Desk):
    headers, person = desk.key(), desk.person("grace", "agent")
    desk.world.policy(BRANDS)
    desk.client.put(f"{PEOPLE}/{person.id}", headers=headers, json={**AGENT, "brands": ["north"]})
    kind, actor, data = desk.world.rows("select kind, actor, data from event order by id")[-1]
    assert (kind, actor) == ("person_changed", "key billing")
    assert (data["login"], data["brands"]) == ("grace", ["north"])


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"brands": ["atlantis"]}, "There is no brand 'atlantis'"),
        ({"roles": ["king"]}, "body.roles.0"),
        ({"password": "short"}, "body.password"),
        ({"login": " spaced "}, "is no login"),
        ({"admin": True}, "body.admin"),
        ({"name": "\x00"}, "body.name"),
    ],
)
def test_a_wrong_value_is_named(desk: Desk, wrong: dict[str, object], said: str):
    given = {"login": "ada", **AGENT, **wrong}
    answer = desk.client.post(PEOPLE, headers=desk.key(), json=given)
    assert answer.status_code == 422
    assert said in answer.json()["detail"]
