"""Nights, the policy, and what watches over the server."""

import time
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from tests.api.conftest import TODAY, Desk
from tests.policies import BRANDS
from tests.world import World

from dunwell.api import runs
from dunwell.api.app import create
from dunwell.bootstrap import Application
from dunwell.db import locks
from dunwell.engine.schedule import Duty, run_asked
from dunwell.features.subscriptions.outgoing import Outgoing
from dunwell.plugins.loader import plugin_manager
from dunwell.settings import Settings

V = "/api/v1"


def _wait(desk: Desk, headers: dict[str, str]) -> dict[str, object]:
    for _ in range(100):
        items = desk.client.get(f"{V}/runs", headers=headers).json()["items"]
        if items and items[0]["status"] == "completed":
            return dict(items[0])
        time.sleep(0.1)
    raise AssertionError(items)


def _became(desk: Desk, headers: dict[str, str], address: str) -> dict[str, object]:
    for _ in range(200):
        request = desk.client.get(address, headers=headers).json()
        if request["finished_at"]:
            return dict(request)
        time.sleep(0.1)
    raise AssertionError(request)


def test_a_night_is_started_and_its_report_read_later(desk: Desk):
    headers = desk.key()
    desk.world.customer()
    started = desk.client.post(f"{V}/runs", headers=headers, json={})
    assert (started.status_code, started.json()["status"]) == (202, "queued")
    run = _wait(desk, headers)
    request = _became(desk, headers, started.headers["location"])
    assert (request["status"], request["run"]) == ("completed", run["id"])
    assert run["business_date"] == "2026-03-20"
    shown = desk.client.get(f"{V}/runs/{run['id']}", headers=headers).json()
    assert shown["report"]["in_collections"] == 0
    early = desk.client.post(f"{V}/runs", headers=headers, json={"date": "2026-03-19"})
    assert early.status_code == 422
    assert "2026-03-20 has been run" in early.json()["detail"]


def test_one_bill_unit_and_a_dry_run_answer_with_their_report(desk: Desk):
    headers = desk.key()
    desk.world.customer()
    for given in ({"bill_unit_no": "B1"}, {"dry_run": True}):
        answer = desk.client.post(f"{V}/runs", headers=headers, json=given)
        assert answer.json()["report"]["entered"] == 0
    assert desk.client.get(f"{V}/runs", headers=headers).json()["items"] == []


def test_while_a_run_is_going_on_another_waits(desk: Desk, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(runs, "AGAIN", 0.1)
    monkeypatch.setattr(locks, "PATIENCE", 0.1)
    headers = desk.key()
    with desk.world.database.connect(autocommit=True) as other:
        other.execute("select pg_advisory_lock(%s)", [locks.RUN])
        answer = desk.client.post(f"{V}/runs", headers=headers, json={})
        address = answer.headers["location"]
        time.sleep(0.5)
        assert desk.client.get(address, headers=headers).json()["finished_at"] is None
    assert _became(desk, headers, address)["status"] == "completed"


def test_a_night_that_was_asked_for_outlives_the_server(
    settings: Settings, world: World, monkeypatch: pytest.MonkeyPatch
):
    """One is queued, one was being run when its server was killed: the next process runs both."""
    monkeypatch.setattr(runs.Nights, "look", lambda _: None)
    application = Application(settings, world.database, plugin_manager())
    api = create(application, today=lambda: TODAY)
    with TestClient(api) as client:
        desk = Desk(api, client, world)
        world.customer()
        for date in ("2026-03-20", "2026-03-21"):
            assert client.post(f"{V}/runs", headers=desk.key(name=date), json={"date": date})
    assert world.rows("select count(*) from run") == [(0,)]
    with world.database.connect() as connection:
        connection.execute("update run_request set status = 'running', attempts = 1 where id = 1")
    duty = Duty(world.database, world.plugins, settings, Outgoing(b"k" * 32))
    run_asked(duty)
    assert world.rows(
        "select business_date::text, status, attempts from run_request order by id"
    ) == [("2026-03-20", "completed", 2), ("2026-03-21", "completed", 1)]
    assert world.rows("select count(*) from run where status = 'completed'") == [(2,)]


def test_a_night_that_was_asked_for_and_fails_says_why(desk: Desk):
    """Here its date is past by the time that it has its turn."""
    headers = desk.key()
    desk.world.customer()
    with desk.world.database.connect() as connection:
        connection.execute(
            "insert into run_request (business_date, full_night, workers, asked_by)"
            " values ('2026-03-21', false, 1, 'x'), ('2026-03-20', false, 1, 'x')"
        )
    desk.client.post(f"{V}/runs", headers=headers, json={"date": "2026-03-21"})
    failed = _became(desk, headers, f"{V}/runs/requests/2")
    assert failed["status"] == "failed"
    assert "2026-03-21 has been run" in str(failed["message"])
    ((data,),) = desk.world.rows("select data from event where kind = 'night_failed'")
    assert data["asked_by"] == "x"


def test_a_policy_is_checked_compared_and_put_in_force(desk: Desk):
    headers = desk.key()
    bad = desk.client.post(
        f"{V}/policy/check", headers=headers, json={"toml": BRANDS + "\nnonsense = 1"}
    ).json()
    assert not bad["valid"]
    assert bad["errors"][0].startswith("policy.toml:")
    refused = desk.client.post(f"{V}/policy/versions", headers=headers, json={"toml": "x"})
    assert (refused.status_code, refused.json()["code"]) == (422, "bad_policy")
    assert refused.json()["problems"]
    diff = desk.client.post(f"{V}/policy/diff", headers=headers, json={"toml": BRANDS}).json()
    assert {(each["change"], each["name"]) for each in diff["changes"]} >= {
        ("added", "north"),
        ("added", "south"),
    }
    given = {"toml": BRANDS, "note": "two brands"}
    applied = desk.client.post(f"{V}/policy/versions", headers=headers, json=given)
    assert applied.status_code == 201, applied.text
    version = desk.client.get(applied.headers["Location"], headers=headers).json()
    assert (version["note"], version["applied_by"]) == ("two brands", "key billing")
    assert desk.client.get(f"{V}/policy", headers=headers).json()["toml"] == version["toml"]
    assert len(desk.client.get(f"{V}/policy/versions", headers=headers).json()["items"]) == 2


def test_the_server_says_whether_it_lives_can_work_and_what_it_did(desk: Desk):
    assert desk.client.get("/healthz").json() == {"status": "alive"}
    assert desk.client.get("/readyz").json() == {"status": "ready"}
    desk.world.customer()
    desk.world.night("2026-03-10")
    desk.client.get(f"{V}/accounts/A-B1", headers=desk.key())
    metrics = desk.client.get("/metrics").text
    assert "dunwell_database_up 1.0" in metrics
    assert 'dunwell_runs{status="completed"} 1.0' in metrics
    assert "dunwell_last_night_age_days" in metrics
    assert 'route="/api/v1/accounts/{account_no}",status="200"} 1.0' in metrics
    assert "A-B1" not in metrics


def test_an_older_schema_is_not_ready(desk: Desk):
    desk.world.rows("update alembic_version set version_num = '0000' returning 1")
    assert desk.client.get("/readyz").status_code == 503


def test_a_log_line_names_the_route_and_no_customer(desk: Desk, capsys, tmp_path: Path):
    from dunwell.bootstrap import set_up_logging

    set_up_logging(server=True)
    desk.client.get(f"{V}/accounts/A-B1", headers=desk.key())
    logged = capsys.readouterr().err
    set_up_logging()
    assert '"route": "/api/v1/accounts/{account_no}"' in logged
    assert '"status": 404' in logged
    assert "A-B1" not in logged
