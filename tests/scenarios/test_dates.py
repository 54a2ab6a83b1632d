"""How dates move: calendars, holidays, leap days, month ends, debts that are paid from below."""

import pytest
from tests.policies import WEEKDAYS, holidays_of, policy, scenario
from tests.world import World


def test_actions_over_christmas_fall_on_working_days(world: World):
    world.customer()
    world.policy(
        policy(
            scenario(steps="1 letter, 4 late fee, 11 second letter"),
            more=holidays_of("DE"),
        )
    )
    # entry on Monday, 21 December 2026
    world.bill("80.00", "2026-12-11")
    world.night("2026-12-21")
    # the 25th is a holiday, the 26th too, the 27th a Sunday; 1 January a holiday before a weekend
    assert world.due("letter") == "2026-12-22"
    assert world.due("late fee") == "2026-12-28"
    assert world.due("second letter") == "2027-01-04"


def test_days_that_are_counted_as_working_days_skip_the_holidays(world: World):
    world.customer()
    world.policy(
        policy(
            scenario(
                steps="1 letter, 4 late fee, 5 interest, 9 second letter",
                more='day_unit = "working"',
            ),
            more=holidays_of("US"),
        )
    )
    world.bill("80.00", "2026-12-11")
    world.night("2026-12-21")
    # in the United States only the 25th and 1 January are holidays
    assert world.due("letter") == "2026-12-22"
    assert world.due("late fee") == "2026-12-28"
    assert world.due("interest") == "2026-12-29"
    assert world.due("second letter") == "2027-01-05"


def test_an_entry_on_a_day_off_counts_its_working_days_from_there(world: World):
    world.customer()
    world.policy(
        policy(scenario(steps="1 letter, 2 late fee", more='day_unit = "working"'), more=WEEKDAYS)
    )
    # Saturday, 7 March 2026
    world.bill("80.00", "2026-02-25")
    world.night("2026-03-07")
    assert (world.due("letter"), world.due("late fee")) == ("2026-03-09", "2026-03-10")


def test_dates_that_a_weekend_moves_together_stay_apart_under_dependencies(world: World):
    world.customer()
    world.policy(
        policy(
            scenario(steps="1 letter, 2 late fee, 3 interest"),
            settings={"action_dependencies": "true"},
            more=WEEKDAYS,
        )
    )
    # entry on Friday, 6 March 2026: Saturday, Sunday and Monday all mean Monday
    world.bill("80.00", "2026-02-24")
    world.night("2026-03-06")
    assert [world.due(name) for name in ("letter", "late fee", "interest")] == [
        "2026-03-09",
        "2026-03-10",
        "2026-03-11",
    ]
    reports = world.nights("2026-03-07", "2026-03-11")
    assert [list(report.actions) for report in reports] == [
        [],
        [],
        ["dunning_letter"],
        ["late_fee"],
        ["finance_charge"],
    ]
    world.check()


@pytest.mark.parametrize(
    ("due", "entry", "letter"),
    [
        # a leap day
        ("2028-02-19", "2028-02-29", "2028-03-01"),
        ("2028-02-18", "2028-02-28", "2028-02-29"),
        ("2026-02-18", "2026-02-28", "2026-03-01"),
        # the end of a year
        ("2026-12-21", "2026-12-31", "2027-01-01"),
        ("2026-12-31", "2027-01-10", "2027-01-11"),
        # the end of a month
        ("2026-04-20", "2026-04-30", "2026-05-01"),
    ],
)
def test_ends_of_months_and_years_are_days_like_others(
    world: World, due: str, entry: str, letter: str
):
    world.customer()
    world.policy(policy(scenario(steps="1 letter")))
    world.bill("80.00", due)
    assert world.night(entry).entered == 1
    assert world.newest_case()["entry_date"] == entry
    assert world.night(letter).actions == {"dunning_letter": {"completed": 1}}


EARLIEST = {"overdue_date": '"earliest"'}


def test_paying_the_oldest_bill_moves_the_dates_on_and_takes_tasks_off_the_list(world: World):
    world.customer()
    world.policy(policy(scenario(steps="2 call, 30 letter"), settings=EARLIEST))
    world.bill("50.00", "2026-03-01")
    world.bill("50.00", "2026-03-20")
    world.nights("2026-03-11", "2026-03-21")
    assert world.actions()["call"]["task_on"] == "2026-03-13"
    world.pay("50.00", "2026-03-22")
    world.night("2026-03-22")
    case = world.newest_case()
    assert (case["overdue_date"], case["entry_date"]) == ("2026-03-20", "2026-03-30")
    # 19 days later: the call is no task until then
    assert (world.due("call"), world.actions()["call"]["task_on"]) == ("2026-04-01", None)
    assert world.due("letter") == "2026-04-29"
    (moved,) = world.events("case_dates_moved")
    assert moved["data"]["actions_moved_by_days"] == 19
    assert world.night("2026-04-01").actions == {"manual": {"pending": 1}}
    assert world.actions()["call"]["task_on"] == "2026-04-01"
    world.check()


def test_a_payment_that_bounces_moves_the_dates_back(world: World):
    world.customer()
    world.policy(policy(scenario(steps="30 letter"), settings=EARLIEST))
    world.bill("50.00", "2026-03-01")
    world.bill("50.00", "2026-03-20")
    world.night("2026-03-11")
    world.pay("50.00", "2026-03-22", payment_no="CHECK")
    world.night("2026-03-22")
    assert world.due("letter") == "2026-04-29"
    world.pay("50.00", "2026-03-29", payment_no="BOUNCE", reverses="CHECK")
    world.night("2026-03-29")
    assert (world.newest_case()["entry_date"], world.due("letter")) == ("2026-03-11", "2026-04-10")


def test_actions_that_are_done_do_not_move(world: World):
    world.customer()
    world.policy(policy(scenario(steps="2 letter, 30 second letter"), settings=EARLIEST))
    world.bill("50.00", "2026-03-01")
    world.bill("50.00", "2026-03-20")
    world.nights("2026-03-11", "2026-03-21")
    world.pay("50.00", "2026-03-22")
    world.night("2026-03-22")
    assert (world.due("letter"), world.due("second letter")) == ("2026-03-13", "2026-04-29")


def test_with_the_latest_overdue_date_nothing_moves(world: World):
    world.customer()
    world.policy(policy(scenario(steps="30 letter")))
    world.bill("50.00", "2026-03-01")
    world.bill("50.00", "2026-03-20")
    world.night("2026-03-11")
    world.pay("50.00", "2026-03-22")
    world.night("2026-03-22")
    case = world.newest_case()
    assert (case["overdue_date"], case["entry_date"]) == ("2026-03-01", "2026-03-11")
    assert (world.due("letter"), world.in_collections()) == ("2026-04-10", True)


def test_with_the_day_of_processing_only_the_overdue_date_follows(world: World):
    world.customer()
    world.policy(
        policy(
            scenario(steps="30 letter"),
            settings={"overdue_date": '"earliest"', "entry_date": '"processing"'},
        )
    )
    world.bill("50.00", "2026-03-01")
    world.bill("50.00", "2026-03-20")
    world.night("2026-03-15")
    world.pay("50.00", "2026-03-22")
    world.night("2026-03-22")
    case = world.newest_case()
    assert (case["overdue_date"], case["entry_date"]) == ("2026-03-20", "2026-03-15")
    assert world.due("letter") == "2026-04-14"


def test_a_debt_from_before_all_calendars_has_its_actions_all_the_same(world: World):
    world.customer()
    world.policy(policy(scenario(steps="5 letter, 400 late fee")))
    world.bill("80.00", "1999-06-01")
    report = world.night("2026-03-11")
    assert report.actions == {
        "dunning_letter": {"completed": 1},
        "late_fee": {"completed": 1},
    }
