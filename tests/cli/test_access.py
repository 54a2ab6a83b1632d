"""`dunwell user` and `dunwell key`: the first administrator, and secrets that are shown once."""

import io

import pytest
from tests.cli.conftest import Call

from dunwell.db.database import Database
from dunwell.features.access import sessions

PASSWORD = "correct horse battery"


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{PASSWORD}\n"))


def _logs_in(database: Database, login: str, password: str) -> bool:
    with database.connect(autocommit=True) as connection:
        return sessions.log_in(connection, login, password).login == login


def test_the_first_administrator_is_made_here_with_a_typed_password(
    dunwell: Call, installation: Database, typed: None
):
    made = dunwell(
        *("user", "add", "Root", "--role", "administrator", "--every-brand"),
        *("--password-stdin", "--json"),
    )
    assert made.code == 0, made.err
    assert (made.json["login"], made.json["roles"]) == ("root", ["administrator"])
    assert PASSWORD not in made.out + made.err
    assert _logs_in(installation, "root", PASSWORD)


def test_a_generated_password_is_printed_once(dunwell: Call, installation: Database):
    made = dunwell("user", "add", "root", "--every-brand", "--generate", "--json")
    assert _logs_in(installation, "root", made.json["password"])
    assert made.json["password"] not in dunwell("user", "list").out


def test_nobody_gets_a_password_that_nobody_typed(
    dunwell: Call, installation: Database, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    outcome = dunwell("user", "add", "root", "--every-brand")
    assert outcome.code == 2
    assert "--password-stdin" in outcome.err
    with installation.connect() as connection:
        assert connection.execute("select count(*) from person").fetchone() == (0,)


def test_which_brands_somebody_sees_must_be_said(dunwell: Call, installation: Database):
    outcome = dunwell("user", "add", "ada", "--role", "agent", "--generate")
    assert outcome.code == 2
    assert "--every-brand" in outcome.err


def test_what_is_given_replaces_and_the_rest_stays(dunwell: Call, installation: Database):
    dunwell(
        *("user", "add", "ada", "--role", "agent", "--brand", "default", "--sso-only"),
        *("--agent", "Ada O."),
    )
    changed = dunwell("user", "change", "ada", "--deny", "promise_to_pay", "--json").json
    assert (changed["roles"], changed["brands"]) == (["agent"], ["default"])
    assert (changed["denied"], changed["agent"]) == (["promise_to_pay"], "Ada O.")
    assert dunwell("user", "disable", "ada", "--json").json["disabled"]
    assert "disabled" in dunwell("user", "list").out
    assert not dunwell("user", "enable", "ada", "--json").json["disabled"]
    assert dunwell("user", "disable", "nobody").code == 2


def test_a_key_is_made_listed_rotated_and_revoked(dunwell: Call, installation: Database):
    made = dunwell("key", "add", "crm", "--scope", "view", "--every-brand", "--json").json
    with installation.connect(autocommit=True) as connection:
        assert sessions.identify(connection, made["secret"]).actor.name == "key crm"
    assert "crm" in dunwell("key", "list").out
    assert made["secret"] not in dunwell("key", "list", "--json").out
    newer = dunwell("key", "rotate", str(made["id"]), "--json").json
    assert newer["id"] != made["id"]
    assert not dunwell("key", "revoke", str(newer["id"]), "--json").json["active"]
    assert dunwell("key", "add", "x", "--scope", "fly", "--every-brand").code == 2
