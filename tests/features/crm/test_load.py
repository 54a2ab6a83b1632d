"""Credit alerts that come in a file."""

import datetime as dt
from pathlib import Path

from tests.world import World

from dunwell.engine.loading import load
from dunwell.features.crm import alert_queries


def alert(number: str = "R-1", on: str = "2026-06-20", **more: str) -> dict[str, str]:
    return {
        "source": "bureau",
        "their_id": number,
        "bill_unit_no": "B1",
        "reported_on": on,
        "reason": "score fell",
        "amount": "80.50",
        **more,
    }


def found(world: World) -> list[str]:
    page = world.by_hand("2026-06-30").do(alert_queries.alerts, alert_queries.Wanted(status=None))
    return [
        f"{each.their_id} {each.reason} {each.amount:.2f} {each.status}, v{each.version}"
        for each in page.items
    ]


def test_a_file_raises_alerts_and_repeats_nothing(world: World):
    world.customer()
    world.load("credit_alerts", alert(), alert("R-2", oldest_due_on="2026-05-01", amount="3"))
    world.load("credit_alerts", alert(), alert("R-2", oldest_due_on="2026-05-01", amount="3"))
    assert found(world) == ["R-2 score fell 3.00 open, v1", "R-1 score fell 80.50 open, v1"]
    raised = world.events_of("credit_alert_raised")
    assert [each["their_id"] for each in raised] == ["R-1", "R-2"]
    assert raised[1]["oldest_due_on"] == "2026-05-01"


def test_newer_news_update_an_alert_and_older_ones_are_ignored(world: World):
    world.customer()
    world.load("credit_alerts", alert())
    world.load("credit_alerts", alert(on="2026-06-21", reason="fell again", amount="90"))
    world.load("credit_alerts", alert(on="2026-06-19", reason="old news"))
    assert found(world) == ["R-1 fell again 90.00 open, v2"]
    assert len(world.events_of("credit_alert_changed")) == 1


def test_rows_that_can_not_be_are_rejected_with_their_reasons(world: World, tmp_path: Path):
    world.customer("B1", currency="JPY")
    path = tmp_path / "credit_alerts.csv"
    rows = (
        "bureau,1,B9,2026-06-20,late,1",
        "Dunwell,2,B1,2026-06-20,late,1",
        "bureau,3,B1,2026-06-20,late,1.5",
        "bureau,4,B1,2026-06-20,late,-1",
        "bureau,5,B1,2026-06-20,late,1",
        "bureau,5,B1,2026-06-20,late,1",
    )
    head = "source,their_id,bill_unit_no,reported_on,reason,amount"
    path.write_text("\n".join((head, *rows)), "utf-8")
    report = load(world.database, world.plugins, [path], date=dt.date(2026, 6, 20))
    told = {each.line: f"{each.column}: {each.reason}" for each in report.files[0].rejects}
    assert told == {
        2: "bill_unit_no: is not a known bill unit",
        3: "source: is Dunwell itself",
        4: "amount: has more decimals than JPY",
        5: "amount: is negative",
        7: "their_id: stands already in line 6",
    }
    assert found(world) == []
