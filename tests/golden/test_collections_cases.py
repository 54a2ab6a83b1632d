"""The worked examples of the manuals, as data: every figure, through the public surface.

`collections_cases.yaml` is the project's acceptance data, taken over as it is; its head says which
part of it belongs to which piece of work.
"""

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.world import World, day

from dunwell.db.database import Database
from dunwell.features.receivables.ageing import ageing

GOLDEN: dict[str, Any] = yaml.safe_load(
    Path(__file__).with_name("collections_cases.yaml").read_text(encoding="utf-8")
)


@pytest.fixture
def world(database: Database, tmp_path: Path) -> World:
    return World(database, tmp_path)


ON = True  # YAML 1.1 reads the key `on` as a truth value


def scenario(
    name: str = "S",
    entry: str = "20.00",
    days: int = 10,
    exit_: str = "0.00",
    severity: int = 1,
    steps: str = "",
    more: str = "",
) -> str:
    return f"""
[[scenarios]]
name = "{name}"
profile = "default USD"
entry_amount = {entry}
entry_days = {days}
exit_amount = {exit_}
severity = {severity}
{more}
steps = [{steps or '{ day = 400, action = "call" }'}]
"""


CALL = """
[[actions]]
name = "call"
type = "manual"
"""
PROFILE = """
[[profiles]]
name = "default USD"
currency = "USD"
default = true
"""
WORKDAYS = """
[[calendars]]
name = "weekdays"
weekend = ["saturday", "sunday"]

[[brands]]
name = "default"
locale = "en_US"
time_zone = "UTC"
calendar = "weekdays"
"""


def month_ends(year: int) -> dict[str, dt.date]:
    return {
        name: dt.date(year, month % 12 + 1, 1) - dt.timedelta(days=1)
        for month, name in enumerate(("jan", "feb", "mar", "apr"), start=1)
    }


@pytest.mark.parametrize(
    "case",
    GOLDEN["dates"]["cases"],
    ids=lambda case: f"{case['overdue_date']}-{case['entry_date']}",
)
def test_the_overdue_and_entry_dates_of_the_manuals_four_tables(world: World, case: Any):
    given = GOLDEN["dates"]
    demands = given["scenario"]
    world.customer()
    world.policy(
        f"""
[settings]
overdue_date = "{case["overdue_date"]}"
entry_date = "{case["entry_date"]}"
"""
        + CALL
        + PROFILE
        + scenario(entry=demands["entry_amount"], days=demands["entry_days"])
    )
    for month in range(1, 5):
        world.bill(given["charge"]["amount"], dt.date(given["year"], month, 15))
    world.pay(given["payment"]["amount"], given["payment"][ON])
    reports = []
    start = dt.date(given["year"], 1, 1)
    for name, end in month_ends(given["year"]).items():
        reports += world.nights(start, end)
        start = end + dt.timedelta(days=1)
        found = world.case()
        assert world.rows("select overdue_amount::numeric(10, 2)::text from balance") == [
            (given["overdue_amount"][name],)
        ]
        expected = (case["overdue"][name], case["entry"][name])
        if expected == (None, None):
            assert found is None
        else:
            assert found is not None
            assert (day(found["overdue_date"]), day(found["entry_date"])) == expected
    assert [report.date for report in reports if report.entered] == [given["entered_on_run_of"]]
    world.check()


def test_an_open_action_moves_with_the_entry_date(world: World):
    given, moves = GOLDEN["dates"], GOLDEN["entry_date_moves"]
    world.customer()
    world.policy(
        '[settings]\noverdue_date = "earliest"\nentry_date = "computed"\n'
        + CALL
        + PROFILE
        + scenario(steps=f'{{ day = {moves["offset"]}, action = "call" }}')
    )
    for month in range(1, 5):
        world.bill("15.00", dt.date(given["year"], month, 15))
    world.pay(given["payment"]["amount"], given["payment"][ON])
    world.nights("2026-01-01", "2026-04-09")
    assert day(world.actions()["call"]["due_on"]) == moves["due_before"]
    world.nights("2026-04-10", "2026-04-30")
    assert day(world.actions()["call"]["due_on"]) == moves["due_after"]


def test_latest_means_the_latest_ripe_item(world: World):
    given = GOLDEN["latest_means_ripe"]
    world.customer()
    world.policy(CALL + PROFILE + scenario(entry="20.00", days=45))
    world.bill("20.00", "2026-01-01")
    world.bill("20.00", "2026-02-01")
    reports = world.nights("2026-01-20", given["entered_on_run_of"])
    assert [report.date for report in reports if report.entered] == [given["entered_on_run_of"]]
    case = world.case()
    assert case is not None
    assert day(case["overdue_date"]) == given["overdue_date"]
    assert day(case["entry_date"]) == given["entry_date"]


def test_the_entry_date_is_the_due_date_plus_the_entry_days(world: World):
    given = GOLDEN["entry_date_simple"]
    world.customer()
    world.policy(CALL + PROFILE + scenario(days=given["entry_days"]))
    world.bill("20.00", given["due"])
    world.nights("2026-06-20", "2026-06-30")
    case = world.case()
    assert case is not None
    assert day(case["entry_date"]) == given["entry_date"]


@pytest.mark.parametrize("given", GOLDEN["floor"], ids=lambda given: given["balance"])
def test_the_minimum_due_applies_before_any_scenario(world: World, given: Any):
    world.customer()
    world.policy(
        f"[settings]\nminimum_due = {{ USD = {given['minimum_due']} }}\n"
        + CALL
        + PROFILE
        + scenario(entry=given["scenario_entry"], days=1)
    )
    world.bill(given["balance"], "2026-01-15")
    world.night("2026-02-15")
    assert world.in_collections() is given["enters"]


@pytest.mark.parametrize(
    "case", GOLDEN["scenario_choice"]["cases"], ids=lambda case: case["balance"]
)
def test_the_highest_entry_criteria_win_then_the_severity(world: World, case: Any):
    world.customer()
    world.policy(
        CALL
        + PROFILE
        + "".join(
            scenario(found["name"], found["entry"], days=10, severity=found["severity"])
            for found in GOLDEN["scenario_choice"]["scenarios"]
        )
    )
    world.bill(case["balance"], "2026-01-15")
    world.night("2026-02-15")
    chosen = world.case()
    assert (chosen and chosen["scenario"]) == case["chosen"]


@pytest.mark.parametrize(
    "case", GOLDEN["scenario_choice"]["days_tie_break"]["cases"], ids=lambda case: str(case["days"])
)
def test_of_equal_amounts_the_longer_entry_days_win_when_they_are_met(world: World, case: Any):
    world.customer()
    world.policy(
        CALL
        + PROFILE
        + "".join(
            scenario(found["name"], found["entry"], days=found["days"], severity=found["severity"])
            for found in GOLDEN["scenario_choice"]["days_tie_break"]["scenarios"]
        )
    )
    due = dt.date(2026, 1, 15)
    world.bill(case["balance"], due)
    world.night(due + dt.timedelta(days=case["days"]))
    chosen = world.case()
    assert chosen is not None
    assert chosen["scenario"] == case["chosen"]


@pytest.mark.parametrize("given", GOLDEN["exit"], ids=lambda given: given["balance"])
def test_a_case_leaves_at_or_below_the_exit_amount(world: World, given: Any):
    world.customer()
    world.policy(CALL + PROFILE + scenario(entry="100.00", exit_=given["exit_amount"]))
    world.bill("100.00", "2026-01-15")
    world.night("2026-02-15")
    assert world.in_collections()
    world.pay(str(100 - float(given["balance"])), "2026-02-16")
    report = world.night("2026-02-16")
    assert world.in_collections() is not given["leaves"]
    assert report.left == ({"cured": 1} if given["leaves"] else {})


def test_working_day_offsets_keep_their_intervals_when_a_call_is_made_late(world: World):
    given = GOLDEN["dependencies"][0]
    monday = dt.date(2026, 6, 1)
    world.customer()
    world.policy(
        "[settings]\naction_dependencies = true\n"
        + WORKDAYS
        + """
[[actions]]
name = "courtesy call"
type = "manual"
[[actions]]
name = "invoice reminder"
type = "invoice_reminder"
template = "reminder"
[[actions]]
name = "late fee"
type = "late_fee"
currency = "USD"
amount = 5.00
"""
        + PROFILE
        + scenario(
            more='day_unit = "working"',
            steps=", ".join(
                f'{{ day = {action["offset"]}, action = "{action["name"]}" }}'
                for action in given["actions"]
            ),
        )
    )
    world.bill("50.00", monday - dt.timedelta(days=10))
    world.night(monday)
    working = [monday + dt.timedelta(days=n) for n in range(30)]
    working = [date for date in working if date.weekday() < 5]
    assert world.statuses() == given["on_entry"]
    assert day(world.actions()["courtesy call"]["due_on"]) == working[2]
    world.nights(monday + dt.timedelta(days=1), working[4])
    assert world.actions()["courtesy call"]["status"] == "pending"
    assert world.actions()["invoice reminder"]["status"] == "waiting"
    world.by_hand(working[given["call_completed_on_day"]]).complete(step=1)
    for name, number in given["rescheduled_to"].items():
        assert day(world.actions()[name]["due_on"]) == working[number]
    assert world.statuses() == ["completed", "pending", "waiting"]
    world.check()


def test_calendar_day_offsets_keep_their_intervals_when_a_call_is_made_late(world: World):
    given = GOLDEN["dependencies"][1]
    entry = dt.date(2026, 6, 1)
    world.customer()
    world.policy(
        "[settings]\naction_dependencies = true\n"
        '[[actions]]\nname = "phone call"\ntype = "manual"\n'
        '[[agencies]]\nname = "Fair Recovery"\n'
        + PROFILE
        + scenario(
            steps='{ day = 5, action = "phone call" },'
            ' { day = 10, action = "Refer to collections agency" }'
        )
    )
    world.bill("50.00", entry - dt.timedelta(days=10))
    world.night(entry)
    world.by_hand(entry + dt.timedelta(days=given["call_completed_on_day"])).complete(step=1)
    moved = entry + dt.timedelta(days=given["rescheduled_to"]["refer to agency"])
    assert day(world.actions()["Refer to collections agency"]["due_on"]) == moved


def test_a_rescheduled_date_moves_on_from_a_weekend_and_takes_along_what_follows(world: World):
    given = GOLDEN["dependencies"][2]
    world.customer()
    world.policy(
        "[settings]\naction_dependencies = true\n"
        + WORKDAYS
        + '[[actions]]\nname = "call"\ntype = "manual"\n'
        + '[[actions]]\nname = "reminder"\ntype = "invoice_reminder"\ntemplate = "r"\n'
        + '[[actions]]\nname = "late fee"\ntype = "late_fee"\ncurrency = "USD"\namount = 5\n'
        + PROFILE
        + scenario(
            steps=", ".join(
                f'{{ day = {action["offset"]}, action = "{action["name"]}" }}'
                for action in given["actions"]
            )
        )
    )
    world.bill("50.00", "2026-05-22")
    world.night("2026-06-01")
    for action in given["actions"]:
        assert day(world.actions()[action["name"]]["due_on"]) == action["due"]
    world.by_hand(given["call_completed_on"]).complete(step=1)
    for name, moved_to in given["rescheduled_to"].items():
        if name != "note":
            assert day(world.actions()[name]["due_on"]) == moved_to


def test_actions_of_one_day_are_pending_together_and_the_next_waits_for_all(world: World):
    given = GOLDEN["same_day"]
    entry = dt.date(2026, 6, 1)
    names = ("first call", "second call", "third call")
    world.customer()
    world.policy(
        "[settings]\naction_dependencies = true\n"
        + "".join(f'[[actions]]\nname = "{name}"\ntype = "manual"\n' for name in names)
        + PROFILE
        + scenario(
            steps=", ".join(
                f'{{ day = {offset}, action = "{name}", mandatory = false }}'
                for offset, name in zip(given["offsets"], names, strict=True)
            )
        )
    )
    world.bill("50.00", entry - dt.timedelta(days=10))
    world.night(entry)
    assert world.statuses() == given["on_entry"]
    world.by_hand(entry + dt.timedelta(days=3)).complete(step=1)
    assert world.statuses() == given["after_first_completed"]
    world.by_hand(entry + dt.timedelta(days=given["second_closed_on_day"])).cancel(step=2)
    assert world.statuses() == given["after_both_closed"]
    before, after = given["third_moves_from_to"]
    assert before == given["offsets"][2]
    assert day(world.actions()["third call"]["due_on"]) == entry + dt.timedelta(days=after)


def test_only_the_parent_of_a_sharing_group_enters_with_the_debts_of_all(world: World):
    given = GOLDEN["sharing_group"]
    demands = given["parent_scenario"]
    world.policy(
        CALL + PROFILE + scenario(entry=demands["entry_amount"], days=demands["entry_days"])
    )
    for number, debt in enumerate(given["children"], start=1):
        world.customer(f"child {number}")
        world.bill(debt["overdue"], debt["due"], f"child {number}")
    world.customer("parent")
    world.by_hand("2026-05-01").group("family", "parent", "child 1", "child 2")
    reports = world.nights("2026-06-01", given["enters_on"])
    assert [report.date for report in reports if report.entered] == [given["enters_on"]]
    assert reports[-1].overdue == {"USD": Decimal(given["group_balance"])}
    assert world.overdue("parent") == given["group_balance"]
    case = world.case("parent")
    assert case is not None
    assert day(case["overdue_date"]) == given["group_overdue_date"]
    assert day(case["entry_date"]) == given["entry_date"]
    assert not world.in_collections("child 1")
    assert not world.in_collections("child 2")
    world.check()


@pytest.mark.parametrize("given", GOLDEN["corrective_bill"], ids=lambda given: given["adjustments"])
def test_the_sum_of_a_bills_adjustments_decides(world: World, given: Any):
    world.customer()
    entry = given.get("entry", "60.00")
    world.policy(CALL + PROFILE + scenario(entry=entry, exit_=given.get("exit", "0.00")))
    original = world.bill(given["balance"], "2026-01-15", bill_no="ORIGINAL")
    if given["in_collections"]:
        world.night("2026-02-15")
        assert world.in_collections()
    corrected = float(given["balance"]) + float(given["adjustments"])
    world.bill(
        f"{corrected:.2f}",
        "2026-03-15",
        issued="2026-02-16",
        bill_no="CORRECTIVE",
        corrects=original,
    )
    world.night("2026-02-16")
    case = world.case()
    if not given["in_collections"]:
        assert case is None
    elif given["leaves"]:
        assert case is None
        assert world.cases()[0]["close_reason"] == "cured"
    else:
        assert case is not None
        assert case["bill_no"] == "CORRECTIVE"
        assert day(case["overdue_date"]) == dt.date(2026, 1, 15)
    world.check()


@pytest.mark.parametrize("number", range(3))
def test_a_promise_to_pay_and_the_day_the_other_actions_start_again(world: World, number: int):
    given = GOLDEN["promise_to_pay"]
    terms, resume = given["schedules"][number], given["others_resume"][number]
    world.customer()
    working = number > 0
    world.policy(
        (WORKDAYS if working else "")
        + CALL
        + PROFILE
        + scenario(steps='{ day = 5, action = "call" }')
    )
    world.bill(terms["balance"], "2026-06-01")
    world.night("2026-06-11")
    world.by_hand("2026-06-15").promise(
        number=terms.get("milestones"),
        amount=Decimal(terms["milestone_amount"]) if "milestone_amount" in terms else None,
        interval_days=terms.get("interval_days"),
        total_days=terms.get("total_days"),
        first_on=terms["first"],
    )
    (promise,) = world.promises()
    assert [each["amount"] for each in promise["instalments"]] == terms["amounts"]
    assert [day(each["due_on"]) for each in promise["instalments"]] == terms["dates"]
    assert world.due("call") == (resume[-11:-1] if working else resume)


@pytest.mark.parametrize("number", range(3))
def test_a_broken_promise_lets_the_actions_start_the_next_day(world: World, number: int):
    terms = GOLDEN["promise_to_pay"]["schedules"][number]
    world.customer()
    world.policy(CALL + PROFILE + scenario(steps='{ day = 5, action = "call" }'))
    world.bill(terms["balance"], "2026-06-01")
    world.night("2026-06-11")
    world.by_hand("2026-06-15").promise(
        number=len(terms["dates"]), total_days=30, first_on=terms["first"]
    )
    world.nights("2026-06-15", "2026-07-02")
    assert world.promises()[0]["status"] == "broken"
    assert world.due("call") == "2026-07-03"
    world.check()


def test_the_sample_scenario_step_by_step(world: World):
    given = GOLDEN["sample_scenario"]
    world.customer()
    world.policy(
        """
[[actions]]
name = "courtesy call"
type = "manual"
[[actions]]
name = "late fee"
type = "late_fee"
currency = "USD"
amount = 5.00
[[actions]]
name = "dunning letter"
type = "dunning_letter"
template = "first"
[[actions]]
name = "second dunning letter"
type = "dunning_letter"
template = "second"
"""
        + PROFILE
        + scenario(
            entry=given["entry_amount"],
            days=given["entry_days"],
            exit_=given["exit_amount"],
            steps="""
    { day = 10, action = "courtesy call" },
    { day = 30, action = "late fee" },
    { day = 30, action = "dunning letter" },
    { day = 45, action = "second dunning letter" },
    { day = 120, action = "Write off balance" },
    { day = 120, action = "Close bill unit" },
    { day = 180, action = "Inactivate bill unit" },
""",
        )
    )
    due = dt.date(2026, 1, 1)
    entry = due + dt.timedelta(days=given["entry_days"])
    world.bill("100.00", due)
    reports = world.nights(due, entry + dt.timedelta(days=180))
    did = {(report.date - entry).days: report.actions for report in reports if report.actions}
    assert [report.date for report in reports if report.entered] == [entry]
    assert did == {
        10: {"manual": {"pending": 1}},
        30: {"late_fee": {"completed": 1}, "dunning_letter": {"completed": 1}},
        45: {"dunning_letter": {"completed": 1}},
        120: {"write_off": {"completed": 1}, "close": {"completed": 1}},
    }
    assert [report.left for report in reports if report.left] == [{"written_off": 1}]
    assert world.actions()["Inactivate bill unit"]["status"] == "cancelled"
    assert world.rows("select status from bill_unit") == [("closed",)]
    letter = world.rows("select data from letter order by id limit 1")[0][0]
    assert letter["overdue_amount"] == "100.00"
    assert letter["fees"][0]["open_amount"] == "5.00"
    world.check()


def test_the_sample_scenario_leaves_at_25_or_less(world: World):
    given = GOLDEN["sample_scenario"]
    world.customer()
    world.policy(CALL + PROFILE + scenario(entry="100.00", days=30, exit_=given["exit_amount"]))
    world.bill("100.00", "2026-01-01")
    world.night("2026-01-31")
    world.pay("74.99", "2026-02-01")
    world.night("2026-02-01")
    assert world.in_collections()
    world.pay("0.01", "2026-02-02")
    world.night("2026-02-02")
    assert not world.in_collections()


def test_ageing_puts_items_into_the_buckets_of_their_days(world: World):
    given = GOLDEN["aging_buckets"]
    date = dt.date(2026, 6, 30)
    world.customer()
    for item in given["items"]:
        world.bill(item["amount"], date - dt.timedelta(days=item["days"]))
    with world.database.connect() as connection:
        rows = ageing(connection, date=date, boundaries=given["boundaries"])
    overdue = [row.as_json()["amount"] for row in rows if row.bucket != "not due"]
    assert overdue == given["buckets"]
