"""What goes into a cursor comes out of it, and nothing else does."""

import base64
import datetime as dt
import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dunwell.domain import pages
from dunwell.domain.errors import BadInput

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
PARTS = {
    bool: st.booleans(),
    int: st.integers(1 - 2**63, 2**63 - 1),
    str: TEXTS,
    dt.date: st.dates(),
    Decimal: st.decimals(allow_nan=False, allow_infinity=False, places=4, max_value=10**15),
}
KEYS = st.lists(st.sampled_from(list(PARTS)), max_size=4).flatmap(
    lambda kinds: st.tuples(st.just(kinds), st.tuples(*(PARTS[kind] for kind in kinds)))
)
JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda each: st.lists(each) | st.dictionaries(st.text(), each),
)


@given(KEYS)
def test_a_cursor_keeps_the_key_of_its_row(key: tuple[list[type], tuple[Any, ...]]):
    kinds, values = key
    assert pages.decode("name", pages.encode("name", values), *kinds) == values


@given(KEYS, JSON)
def test_a_forged_cursor_is_refused_or_of_the_right_kinds(
    key: tuple[list[type], tuple[Any, ...]], forged: Any
):
    kinds = key[0]
    for told in (forged, [forged], [forged, 1], ["2026-03-31", forged]):
        try:
            read = pages.read(base64.urlsafe_b64encode(json.dumps(told).encode()).decode(), *kinds)
        except BadInput as refusal:
            assert "leave it out" in str(refusal)  # noqa: PT017 - not every one is refused
        else:
            assert [type(value) for value in read] == kinds


def test_without_a_cursor_a_list_begins_at_its_beginning():
    assert pages.decode("due", None, dt.date, int) == pages.START


def test_a_cursor_of_another_order_is_refused():
    cursor = pages.encode("due", (dt.date(2026, 3, 31), 7))
    with pytest.raises(BadInput, match="doesn't belong to this list and order"):
        pages.decode("name", cursor, dt.date, int)


@pytest.mark.parametrize("huge", ["NaN", "Infinity", "1E+999999", "1E-999999"])
def test_an_amount_that_nobody_can_owe_is_no_part_of_a_cursor(huge: str):
    with pytest.raises(BadInput):
        pages.read(pages.write([huge]), Decimal)
