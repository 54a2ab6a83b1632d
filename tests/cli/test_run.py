"""`dunwell run`: what it is told, what it says. What the night does is tested with the engine."""

import pytest
from tests.cli.conftest import Call

from dunwell.db.database import Database
from dunwell.engine import night
from dunwell.engine.report import Report

KEYS = {"date", "entered", "left", "in_collections", "actions", "overdue", "seconds"}


def test_a_night_is_one_json_object(dunwell: Call, installation: Database):
    outcome = dunwell("run", "--date", "2026-03-01", "--json")
    assert outcome.code == 0
    assert outcome.json.keys() >= KEYS
    assert (outcome.json["date"], outcome.json["in_collections"]) == ("2026-03-01", 0)


def test_a_span_is_one_json_object_with_its_nights(dunwell: Call, installation: Database):
    outcome = dunwell("run", "--from", "2026-02-27", "--to", "2026-03-02", "--json")
    dates = [each["date"] for each in outcome.json["nights"]]
    assert dates == ["2026-02-27", "2026-02-28", "2026-03-01", "2026-03-02"]


def test_without_a_date_it_is_today_where_the_default_brand_is(
    dunwell: Call, installation: Database
):
    with installation.connect() as connection:
        connection.execute("update brand set time_zone = 'Pacific/Kiritimati'")
        today = connection.execute(
            "select (now() at time zone 'Pacific/Kiritimati')::date::text"
        ).fetchone()
    assert dunwell("run", "--json").json["date"] == (today or [""])[0]


def _add_account(database: Database) -> None:
    with database.connect() as connection:
        connection.execute(
            "insert into account (account_no, brand_id, name) select '1', id, 'Anna' from brand"
        )


def test_a_span_that_was_interrupted_is_continued_by_the_same_command(
    dunwell: Call, installation: Database
):
    _add_account(installation)
    dunwell("run", "--from", "2026-03-01", "--to", "2026-03-02")
    outcome = dunwell("run", "--from", "2026-03-01", "--to", "2026-03-04", "--json")
    dates = [each["date"] for each in outcome.json["nights"]]
    assert dates == ["2026-03-02", "2026-03-03", "2026-03-04"]
    assert "before 2026-03-02 have been run" in outcome.err


def test_a_night_before_the_last_one_is_refused_by_name(dunwell: Call, installation: Database):
    _add_account(installation)
    dunwell("run", "--date", "2026-03-02")
    outcome = dunwell("run", "--date", "2026-03-01")
    assert outcome.code == 2
    assert "2026-03-02" in outcome.err


def test_a_dry_run_prints_the_report_and_keeps_nothing(dunwell: Call, installation: Database):
    outcome = dunwell("run", "--date", "2026-03-02", "--dry-run")
    assert "in collections" in outcome.out
    with installation.connect() as connection:
        assert connection.execute("select count(*) from run").fetchone() == (0,)


def test_an_unknown_bill_unit_is_named(dunwell: Call, installation: Database):
    outcome = dunwell("run", "--date", "2026-03-02", "--bill-unit", "B-17")
    assert outcome.code == 2
    assert "B-17" in outcome.err


def test_an_interrupted_run_says_how_to_continue(
    dunwell: Call, installation: Database, monkeypatch: pytest.MonkeyPatch
):
    def interrupted(*_arguments: object, **_options: object) -> Report:
        raise KeyboardInterrupt

    monkeypatch.setattr(night, "run", interrupted)
    outcome = dunwell("run", "--date", "2026-03-02")
    assert outcome.code == 130
    assert "run the same command again" in outcome.err


def test_the_report_names_what_no_plug_in_carried_out(
    dunwell: Call, installation: Database, monkeypatch: pytest.MonkeyPatch
):
    real = night.run

    def with_custom_action(*arguments: object, **options: object) -> Report:
        report = real(*arguments, **options)  # type: ignore[arg-type]
        report.unhandled.append("Score check")
        report.actions["late_fee"] = {"completed": 1200, "error": 1}
        report.left["written_off"] = 3
        return report

    monkeypatch.setattr(night, "run", with_custom_action)
    outcome = dunwell("run", "--date", "2026-03-02", "--report")
    assert "'Score check'" in outcome.err
    assert "DUNWELL_PLUGINS" in outcome.err
    for said in ("late fee", "1,200", "error", "written off"):
        assert said in outcome.out
