"""Payment methods: tokens and mandates, never a full number; one by one or from a file."""

from pathlib import Path

import pytest
from tests.features.payments.till import IBAN, Till

from dunwell.domain.errors import BadFile, BadInput, Forbidden, NotFound, RuleViolation
from dunwell.features.access.actor import Actor, Operation, Permission
from dunwell.features.payments import method_file, methods
from dunwell.features.payments.methods import Card


def listed(till: Till, number: str = "B1") -> list[tuple[str, str, bool]]:
    with till.world.database.connect() as connection:
        found = methods.listed(till.operation(connection, "2026-03-01"), number)
    return [(method["kind"], method["last_four"], method["is_default"]) for method in found]


def test_the_newest_method_is_the_default_and_one_that_is_there_is_left_alone(till: Till):
    till.debtor(currency="EUR")
    first = till.card("tok-1")
    till.mandate()
    assert till.card("tok-1") == first
    assert listed(till) == [("direct_debit", "3000", True), ("card", "4242", False)]


@pytest.mark.parametrize(
    "number", ["4242424242424242", "4242 4242 4242 4242", "5555-5555-5555-4444"]
)
def test_a_full_card_number_is_refused_without_repeating_it(till: Till, number: str):
    till.debtor()
    with pytest.raises(BadInput, match="full number") as refused:
        till.card(number)
    assert number not in refused.value.message
    assert listed(till) == []


def test_a_removed_method_is_forgotten_unless_it_is_being_charged(till: Till):
    till.policy()
    till.debtor()
    card = till.card("pending")
    till.until_due()
    till.collect()

    def remove(number: int) -> None:
        with till.world.database.connect() as connection:
            methods.remove(till.operation(connection, "2026-03-14"), "B1", number)

    with pytest.raises(RuleViolation, match="is being charged"):
        remove(card)
    other = till.card("tok-2")
    remove(other)
    assert till.world.rows("select token from payment_method where removed_on is not null") == [
        ("",)
    ]
    with pytest.raises(NotFound):
        remove(other)


def test_methods_stand_behind_permissions_and_the_brands_wall(till: Till):
    till.debtor()
    with till.world.database.connect() as connection:
        date = till.operation(connection, "2026-03-01").date
        nobody = Operation(connection, Actor("Ann"), date)
        with pytest.raises(Forbidden, match="register_card"):
            methods.add_card(nobody, "B1", Card("tok", "4242"))
        stranger = Actor("Ann", frozenset(Permission), brands=frozenset({999}))
        with pytest.raises(NotFound):
            methods.add_card(Operation(connection, stranger, date), "B1", Card("tok", "4242"))


def load(till: Till, text: str, folder: Path) -> int:
    path = folder / "methods.csv"
    path.write_text(text, encoding="utf-8")
    with till.world.database.connect() as connection:
        operation = till.operation(connection, "2026-03-01")
        return method_file.load(operation, till.gateways.vault, path)


HEADER = "bill_unit_no,kind,token,last_four,expires_on,iban,mandate_reference,signed_on\n"


def test_a_file_adds_cards_and_mandates_and_loading_it_again_changes_nothing(
    till: Till, tmp_path: Path
):
    for number in ("B1", "B2"):
        till.debtor(number, currency="EUR")
    text = f"{HEADER}B1,card,tok,4242,2027-01-31,,,\nB2,direct_debit,,,,{IBAN},M-1,2025-01-31\n"
    for _ in range(2):
        assert load(till, text, tmp_path) == 2
    assert listed(till, "B1") == [("card", "4242", True)]
    assert listed(till, "B2") == [("direct_debit", "3000", True)]


def test_a_file_with_bad_rows_is_refused_with_all_of_them(till: Till, tmp_path: Path):
    till.debtor(currency="EUR")
    text = (
        f"{HEADER}B1,card,tok,4242,,,,\n"
        "B7,card,tok,4242,,,,\n"
        "B1,cash,,,,,,\n"
        "B1,direct_debit,,,,DE00,M-1,2025-01-31\n"
        f"B1,direct_debit,,,,{IBAN},M-1,2025-02-30\n"
        "B1,card,tok,123,,,,\n"
    )
    with pytest.raises(BadFile) as refused:
        load(till, text, tmp_path)
    lines = refused.value.message.splitlines()[1:]
    assert [line.split(":")[0] for line in lines] == [f"line {n}" for n in (3, 4, 5, 6, 7)]
    assert listed(till) == []
    with pytest.raises(BadFile, match="unknown columns: card_no"):
        load(till, "bill_unit_no,kind,card_no\n", tmp_path)
