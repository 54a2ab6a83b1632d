"""The dates of actions: offsets, dependencies, and the sample scenario from first to last."""

import datetime as dt

from tests.golden.examples import CALL, GOLDEN, PROFILE
from tests.policies import WEEKDAYS, scenario
from tests.world import World, day


def test_working_day_offsets_keep_their_intervals_when_a_call_is_made_late(world: World):
    given = GOLDEN["dependencies"][0]
    monday = dt.date(2026, 6, 1)
    world.customer()
    world.policy(
        "[settings]\naction_dependencies = true\n"
        + WEEKDAYS
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
            steps=", ".join(f"{each['offset']} {each['name']}" for each in given["actions"]),
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
        + scenario(steps="5 phone call, 10 Refer to collections agency")
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
        + WEEKDAYS
        + '[[actions]]\nname = "call"\ntype = "manual"\n'
        + '[[actions]]\nname = "reminder"\ntype = "invoice_reminder"\ntemplate = "r"\n'
        + '[[actions]]\nname = "late fee"\ntype = "late_fee"\ncurrency = "USD"\namount = 5\n'
        + PROFILE
        + scenario(steps=", ".join(f"{each['offset']} {each['name']}" for each in given["actions"]))
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
                f"{offset} {name}?" for offset, name in zip(given["offsets"], names, strict=True)
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
            leave=given["exit_amount"],
            steps="10 courtesy call, 30 late fee, 30 dunning letter, 45 second dunning letter,"
            " 120 Write off balance, 120 Close bill unit, 180 Inactivate bill unit",
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
    world.policy(CALL + PROFILE + scenario(entry="100.00", days=30, leave=given["exit_amount"]))
    world.bill("100.00", "2026-01-01")
    world.night("2026-01-31")
    world.pay("74.99", "2026-02-01")
    world.night("2026-02-01")
    assert world.in_collections()
    world.pay("0.01", "2026-02-02")
    world.night("2026-02-02")
    assert not world.in_collections()
