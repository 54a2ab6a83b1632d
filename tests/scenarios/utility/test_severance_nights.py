"""Severance in the night: full and incremental nights agree, letters, ratings and plug-ins."""

from pathlib import Path
from typing import Any

import pytest
from tests.scenarios.utility.conftest import Utility

from dunwell.db.database import Database
from dunwell.plugins.batch import Batch
from dunwell.plugins.loader import plugin_manager
from dunwell.plugins.specs import COMPLETED, Failed, hookimpl

LETTERS = """
[[severance_templates]]
name = "Write"
priority = 10
events = [
    { name = "notice", type = "letter", template = "final-notice" },
    { name = "rate", type = "credit_rating", points = -50, lasts_days = 30, after = ["notice"] },
    { name = "wait", type = "to_do", after = ["notice"], days = 9 },
]
"""

GENERIC = """
[[severance_templates]]
name = "Robot"
events = [
    { name = "good", type = "generic", parameters = { speed = 3 } },
    { name = "bad", type = "generic", after = ["good"] },
    { name = "unknown", type = "generic" },
]
"""


@pytest.mark.parametrize("full", [False, True], ids=["few", "everything"])
def test_a_full_night_and_one_that_looks_at_few_do_the_same(utility: Utility, full: bool):
    utility.utility()
    utility.in_arrears()
    utility.nights("2026-06-07", "2026-06-09", full=full)
    utility.answer("warn", "2026-06-10")
    utility.complete("ask", "2026-06-10")
    utility.nights("2026-06-10", "2026-06-15", full=full)
    utility.load(
        "payments",
        {"payment_no": "P", "bill_unit_no": "B1", "paid_on": "2026-06-17", "amount": "100"},
        on="2026-06-15",
    )
    utility.nights("2026-06-16", "2026-06-18", full=full)
    assert utility.told()["cut"] == "cancelled 2026-06-15"
    (cancelled,) = utility.rows(
        "select business_date::text from event where kind = 'severance_cancelled'"
    )
    assert cancelled == ("2026-06-17",)
    utility.check()


def test_nights_that_were_missed_are_made_up_for(utility: Utility):
    utility.utility()
    utility.in_arrears()
    utility.nights("2026-06-07", "2026-06-09")
    utility.answer("warn", "2026-06-10")
    utility.complete("ask", "2026-06-10")
    utility.night("2026-06-24")
    assert utility.told()["cut"] == "sent 2026-06-15"


@pytest.mark.parametrize(("paid", "status"), [(True, "withdrawn"), (False, "sent")])
def test_a_letter_goes_out_unless_its_process_was_cancelled(
    utility: Utility, paid: bool, status: str
):
    utility.utility(more=LETTERS)
    utility.in_arrears()
    utility.nights("2026-06-07", "2026-06-08")
    assert utility.told() == {
        "notice": "completed 2026-06-08",
        "rate": "completed 2026-06-08",
        "wait": "pending 2026-06-17",
    }
    assert utility.rows("select points, effective_until::text from demerit") == [
        (-50, "2026-07-07")
    ]
    if paid:
        utility.pay("100", "2026-06-08")
    utility.deliver("2026-06-08")
    assert utility.rows("select status from letter") == [(status,)]


def test_its_letter_states_the_overdue_date_of_the_case(utility: Utility):
    utility.utility(more=LETTERS)
    utility.in_arrears()
    utility.bill("40", "2026-05-20", service_agreement_no="E1")
    utility.nights("2026-06-07", "2026-06-08")
    assert utility.rows("select data ->> 'overdue_date' from letter") == [("2026-06-01",)]


class Robot:
    """A company's own decisions."""

    @hookimpl
    def screen_severances(self, batch: Batch) -> dict[int, str | None]:
        return {
            row["no"]: "Robot" if row["service_agreement_no"] == "E2" else None
            for row in batch.rows()
            if row["service_agreement_no"] != "E1"
        }

    @hookimpl
    def nominate_for_severance(self, batch: Batch) -> list[int]:
        return [row["no"] for row in batch.rows() if row["service_agreement_no"] == "E2"]

    @hookimpl
    def perform_severance_event(self, batch: Batch) -> dict[int, Any]:
        answers = {"good": COMPLETED, "bad": Failed("no power")}
        return {row["no"]: answers[row["name"]] for row in batch.rows() if row["name"] in answers}


def test_plug_ins_screen_nominate_and_carry_out(database: Database, tmp_path: Path):
    plugins = plugin_manager()
    plugins.register(Robot())
    utility = Utility(database, tmp_path, plugins)
    utility.utility(more=GENERIC)
    utility.in_arrears()
    for number in ("E2", "E3"):
        utility.agreement(number)
        utility.bill("40", "2026-06-01", service_agreement_no=number)
    utility.nights("2026-06-07", "2026-06-08")
    assert utility.severed() == ["E2 by Robot, active"]
    assert utility.told() == {
        "good": "completed 2026-06-08",
        "bad": "error 2026-06-08",
        "unknown": "pending 2026-06-08",
    }
    (screened,) = utility.log("severance_screened_out")
    assert screened["service_agreement_no"] == "E3"
    utility.complete("bad", "2026-06-09")
    utility.complete("unknown", "2026-06-09")
    assert utility.severed() == ["E2 by Robot, completed"]
