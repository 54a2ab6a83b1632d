"""Writes docs/reference/alerts.md from the registry: `python -m dunwell.features.alerts.reference`.

A test holds page and registry together; `make docs` writes it anew.
"""

import sys
from pathlib import Path

from dunwell.features.alerts.registry import ALERTS, OURS

_HEAD = """\
# Alerts

*Written from `dunwell.features.alerts.registry` by `make docs`.*

What `GET /accounts/{account_no}/alerts` tells, and the top of a bill unit's page. Those marked ○
live in other systems, which set and clear them over the API.

| alert | the manual's | level | means | names |
| --- | --- | --- | --- | --- |
"""


def render() -> str:
    """The page as Markdown."""
    return _HEAD + "".join(
        f"| `{alert.name}`{'' if alert in OURS else ' ○'} | {', '.join(alert.manual)} |"
        f" {alert.level} | {alert.meaning} | {alert.about or 'what the system calls it'} |\n"
        for alert in ALERTS
    )


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(render(), encoding="utf-8")
