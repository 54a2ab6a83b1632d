"""Writes docs/reference/events.md from the catalogue, for `make docs`.

A test holds page and catalogue together.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

from dunwell.features.events.catalogue import CATALOGUE
from dunwell.features.events.kind import Kind

_HEAD = """\
# Events

*Written from `dunwell.features.events.catalogue` by `make docs`.*

Everything that happens is a row of the event log, and can be sent to other systems
([how to receive events](../how-to/receive-events.md)). A message is a
[CloudEvent](https://cloudevents.io) 1.0 in structured JSON:

| attribute | is |
| --- | --- |
| `id` | the event's number; a part's has its own number behind it, `4711.2` |
| `source` | the installation, `DUNWELL_EVENT_SOURCE` |
| `type` | `dunwell.` and the kind |
| `subject` | the bill unit's number, if the event concerns one |
| `time` | when it was recorded |
| `businessdate` | the business date, an extension |
| `data` | what the next table says |

| field of `data` | is |
| --- | --- |
| `business_date`, `actor` | the day, and who did it (`night` for the night) |
| `account_no`, `bill_unit_no`, `brand` | whom it concerns |
| `case_id`, `profile`, `scenario` | the case, if there is one |
| `days_in_collections` | from the case's entry date to the business date |
| `currency`, `overdue_amount`, `bills` | what is overdue as the message is made |
| `details` | the event's own fields, below; actions also have `action_id`, `description`, \
`completed_on` |

Amounts are decimal strings. The list is that of the manual's
`PCM_OP_COLLECTIONS_POL_PUBLISH_EVENT`; the hook [`publish_event`](hooks.md#publish_event) adds
to it.

Some kinds tell of several actions of one case at once. Who asks for the kind of a **part** is told
of each action apart, with the fields of the part and those of the whole.
"""


def render() -> str:
    """The page as Markdown."""
    return "\n".join([_HEAD, *(line for kind in CATALOGUE for line in _section(kind))])


def _section(kind: Kind) -> Iterator[str]:
    yield f"## {kind.name}\n"
    yield kind.meaning + ("" if kind.is_logged else " Always a part of another event.") + "\n"
    if kind.unfolds:
        parts = ", ".join(f"`{name}`" for name in sorted(kind.unfolds.kinds()))
        yield f"Its parts: {parts}.\n"
    for name, meaning in kind.fields.items():
        yield f"- `{name}`: {meaning}"
    if kind.fields:
        yield ""


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(render(), encoding="utf-8")
