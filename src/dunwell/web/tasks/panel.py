"""The panel beside the list as the place where something is done: to a task, or to a to-do."""

from collections.abc import Callable
from typing import Any

from fastapi import Response

from dunwell.web.caller import Caller
from dunwell.web.tasks.pages import WORK, View
from dunwell.web.verbs import doing
from dunwell.web.verbs.verb import Done, Verb


def place(
    caller: Caller, view: View, path: str, page: Callable[..., Response], template: str, **of: str
) -> doing.Place:
    """`page` shows what is open at `path`, with the form of a verb by `template`; `of` says what is
    worked on, as `doing.Place` takes it.
    """

    def show(status: int, values: dict[str, Any]) -> Response:
        return page(template=template, block=WORK, status=status, **values)

    def end(_verb: Verb, done: Done) -> Response:
        """It is shown as it is by now, and the list looks again."""
        flash = (done.tone, done.message)
        if caller.wants_part("panel"):
            headers = {"HX-Trigger": "tasks-changed", "HX-Retarget": "#panel"}
            return page(flash=flash, headers=headers)
        return caller.go(view.link(path), flash=flash)

    return doing.Place(show=show, end=end, **of)
