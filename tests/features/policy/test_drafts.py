"""Drafts of the policy: edited part by part, checked, applied, carried over, restored."""

import datetime as dt

import pytest
from tests.features.policy.conftest import USUAL, add_customer

from dunwell.domain.errors import (
    BadInput,
    BadPolicy,
    Conflict,
    Forbidden,
    NotFound,
    RuleViolation,
    Stale,
)
from dunwell.features.access.actor import Actor, Operation, Permission, operator
from dunwell.features.policy import drafts, editing, file, parts, service, versions
from dunwell.features.policy.editing import BadPart
from dunwell.features.policy.merging import Whose


@pytest.fixture
def connection(database):
    with database.connect() as connection:
        service.apply(connection, file.parse(USUAL), actor="anna", note="the first")
        yield connection


@pytest.fixture
def olga(connection):
    return Operation(connection, operator("olga"), dt.date(2026, 3, 1))


@pytest.fixture
def paul(connection):
    return Operation(connection, operator("paul"), dt.date(2026, 3, 1))


def call(name: str, **more):
    return {"name": name, "type": "manual", **more}


def part_id(operation, noun: str, name: str) -> str:
    policy = drafts.get(operation).policy
    return next(
        parts.id_of(noun, each)
        for each in getattr(policy, noun)
        if name in parts.key_of(noun, each)
    )


def scenario(operation, name: str = "Usual", **changes):
    policy = drafts.get(operation).policy
    found = parts.find(policy, "scenarios", part_id(operation, "scenarios", name))
    return {**found.model_dump(mode="json"), **changes}


def messages(operation) -> list[tuple[str, str, str]]:
    return [
        (each.noun, each.name, each.field)
        for each in drafts.check(operation)
        if each.severity == "error"
    ]


def test_a_draft_is_the_policy_in_force_until_something_is_changed(olga, paul):
    draft = drafts.start(olga)
    assert draft.policy == service.export(olga.connection)
    assert drafts.find(paul) is None
    with pytest.raises(RuleViolation, match="has a draft already"):
        drafts.start(olga)


def test_a_part_is_added_changed_and_removed(olga):
    drafts.start(olga)
    _, new = drafts.put(olga, "actions", call("Visit"))
    drafts.put(olga, "actions", call("Visit at home"), part_id=new)
    assert "Visit at home" in [each.name for each in drafts.get(olga).policy.actions]
    drafts.remove(olga, "actions", part_id(olga, "actions", "Visit at home"))
    assert drafts.get(olga).policy == service.export(olga.connection)


def test_the_order_of_profiles_is_changed(olga):
    drafts.start(olga)
    rule = {"field": "account.credit_score", "operator": "<", "value": 500}
    for name in ("Risky", "Business"):
        drafts.put(olga, "profiles", {"name": name, "currency": "USD", "rule": rule})
    drafts.move(olga, "profiles", part_id(olga, "profiles", "Business"), 0)
    names = [each.name for each in drafts.get(olga).policy.profiles]
    assert names == ["Business", "Standard", "Risky"]
    changed = {each.key[1]: each.kind.value for each in drafts.diff(olga)}
    assert changed == {"Business": "added", "Standard": "changed", "Risky": "added"}


def test_what_cannot_be_read_is_told_beside_its_field_and_not_kept(olga):
    drafts.start(olga)
    bad = scenario(olga, entry_days=-1, steps=[{"day": 0, "action": "Call"}])
    with pytest.raises(BadPart) as refused:
        drafts.put(olga, "scenarios", bad, part_id=part_id(olga, "scenarios", "Usual"))
    assert [each.place for each in refused.value.found] == [
        ("entry_days",),
        ("steps", 0, "day"),
    ]
    assert drafts.get(olga).policy == service.export(olga.connection)


def test_a_draft_may_break_the_rules_but_is_not_applied_so(olga):
    drafts.start(olga)
    drafts.put(
        olga,
        "scenarios",
        scenario(olga, exit_amount="100", steps=[{"day": 3, "action": "Dance"}]),
        part_id=part_id(olga, "scenarios", "Usual"),
    )
    assert messages(olga) == [
        ("scenarios", "Usual", "exit_amount"),
        ("scenarios", "Usual", "steps.0.action"),
    ]
    with pytest.raises(BadPolicy, match="Dance"):
        drafts.apply(olga, "because")
    with pytest.raises(BadPolicy):
        drafts.diff(olga)


def test_problems_are_told_while_a_part_is_typed(olga):
    draft = drafts.start(olga)
    usual = part_id(olga, "scenarios", "Usual")
    typed = scenario(olga, steps=[{"day": 3, "action": "Cal"}])
    (found,) = editing.of_part(draft.policy, "scenarios", typed, part_id=usual)
    assert found.field == "steps.0.action"
    assert "did you mean 'Call'?" in found.message
    (unreadable,) = editing.of_part(
        draft.policy, "scenarios", {**typed, "entry_amount": "much"}, part_id=usual
    )
    assert unreadable.field == "entry_amount"
    (taken,) = editing.of_part(draft.policy, "scenarios", {**typed, "name": "Small"}, part_id=usual)
    assert taken.field == "name"
    assert drafts.get(olga).policy == draft.policy


def test_a_new_name_is_carried_to_those_who_use_it(olga):
    drafts.start(olga)
    drafts.put(olga, "actions", call("Courtesy call"), part_id=part_id(olga, "actions", "Call"))
    steps = [step.action for each in drafts.get(olga).policy.scenarios for step in each.steps]
    assert "Call" not in steps
    assert steps.count("Courtesy call") == 2
    assert messages(olga) == []


def test_what_is_used_or_predefined_stays(olga):
    add_customer(olga.connection, "C1", brand="default")
    drafts.start(olga)
    with pytest.raises(RuleViolation, match=r"2 other parts.*\(scenarios: Usual, Small\)"):
        drafts.remove(olga, "actions", part_id(olga, "actions", "Call"))
    with pytest.raises(RuleViolation, match="predefined"):
        drafts.put(olga, "actions", call("write off BALANCE"))
    drafts.put(olga, "brands", {"name": "default", "locale": "de_DE"})
    with pytest.raises(RuleViolation, match="accounts: 1"):
        drafts.put(olga, "brands", {"name": "other"}, part_id=part_id(olga, "brands", "default"))
    policy = drafts.get(olga).policy
    kept = drafts.kept_by(olga, policy, "actions", policy.actions[0])
    assert kept is not None
    assert [each.name for each in kept.users] == ["Usual", "Small"]
    assert drafts.kept_by(olga, policy, "scenarios", policy.scenarios[0]) is None


def test_two_parts_never_have_one_name(olga):
    drafts.start(olga)
    with pytest.raises(RuleViolation, match="take another name"):
        drafts.put(olga, "actions", call("Call"))


def test_applying_says_who_and_why_and_ends_the_draft(olga):
    drafts.start(olga)
    drafts.put(olga, "aging_buckets", {"aging_buckets": [15, 30]})
    with pytest.raises(BadInput, match="Say why"):
        drafts.apply(olga, " ")
    number = drafts.apply(olga, "two are enough")
    newest, first, _ = versions.newest(olga)
    assert (newest.id, newest.applied_by, newest.note) == (number, "olga", "two are enough")
    assert drafts.find(olga) is None
    (change,) = versions.compare(olga, first.id, newest.id)
    assert change.noun == "aging buckets"


def test_an_unchanged_draft_is_not_applied(olga):
    drafts.start(olga)
    with pytest.raises(RuleViolation, match="says the same"):
        drafts.apply(olga, "nothing")


def test_a_past_version_is_restored_through_a_draft(olga):
    first = versions.get(olga)
    drafts.start(olga)
    drafts.put(olga, "aging_buckets", {"aging_buckets": [15]})
    drafts.apply(olga, "a try")
    drafts.start(olga, first.version.id)
    drafts.apply(olga, "back again")
    assert service.export(olga.connection) == first.policy


def test_two_windows_do_not_overwrite_each_other(olga):
    seen = drafts.start(olga).version
    drafts.put(olga, "aging_buckets", {"aging_buckets": [15]}, version=seen)
    with pytest.raises(Stale, match="changed meanwhile"):
        drafts.put(olga, "aging_buckets", {"aging_buckets": [20]}, version=seen)


def test_changes_of_two_people_are_merged_when_they_touch_different_parts(olga, paul):
    drafts.start(olga)
    drafts.start(paul)
    drafts.put(olga, "actions", call("Visit"))
    drafts.put(paul, "settings", {"days_to_pay": 14})
    drafts.apply(paul, "more time")
    with pytest.raises(Conflict, match="Another policy came into force"):
        drafts.apply(olga, "visits")
    drafts.rebase(olga)
    drafts.apply(olga, "visits")
    policy = service.export(olga.connection)
    assert policy.settings.days_to_pay == 14
    assert "Visit" in [each.name for each in policy.actions]


def test_what_both_changed_is_named(olga, paul):
    drafts.start(olga)
    drafts.start(paul)
    drafts.put(olga, "settings", {"days_to_pay": 7})
    drafts.put(paul, "settings", {"days_to_pay": 14})
    drafts.apply(paul, "more time")
    with pytest.raises(RuleViolation, match="settings: days_to_pay"):
        drafts.rebase(olga)


@pytest.mark.parametrize(("whose", "days"), [(Whose.MINE, 7), (Whose.THEIRS, 14)])
def test_where_both_changed_a_part_it_is_said_whose_counts(olga, paul, whose: Whose, days: int):
    drafts.start(olga)
    drafts.start(paul)
    drafts.put(olga, "settings", {"days_to_pay": 7, "promise_grace_days": 2})
    drafts.put(olga, "actions", call("Visit"))
    drafts.put(paul, "settings", {"days_to_pay": 14, "payment_retries": [3]})
    drafts.apply(paul, "more time")
    policy = drafts.rebase(olga, whose=whose).policy
    # what only one of them changed is taken either way
    assert policy.settings.payment_retries == [3]
    assert policy.settings.promise_grace_days == 2
    assert policy.actions[-1].name == "Visit"
    assert policy.settings.days_to_pay == days


def test_only_who_may_change_the_policy_has_a_draft(connection):
    somebody = Actor("ann", frozenset({Permission.VIEW}), brands=None)
    with pytest.raises(Forbidden):
        drafts.start(Operation(connection, somebody, dt.date(2026, 3, 1)))


def test_what_is_not_there_is_said(olga):
    with pytest.raises(NotFound, match="no draft"):
        drafts.get(olga)
    with pytest.raises(NotFound, match="no policy version 99"):
        drafts.start(olga, 99)
    drafts.start(olga)
    with pytest.raises(NotFound):
        drafts.remove(olga, "actions", "0123456789ab")
    with pytest.raises(NotFound, match="no 'wishes'"):
        drafts.put(olga, "wishes", {})
