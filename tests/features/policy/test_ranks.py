"""Which of several scenarios is tried first."""

from tests.features.policy.conftest import USUAL, apply


def test_scenarios_are_ranked_by_amount_days_severity_and_name(connection):
    demands = [
        ("f", 50, 10, 1),
        ("e", 50, 30, 2),
        ("d", 100, 5, 2),
        ("c", 100, 5, 1),
        ("B", 100, 5, 1),
        ("a", 100, 6, 9),
    ]
    text = USUAL[: USUAL.index("[[scenarios]]")] + "".join(
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
        USUAL.replace('name = "Small"\n', 'name = "Small"\ndebt_class = "device"\n')
        + '[[debt_classes]]\nname = "device"\n'
    )
    apply(connection, text)
    assert connection.execute("select name, rank from scenario order by name").fetchall() == [
        ("Small", 1),
        ("Usual", 1),
    ]
