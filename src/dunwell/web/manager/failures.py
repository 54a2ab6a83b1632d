"""What went wrong and waits for somebody: actions in error, and what should have left the house.
Many are tried again at once, all or nothing, with a reason.
"""

import datetime as dt
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from dunwell.domain.errors import BadInput
from dunwell.domain.statuses import ActionType
from dunwell.engine import undelivered
from dunwell.features.access.actor import Permission
from dunwell.features.cases import closing
from dunwell.features.policy.reasons import Category
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

OfType = Annotated[ActionType | None, Query()]
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
def show_failures(caller: Viewer, type: OfType = None, after: After = None) -> Response:  # noqa: A002 - the field's word
    """Actions in error, the longest due first."""
    return _failures(caller, Form[Retrial](), type, after)


@router.post("/failures")
def retry_actions(
    caller: Worker,
    fields: Fields,
    type: OfType = None,  # noqa: A002 - the field's word
    after: After = None,
) -> Response:
    """Let the chosen actions be tried again by the next night."""
    form = forms.read(Retrial, fields)
    count = 0
    if given := form.given:
        with form.refusing(), caller.change() as operation:
            chosen = _handles(given.chosen)
            done = closing.retry_actions(operation, chosen, reason=given.reason, note=given.note)
            count = len(done)
    if form.given is None:
        return _failures(caller, form, type, after)
    said = ngettext(
        "%(count)s action will be tried again by the next night.",
        "%(count)s actions will be tried again by the next night.",
        count,
    )
    return caller.go("/manager/failures", flash=("good", said % {"count": count}))


def _failures(
    caller: Caller, form: Form[Retrial], of_type: ActionType | None, after: str | None
) -> Response:
    with caller.look() as operation:
        return caller.page(
            "manager/failures.html",
            status=form.status,
            page=failures.failures(operation, type=of_type, limit=PAGE, cursor=after),
            counts=failures.count(operation),
            type=of_type,
            after=after,
            reasons=reason_codes(operation, Category.RETRY),
            form=form,
        )


@router.get("/undelivered")
def show_undelivered(caller: Viewer, after: After = None) -> Response:
    """Letters, reminders, payments, files and events that didn't go."""
    return _undelivered(caller, Form[Retrial](), after)


@router.post("/undelivered")
def retry_messages(caller: Deliverer, fields: Fields, after: After = None) -> Response:
    """Send the chosen letters and reminders in error again."""
    form = forms.read(Retrial, fields)
    count = 0
    if given := form.given:
        with form.refusing(), caller.change() as operation:
            chosen = _handles(given.chosen)
            count = undelivered.retry(
                operation,
                letters=_of("letter", chosen),
                reminders=_of("reminder", chosen),
                reason=given.reason,
                note=given.note,
            )
    return _done(caller, form, count, after)


@router.post("/undelivered/settle")
def settle_letters(caller: Deliverer, fields: Fields, after: After = None) -> Response:
    """Say whether the mail server has the chosen uncertain letters."""
    form = forms.read(Settlement, fields)
    count = 0
    if given := form.given:
        with form.refusing(), caller.change() as operation:
            letters = _of("letter", _handles(given.chosen))
            count = undelivered.settle(operation, letters, sent=given.sent)
    return _done(caller, form, count, after)


@router.post("/undelivered/events")
def retry_events(caller: Subscriber, fields: Fields, after: After = None) -> Response:
    """Send a subscriber's parked events again."""
    form = forms.read(Parked, fields)
    count = 0
    if given := form.given:
        with form.refusing(), caller.change() as operation:
            count = subscriptions.retry_parked(
                operation, given.subscription, dt.datetime.now(dt.UTC)
            )
    return _done(caller, form, count, after)


def _undelivered(caller: Caller, form: Form[Any], after: str | None) -> Response:
    with caller.look() as operation:
        return caller.page(
            "manager/undelivered.html",
            status=form.status,
            page=undelivered.messages(operation, limit=PAGE, cursor=after),
            others=undelivered.others(operation, limit=PAGE),
            after=after,
            reasons=reason_codes(operation, Category.RETRY),
            form=form,
        )


def _done(caller: Caller, form: Form[Any], count: int, after: str | None) -> Response:
    """What was done; or what was refused, above the form as it was sent."""
    if form.given is None:
        return _undelivered(caller, form, after)
    said = ngettext("%(count)s was changed.", "%(count)s were changed.", count)
    return caller.go("/manager/undelivered", flash=("good", said % {"count": count}))


def _handles(chosen: str | list[str]) -> list[str]:
    found = [text for text in ([chosen] if isinstance(chosen, str) else chosen) if text]
    if not found:
        raise BadInput(_("Choose at least one of the list."))
    return found


def _of(kind: str, chosen: list[str]) -> list[str]:
    """The handles of one kind; in the form they stand as `letter 12-3456`."""
    return [text.removeprefix(f"{kind} ") for text in chosen if text.startswith(f"{kind} ")]
