"""Nights that weren't run: cases opened late, days caught up, what was due before installation."""

from tests.policies import AGENCIES, policy, scenario
from tests.world import World

STEPS = "5 letter, 20 late fee, 60 second letter"


def test_a_case_that_is_opened_late_does_at_once_what_is_due_in_order_of_date(world: World):
    world.customer()
    world.policy(policy(scenario(steps="60 letter, 5 late fee, 20 call, 200 second letter")))
    world.bill("100.00", "2026-01-01")
    report = world.night("2026-06-01")
    assert world.newest_case()["entry_date"] == "2026-01-11"
    assert world.newest_case()["entered_on"] == "2026-06-01"
    assert report.actions == {
        "dunning_letter": {"completed": 1},
        "late_fee": {"completed": 1},
        "manual": {"pending": 1},
    }
    (done,) = world.events("actions_performed")
    assert [(action["action"], action["due_on"]) for action in done["data"]["actions"]] == [
        ("late fee", "2026-01-16"),
        ("call", "2026-01-31"),
        ("letter", "2026-03-12"),
    ]
    # the fee came first, so the letter states it
    ((data,),) = world.rows("select data from letter")
    assert [fee["open_amount"] for fee in data["fees"]] == ["5.00"]
    assert (world.status("second letter"), world.due("second letter")) == ("pending", "2026-07-30")


def test_with_dependencies_a_late_case_does_one_date_and_the_rest_moves(world: World):
    world.customer()
    world.policy(
        policy(
            scenario(steps="5 letter, 5 late fee, 20 second letter, 60 interest"),
            settings={"action_dependencies": "true"},
        )
    )
    world.bill("100.00", "2026-01-01")
    report = world.night("2026-06-01")
    assert report.actions == {
        "dunning_letter": {"completed": 1},
        "late_fee": {"completed": 1},
    }
    # the first date was due on 16 January and done on 1 June; the intervals of 15 and 40 days stay
    assert world.statuses() == ["completed", "completed", "pending", "waiting"]
    assert (world.due("second letter"), world.due("interest")) == ("2026-06-16", "2026-07-26")
    reports = world.nights("2026-06-02", "2026-06-16")
    assert [report.date.day for report in reports if report.actions] == [16]
    assert (world.status("interest"), world.due("interest")) == ("pending", "2026-07-26")
    world.check()


def _history(world: World) -> None:
    """Bills and payments that meet in an order that matters."""
    world.customer()
    world.policy(policy(scenario(steps=STEPS)))
    world.bill("100.00", "2026-03-14", issued="2026-02-15", bill_no="MARCH")
    world.bill("60.00", "2026-03-10", issued="2026-03-10", bill_no="EARLY")
    world.bill("40.00", "2026-04-01", issued="2026-03-20", bill_no="APRIL")
    world.pay("70.00", "2026-03-05", payment_no="P1")
    world.pay("70.00", "2026-03-15", payment_no="P2", reverses="P1")
    world.pay("50.00", "2026-03-12", payment_no="P3", bill_no="APRIL")
    world.adjust("-15.00", "2026-03-18")


ALLOCATIONS = """
select
    case credit.kind when 'payment' then credit.number else credit.kind end,
    bill.bill_no, allocation.effective_on::text, allocation.amount::numeric(10, 2)::text
from allocation
join credit on credit.account_id = allocation.account_id and credit.id = allocation.credit_id
join item on item.account_id = allocation.account_id and item.id = allocation.item_id
join bill on bill.account_id = item.account_id and bill.id = item.bill_id
order by 3, 1, 2, 4
"""


# what P1 paid on the 5th came back on the 15th, though another bill was due before by then; P3
# waited for the bill that it names, and what was left of it counts from its own date
POSTED = [
    ("P1", "MARCH", "2026-03-05", "70.00"),
    ("P3", "EARLY", "2026-03-12", "10.00"),
    ("P1", "MARCH", "2026-03-15", "-70.00"),
    ("adjustment", "EARLY", "2026-03-18", "15.00"),
    ("P3", "APRIL", "2026-03-20", "40.00"),
]


def test_nights_caught_up_in_one_step_post_as_day_by_day(world: World):
    _history(world)
    world.night("2026-03-01")
    report = world.night("2026-03-25")
    assert world.rows(ALLOCATIONS) == POSTED
    assert report.entered == 1
    assert world.owed() == {"EARLY": "35.00", "MARCH": "100.00"}
    world.check()


def test_day_by_day_posts_as_nights_caught_up_in_one_step(world: World):
    _history(world)
    world.nights("2026-03-01", "2026-03-25")
    assert world.owed() == {"EARLY": "35.00", "MARCH": "100.00"}
    assert world.rows(ALLOCATIONS) == POSTED
    world.check()


def test_missed_nights_run_their_actions_on_the_night_that_comes(world: World):
    world.customer()
    world.policy(policy(scenario(steps=STEPS)))
    world.bill("100.00", "2026-03-01")
    world.night("2026-03-11")
    report = world.night("2026-04-05")
    assert report.actions == {
        "dunning_letter": {"completed": 1},
        "late_fee": {"completed": 1},
    }
    assert world.actions()["letter"]["closed_on"] == "2026-04-05"


def test_what_was_due_by_the_installation_date_is_skipped_and_shown_so(world: World):
    world.customer()
    world.policy(
        policy(
            scenario(steps="5 letter, 20 late fee, 21 interest"),
            settings={"installed_on": "2026-03-31"},
        )
    )
    world.bill("100.00", "2026-03-01")
    # letter on the 16th, late fee on the 31st, interest on the day after
    reports = world.nights("2026-03-31", "2026-04-02")
    assert [report.skipped for report in reports] == [2, 2, 2]
    assert [report.actions for report in reports] == [{}, {"finance_charge": {"completed": 1}}, {}]
    assert {name: action["skipped"] for name, action in world.actions().items()} == {
        "letter": True,
        "late fee": True,
        "interest": False,
    }
    assert world.statuses() == ["pending", "pending", "completed"]


def test_run_everything_missed_runs_also_what_was_due_by_the_installation_date(world: World):
    world.customer()
    world.policy(
        policy(
            scenario(steps="5 letter, 20 late fee"),
            settings={"installed_on": "2026-03-31", "run_everything_missed": "true"},
        )
    )
    world.bill("100.00", "2026-03-01")
    report = world.night("2026-03-31")
    assert report.skipped == 0
    assert world.statuses() == ["completed", "completed"]


def test_skipping_is_about_the_installation_only_not_about_missed_nights(world: World):
    world.customer()
    world.policy(
        policy(scenario(steps="5 letter"), settings={"installed_on": "2026-03-10"}, more=AGENCIES)
    )
    world.bill("100.00", "2026-03-01")
    world.night("2026-03-11")
    report = world.night("2026-05-01")
    assert (report.skipped, report.actions) == (0, {"dunning_letter": {"completed": 1}})
