"""What cases have used is kept beside its successor; what nobody used goes without a trace."""

from tests.features.policy.conftest import USUAL, add_case, add_customer, apply, changes, scenarios


def test_a_changed_scenario_that_nobody_used_is_replaced_without_a_trace(connection):
    apply(connection, USUAL)
    apply(connection, USUAL.replace("day = 30", "day = 35"))
    assert scenarios(connection) == [
        ("Small", False, ["10 Call"]),
        ("Usual", False, ["10 Call", "35 Fee", "120 Write off balance"]),
    ]


def test_a_changed_scenario_with_a_case_keeps_its_steps_beside_its_successor(connection):
    apply(connection, USUAL)
    add_case(connection, add_customer(connection, "A1"), "Usual")
    version = apply(connection, USUAL.replace("day = 30", "day = 35"))
    assert scenarios(connection) == [
        ("Small", False, ["10 Call"]),
        ("Usual", True, ["10 Call", "30 Fee", "120 Write off balance"]),
        ("Usual", False, ["10 Call", "35 Fee", "120 Write off balance"]),
    ]
    assert connection.execute(
        "select retired_version from scenario where retired_version is not null"
    ).fetchall() == [(version,)]
    assert connection.execute(
        "select created_version from scenario where name = 'Usual' and retired_version is null"
    ).fetchall() == [(version,)]


def test_a_changed_action_takes_its_scenarios_along(connection):
    apply(connection, USUAL)
    add_case(connection, add_customer(connection, "A1"), "Usual")
    dearer = USUAL.replace("amount = 5.00", "amount = 6.00")
    assert changes(connection, dearer) == [
        ("changed", "action", "Fee"),
        ("changed", "scenario", "Usual"),
    ]
    apply(connection, dearer)
    assert scenarios(connection) == [
        ("Small", False, ["10 Call"]),
        ("Usual", True, ["10 Call", "30 Fee (retired)", "120 Write off balance"]),
        ("Usual", False, ["10 Call", "30 Fee", "120 Write off balance"]),
    ]
    assert connection.execute(
        "select parameters ->> 'amount', retired_version is not null from action_definition"
        " where name = 'Fee' order by id"
    ).fetchall() == [("5", True), ("6", False)]
    assert changes(connection, dearer) == []


def test_a_changed_action_that_no_case_can_use_is_replaced_without_a_trace(connection):
    apply(connection, USUAL)
    apply(connection, USUAL.replace("amount = 5.00", "amount = 6.00"))
    assert connection.execute(
        "select parameters ->> 'amount' from action_definition where name = 'Fee'"
    ).fetchall() == [("6",)]


def test_a_changed_criterion_makes_a_successor_of_its_scenarios(connection):
    text = USUAL.replace(
        "exit_amount = 25.00\n",
        'exit_amount = 25.00\ncriteria = { criterion = "Pay", operator = "=", value = "CC" }\n',
    )
    criterion = (
        '[[criteria]]\nname = "Pay"\ntype = "enum"\nsource = "bill_unit.pay_type"\n'
        'values = { CC = "card" }\n'
    )
    apply(connection, text + criterion)
    changed = text + criterion.replace('"card"', '"credit_card"')
    assert changes(connection, changed) == [
        ("changed", "criterion", "Pay"),
        ("changed", "scenario", "Usual"),
    ]


def test_a_scenario_that_was_ever_used_is_retired_and_another_deleted(connection):
    apply(connection, USUAL)
    add_case(connection, add_customer(connection, "A1"), "Usual", status="closed")
    without = USUAL[: USUAL.index("[[scenarios]]")]
    assert changes(connection, without) == [
        ("retired", "scenario", "Usual"),
        ("deleted", "scenario", "Small"),
    ]
    apply(connection, without)
    assert [row[:2] for row in scenarios(connection)] == [("Usual", True)]
    assert changes(connection, without) == []


def test_a_profile_of_used_scenarios_is_retired_and_another_deleted(connection):
    other = """
[[profiles]]
name = "Rich"
currency = "USD"
rule = { field = "account.credit_score", operator = ">", value = 800 }

[[profiles]]
name = "Poor"
currency = "USD"
rule = { field = "account.credit_score", operator = "<", value = 300 }

[[scenarios]]
name = "For the poor"
profile = "Poor"
entry_amount = 10
entry_days = 5
steps = [{ day = 1, action = "Call" }]
"""
    apply(connection, USUAL + other)
    add_case(connection, add_customer(connection, "A1"), "For the poor")
    assert changes(connection, USUAL) == [
        ("deleted", "profile", "Rich"),
        ("retired", "profile", "Poor"),
        ("retired", "scenario", "For the poor"),
    ]
    apply(connection, USUAL)
    assert connection.execute(
        "select name, retired_version is not null from profile order by name"
    ).fetchall() == [("Poor", True), ("Standard", False)]
    apply(connection, USUAL + other)
    assert connection.execute("select count(*) from profile where name = 'Poor'").fetchone() == (2,)


def test_a_profile_with_another_currency_is_another_profile(connection):
    apply(connection, USUAL)
    add_case(connection, add_customer(connection, "A1"), "Usual")
    euro = USUAL.replace(
        'name = "Standard"\ncurrency = "USD"', 'name = "Standard"\ncurrency = "EUR"'
    )
    apply(connection, euro)
    assert connection.execute(
        "select profile.currency, scenario.name, scenario.retired_version is not null"
        " from scenario join profile on profile.id = profile_id order by 1, 2"
    ).fetchall() == [("EUR", "Small", False), ("EUR", "Usual", False), ("USD", "Usual", True)]


def test_an_agency_with_a_referral_is_retired_and_may_come_back(connection):
    text = '[[agencies]]\nname = "Hudson"\nemail = "a@hudson.example"\n'
    apply(connection, text)
    account = add_customer(connection, "A1")
    connection.execute(
        "insert into agency_referral (account_id, case_id, action_id, bill_unit_id, made_on,"
        " agency_id, amount, currency) select %s, 1, 1, 1, '2026-01-01', id, 1, 'USD' from agency",
        [account],
    )
    assert changes(connection, "") == [("retired", "agency", "Hudson")]
    apply(connection, "")
    apply(connection, text.replace("a@", "b@"))
    assert connection.execute("select email, retired_version from agency").fetchall() == [
        ("b@hudson.example", None)
    ]
