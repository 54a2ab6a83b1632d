"""What stands in the text columns of reports, in the reader's language: statuses, types and ages;
names of profiles, scenarios and people stay as they are.
"""

import re

from dunwell.features.receivables import ageing
from dunwell.web import words
from dunwell.web.languages import N_, _

_KINDS = {
    "bill_unit_status": "status",
    "status": "status",
    "close_reason": "status",
    "recall_reason": "status",
    "channel": "delivery",
    "type": "type",
    "fee": "type",
    "credit": "item",
    "kind": "item",
}
"""The kind of word of a column."""

_AGES = frozenset({"days_overdue", "days_then", "days_now"})

_OTHERS = {ageing.NOT_DUE: N_("not due"), "settled": N_("settled"), "none": N_("none")}
"""Words that reports have beside ages and ways."""

_OLDEST = re.compile(r"over (\d+)")


def cell(column: str, value: object) -> str:
    """A value of a text column as people read it."""
    said = str(value)
    if column in _AGES and (oldest := _OLDEST.fullmatch(said)):
        return _("over %(days)s") % {"days": oldest[1]}
    if said in _OTHERS and (column in _AGES or column in _KINDS):
        return _(_OTHERS[said])
    return words.word(_KINDS[column], said) if column in _KINDS else said
