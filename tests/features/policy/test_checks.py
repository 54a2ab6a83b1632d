"""The rules that a policy must keep: what is wrong is said with its line, and all at once."""

from importlib.resources import files
from pathlib import Path

import pytest
from tests.features.policy.written import GOOD, errors, warnings

from dunwell.domain.errors import BadPolicy
from dunwell.features.policy import file


def test_a_good_policy_has_nothing_wrong(tmp_path):
    assert errors(tmp_path, GOOD) == []
    assert warnings(tmp_path, GOOD) == []


def test_the_policy_of_the_demo_has_nothing_wrong():
    demo = Path(str(files("dunwell"))) / "cli" / "demo" / "policy.toml"
    examined = file.examine(demo)
    assert (examined.errors, examined.warnings) == ((), ())
    assert examined.policy is not None
    assert len(examined.policy.scenarios) == 6


# the text to replace in the good policy, its replacement, and what is said about it
WRONG = {
    "an offset of 0": (
        "day = 10",
        "day = 0",
        "policy.toml:17: day is too small (0) — write 1 or more",
    ),
    "a negative offset": ("day = 10", "day = -5", "policy.toml:17: day is too small (-5)"),
    "an unknown action": (
        'action = "Call"',
        'action = "Cal"',
        "policy.toml:17: there is no action ('Cal') — did you mean 'Call'?",
    ),
    "an unknown profile": (
        'profile = "Standard"',
        'profile = "Gold"',
        "policy.toml:12: there is no profile ('Gold') — define it, or use one of 'Standard'",
    ),
    "an unknown debt class": (
        'profile = "Standard"',
        'profile = "Standard"\ndebt_class = "device"',
        "policy.toml:13: there is no debt class ('device')",
    ),
    "an unknown brand": (
        'type = "manual"',
        'type = "manual"\nbrand = "Acme"',
        "policy.toml:9: there is no brand ('Acme')",
    ),
    "an unknown key": (
        "exit_amount",
        "exit_amuont",
        "policy.toml:15: an unknown key ('exit_amuont') — did you mean 'exit_amount'?",
    ),
    "a key of another part": (
        'type = "manual"',
        'type = "manual"\nmessage = "look"',
        "policy.toml:9: an unknown key here ('message') — it belongs to actions of type to_do_en",
    ),
    "a key of one table in another": (
        "default = true",
        "default = true\nentry_days = 3",
        "policy.toml:5: an unknown key here ('entry_days') — it belongs to scenarios; remove it",
    ),
    "a key that many parts have, but not this one": (
        "{ day = 10,",
        '{ day = 10, name = "first",',
        "policy.toml:17: an unknown key ('name') — remove it",
    ),
    "a missing key": (
        "entry_days = 30\n",
        "",
        "policy.toml:10: entry_days is missing — add it",
    ),
    "a currency that doesn't exist": (
        '"USD"',
        '"USX"',
        "policy.toml:3: currency is wrong ('USX') — not a currency of ISO 4217",
    ),
    "more decimals than the currency has": (
        "100.00",
        "100.005",
        "policy.toml:13: more decimals than USD has (100.005) — write at most 2",
    ),
    "an exit amount that is not below the entry amount": (
        "25.00",
        "100.00",
        "policy.toml:15: the exit amount is not below the entry amount (100 and 100)",
    ),
    "a write-off after the inactivation": (
        "day = 120",
        "day = 200",
        "policy.toml:18: the write-off comes after the inactivation ('Usual', day 200)",
    ),
    "an unknown action type": (
        '"manual"',
        '"manul"',
        "policy.toml:8: type is wrong ('manul') — write one of manual, late_fee",
    ),
    "a predefined action defined again": (
        'name = "Call"',
        'name = "Close bill unit"',
        "policy.toml:7: a predefined action ('Close bill unit') can't be defined or changed",
    ),
    "an action of a predefined type": (
        '"manual"',
        '"write_off"',
        (
            "policy.toml:8: type is wrong ('write_off') — use the predefined action 'Write off"
            " balance' in a step"
        ),
    ),
    "a target that doesn't exist": (
        'type = "manual"',
        'type = "manual"\ntarget = "everybody"',
        "policy.toml:9: target is wrong ('everybody') — write 'self', 'all_members' or",
    ),
    "a profile that nothing selects": (
        "default = true\n",
        "",
        "policy.toml:1: a profile that nothing selects ('Standard')",
    ),
    "a default profile with a rule": (
        "default = true",
        'default = true\nrule = { field = "account.city", operator = "=", value = "Bonn" }',
        "policy.toml:5: a default profile with a rule ('Standard')",
    ),
    "severity 0": (
        "exit_amount = 25.00",
        "severity = 0",
        "policy.toml:15: severity is too small (0) — write 1 or more",
    ),
}


@pytest.mark.parametrize("what", WRONG)
def test_each_rule_is_refused_at_its_line(tmp_path, what):
    before, after, expected = WRONG[what]
    found = errors(tmp_path, GOOD.replace(before, after, 1))
    assert any(error.startswith(expected) for error in found), found


def test_aging_buckets_are_ten_at_most_and_ascend(tmp_path):
    (error,) = errors(tmp_path, f"aging_buckets = {list(range(1, 12))}\n{GOOD}")
    assert error.startswith("policy.toml:1: too many aging buckets (11) — keep at most 10")
    assert errors(tmp_path, f"aging_buckets = {list(range(1, 11))}\n{GOOD}") == []
    (error,) = errors(tmp_path, f"aging_buckets = [\n30,\n20]\n{GOOD}")
    assert error.startswith("policy.toml:3: aging buckets must ascend (20 after 30)")


def test_whole_amounts_are_fine_in_a_currency_without_decimals(tmp_path):
    assert errors(tmp_path, GOOD.replace('"USD"', '"JPY"')) == []


# a piece to add to the good policy, whose first line is then line 21, and what is said about it
ADDED = {
    "a late fee of nothing": (
        '[[actions]]\nname = "Fee"\ntype = "late_fee"\ncurrency = "USD"',
        "policy.toml:21: a late fee of nothing ('Fee')",
    ),
    "a percentage over 100": (
        '[[actions]]\nname = "Fee"\ntype = "late_fee"\ncurrency = "USD"\npercentage = 101',
        "policy.toml:25: percentage is too large (101) — write 100 or less",
    ),
    "a percentage of 0": (
        '[[actions]]\nname = "Fee"\ntype = "finance_charge"\npercentage = 0',
        "policy.toml:24: percentage is too small (0) — write more than 0",
    ),
    "a fee with too many decimals": (
        '[[actions]]\nname = "Fee"\ntype = "late_fee"\ncurrency = "JPY"\namount = 0.5',
        "policy.toml:25: more decimals than JPY has (0.5) — write at most 0",
    ),
    "the same action twice": (
        '[[actions]]\nname = "Call"\ntype = "manual"',
        "policy.toml:22: the same name twice in actions ('Call')",
    ),
    "a brand's action beside one of all brands": (
        '[[actions]]\nname = "Call"\ntype = "manual"\nbrand = "default"',
        "policy.toml:22: the same name twice in actions ('Call')",
    ),
    "the same scenario twice": (
        '[[scenarios]]\nname = "Usual"\nprofile = "Standard"\nentry_amount = 1\nentry_days = 1',
        "policy.toml:22: the same name twice in scenarios ('Usual')",
    ),
    "a second default profile": (
        '[[profiles]]\nname = "Other"\ncurrency = "USD"\ndefault = true',
        "policy.toml:24: a second default profile for USD ('Other' after 'Standard')",
    ),
    "a name kept for automatic profiles": (
        (
            '[[profiles]]\nname = "default EUR"\ncurrency = "USD"\n'
            'rule = { field = "account.city", missing = true }'
        ),
        "policy.toml:22: a name kept for another default profile ('default EUR')",
    ),
    "an unknown field": (
        (
            '[[profiles]]\nname = "P"\ncurrency = "USD"\n'
            'rule = { all = [\n { field = "account.credit_scor", operator = "<", value = 1 },\n'
            ' { field = "weather", missing = true },\n] }'
        ),
        (
            "policy.toml:25: there is no field ('account.credit_scor') — did you mean"
            " 'account.credit_score'?"
        ),
        "policy.toml:26: there is no field ('weather') — write a column",
    ),
    "an unknown criterion": (
        (
            '[[profiles]]\nname = "P"\ncurrency = "USD"\n'
            'rule = { not = { criterion = "VIP", operator = "=", value = "yes" } }'
        ),
        "policy.toml:24: there is no criterion ('VIP')",
    ),
    "a value that is not of its field's type": (
        (
            '[[profiles]]\nname = "P"\ncurrency = "USD"\n'
            'rule = { field = "account.credit_score", operator = "<", value = "low" }'
        ),
        "policy.toml:24: 'low' is not of type integer — correct the value or the type",
    ),
    "a value that an enum doesn't have": (
        (
            '[[criteria]]\nname = "Pay"\ntype = "enum"\nsource = "bill_unit.pay_type"\n'
            'values = { CC = "card" }\n[[profiles]]\nname = "P"\ncurrency = "USD"\n'
            'rule = { criterion = "Pay", one_of = ["CC", "DD"] }'
        ),
        "policy.toml:29: 'DD' is not a value of 'Pay'; it has CC",
    ),
    "an order of an enum": (
        (
            '[[criteria]]\nname = "Pay"\ntype = "enum"\nsource = "bill_unit.pay_type"\n'
            'values = { CC = "card" }\n[[profiles]]\nname = "P"\ncurrency = "USD"\n'
            'rule = { criterion = "Pay", operator = "<", value = "CC" }'
        ),
        "policy.toml:29: an enum has no order",
    ),
    "both a field and a criterion": (
        (
            '[[profiles]]\nname = "P"\ncurrency = "USD"\n'
            'rule = { field = "account.city", criterion = "X", missing = true }'
        ),
        "policy.toml:24: rule is wrong (a table) — give either a field or a criterion",
    ),
    "an enum without values": (
        '[[criteria]]\nname = "Pay"\ntype = "enum"\nsource = "bill_unit.pay_type"',
        "policy.toml:21: an enum without values ('Pay')",
    ),
    "values of a criterion that is no enum": (
        (
            '[[criteria]]\nname = "Pay"\ntype = "string"\nsource = "bill_unit.pay_type"\n'
            'values = { CC = "card" }'
        ),
        "policy.toml:25: values for a criterion of type string ('Pay')",
    ),
    "a brand with an unknown calendar, locale and time zone": (
        '[[brands]]\nname = "Acme"\ncalendar = "Mars"\nlocale = "xx_YY"\ntime_zone = "CET/Bonn"',
        "policy.toml:23: there is no calendar ('Mars')",
        "policy.toml:24: locale is wrong ('xx_YY') — not a known locale",
        "policy.toml:25: time_zone is wrong ('CET/Bonn') — not a known time zone",
    ),
    "a country without known holidays": (
        '[[calendars]]\nname = "C"\ncountry = "XX"',
        "policy.toml:23: No holidays are known for country 'XX'",
    ),
    "the same own day twice": (
        (
            '[[calendars]]\nname = "C"\ndays = [\n { date = 2026-12-24, working = false },\n'
            " { date = 2026-12-24, working = true },\n]"
        ),
        "policy.toml:25: the same day twice (2026-12-24)",
    ),
    "a reason code without a label": (
        '[[reason_codes]]\ncategory = "c"\ncode = "x"\nlabels = {}',
        "policy.toml:24: labels is empty — give at least 1",
    ),
    "a rate from a currency to itself": (
        (
            '[[exchange_rates]]\nsource_currency = "USD"\ntarget_currency = "USD"\n'
            "valid_from = 2026-01-01\nrate = 1"
        ),
        "policy.toml:23: a rate from a currency to itself (USD)",
    ),
    "a rate of 0": (
        (
            '[[exchange_rates]]\nsource_currency = "USD"\ntarget_currency = "EUR"\n'
            "valid_from = 2026-01-01\nrate = 0"
        ),
        "policy.toml:25: rate is too small (0) — write more than 0",
    ),
    "an unknown switch": (
        "[settings]\noverdue_dat = 1",
        "policy.toml:22: an unknown key ('overdue_dat') — did you mean 'overdue_date'?",
    ),
    "a minimum with too many decimals": (
        "[settings]\nminimum_due = { USD = 1.005 }",
        "policy.toml:22: more decimals than USD has (1.005)",
    ),
    "a number that is none": (
        '[[actions]]\nname = "Fee"\ntype = "late_fee"\ncurrency = "USD"\namount = nan',
        "policy.toml:25: amount is wrong (NaN)",
    ),
}


@pytest.mark.parametrize("what", ADDED)
def test_each_wrong_addition_is_refused_at_its_line(tmp_path, what):
    piece, *expected = ADDED[what]
    found = errors(tmp_path, f"{GOOD}{piece}\n")
    assert len(found) == len(expected), found
    for error, beginning in zip(found, expected, strict=True):
        assert error.startswith(beginning), found


def test_everything_wrong_is_said_at_once_in_the_order_of_the_lines(tmp_path):
    text = (
        GOOD.replace("day = 10", "day = 0")
        .replace('"Usual"', '""')
        .replace('"Write off balance"', '"Write of"')
        .replace('"USD"', '"US"')
        .replace("100.00", '"a lot"')
    )
    found = errors(tmp_path, text)
    assert [error.split(":")[1] for error in found] == ["3", "11", "13", "17", "18"], found


def test_a_part_that_cannot_be_read_does_not_make_its_name_unknown(tmp_path):
    found = errors(tmp_path, GOOD.replace('"manual"', '"manul"'))
    assert [error.split(":")[1] for error in found] == ["8"], found


def test_a_scenario_that_is_never_chosen_is_a_warning(tmp_path):
    hidden = (
        '[[scenarios]]\nname = "Zero"\nprofile = "Standard"\nentry_amount = 100\n'
        "entry_days = 30\n"
        'steps = [{ day = 1, action = "Call" }]\n'
    )
    (warning,) = warnings(tmp_path, GOOD + hidden)
    assert warning.startswith("policy.toml:22: a scenario that is never chosen ('Zero')")
    assert "'Usual'" in warning


def test_a_scenario_is_reachable_beside_one_with_criteria_or_other_demands(tmp_path):
    other = (
        '[[scenarios]]\nname = "Zero"\nprofile = "Standard"\nentry_amount = 100\n'
        "entry_days = {days}\n"
        '{criteria}steps = [{{ day = 1, action = "Call" }}]\n'
    )
    criteria = 'criteria = { field = "account.city", missing = true }\n'
    assert warnings(tmp_path, GOOD + other.format(days=29, criteria="")) == []
    with_criteria = GOOD.replace("exit_amount = 25.00\n", f"exit_amount = 25.00\n{criteria}")
    assert warnings(tmp_path, with_criteria + other.format(days=30, criteria="")) == []


def test_an_entry_amount_below_the_minimum_due_is_a_warning(tmp_path):
    (warning,) = warnings(tmp_path, "[settings]\nminimum_due = { USD = 150 }\n" + GOOD)
    assert warning.startswith("policy.toml:15: the entry amount is below the minimum due (100 and")


def test_a_fee_in_another_currency_without_a_rate_is_a_warning(tmp_path):
    fee = '[[actions]]\nname = "Fee"\ntype = "late_fee"\ncurrency = "EUR"\namount = 5\n'
    text = GOOD.replace('day = 10, action = "Call"', 'day = 10, action = "Fee"') + fee
    (warning,) = warnings(tmp_path, text)
    assert warning.startswith("policy.toml:17: a late fee in EUR for a profile in USD ('Fee')")


def test_a_scenario_without_steps_is_a_warning(tmp_path):
    text = GOOD[: GOOD.index("steps")]
    (warning,) = warnings(tmp_path, text)
    assert warning.startswith("policy.toml:10: a scenario without steps ('Usual')")


def test_a_scenario_without_steps_that_closes_when_finished_is_refused(tmp_path):
    text = GOOD[: GOOD.index("steps")] + 'when_finished = "close"\n'
    path = tmp_path / "policy.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadPolicy, match="can't close when they are done"):
        file.read(path)
