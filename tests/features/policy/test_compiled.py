"""The compiled policy on real rows: who gets which profile, whose criteria hold, and why."""

from datetime import date

from tests.features.policy.conftest import add_customer

from dunwell.domain import conditions
from dunwell.features.policy import compiled, file, installation, service

TODAY = date(2026, 6, 1)


def profiles(connection) -> dict[str, str | None]:
    """The profile of each bill unit by its number."""
    policy = compiled.read(connection)
    rows = connection.execute(
        "select chosen.bill_unit_no, profile.name from ("
        f" select bill_unit.bill_unit_no, {policy.profile_expression} as profile_id"
        " from account join bill_unit on bill_unit.account_id = account.id"
        " where %(business_date)s::date is not null"
        ") as chosen left join profile on profile.id = chosen.profile_id",
        {"business_date": TODAY},
    )
    return dict(rows.fetchall())


def fitting(connection, bill_unit_no: str) -> set[str]:
    """The scenarios whose extra criteria hold for the bill unit."""
    policy = compiled.read(connection)
    rows = connection.execute(
        "select scenario.name from account"
        " join bill_unit on bill_unit.account_id = account.id cross join scenario"
        f" where {policy.criteria_expression} and scenario.retired_version is null"
        " and %(business_date)s::date is not null and bill_unit_no = %(bill_unit_no)s",
        {"business_date": TODAY, "bill_unit_no": bill_unit_no},
    )
    return {name for (name,) in rows}


def test_without_a_policy_nobody_has_a_profile_and_every_scenario_fits(connection):
    add_customer(connection, "A")
    policy = compiled.read(connection)
    assert (policy.has_criteria, policy.compares_with_today) == (False, False)
    assert policy.criteria_expression == "true"
    assert profiles(connection) == {"A": None}


def test_the_first_rule_that_holds_gives_the_profile_and_else_the_default(connection, demo_policy):
    service.apply(connection, demo_policy, actor="anna")
    add_customer(connection, "business", segment="business", score=400)
    add_customer(connection, "low", segment="consumer", score=499)
    add_customer(connection, "good", segment="consumer", score=500)
    add_customer(connection, "unknown")
    add_customer(connection, "euro", currency="EUR", segment="business")
    add_customer(connection, "yen", currency="JPY")
    assert profiles(connection) == {
        "business": "Business",
        "low": "Low credit score",
        "good": "Standard",
        "unknown": "Standard",
        "euro": "Standard EUR",
        "yen": None,
    }
    installation.ensure_default_profiles(connection)
    assert profiles(connection)["yen"] == "default JPY"


def test_profiles_of_another_brand_are_not_asked(connection):
    text = """
[[brands]]
name = "Acme"
[[profiles]]
name = "Theirs"
brand = "Acme"
currency = "USD"
default = true
"""
    service.apply(connection, file.parse(text), actor="anna")
    add_customer(connection, "ours")
    add_customer(connection, "theirs", brand="Acme")
    assert profiles(connection) == {"ours": None, "theirs": "Theirs"}


def test_extra_criteria_keep_a_scenario_from_fitting(connection, demo_policy):
    service.apply(connection, demo_policy, actor="anna")
    assert compiled.read(connection).has_criteria
    add_customer(connection, "debit", pay_type="direct_debit")
    add_customer(connection, "card", pay_type="card")
    every = {scenario.name for scenario in demo_policy.scenarios}
    assert fitting(connection, "card") == every
    assert fitting(connection, "debit") == every - {"Large balance"}


def test_unknown_counts_as_false(connection):
    text = """
[[profiles]]
name = "P"
currency = "USD"
default = true
[[scenarios]]
name = "Low"
profile = "P"
entry_amount = 10
entry_days = 1
criteria = { field = "account.credit_score", operator = "<", value = 500 }
"""
    service.apply(connection, file.parse(text), actor="anna")
    add_customer(connection, "unknown")
    assert fitting(connection, "unknown") == set()


def test_a_rule_that_compares_with_today_is_noticed(connection):
    text = """
[[profiles]]
name = "New"
currency = "USD"
rule = { field = "account.attr.since", operator = ">=", value = "today-90" }
"""
    service.apply(connection, file.parse(text), actor="anna")
    account = add_customer(connection, "new")
    connection.execute(
        """update account set attributes = '{"since": "2026-05-01"}' where id = %s""", [account]
    )
    add_customer(connection, "old")
    assert compiled.read(connection).compares_with_today
    assert profiles(connection) == {"new": "New", "old": None}


def test_each_criterion_shows_its_value_and_its_answer(connection):
    text = """
[[profiles]]
name = "P"
currency = "USD"
default = true
[[criteria]]
name = "Pay %"
type = "enum"
source = "bill_unit.pay_type"
values = { CC = "card" }
[[scenarios]]
name = "S"
profile = "P"
entry_amount = 10
entry_days = 1
criteria = { all = [
    { field = "account.credit_score", operator = "<", value = 500 },
    { not = { any = [
        { criterion = "Pay %", operator = "=", value = "CC" },
        { field = "account.city", missing = false },
    ] } },
] }
"""
    service.apply(connection, file.parse(text), actor="anna")
    add_customer(connection, "A", score=480, pay_type="card")
    policy = compiled.read(connection)
    (scenario_id,) = connection.execute("select id from scenario").fetchone()
    lines = policy.criteria(scenario_id)
    columns = ", ".join(f"{line.value_expression}, {line.expression}" for line in lines)
    row = connection.execute(
        f"select {columns} from account join bill_unit on bill_unit.account_id = account.id"
        " where %(business_date)s::date is not null",
        {"business_date": TODAY},
    ).fetchone()
    shown = [
        (line.text, value, holds)
        for line, value, holds in zip(lines, row[::2], row[1::2], strict=True)
    ]
    assert shown == [
        ("account.credit_score < 500", "480", True),
        ("not: Pay % = card", "card", False),
        ("account.city is missing", None, True),
    ]
    assert policy.criteria(0) == []


def test_the_rule_of_a_profile_is_shown_in_the_same_way(connection, demo_policy):
    service.apply(connection, demo_policy, actor="anna")
    policy = compiled.read(connection)
    (low,) = connection.execute("select id from profile where name like 'Low%'").fetchone()
    assert [line.text for line in policy.rule(low)] == ["account.credit_score < 500"]
    assert conditions.evaluate(policy.profile_conditions[low], {"account.credit_score": 499}, TODAY)
