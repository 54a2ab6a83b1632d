"""What went wrong and waits for somebody: actions in error, and what should have left the house.
Many are tried again at once, all or nothing, with a reason.
"""

import datetime as dt
from typing import Annotated

from fastapi import APIRouter, Query, Response

from dunwell.domain.errors import BadInput
from dunwell.domain.statuses import ActionType
from dunwell.engine import undelivered
from dunwell.features.access.actor import Permission
from dunwell.features.cases import closing
from dunwell.features.cases.reasons import Category
from dunwell.features.subscriptions import service as subscriptions
from dunwell.features.tasks import failures
from dunwell.web import forms
from dunwell.web.caller import Caller, may
from dunwell.web.forms import Fields, Form, Given, Line, Reasoned
from dunwell.web.languages import _, ngettext
from dunwell.web.verbs.reasons import reason_codes

router = APIRouter(prefix="/manager")

Viewer = Annotated[Caller, may(Permission.VIEW)]
Worker = Annotated[Caller, may(Permission.WORK_ACTIONS)]
Deliverer = Annotated[Caller, may(Permission.DELIVER)]
Subscriber = Annotated[Caller, may(Permission.SUBSCRIBE)]

PAGE = 100

After = Annotated[str | None, Query(max_length=2_000)]


class Retrial(Reasoned):
    """Which of the list, by their handles."""

    chosen: str | list[str] = ""


class Settlement(Given):
    """What is known of uncertain letters."""

    chosen: str | list[str] = ""
    sent: bool


class Parked(Given):
    """Whose parked events."""

    subscription: Line


@router.get("/failures")
def show_failures(
    caller: Viewer,
    type: Annotated[ActionType | None, Query()] = None,  # noqa: A002 - the field's word
    after: After = None,
) -> Response:
    """Actions in error, the longest due first."""
    with caller.look() as operation:
        return caller.page(
            "manager/failures.html",
            page=failures.failures(operation, type=type, limit=PAGE, cursor=after),
            counts=failures.count(operation),
            type=type,
            begun=after is not None,
            reasons=reason_codes(operation, Category.RETRY),
            form=Form[Retrial](),
        )


@router.post("/failures")
def retry_actions(caller: Worker, fields: Fields) -> Response:
    """Let the chosen actions be tried again by the next night."""
    given = _given(forms.read(Retrial, fields))
    with caller.change() as operation:
        done = closing.retry_actions(
            operation, _handles(given.chosen), reason=given.reason, note=given.note
        )
    said = ngettext(
        "%(count)s action will be tried again by the next night.",
        "%(count)s actions will be tried again by the next night.",
        len(done),
    )
    return caller.go("/manager/failures", flash=("good", said % {"count": len(done)}))


@router.get("/undelivered")
def show_undelivered(caller: Viewer, after: After = None) -> Response:
    """Letters, reminders, payments, files and events that didn't go."""
    with caller.look() as operation:
        return caller.page(
            "manager/undelivered.html",
            page=undelivered.messages(operation, limit=PAGE, cursor=after),
            others=undelivered.others(operation, limit=PAGE),
            begun=after is not None,
            reasons=reason_codes(operation, Category.RETRY),
            form=Form[Retrial](),
        )


@router.post("/undelivered")
def retry_messages(caller: Deliverer, fields: Fields) -> Response:
    """Send the chosen letters and reminders in error again."""
    given = _given(forms.read(Retrial, fields))
    chosen = _handles(given.chosen)
    with caller.change() as operation:
        count = undelivered.retry(
            operation,
            letters=_of("letter", chosen),
            reminders=_of("reminder", chosen),
            reason=given.reason,
            note=given.note,
        )
    return _done(caller, count)


@router.post("/undelivered/settle")
def settle_letters(caller: Deliverer, fields: Fields) -> Response:
    """Say whether the mail server has the chosen uncertain letters."""
    form = forms.read(Settlement, fields)
    if form.given is None:
        raise BadInput(_("Choose at least one of the list."))
    with caller.change() as operation:
        letters = _of("letter", _handles(form.given.chosen))
        count = undelivered.settle(operation, letters, sent=form.given.sent)
    return _done(caller, count)


@router.post("/undelivered/events")
def retry_events(caller: Subscriber, fields: Fields) -> Response:
    """Send a subscriber's parked events again."""
    form = forms.read(Parked, fields)
    if form.given is None:
        raise BadInput(_("Choose at least one of the list."))
    with caller.change() as operation:
        count = subscriptions.retry_parked(
            operation, form.given.subscription, dt.datetime.now(dt.UTC)
        )
    return _done(caller, count)


def _done(caller: Caller, count: int) -> Response:
    said = ngettext("%(count)s was changed.", "%(count)s were changed.", count)
    return caller.go("/manager/undelivered", flash=("good", said % {"count": count}))


def _given(form: Form[Retrial]) -> Retrial:
    if form.given is None:
        raise BadInput(_("Give a reason."))
    return form.given


def _handles(chosen: str | list[str]) -> list[str]:
    found = [text for text in ([chosen] if isinstance(chosen, str) else chosen) if text]
    if not found:
        raise BadInput(_("Choose at least one of the list."))
    return found


def _of(kind: str, chosen: list[str]) -> list[str]:
    """The handles of one kind; in the form they stand as `letter 12-3456`."""
    return [text.removeprefix(f"{kind} ") for text in chosen if text.startswith(f"{kind} ")]
