"""What is done from the customer's page: the form opens within it, and is a page of its own without
JavaScript. A charge is made after its transaction; what came of it is said.
"""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response

from dunwell.domain.errors import NotFound
from dunwell.engine import collecting
from dunwell.features.access.actor import Permission
from dunwell.features.cases import outcomes
from dunwell.features.payments.gateways import registry
from dunwell.features.receivables import queries as receivables
from dunwell.web.caller import Caller, may
from dunwell.web.customers import pages, verbs
from dunwell.web.customers.pages import Account
from dunwell.web.forms import Fields
from dunwell.web.languages import _
from dunwell.web.rendering import customer_path
from dunwell.web.verbs import doing
from dunwell.web.verbs.verb import Done, Verb

router = APIRouter(prefix="/customers/{account_no}/do/{name}")

Viewer = Annotated[Caller, may(Permission.VIEW)]
Name = Annotated[str, Path(pattern=r"^[a-z_]{1,40}$")]
Unit = Annotated[str, Query(min_length=1, max_length=800)]
PointedAt = Annotated[str | None, Query(max_length=800)]


@router.get("")
def ask(
    account_no: Account, name: Name, caller: Viewer, unit: Unit, of: PointedAt = None
) -> Response:
    """The form of a verb."""
    verb = _verb(caller, name)
    return doing.ask(caller, verb, _place(caller, account_no, unit, of))


@router.post("")
def act(
    account_no: Account,
    name: Name,
    caller: Viewer,
    fields: Fields,
    unit: Unit,
    of: PointedAt = None,
) -> Response:
    """Do it."""
    verb = _verb(caller, name)
    return doing.act(caller, verb, _place(caller, account_no, unit, of), fields)


def _verb(caller: Caller, name: str) -> Verb:
    if name == verbs.CHARGE.name:
        return verbs.charging(registry.of(caller.request.app.state.application.settings))
    if name not in verbs.VERBS:
        raise NotFound(_("Nothing of that name can be done here."))
    return verbs.VERBS[name]


def _place(caller: Caller, account_no: str, unit: str, of: str | None) -> doing.Place:
    """The customer's page; `of` is what the verb takes: a bill, a dispute, an adjustment."""
    with caller.look() as operation:
        if receivables.bill_unit(operation, unit)["account_no"] != account_no:
            raise NotFound(_("Nothing of that name can be done here."))

    def show(status: int, values: dict[str, Any]) -> Response:
        return pages.page(caller, account_no, "verb", status=status, unit=unit, **values)

    def end(verb: Verb, done: Done) -> Response:
        if isinstance(done, verbs.Captured):
            done = _charge(caller, done)
        part = f"/{verb.back_to}" if verb.back_to else ""
        return caller.go(customer_path(account_no) + part, flash=(done.tone, done.message))

    return doing.Place(unit, show, end, member=of)


def _charge(caller: Caller, done: verbs.Captured) -> Done:
    """Make the charge that was asked for."""
    assert done.attempt is not None
    application = caller.request.app.state.application
    with caller.look() as operation:
        today = operation.date
    collecting.capture(
        application.database,
        application.plugins,
        registry.of(application.settings),
        caller.actor,
        today,
        done.attempt,
        slice_width=application.settings.slice_width,
    )
    # as it stands by now: a form that is sent twice is answered twice
    with caller.look() as operation:
        found = outcomes.payment_attempt(operation, done.bill_unit_no, done.attempt)
    status = found.status
    if status == "succeeded":
        return Done(_("It is paid."))
    if status in ("declined", "failed"):
        return Done(_("The charge was refused; the payments say why."), "bad")
    if status in ("charging", "pending"):
        return Done(_("The charge is under way; its answer comes later."), "warn")
    return Done(_("The charge goes out with the next delivery."), "warn")
