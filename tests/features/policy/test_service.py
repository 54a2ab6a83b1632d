"""Applying a policy: versions, rows, differences, what is refused, export."""

import threading

import pytest
from tests.features.policy.conftest import USUAL, apply, changes, scenarios

from dunwell.domain.errors import BadPolicy
from dunwell.features.policy import calendars, file, installation, model, service, settings
from dunwell.features.policy.comparison import Change


def test_a_new_installation_exports_the_empty_policy(connection):
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
    assert count("reason_code") == len(demo_policy.reason_codes)
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
    apply(connection, USUAL)
    assert scenarios(connection) == [
        ("Small", False, ["10 Call"]),
        ("Usual", False, ["10 Call", "30 Fee", "120 Write off balance"]),
    ]


def test_applying_twice_changes_nothing(connection):
    first = apply(connection, USUAL)
    before = connection.execute("select id, xmin::text from scenario order by id").fetchall()
    assert apply(connection, USUAL) == first
    assert apply(connection, USUAL.replace("100.00", "100.0")) == first
    assert (
        connection.execute("select id, xmin::text from scenario order by id").fetchall() == before
    )


def test_the_same_policy_twice_from_two_people_makes_one_version(database):
    found = []

    def one(actor: str) -> None:
        with database.connect() as connection:
            found.append(service.apply(connection, file.parse(USUAL), actor=actor))

    threads = [threading.Thread(target=one, args=(actor,)) for actor in ("anna", "bert")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == 1


def test_a_diff_says_field_by_field_what_would_change(connection):
    apply(connection, USUAL)
    (change,) = service.diff(
        connection, file.parse(USUAL.replace("entry_days = 30", "entry_days = 20"))
    )
    assert change.as_json() == {
        "change": "changed",
        "noun": "scenario",
        "name": "Usual",
        "fields": [{"name": "entry_days", "before": 30, "after": 20}],
    }


def test_a_diff_of_a_first_policy_adds_everything(connection):
    assert changes(connection, USUAL) == [
        ("added", "profile", "Standard"),
        ("added", "action", "Call"),
        ("added", "action", "Fee"),
        ("added", "scenario", "Usual"),
        ("added", "scenario", "Small"),
    ]


def test_a_diff_changes_nothing(connection):
    apply(connection, USUAL)
    service.diff(connection, model.Policy())
    assert service.diff(connection, file.parse(USUAL)) == []


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
        apply(connection, USUAL.replace('"Call" }', '"Cal" }'))
    assert failure.value.problems[0].startswith(
        "scenarios[0].steps[1].action: there is no action ('Cal')"
    )


def test_predefined_actions_survive_every_policy(connection):
    apply(connection, USUAL)
    apply(connection, "")
    assert connection.execute(
        "select name from action_definition order by name"
    ).fetchall() == sorted(
        (name,)
        for name in (installation.PREDEFINED_ACTIONS | installation.ACTIONS_BY_HAND).values()
    )


def test_two_brands_may_use_the_same_names(connection):
    second = (
        USUAL.replace(
            '[[profiles]]\nname = "Standard"', '[[profiles]]\nbrand = "Acme"\nname = "Standard"'
        )
        .replace('name = "Usual"', 'name = "Usual"\nbrand = "Acme"')
        .replace('name = "Small"', 'name = "Small"\nbrand = "Acme"')
    )
    second = second[: second.index("[[actions]]")] + second[second.index("[[scenarios]]") :]
    apply(connection, f'{USUAL}{second}[[brands]]\nname = "Acme"\n')
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
