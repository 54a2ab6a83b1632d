"""Applying a policy: versions, successors, what is kept for cases that use it, ranks, export."""

import threading

import pytest
from tests.features.policy.conftest import add_case, add_customer

from dunwell.domain.errors import BadPolicy, RuleViolation
from dunwell.features.policy import calendars, file, installation, model, service, settings
from dunwell.features.policy.comparison import Change

POLICY = """\
[[profiles]]
name = "Standard"
currency = "USD"
default = true

[[actions]]
name = "Call"
type = "manual"

[[actions]]
name = "Fee"
type = "late_fee"
currency = "USD"
amount = 5.00

[[scenarios]]
name = "Usual"
profile = "Standard"
entry_amount = 100.00
entry_days = 30
exit_amount = 25.00
steps = [
    { day = 30, action = "Fee" },
    { day = 10, action = "Call" },
    { day = 120, action = "Write off balance" },
]

[[scenarios]]
name = "Small"
profile = "Standard"
entry_amount = 20.00
entry_days = 10
steps = [{ day = 10, action = "Call" }]
"""


@pytest.fixture
def connection(database):
    with database.connect() as connection:
        yield connection


def apply(connection, text: str) -> int:
    return service.apply(connection, file.parse(text), actor="anna")


def changes(connection, text: str) -> list[tuple[str, str, str]]:
    return [
        (change.kind.value, change.noun, change.name)
        for change in service.diff(connection, file.parse(text))
    ]


def scenarios(connection):
    """Name, retired or not, and the steps with the retirement of their actions."""
    return connection.execute(
        "select scenario.name, scenario.retired_version is not null,"
        " (select array_agg(offset_days || ' ' || action_definition.name"
        " || case when action_definition.retired_version is null then '' else ' (retired)' end"
        " order by step) from scenario_step join action_definition"
        " on action_definition.id = action_definition_id where scenario_id = scenario.id)"
        " from scenario order by scenario.name, scenario.id"
    ).fetchall()


def test_a_new_installation_exports_the_empty_policy(connection):
    assert service.export(connection) == model.Policy()
    assert service.diff(connection, model.Policy()) == []


def test_automatic_default_profiles_are_no_part_of_the_policy(connection):
    add_customer(connection, "A1")
    installation.ensure_default_profiles(connection)
    assert service.export(connection) == model.Policy()
    assert service.diff(connection, model.Policy()) == []


def test_applying_the_empty_policy_to_a_new_installation_makes_no_version(connection):
    (before,) = connection.execute("select max(id) from policy_version").fetchone()
    assert service.apply(connection, model.Policy(), actor="anna") == before


def test_what_was_applied_is_in_force_and_exported_the_same(connection, demo_policy):
    version = service.apply(connection, demo_policy, actor="anna", note="the first one")
    assert service.export(connection) == demo_policy
    assert service.diff(connection, demo_policy) == []
    assert connection.execute(
        "select applied_by, note from policy_version where id = %s", [version]
    ).fetchone() == ("anna", "the first one")
    again = file.parse(file.write(service.export(connection)))
    assert service.apply(connection, again, actor="bert") == version
    in_force = settings.read(connection)
    assert in_force == demo_policy.settings


def test_every_part_of_the_demo_policy_becomes_rows(connection, demo_policy):
    service.apply(connection, demo_policy, actor="anna")

    def count(table: str):
        row = connection.execute(f"select count(*) from {table}").fetchone()
        assert row is not None
        return row[0]

    assert count("aging_bucket") == 4
    assert count("profile") == 4
    assert count("scenario") == 6
    assert count("scenario_step") == sum(len(each.steps) for each in demo_policy.scenarios)
    assert count("action_definition where created_version is not null") == 8
    assert count("reason_code") == 5
    assert count("agency") == 2
    assert count("agent") == 3
    assert count("criterion") == 2
    assert count("exchange_rate where origin = 'policy'") == 2


def test_fees_keep_their_exact_parameters(connection, demo_policy):
    service.apply(connection, demo_policy, actor="anna")
    assert connection.execute(
        "select type, target, parameters from action_definition where name = 'Late fee'"
    ).fetchone() == (
        "late_fee",
        "self",
        {"currency": "USD", "amount": "5", "percentage": "1.5", "combine": "sum", "cap": "40"},
    )


def test_steps_are_numbered_by_day_and_use_predefined_actions(connection):
    apply(connection, POLICY)
    assert scenarios(connection) == [
        ("Small", False, ["10 Call"]),
        ("Usual", False, ["10 Call", "30 Fee", "120 Write off balance"]),
    ]


def test_applying_twice_changes_nothing(connection):
    first = apply(connection, POLICY)
    before = connection.execute("select id, xmin::text from scenario order by id").fetchall()
    assert apply(connection, POLICY) == first
    assert apply(connection, POLICY.replace("100.00", "100.0")) == first
    assert (
        connection.execute("select id, xmin::text from scenario order by id").fetchall() == before
    )


def test_the_same_policy_twice_from_two_people_makes_one_version(database):
    found = []

    def one(actor: str) -> None:
        with database.connect() as connection:
            found.append(service.apply(connection, file.parse(POLICY), actor=actor))

    threads = [threading.Thread(target=one, args=(actor,)) for actor in ("anna", "bert")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == 1


def test_a_diff_says_field_by_field_what_would_change(connection):
    apply(connection, POLICY)
    (change,) = service.diff(
        connection, file.parse(POLICY.replace("entry_days = 30", "entry_days = 20"))
    )
    assert change.as_json() == {
        "change": "changed",
        "noun": "scenario",
        "name": "Usual",
        "fields": [{"name": "entry_days", "before": 30, "after": 20}],
    }


def test_a_diff_of_a_first_policy_adds_everything(connection):
    assert changes(connection, POLICY) == [
        ("added", "profile", "Standard"),
        ("added", "action", "Call"),
        ("added", "action", "Fee"),
        ("added", "scenario", "Usual"),
        ("added", "scenario", "Small"),
    ]


def test_a_diff_changes_nothing(connection):
    apply(connection, POLICY)
    service.diff(connection, model.Policy())
    assert service.diff(connection, file.parse(POLICY)) == []


def test_a_changed_scenario_that_nobody_used_is_replaced_without_a_trace(connection):
    apply(connection, POLICY)
    apply(connection, POLICY.replace("day = 30", "day = 35"))
    assert scenarios(connection) == [
        ("Small", False, ["10 Call"]),
        ("Usual", False, ["10 Call", "35 Fee", "120 Write off balance"]),
    ]


def test_a_changed_scenario_with_a_case_keeps_its_steps_beside_its_successor(connection):
    apply(connection, POLICY)
    add_case(connection, add_customer(connection, "A1"), "Usual")
    version = apply(connection, POLICY.replace("day = 30", "day = 35"))
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
    apply(connection, POLICY)
    add_case(connection, add_customer(connection, "A1"), "Usual")
    dearer = POLICY.replace("amount = 5.00", "amount = 6.00")
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
    apply(connection, POLICY)
    apply(connection, POLICY.replace("amount = 5.00", "amount = 6.00"))
    assert connection.execute(
        "select parameters ->> 'amount' from action_definition where name = 'Fee'"
    ).fetchall() == [("6",)]


def test_a_scenario_that_was_ever_used_is_retired_and_another_deleted(connection):
    apply(connection, POLICY)
    add_case(connection, add_customer(connection, "A1"), "Usual", status="closed")
    without = POLICY[: POLICY.index("[[scenarios]]")]
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
    apply(connection, POLICY + other)
    add_case(connection, add_customer(connection, "A1"), "For the poor")
    assert changes(connection, POLICY) == [
        ("deleted", "profile", "Rich"),
        ("retired", "profile", "Poor"),
        ("retired", "scenario", "For the poor"),
    ]
    apply(connection, POLICY)
    assert connection.execute(
        "select name, retired_version is not null from profile order by name"
    ).fetchall() == [("Poor", True), ("Standard", False)]
    apply(connection, POLICY + other)
    assert connection.execute("select count(*) from profile where name = 'Poor'").fetchone() == (2,)


def test_the_default_profile_stays_until_another_takes_its_place(connection):
    add_customer(connection, "A1")
    installation.ensure_default_profiles(connection)
    apply(connection, POLICY)
    names = "select name from profile where is_default and retired_version is null"
    assert connection.execute(names).fetchall() == [("Standard",)]
    apply(connection, "")
    assert connection.execute(names).fetchall() == [("Standard",)]
    assert service.diff(connection, model.Policy()) == []
    apply(connection, '[[profiles]]\nname = "Other"\ncurrency = "USD"\ndefault = true')
    assert connection.execute(names).fetchall() == [("Other",)]


def test_two_profiles_can_change_places_as_the_default(connection):
    text = """
[[profiles]]
name = "A"
currency = "USD"
default = true
[[profiles]]
name = "B"
currency = "USD"
rule = { field = "account.city", operator = "=", value = "Bonn" }
"""
    apply(connection, text)
    ids = connection.execute("select name, id from profile order by name").fetchall()
    swapped = text.replace('"A"', '"X"').replace('"B"', '"A"').replace('"X"', '"B"')
    apply(connection, swapped)
    assert connection.execute("select name, id from profile order by name").fetchall() == ids
    assert connection.execute("select name from profile where is_default").fetchall() == [("B",)]


def test_a_profile_with_another_currency_is_another_profile(connection):
    apply(connection, POLICY)
    add_case(connection, add_customer(connection, "A1"), "Usual")
    euro = POLICY.replace(
        'name = "Standard"\ncurrency = "USD"', 'name = "Standard"\ncurrency = "EUR"'
    )
    apply(connection, euro)
    assert connection.execute(
        "select profile.currency, scenario.name, scenario.retired_version is not null"
        " from scenario join profile on profile.id = profile_id order by 1, 2"
    ).fetchall() == [("EUR", "Small", False), ("EUR", "Usual", False), ("USD", "Usual", True)]


def test_scenarios_are_ranked_by_amount_days_severity_and_name(connection):
    demands = [
        ("f", 50, 10, 1),
        ("e", 50, 30, 2),
        ("d", 100, 5, 2),
        ("c", 100, 5, 1),
        ("B", 100, 5, 1),
        ("a", 100, 6, 9),
    ]
    text = POLICY[: POLICY.index("[[scenarios]]")] + "".join(
        f'[[scenarios]]\nname = "{name}"\nprofile = "Standard"\nentry_amount = {amount}\n'
        f"entry_days = {days}\nseverity = {severity}\n"
        for name, amount, days, severity in demands
    )
    apply(connection, text)
    ranks = "select name from scenario where retired_version is null order by rank"
    assert "".join(name for (name,) in connection.execute(ranks)) == "aBcdef"
    apply(connection, text.replace("entry_days = 6", "entry_days = 4"))
    assert "".join(name for (name,) in connection.execute(ranks)) == "Bcdaef"


def test_each_profile_and_debt_class_has_its_own_ranks(connection):
    text = (
        POLICY.replace('name = "Small"\n', 'name = "Small"\ndebt_class = "device"\n')
        + '[[debt_classes]]\nname = "device"\n'
    )
    apply(connection, text)
    assert connection.execute("select name, rank from scenario order by name").fetchall() == [
        ("Small", 1),
        ("Usual", 1),
    ]


def test_a_changed_criterion_makes_a_successor_of_its_scenarios(connection):
    text = POLICY.replace(
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


def test_a_changed_calendar_has_its_working_days_made_anew(connection):
    text = '[[calendars]]\nname = "Office"\ncountry = "US"\n[[brands]]\nname = "default"\n'
    apply(connection, text + 'calendar = "Office"\n')
    next_day = (
        "select next_working::text from working_day join calendar on calendar.id = calendar_id"
        " where name = 'Office' and day = %s"
    )
    assert connection.execute(next_day, ["2026-07-03"]).fetchone() == ("2026-07-06",)
    own = text.replace(
        'country = "US"\n',
        'country = "US"\ndays = [{ date = 2026-07-06, working = false, name = "Move" }]\n',
    )
    apply(connection, own + 'calendar = "Office"\n')
    assert connection.execute(next_day, ["2026-07-03"]).fetchone() == ("2026-07-07",)
    assert calendars.FIRST.year == 2000
    apply(connection, "")
    assert connection.execute("select name from calendar").fetchall() == [("every day",)]


def test_a_brand_with_accounts_stays_and_one_without_goes(connection):
    brand = '[[brands]]\nname = "Acme"\n'
    profile = '[[profiles]]\nname = "P"\nbrand = "Acme"\ncurrency = "USD"\ndefault = true\n'
    apply(connection, brand + profile)
    add_customer(connection, "A1", brand="Acme")
    with pytest.raises(RuleViolation, match=r"The brand 'Acme' is still in use \(accounts: 1\)"):
        apply(connection, "")
    connection.execute("delete from bill_unit")
    connection.execute("delete from account")
    apply(connection, "")
    assert connection.execute("select name from brand").fetchall() == [("default",)]
    assert connection.execute("select count(*) from profile").fetchone() == (0,)


def test_a_debt_class_with_bills_stays_and_one_without_goes(connection):
    apply(connection, '[[debt_classes]]\nname = "device"\n')
    account = add_customer(connection, "A1")
    connection.execute(
        "insert into bill (account_id, bill_unit_id, root_id, issued_on, due_on, debt_class_id,"
        " amount, bill_no) select account_id, bill_unit.id, 1, '2026-01-01', '2026-01-15',"
        " debt_class.id, 1, 'B1' from bill_unit, debt_class where debt_class.name = 'device'"
        " and account_id = %s",
        [account],
    )
    with pytest.raises(RuleViolation, match=r"debt class 'device' is still in use \(bills: 1\)"):
        apply(connection, "")
    connection.execute("delete from bill")
    apply(connection, "")
    assert connection.execute("select name from debt_class").fetchall() == [("standard",)]


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


def test_rates_of_the_policy_are_replaced_and_loaded_ones_left_alone(connection):
    rate = (
        '[[exchange_rates]]\nsource_currency = "USD"\ntarget_currency = "EUR"\n'
        "valid_from = 2026-01-01\nrate = {rate}\n"
    )
    connection.execute(
        "insert into exchange_rate (source_currency, target_currency, valid_from, rate, origin)"
        " values ('USD', 'EUR', '2026-01-01', 0.9, 'loaded')"
    )
    apply(connection, rate.format(rate="0.87"))
    apply(connection, rate.format(rate="0.880000000001"))
    assert connection.execute(
        "select origin, trim_scale(rate)::text from exchange_rate order by origin"
    ).fetchall() == [("loaded", "0.9"), ("policy", "0.880000000001")]
    apply(connection, "")
    assert connection.execute("select origin from exchange_rate").fetchall() == [("loaded",)]


def test_a_switch_that_the_file_leaves_out_goes_back_to_its_default(connection):
    apply(connection, "[settings]\naction_dependencies = true\nminimum_due = { USD = 5 }\n")
    assert settings.read(connection).action_dependencies
    (dependencies, minimum) = service.diff(connection, model.Policy())
    assert (minimum.name, dependencies.name) == ("minimum_due", "action_dependencies") or (
        dependencies.name == "minimum_due"
    )
    apply(connection, "")
    assert settings.read(connection) == settings.PolicySettings()


def test_a_policy_that_breaks_its_rules_is_not_applied(connection):
    with pytest.raises(BadPolicy) as failure:
        apply(connection, POLICY.replace('"Call" }', '"Cal" }'))
    assert failure.value.problems[0].startswith(
        "scenarios[0].steps[1].action: there is no action ('Cal')"
    )


def test_predefined_actions_survive_every_policy(connection):
    apply(connection, POLICY)
    apply(connection, "")
    assert connection.execute(
        "select name from action_definition order by name"
    ).fetchall() == sorted(
        (name,)
        for name in (installation.PREDEFINED_ACTIONS | installation.ACTIONS_BY_HAND).values()
    )


def test_two_brands_may_use_the_same_names(connection):
    second = (
        POLICY.replace(
            '[[profiles]]\nname = "Standard"', '[[profiles]]\nbrand = "Acme"\nname = "Standard"'
        )
        .replace('name = "Usual"', 'name = "Usual"\nbrand = "Acme"')
        .replace('name = "Small"', 'name = "Small"\nbrand = "Acme"')
    )
    second = second[: second.index("[[actions]]")] + second[second.index("[[scenarios]]") :]
    apply(connection, f'{POLICY}{second}[[brands]]\nname = "Acme"\n')
    assert connection.execute(
        "select brand.name, count(*), count(distinct scenario.profile_id) from scenario"
        " join brand on brand.id = scenario.brand_id"
        " join profile on profile.id = profile_id and profile.brand_id = brand.id"
        " group by brand.name order by brand.name"
    ).fetchall() == [("Acme", 2, 1), ("default", 2, 1)]


def test_a_change_names_its_brand_unless_it_is_the_default(connection):
    change = Change(kind="added", noun="scenario", key=("Acme", "Usual"), fields=())  # type: ignore[arg-type]
    assert change.name == "Usual (Acme)"


def test_a_label_can_be_changed_for_all_brands_and_for_one(connection):
    code = (
        '[[reason_codes]]\ncategory = "cancel"\ncode = "paid"\nlabels = {{ en_US = "{label}" }}\n'
    )
    own = code.replace("labels", 'brand = "default"\nlabels')
    for label in ("Paid", "Paid meanwhile"):
        apply(connection, code.format(label=label) + own.format(label=f"Our {label}"))
    assert connection.execute(
        "select labels ->> 'en_US' from reason_code order by brand_id nulls first"
    ).fetchall() == [("Paid meanwhile",), ("Our Paid meanwhile",)]
