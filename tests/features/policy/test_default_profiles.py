"""The profile that takes what no rule selects: made by itself, named by the policy, replaced."""

from tests.features.policy.conftest import USUAL, add_customer, apply

from dunwell.features.policy import installation, model, service


def test_automatic_default_profiles_are_no_part_of_the_policy(connection):
    add_customer(connection, "A1")
    installation.ensure_default_profiles(connection)
    assert service.export(connection) == model.Policy()
    assert service.diff(connection, model.Policy()) == []


def test_the_default_profile_stays_until_another_takes_its_place(connection):
    add_customer(connection, "A1")
    installation.ensure_default_profiles(connection)
    apply(connection, USUAL)
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
