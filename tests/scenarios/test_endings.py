"""How a case ends when nobody pays: write-off, inactivation, closing, the end of the steps."""

from tests.policies import policy, scenario
from tests.world import World


def test_a_write_off_closes_everything_also_what_is_not_due_yet(world: World):
    world.customer()
    world.policy(policy(scenario(steps="3 late fee, 20 Write off balance, 30 letter")))
    world.bill("100.00", "2026-03-01")
    world.bill("60.00", "2026-05-01", issued="2026-03-20")
    world.nights("2026-03-11", "2026-03-30")
    report = world.night("2026-03-31")
    assert report.actions == {"write_off": {"completed": 1}}
    assert report.left == {"written_off": 1}
    assert (world.owed(), world.overdue()) == ({}, "0.00")
    assert world.rows("select amount::numeric(10, 2)::text, effective_on::text from credit") == [
        ("165.00", "2026-03-31")
    ]
    assert world.status("letter") == "cancelled"
    (closed,) = world.events("case_closed")
    assert closed["data"]["reason"] == "written_off"
    assert report.as_json()["overdue"] == {}
    world.check()


def test_a_bill_after_a_write_off_is_a_new_debt(world: World):
    world.customer()
    world.policy(policy(scenario(steps="1 Write off balance")))
    world.bill("100.00", "2026-03-01")
    world.nights("2026-03-11", "2026-03-12")
    world.bill("50.00", "2026-03-03", issued="2026-03-03")
    report = world.night("2026-03-13")
    assert (report.entered, world.overdue()) == (1, "50.00")


def test_money_that_comes_after_a_write_off_stays_as_credit(world: World):
    world.customer()
    world.policy(policy(scenario(steps="1 Write off balance")))
    world.bill("100.00", "2026-03-01")
    world.nights("2026-03-11", "2026-03-12")
    world.pay("100.00", "2026-03-20")
    world.night("2026-03-20")
    assert (world.owed(), world.credit()) == ({}, "100.00")
    world.check()


def test_the_write_off_comes_before_the_inactivation_of_the_same_day(world: World):
    world.customer()
    world.policy(policy(scenario(steps="5 Write off balance, 5 Inactivate bill unit")))
    world.bill("100.00", "2026-03-01")
    world.night("2026-03-11")
    report = world.night("2026-03-16")
    assert report.actions == {"inactivate": {"completed": 1}, "write_off": {"completed": 1}}
    assert report.left == {"written_off": 1}
    assert world.statuses() == ["completed", "completed"]
    assert world.rows("select status from bill_unit") == [("inactive",)]
    (done,) = world.events("actions_performed")
    assert [action["action"] for action in done["data"]["actions"]] == [
        "Write off balance",
        "Inactivate bill unit",
    ]


def test_inactivating_stops_the_service_and_leaves_the_debt(world: World):
    world.customer()
    world.policy(policy(scenario(steps="5 Inactivate bill unit, 10 Close bill unit, 20 letter")))
    world.bill("100.00", "2026-03-01")
    world.nights("2026-03-11", "2026-03-16")
    assert world.rows("select status from bill_unit") == [("inactive",)]
    assert (world.in_collections(), world.overdue()) == (True, "100.00")
    world.night("2026-03-21")
    assert world.rows("select status from bill_unit") == [("closed",)]
    assert world.in_collections()


def test_when_all_steps_are_done_the_case_stays_by_default(world: World):
    world.customer()
    world.policy(policy(scenario(steps="1 letter")))
    world.bill("100.00", "2026-03-01")
    reports = world.nights("2026-03-11", "2026-03-20")
    assert [report.left for report in reports if report.left] == []
    assert (world.in_collections(), world.statuses()) == (True, ["completed"])


def test_a_scenario_that_closes_when_finished_lets_go_and_takes_again_the_next_night(world: World):
    world.customer()
    world.policy(policy(scenario(steps="1 letter, 4 call", more='when_finished = "close"')))
    world.bill("100.00", "2026-03-01")
    world.nights("2026-03-11", "2026-03-15")
    assert world.statuses() == ["completed", "pending"]
    # the last step is a call, done by hand
    world.by_hand("2026-03-16").complete(step=2)
    report = world.night("2026-03-16")
    assert (report.entered, report.left) == (0, {"exhausted": 1})
    report = world.night("2026-03-17")
    assert report.entered == 1
    assert [case["close_reason"] for case in world.cases()] == [None, "exhausted"]
    world.check()


def test_a_last_step_that_the_night_performs_ends_the_case_the_same_night(world: World):
    world.customer()
    world.policy(policy(scenario(steps="3 letter", more='when_finished = "close"')))
    world.bill("100.00", "2026-03-01")
    world.night("2026-03-11")
    report = world.night("2026-03-14")
    assert (report.entered, report.left) == (0, {"exhausted": 1})
    # the new case has the old dates: its letter is due at once, and it is finished again
    report = world.night("2026-03-15")
    assert (report.entered, report.left) == (1, {"exhausted": 1})
    assert world.night("2026-03-15").entered == 0
    assert world.rows("select count(*) from letter") == [(2,)]


def test_a_step_in_error_keeps_a_case_from_being_finished(world: World):
    world.customer()
    world.policy(
        policy(scenario(steps="1 Refer to collections agency", more='when_finished = "close"'))
    )
    world.bill("100.00", "2026-03-01")
    world.nights("2026-03-11", "2026-03-15")
    assert (world.in_collections(), world.statuses()) == (True, ["error"])
