"""Plug-ins: one that implements every hook, and what happens to those that go wrong."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from dunwell.db.database import Database
from dunwell.domain.errors import BadInput, RuleViolation
from dunwell.plugins import specs
from dunwell.plugins.loader import fingerprint, plugin_manager
from tests.plugins import example_plugin
from tests.policies import AGENCIES, policy, scenario
from tests.world import World

EXAMPLE = "tests.plugins.example_plugin"


@pytest.fixture
def house(database: Database, tmp_path: Path) -> Iterator[World]:
    """An installation with the example plug-in."""
    example_plugin.asked.clear()
    yield World(database, tmp_path, plugin_manager([EXAMPLE]))
    example_plugin.asked.clear()


def asked(hook: str) -> list[list[str]]:
    """The batches, as bill unit numbers, that a hook was given."""
    return [sorted(numbers) for name, numbers in example_plugin.asked if name == hook]


OF_SEVERANCE = {"screen_severances", "nominate_for_severance", "perform_severance_event"}
"""Asked of a utility; their plug-in is in tests/scenarios/utility/test_severance_nights.py."""


def test_the_example_implements_every_hook_but_those_of_severance():
    manager = plugin_manager([EXAMPLE])
    hooks = {name for name in vars(specs) if getattr(getattr(specs, name), "dunwell_spec", None)}
    assert hooks - OF_SEVERANCE - {"connectors", "fetch_unbilled_usage"} == {
        caller.name for caller in manager.get_hookcallers(manager.get_plugin(EXAMPLE)) or ()
    }
    assert len(hooks) == 18


def test_plug_ins_are_known_by_name_so_that_a_change_of_them_examines_everything():
    assert fingerprint(plugin_manager()) == ""
    assert fingerprint(plugin_manager([EXAMPLE])) == EXAMPLE


def test_a_plug_in_chooses_the_profile(house: World):
    other = (
        '[[profiles]]\nname = "friends"\ncurrency = "USD"\n'
        'rule = { field = "account.attr.friend", missing = false }\n'
    )
    house.policy(policy(scenario("usual"), scenario("friendly", profile="friends"), more=other))
    house.customer("B1", **{"attr.profile": "friends"})
    house.customer("B2")
    house.bill("80.00", "2026-03-01", "B1")
    house.bill("80.00", "2026-03-01", "B2")
    house.night("2026-03-11")
    assert house.newest_case("B1")["scenario"] == "friendly"
    assert house.newest_case("B2")["scenario"] == "usual"
    # both were asked about at once
    assert asked("select_profile") == [["B1", "B2"]]


def test_a_profile_that_does_not_exist_is_refused(house: World):
    house.policy(policy(scenario()))
    house.customer(**{"attr.profile": "nobody's"})
    house.bill("80.00", "2026-03-01")
    with pytest.raises(BadInput, match='chose the profile "nobody\'s"'):
        house.night("2026-03-11")


def test_a_plug_in_refuses_a_scenario_and_the_next_in_rank_is_taken(house: World):
    house.policy(policy(scenario("first", entry="50.00"), scenario("second")))
    house.customer("B1", **{"attr.refuses": "first"})
    house.customer("B2", **{"attr.refuses": "nothing"})
    for number in ("B1", "B2"):
        house.bill("80.00", "2026-03-01", number)
    house.night("2026-03-11")
    assert house.newest_case("B1")["scenario"] == "second"
    assert house.newest_case("B2")["scenario"] == "first"
    assert house.explain("2026-03-11", "B1")["scenarios"][1]["chosen"]


def test_a_plug_in_assigns_the_agent(house: World):
    house.policy(policy(scenario(), more='[[agents]]\nname = "Ben Okafor"\n'))
    house.customer("B1", **{"attr.agent": "Ben Okafor"})
    house.customer("B2")
    for number in ("B1", "B2"):
        house.bill("80.00", "2026-03-01", number)
    house.night("2026-03-11")
    assert [house.newest_case(number)["agent"] for number in ("B1", "B2")] == ["Ben Okafor", None]


def test_a_plug_in_sets_the_fees_in_the_customers_currency(house: World):
    house.policy(policy(scenario(steps="1 late fee, 1 interest")))
    house.customer("B1", **{"attr.fee": "12.345", "attr.interest": "0.5"})
    house.customer("B2")
    for number in ("B1", "B2"):
        house.bill("80.00", "2026-03-01", number)
    house.nights("2026-03-11", "2026-03-12")
    assert house.charges("B1") == ["12.35", "0.50"]
    assert house.charges("B2") == ["5.00", "1.60"]
    assert house.rows("select calculation from charge order by id limit 1") == [
        ({"by": "plug-in"},)
    ]


def test_a_plug_ins_fee_takes_the_place_of_one_that_could_not_be_converted(house: World):
    house.policy(policy(scenario(profile="default EUR", steps="1 late fee"), currencies=("EUR",)))
    house.customer(currency="EUR", **{"attr.fee": "3"})
    house.bill("80.00", "2026-03-01")
    house.nights("2026-03-11", "2026-03-12")
    assert (house.charges(), house.status("late fee")) == (["3.00"], "completed")


def test_a_plug_in_adds_to_letters_and_reminders(house: World):
    house.policy(policy(scenario(steps="1 letter, 1 reminder")))
    house.customer(**{"attr.greeting": "Dear Ada"})
    house.bill("80.00", "2026-03-01")
    house.nights("2026-03-11", "2026-03-12")
    for table in ("letter", "reminder_message"):
        ((data,),) = house.rows(f"select data from {table}")
        assert (data["greeting"], data["overdue_amount"]) == ("Dear Ada", "80.00")


def test_a_plug_in_names_the_agency(house: World):
    house.policy(policy(scenario(steps="1 Refer to collections agency"), more=AGENCIES))
    house.customer("B1", **{"attr.agency": "Kind Collections"})
    house.customer("B2", **{"attr.agency": "Nobody and Sons"})
    for number in ("B1", "B2"):
        house.bill("80.00", "2026-03-01", number)
    house.nights("2026-03-11", "2026-03-12")
    assert house.rows("select name from agency_referral join agency on agency.id = agency_id") == [
        ("Kind Collections",)
    ]
    assert house.status("Refer to collections agency", "B2") == "error"


def _group_fee(terms: str) -> str:
    return (
        '[[actions]]\nname = "group fee"\ntype = "late_fee"\ncurrency = "USD"\n'
        f'target = "all_members"\n{terms}\n'
    )


def test_a_plug_in_sends_a_groups_action_to_other_bill_units_each_by_its_own_balance(
    house: World,
):
    house.policy(
        policy(scenario(steps="1 group fee", entry="80.00"), more=_group_fee("percentage = 10"))
    )
    house.customer("B1", account_no="A1", **{"attr.targets": "B2 B3"})
    house.customer("B2", account_no="A1", **{"attr.targets": "B2 B3"})
    house.customer("B3", account_no="A1", **{"attr.targets": "B2 B3"})
    house.bill("80.00", "2026-03-01", "B1")
    house.bill("20.00", "2026-03-01", "B2")
    house.night("2026-03-11")
    # what B3 owes is overdue from the night of the fee on, B2 pays half that day
    house.bill("50.00", "2026-03-11", "B3")
    house.pay("10.00", "2026-03-12", "B2")
    house.night("2026-03-12")
    assert [house.charges(number) for number in ("B1", "B2", "B3")] == [[], ["1.00"], ["5.00"]]
    assert house.status("group fee") == "completed"
    house.check()


def test_only_actions_that_aim_at_a_group_are_asked_for_their_targets(house: World):
    house.policy(policy(scenario(steps="1 late fee")))
    house.customer("B1", account_no="A1", **{"attr.targets": "B2"})
    house.customer("B2", account_no="A1", **{"attr.targets": "B2"})
    house.bill("80.00", "2026-03-01", "B1")
    house.nights("2026-03-11", "2026-03-12")
    assert (house.charges("B1"), house.charges("B2")) == (["5.00"], [])
    assert asked("target_bill_units") == []


def test_an_answer_for_an_action_that_aims_at_its_own_bill_unit_changes_nothing(house: World):
    house.policy(policy(scenario(steps="1 late fee, 1 group fee"), more=_group_fee("amount = 1")))
    house.customer("B1", account_no="A1", **{"attr.targets": "B2"})
    house.customer("B2", account_no="A1", **{"attr.targets": "B2"})
    house.bill("80.00", "2026-03-01", "B1")
    house.nights("2026-03-11", "2026-03-12")
    assert (house.charges("B1"), house.charges("B2")) == (["5.00"], ["1.00"])


def test_a_custom_action_completes_fails_or_stays(house: World):
    house.policy(policy(scenario(steps="1 visit")))
    for number, wish in (("B1", "succeeds"), ("B2", "fails"), ("B3", "")):
        house.customer(number, **({"attr.visit": wish} if wish else {}))
        house.bill("80.00", "2026-03-01", number)
    report = house.nights("2026-03-11", "2026-03-12")[-1]
    assert report.actions == {"custom": {"completed": 1, "error": 1, "pending": 1}}
    assert report.unhandled == ["visit"]
    assert [house.status("visit", number) for number in ("B1", "B2", "B3")] == [
        "completed",
        "error",
        "pending",
    ]
    assert house.message("visit", "B2") == "nobody was at home"
    assert asked("execute_custom_action") == [["B1", "B2", "B3"]]


def test_a_plug_in_that_raises_puts_only_that_action_in_error(house: World):
    house.policy(policy(scenario(steps="1 visit, 1 letter")))
    for number, wish in (("B1", "succeeds"), ("B2", "raises"), ("B3", "what?")):
        house.customer(number, **{"attr.visit": wish})
        house.bill("80.00", "2026-03-01", number)
    report = house.nights("2026-03-11", "2026-03-12")[-1]
    assert report.actions == {
        "custom": {"completed": 1, "error": 2},
        "dunning_letter": {"completed": 3},
    }
    assert house.message("visit", "B2") == "RuntimeError: the van broke down"
    assert house.message("visit", "B3") == (
        "A plug-in answered 'what?' for a custom action; it must be COMPLETED or Failed(message)."
    )
    house.check()


def test_the_exit_hook_hears_of_every_close_with_its_reason(house: World):
    house.policy(policy(scenario(steps="30 Write off balance")))
    for number in ("B1", "B2", "B3"):
        house.customer(number)
        house.bill("80.00", "2026-03-01", number)
    house.night("2026-03-11")
    house.pay("80.00", "2026-03-12", "B1")
    house.by_hand("2026-03-12").exempt("hardship", "B2")
    house.night("2026-03-12")
    house.night("2026-04-10")
    left = [heard for heard in example_plugin.asked if heard[0].startswith("left as")]
    assert sorted(left) == [
        ("left as cured", ["B1"]),
        ("left as exempted", ["B2"]),
        ("left as written_off", ["B3"]),
    ]


def _module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, text: str) -> str:
    (tmp_path / f"{name}.py").write_text(text, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    return name


def test_a_misspelt_hook_is_an_error_that_names_it_and_the_hooks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    name = _module(
        tmp_path,
        monkeypatch,
        "misspelt_plugin",
        "from dunwell.plugins.specs import hookimpl\n\n"
        "@hookimpl\ndef aply_late_fee(batch):\n    return {}\n",
    )
    with pytest.raises(BadInput) as refused:
        plugin_manager([name])
    assert "aply_late_fee" in refused.value.message
    assert "The hooks are: apply_finance_charge, apply_late_fee, " in refused.value.message


def test_a_hook_with_an_argument_that_it_does_not_have_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    name = _module(
        tmp_path,
        monkeypatch,
        "wrong_argument_plugin",
        "from dunwell.plugins.specs import hookimpl\n\n"
        "@hookimpl\ndef apply_late_fee(rows):\n    return {}\n",
    )
    with pytest.raises(BadInput, match="The plug-in 'wrong_argument_plugin' doesn't fit its hook"):
        plugin_manager([name])


def test_a_module_that_is_missing_is_an_error_that_names_it():
    with pytest.raises(BadInput, match=r"'no\.such\.module' can't be imported.*DUNWELL_PLUGINS"):
        plugin_manager(["no.such.module"])


def test_a_module_that_breaks_while_it_is_imported_is_an_error_that_names_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    name = _module(tmp_path, monkeypatch, "broken_plugin", "raise ValueError('no licence')\n")
    with pytest.raises(BadInput, match="'broken_plugin' can't be imported"):
        plugin_manager([name])


def test_a_plug_in_refuses_or_shapes_a_promise_to_pay(house: World):
    house.policy(policy(scenario()))
    for number, wish in (("B1", "refused"), ("B2", "at the end"), ("B3", "none")):
        house.customer(number, **{"attr.promise": wish})
        house.bill("80.00", "2026-03-01", number)
    house.night("2026-03-11")
    hand = house.by_hand("2026-03-12")
    with pytest.raises(RuleViolation, match="Nobody promises twice") as refused:
        hand.promise("B1", number=2, interval_days=10)
    assert refused.value.rule == "refused_by_policy"
    assert house.promises("B1") == []
    hand.promise("B2", number=2, interval_days=10)
    assert house.promise("B2") == "active: 80.00 on 2026-03-22 pending"
    hand.promise("B3", number=2, interval_days=10)
    assert house.promise("B3").startswith("active: 40.00 on 2026-03-12 pending")
    assert asked("shape_promise")[-1] == ["B3", "B3"]
