"""Handles: how the outside names a row that belongs to an account, such as a case or an action.

`12-3456` is account 12, row 3456. It never changes, says where the row lies (every operational
table is keyed by both numbers), and fits into an address.
"""

import re
from dataclasses import dataclass

from dunwell.domain.errors import NotFound

_FORM = re.compile(r"([0-9]{1,18})-([0-9]{1,18})")


@dataclass(frozen=True, slots=True, order=True)
class Handle:
    """The key of an operational row; as text `account_id-id`."""

    account_id: int
    id: int

    def __str__(self) -> str:
        return f"{self.account_id}-{self.id}"


def parse(text: str, noun: str) -> Handle:
    """The handle that the text names; what can't be one names nothing. Raises NotFound."""
    match = _FORM.fullmatch(text)
    if match is None:
        raise NotFound(f"There is no {noun} {text!r}.")
    return Handle(int(match[1]), int(match[2]))
