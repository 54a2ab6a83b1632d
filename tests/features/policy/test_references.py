"""What is in use stays: of every kind of part, one that another part names, or that the data need,
isn't taken out of the policy, and a new name is carried along.
"""

import datetime as dt

import pytest
from tests.features.policy.conftest import add_customer, apply

from dunwell.db import statements
from dunwell.domain.errors import RuleViolation
from dunwell.features.access.actor import Operation, operator
from dunwell.features.policy import drafts, editing, file, parts, service
from dunwell.features.policy.model import Policy
from dunwell.tables.base import metadata

POLICY = """\
[[calendars]]
name = "Berlin"
country = "DE"

[[brands]]
name = "Acme"
calendar = "Berlin"

[[debt_classes]]
name = "device"

[[criteria]]
name = "segment"
type = "string"
source = "account.attr.segment"

[[profiles]]
name = "Standard"
currency = "USD"
default = true

[[profiles]]
name = "New"
currency = "USD"
rule = { criterion = "segment", operator = "=", value = "new" }

[[actions]]
name = "Call"
type = "manual"

[[actions]]
name = "Note"
type = "customer_contact"
contact_class = "collections"
contact_type = "told"

[[actions]]
name = "Ask"
type = "to_do_entry"
to_do_type = "Look"

[[scenarios]]
name = "Usual"
profile = "Standard"
debt_class = "device"
entry_amount = 100.00
entry_days = 30
steps = [{ day = 10, action = "Call" }]

[[scenarios]]
name = "Other"
profile = "Standard"
debt_class = "device"
entry_amount = 100.00
entry_days = 30
severity = 2
steps = [{ day = 20, action = "Call" }]

[[severance_templates]]
name = "Again"
purpose = "reconnect"
events = [{ name = "Look", type = "to_do", to_do_type = "Look" }]

[[severance_templates]]
name = "Cut"
reconnect = "Again"

[[experiments]]
name = "Earlier"
champion = "Usual"
challengers = [{ scenario = "Other", share = 10 }]
ends_on = 2027-01-01
costs = { "Call" = 2.50 }

[[contact_types]]
contact_class = "collections"
name = "told"

[[contact_types]]
contact_class = "collections"
name = "asked"

[[to_do_types]]
name = "Look"
role = "agent"

[[agents]]
name = "Mia"
role = "manager"

[[agents]]
name = "Ann"
supervisor = "Mia"
"""


@pytest.fixture(scope="module")
def policy() -> Policy:
    return file.parse(POLICY)


NAMED = [
    ("calendars", "Berlin", ["Acme"]),
    ("debt_classes", "device", ["Usual", "Other"]),
    ("criteria", "segment", ["New"]),
    ("profiles", "Standard", ["Usual", "Other"]),
    ("actions", "Call", ["Usual", "Other", "Earlier"]),
    ("scenarios", "Usual", ["Earlier"]),
    ("scenarios", "Other", ["Earlier"]),
    ("severance_templates", "Again", ["Cut"]),
    ("contact_types", "told", ["Note"]),
    ("to_do_types", "Look", ["Ask", "Again"]),
    ("agents", "Mia", ["Ann"]),
]
FREE = [
    *(("brands", "Acme"), ("profiles", "New"), ("actions", "Note"), ("contact_types", "asked")),
    *(("severance_templates", "Cut"), ("experiments", "Earlier"), ("agents", "Ann")),
]


def part_id(policy: Policy, noun: str, name: str) -> str:
    (found,) = [each for each in parts.find_list(policy, noun) if each.name == name]
    return parts.id_of(noun, found)


@pytest.mark.parametrize(("noun", "name", "users"), NAMED)
def test_what_another_part_names_is_not_removed(policy, noun: str, name: str, users: list[str]):
    number = part_id(policy, noun, name)
    named = [use.name for use in parts.uses(policy, noun, parts.find(policy, noun, number))]
    assert named == users
    with pytest.raises(RuleViolation, match=rf"can't be removed.*{users[0]}"):
        editing.remove(policy, noun, number)


@pytest.mark.parametrize(("noun", "name"), FREE)
def test_what_nothing_names_is_removed(policy, noun: str, name: str):
    without = editing.remove(policy, noun, part_id(policy, noun, name))
    assert name not in [each.name for each in parts.find_list(without, noun)]


@pytest.mark.parametrize(("noun", "name", "users"), NAMED)
def test_a_new_name_is_carried_or_refused(policy, noun: str, name: str, users: list[str]):
    number = part_id(policy, noun, name)
    data = parts.find(policy, noun, number).model_dump() | {"name": "Fresh"}
    if noun in {"criteria", "contact_types"}:
        with pytest.raises(RuleViolation, match="can't get another name"):
            editing.put(policy, noun, data, part_id=number)
        return
    changed, new_id = editing.put(policy, noun, data, part_id=number)
    part = parts.find(changed, noun, new_id)
    assert [use.name for use in parts.uses(changed, noun, part)] == users
    before = {(each.noun, each.field) for each in editing.findings(policy)}
    assert {(each.noun, each.field) for each in editing.findings(changed)} == before


def test_every_list_of_the_policy_is_walked(policy):
    """Of a kind that isn't here, one says why nothing can name it."""
    named_by_nothing = {"moratoria", "eligibility", "experiments", "reason_codes"}
    named_by_nothing |= {"pay_plan_types", "collection_substatuses", "agencies", "exchange_rates"}
    ways_of_their_own = {"brands", "templates"}
    walked = {noun for noun, _name, _users in NAMED}
    assert walked | named_by_nothing | ways_of_their_own == set(parts.FORMS)


@pytest.mark.parametrize(
    ("noun", "needs", "told"),
    [
        (
            "debt_classes",
            (
                "insert into service_agreement"
                " (account_id, bill_unit_id, service_agreement_no, debt_class_id)"
                " select account_id, id, 'S1', (select id from debt_class where name = 'new')"
                " from bill_unit"
            ),
            "service agreements: 1",
        ),
        (
            "brands",
            (
                "insert into sharing_group (brand_id, name, currency, made_on)"
                " select id, 'G', 'USD', '2026-01-01' from brand where name = 'new'"
            ),
            "sharing groups: 1",
        ),
        (
            "brands",
            "update account set brand_id = (select id from brand where name = 'new')",
            "accounts: 1",
        ),
    ],
)
def test_what_the_data_need_is_not_removed(database, noun: str, needs: str, told: str):
    with database.connect() as connection:
        service.apply(connection, file.parse(f'[[{noun}]]\nname = "new"'), actor="anna")
        add_customer(connection, "C1", brand="default")
        connection.execute(needs)
        olga = Operation(connection, operator("olga"), dt.date(2026, 3, 1))
        number = part_id(drafts.start(olga).policy, noun, "new")
        with pytest.raises(RuleViolation, match=f"can't be removed.*{told}"):
            drafts.remove(olga, noun, number)
        with pytest.raises(RuleViolation, match=f"still in use.*{told}"):
            service.apply(connection, file.parse(""), actor="anna")


@pytest.mark.parametrize("noun", ["brand", "debt_class"])
def test_whatever_refers_to_a_row_is_asked_before_it_goes(noun: str):
    """Lists of the policy itself are retired, or were refused as parts that name it."""
    counted = (
        statements.load("dunwell.features.policy", "writing.sql")[f"uses_of_{noun}"]
        .render()
        .decode()
    )
    policy = {"profile", "scenario", "action_definition", "experiment", "reason_code", "agency"}
    policy |= {"severance_template", "moratorium", "template"}
    referring = {
        table.name
        for table in metadata.tables.values()
        for key in table.foreign_keys
        if key.column.table.name == noun
    }
    assert [name for name in referring - policy if f"from {name}" not in counted] == []


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
