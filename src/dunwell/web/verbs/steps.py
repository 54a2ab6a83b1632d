"""The steps of a case as people write them: one a line, with its day, the action's name, and a
question mark if it is optional.
"""

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from typing import Any

from dunwell.domain.errors import BadInput
from dunwell.engine.placing import Step
from dunwell.web.languages import _

_STEP = re.compile(r"(?:(\d{4}-\d\d-\d\d)|(\d{1,5})[.:)]?)\s+(.+?)(\s*\?)?")


def written(steps: Iterable[Mapping[str, Any]]) -> str:
    """The steps of a scenario, to be edited."""
    return "\n".join(
        f"{step['day']} {step['action']}{'' if step['mandatory'] else ' ?'}" for step in steps
    )


def read(text: str) -> list[Step]:
    """What was written. Raises BadInput."""
    found = []
    for line in filter(None, map(str.strip, text.splitlines())):
        match = _STEP.fullmatch(line)
        if match is None:
            raise BadInput(
                _("“%(line)s” isn't a step; write the day and the action, such as “5 call”.")
                % {"line": line}
            )
        due_on = _due(line, match[1])
        day = None if due_on else int(match[2])
        found.append(Step(day, match[3], mandatory=not match[4], due_on=due_on))
    return found


def _due(line: str, day: str | None) -> dt.date | None:
    try:
        return None if day is None else dt.date.fromisoformat(day)
    except ValueError as failure:
        raise BadInput(_("“%(line)s” names no day.") % {"line": line}) from failure
